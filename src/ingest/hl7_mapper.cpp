#include "ingest/hl7_mapper.hpp"

#include <utility>

#include "formats/hl7v2/message.hpp"
#include "ingest/feed.hpp"
#include "ingest/internal/reading.hpp"
#include "ingest/messages.hpp"
#include "mapping/catalogue.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kKept = 16;

}  // namespace

struct Hl7Mapper::Tools {
  Tools(const std::shared_ptr<const mapping::Catalogue>& catalogue, const mapping::MappingContext& context)
      : mapper(catalogue, context) {}
  hl7v2::MessageParser parser;
  mapping::Mapper mapper;
};

Hl7Mapper::Hl7Mapper(std::shared_ptr<const mapping::Catalogue> catalogue, mapping::MappingContext context,
                     hl7v2::CharsetOptions charset)
    : catalogue_(std::move(catalogue)), context_(std::move(context)), charset_(charset), tools_(kKept) {}
Hl7Mapper::~Hl7Mapper() = default;

Writes Hl7Mapper::map(const Message& message, Issues& issues) const {
  std::unique_ptr<Tools> tools = tools_.take_or([this] { return std::make_unique<Tools>(catalogue_, context_); });
  Issues found;
  const hl7v2::Decoded decoded = hl7v2::decode(message.content, charset_, found);
  hl7v2::Message tree = tools->parser.parse_borrowed(decoded.text(message.content), found);
  const bool is_readable = static_cast<bool>(tree);
  internal::add_softly(std::move(found), issues);
  Writes writes;
  if (is_readable) {
    mapping::Mapped mapped = tools->mapper.map(tree);
    internal::add_softly(std::move(mapped.issues), issues);
    if (mapped.map.empty()) {
      issues.add({Severity::error, IssueType::not_supported, kNoMapFor, {message.header.type}, "MSH-9"});
    }
    writes = std::move(mapped.writes);
  } else if (!issues.has_errors()) {
    issues.add({Severity::fatal, IssueType::structure, kUnreadable});
  }
  tools->parser.recycle(std::move(tree));
  tools_.give(std::move(tools));
  return writes;
}

std::shared_ptr<const mapping::MergeRules> Hl7Mapper::rules() const {
  return catalogue_->merge_rules();
}

hl7v2::CharsetOptions charset_of(const Feed& feed) {
  hl7v2::CharsetOptions options;
  if (const auto charset = hl7v2::charset_of_code(feed.charset)) options.otherwise = *charset;
  return options;
}

}  // namespace meridian::ingest
