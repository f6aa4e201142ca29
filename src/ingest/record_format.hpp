// Records as messages of a feed: rows of tables, JSON objects, parts of XML. Whatever they came as, they are kept as
// JSON objects of one line (mapping/record.hpp), and are understood by the record map that the feed names.
//
// A record is called by its map's `id`, or by its content; order is kept by its `order`; its time is its `time`, or
// when it came. Type: the name of the map.
#pragma once

#include <memory>
#include <string>

#include "base/time_zone.hpp"
#include "ingest/feed.hpp"
#include "ingest/internal/mapper_pool.hpp"
#include "ingest/message_format.hpp"

namespace meridian::ingest {

class RecordHeaderReader final : public HeaderReader {
 public:
  RecordHeaderReader(std::shared_ptr<const mapping::Catalogue> catalogue, std::string map, TimeZone zone);
  ~RecordHeaderReader() override;
  MessageHeader read(std::string_view bytes) const override;

 private:
  std::shared_ptr<const mapping::Catalogue> catalogue_;
  const std::string map_;
  const TimeZone zone_;
};

/// What the mapping left out is a warning; a record that cannot be read, or that makes nothing, an error.
class RecordMapper final : public Mapper {
 public:
  RecordMapper(std::shared_ptr<const mapping::Catalogue> catalogue, std::string map, mapping::MappingContext context);
  Writes map(const Message& message, Issues& issues) const override;
  std::shared_ptr<const mapping::MergeRules> rules() const override;

 private:
  const std::string map_;
  const internal::MapperPool mappers_;
};

/// By what the file is called: .csv, .tsv, .txt, .dat, .xlsx, .json, .ndjson (.jsonl), .xml, packed by gzip or zstd as
/// well; .zip and .tar of these. Rows that cannot be read are said once the others were given.
class RecordFiles final : public FileSplitter {
 public:
  explicit RecordFiles(RecordFileOptions options) : options_(std::move(options)) {}
  Result<> split(const std::string& path, const std::string& name, TakeMessage& take) const override;

 private:
  const RecordFileOptions options_;
};

}  // namespace meridian::ingest
