// What tests of mappings need: messages from texts, a mapper, and a store in memory that takes writes as ingest does.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "formats/hl7v2/message.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/mapper.hpp"
#include "mapping/merge.hpp"

namespace meridian::mapping::testing {

/// The embedded catalogue; stops the test program when it has faults.
std::shared_ptr<const Catalogue> catalogue();

/// A feed in Shanghai under the key "test".
MappingContext context();

/// A file as it lies, decompressed; empty when it cannot be read.
std::string file_text(const std::string& path);

/// Lines joined by CR. Stops on what is no message.
hl7v2::Message message(std::string_view lines);

/// The record as a store keeps it: for each resource its present version and its origins. A pure model.
class Record {
 public:
  explicit Record(MappingContext of = context());

  /// Maps and merges; gives what the mapper said.
  Mapped take(std::string_view lines);
  Mapped take(const hl7v2::Message& message);
  /// A CDA document; stops on what is none.
  Mapped take_document(std::string_view xml);
  /// An object, by the map of that name; stops on what is none.
  Mapped take_record(std::string_view map, std::string_view json);

  /// What a device of that kind sent, at that time; stops on what is no object or no kind.
  Mapped take_device(std::string_view kind, std::string_view json, Instant arrived);

  /// "Patient/…" → JSON, without what is transient.
  const std::map<std::string, std::string>& resources() const { return resources_; }
  const std::map<std::string, std::string>& origins() const { return origins_; }
  /// Those of one type, in the order of their ids.
  std::vector<std::string> all(std::string_view type) const;
  /// The only one of a type; empty when there are more or less.
  std::string only(std::string_view type) const;
  std::size_t versions() const { return versions_; }

 private:
  const TimeZone zone_;
  void keep(const Mapped& mapped);
  Mapper mapper_;
  Merger merger_;
  std::map<std::string, std::string> resources_;
  std::map<std::string, std::string> origins_;
  std::size_t versions_ = 0;
};

/// What a FHIRPath expression gives on a resource, joined by commas.
std::string find(std::string_view json, std::string_view expression);

}  // namespace meridian::mapping::testing
