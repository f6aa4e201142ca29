// CDA documents as messages of a feed: each is a file, called by its id; order is kept by its patients.
//
// A document that has no id is called by its content. Type: `CDA^34133-9`, by the code of the document.
// Specification: CDA R2, 4.2 (header).
#pragma once

#include <memory>

#include "ingest/internal/mapper_pool.hpp"
#include "ingest/message_format.hpp"

namespace meridian::ingest {

class CdaHeaderReader final : public HeaderReader {
 public:
  MessageHeader read(std::string_view bytes) const override;
};

/// What the document leaves out or says oddly is a warning; what cannot be read, or has no map, an error.
class CdaMapper final : public Mapper {
 public:
  CdaMapper(std::shared_ptr<const mapping::Catalogue> catalogue, mapping::MappingContext context);
  Writes map(const Message& message, Issues& issues) const override;
  std::shared_ptr<const mapping::MergeRules> rules() const override;

 private:
  const internal::MapperPool mappers_;
};

/// One document a file; gzip or zstd as well.
class CdaFiles final : public FileSplitter {
 public:
  Result<> split(const std::string& path, const std::string& name, TakeMessage& take) const override;
};

}  // namespace meridian::ingest
