// BundleWriter: writes a Bundle entry by entry, resources as the text they are stored as.
// Specification: https://hl7.org/fhir/R4/bundle.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "formats/fhir/json_writer.hpp"
#include "store/version.hpp"

namespace meridian::rest {

class BundleWriter {
 public:
  /// `type`: "searchset", "history", "transaction-response" …
  BundleWriter(std::string_view type, std::string base, std::optional<Instant> timestamp = std::nullopt);

  // Before the first entry.
  void total(std::uint64_t count);
  void link(std::string_view relation, std::string_view url);

  /// A resource of a searchset; `mode`: "match" or "include".
  void found(const store::ResourceKey& key, std::string_view json, std::string_view mode);
  /// An OperationOutcome of a searchset.
  void outcome(std::string_view json);
  /// A version of a history: what was asked then, and what was answered.
  void version(const store::Version& version);

  /// What became of a request of a batch or transaction.
  struct Answered {
    int status = 200;
    std::string location = {};  ///< relative to the base
    std::string etag = {};
    std::optional<Instant> last_modified = {};
    std::string resource = {};  ///< JSON
    std::string outcome = {};   ///< JSON
  };
  void answered(const Answered& answered);

  std::string take() &&;

 private:
  void begin_entry();
  std::string base_;
  fhir::JsonWriter json_;
  bool has_links_ = false;
  bool has_entries_ = false;
};

}  // namespace meridian::rest
