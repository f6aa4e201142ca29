#include "ingest/cda_format.hpp"

#include <utility>

#include "base/input.hpp"
#include "formats/cda/header.hpp"
#include "ingest/internal/reading.hpp"
#include "ingest/messages.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kLongestValue = 250;

std::string short_text(std::string_view text) {
  return std::string(text.substr(0, kLongestValue));
}

}  // namespace

MessageHeader CdaHeaderReader::read(std::string_view bytes) const {
  MessageHeader header;
  Issues ignored;
  const cda::Document document = cda::parse_document(bytes, {}, ignored);
  if (!document) return header;
  const cda::Header said = cda::read_header(document);
  header.is_readable = true;
  header.type = "CDA^" + short_text(said.code.code);
  header.control_id = said.id.root.empty() ? internal::name_of_content(bytes) : short_text(said.id.root);
  if (!said.id.root.empty() && !said.id.extension.empty()) header.control_id += '^' + short_text(said.id.extension);
  for (const cda::Patient& patient : said.patients) {
    for (const cda::Identifier& id : patient.ids) {
      header.order_keys.push_back("patient|" + short_text(id.root) + '|' + short_text(id.extension));
    }
  }
  return header;
}

CdaMapper::CdaMapper(std::shared_ptr<const mapping::Catalogue> catalogue, mapping::MappingContext context)
    : mappers_(std::move(catalogue), std::move(context)) {}

Writes CdaMapper::map(const Message& message, Issues& issues) const {
  const cda::Document document = cda::parse_document(message.content, {}, issues);
  if (!document) return {};
  mapping::Mapped mapped = mappers_.map(document);
  internal::add_softly(std::move(mapped.issues), issues);
  if (mapped.map.empty()) issues.add({Severity::error, IssueType::not_supported, kNoMapFor, {message.header.type}});
  return std::move(mapped.writes);
}

std::shared_ptr<const mapping::MergeRules> CdaMapper::rules() const {
  return mappers_.catalogue().merge_rules();
}

Result<> CdaFiles::split(const std::string& path, const std::string& /*name*/, TakeMessage& take) const {
  constexpr std::uint64_t kLargest = std::uint64_t{128} << 20;
  const auto source = TRY(open_input(path, {.max_bytes = kLargest}));
  take(TRY(read_all(*source, kLargest)), {});
  return {};
}

}  // namespace meridian::ingest
