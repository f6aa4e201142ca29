// Hl7Mapper: HL7 v2 messages of a feed to writes, by the catalogue's mappings.
//
// Characters first (MSH-18, or what the feed is known to send), then the tree, then the mapping. A message that cannot
// be parsed, or that no message map is for, has an error; what the mapping left out is a warning or information.
// Any thread: what each needs alone is kept in a pool.
#pragma once

#include <memory>

#include "base/pool.hpp"
#include "formats/hl7v2/charset.hpp"
#include "ingest/ports.hpp"
#include "mapping/mapper.hpp"

namespace meridian::mapping {
class Catalogue;
}

namespace meridian::ingest {

struct Feed;

class Hl7Mapper final : public Mapper {
 public:
  Hl7Mapper(std::shared_ptr<const mapping::Catalogue> catalogue, mapping::MappingContext context,
            hl7v2::CharsetOptions charset = {});
  ~Hl7Mapper() override;

  Writes map(const Message& message, Issues& issues) const override;
  std::shared_ptr<const mapping::MergeRules> rules() const override;

 private:
  struct Tools;
  std::shared_ptr<const mapping::Catalogue> catalogue_;
  const mapping::MappingContext context_;
  const hl7v2::CharsetOptions charset_;
  mutable Pool<Tools> tools_;
};

/// What a feed's declaration says of characters.
hl7v2::CharsetOptions charset_of(const Feed& feed);

}  // namespace meridian::ingest
