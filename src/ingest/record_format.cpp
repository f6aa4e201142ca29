#include "ingest/record_format.hpp"

#include <utility>

#include "formats/tree/document.hpp"
#include "ingest/internal/reading.hpp"
#include "ingest/messages.hpp"
#include "mapping/record.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kLongestValue = 250;

}  // namespace

RecordHeaderReader::RecordHeaderReader(std::shared_ptr<const mapping::Catalogue> catalogue, std::string map,
                                       TimeZone zone)
    : catalogue_(std::move(catalogue)), map_(std::move(map)), zone_(std::move(zone)) {}
RecordHeaderReader::~RecordHeaderReader() = default;

MessageHeader RecordHeaderReader::read(std::string_view bytes) const {
  MessageHeader header;
  Issues ignored;
  const tree::Document record = mapping::read_record(bytes, ignored);
  if (!record) return header;
  const mapping::RecordHeader said = mapping::read_record_header(*catalogue_, map_, record, zone_);
  header.is_readable = true;
  header.type = map_;
  header.control_id = said.id.empty() ? internal::name_of_content(bytes) : said.id.substr(0, kLongestValue);
  for (const std::string& key : said.order) header.order_keys.push_back("patient||" + key.substr(0, kLongestValue));
  return header;
}

RecordMapper::RecordMapper(std::shared_ptr<const mapping::Catalogue> catalogue, std::string map,
                           mapping::MappingContext context)
    : map_(std::move(map)), mappers_(std::move(catalogue), std::move(context)) {}

Writes RecordMapper::map(const Message& message, Issues& issues) const {
  const tree::Document record = mapping::read_record(message.content, issues);
  if (!record) return {};
  const mapping::RecordHeader said =
      mapping::read_record_header(mappers_.catalogue(), map_, record, mappers_.context().zone);
  const mapping::Stamp stamp{said.time.value_or(message.arrived.microseconds()), message.header.control_id};
  mapping::Mapped mapped = mappers_.map(std::string_view(map_), record, stamp);
  internal::add_softly(std::move(mapped.issues), issues);
  if (mapped.writes.empty()) issues.add({Severity::error, IssueType::required, kNothingMade});
  return std::move(mapped.writes);
}

std::shared_ptr<const mapping::MergeRules> RecordMapper::rules() const {
  return mappers_.catalogue().merge_rules();
}

}  // namespace meridian::ingest
