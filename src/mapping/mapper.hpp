// Mapper: an HL7 v2 message, a CDA document or a record becomes writes of FHIR resources, each part of them knowing the
// field or the element it came from.
//
//   auto catalogue = TRY(Catalogue::open({}));                        // once; shared
//   Mapper mapper(catalogue, context);                                // one per thread and feed, kept
//   Mapped mapped = mapper.map(message);                              // writes, coverage, issues
//   for (const Write& write : mapped.writes) …                       // merge.hpp, or bundle.hpp
//
// What it makes is decided by catalog/mappings alone (README.md of this module). The same message and
// context give the same ids and the same bytes, whatever was mapped before. A message is never refused: what no map
// speaks of, and what cannot be converted, is an Issue with its place in the message, and counted in the Coverage.
// Bounds: MappingLimits; what passes them is left out, and said.
// Lifetime: Mapped owns all it holds. Threads: a Mapper belongs to one thread at a time; the Catalogue is shared.
// Specification: https://build.fhir.org/ig/HL7/v2-to-fhir/, https://build.fhir.org/ig/HL7/ccda-on-fhir/
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "base/time_zone.hpp"
#include "mapping/coverage.hpp"
#include "mapping/write.hpp"

namespace meridian::hl7v2 {
class Message;
}

namespace meridian::tree {
class Document;
}

namespace meridian::mapping {

class Catalogue;

/// One name of an assigning authority (a namespace, an OID, a domain name) and what it is to be called.
struct AuthorityAlias {
  std::string name;    ///< as it stands in messages: HD.1 or HD.2
  std::string system;  ///< URI for Identifier.system, and for ids
};

/// Several authorities that hand out a number again after a while: ids begin anew with each epoch.
struct ReuseEpoch {
  std::string system;
  std::uint32_t epoch = 0;
};

/// What a feed knows and its messages do not say.
struct MappingContext {
  std::string tenant_key;         ///< secret; ids are HMACs under it
  TimeZone zone;                  ///< in which times without an offset were written
  std::string default_authority;  ///< URI of whose numbers stand without an authority; empty: MSH-4, MSH-3
  std::vector<AuthorityAlias> authorities;
  std::vector<ReuseEpoch> epochs;
};

struct MappingLimits {
  std::uint32_t max_resources = 20'000;  ///< of one message
  std::uint32_t max_nodes = 2'000'000;   ///< elements of all resources of one message
  std::uint32_t max_issues = 1000;
};

struct Mapped {
  std::string_view map;       ///< "ADT_A01"; empty when no message map is for this message. Lives with the Catalogue
  std::vector<Write> writes;  ///< at most one of each resource, in the order in which the message speaks of them
  Coverage coverage;
  Issues issues;
};

class Mapper {
 public:
  Mapper(std::shared_ptr<const Catalogue> catalogue, MappingContext context, MappingLimits limits = {});
  ~Mapper();
  Mapper(Mapper&&) noexcept;
  Mapper& operator=(Mapper&&) noexcept;

  Mapped map(const hl7v2::Message& message);
  /// Issues have XPath-like paths, with lines; the coverage is empty, but statements that no map takes are Issues.
  Mapped map(const tree::Document& document);
  /// A record by the map that is called so (record.hpp); what it is called, and when it was said, is in the stamp.
  Mapped map(std::string_view record_map, const tree::Document& record, const Stamp& stamp);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meridian::mapping
