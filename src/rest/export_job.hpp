// ExportJob: what one bulk export is to write, and what it has written; as a file it survives a restart.
// Specification: https://hl7.org/fhir/uv/bulkdata/export.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "rest/exchange.hpp"

namespace meridian::rest {

enum class ExportLevel : std::uint8_t { system, patient, group };
enum class ExportState : std::uint8_t { waiting, done, failed };

struct ExportJob {
  std::string id;
  std::uint32_t tenant = 1;
  ExportLevel level = ExportLevel::system;
  std::string group;         ///< of ExportLevel::group
  std::string request;       ///< the URL that asked
  std::uint64_t commit = 0;  ///< the snapshot
  Instant time;              ///< transactionTime
  std::optional<Instant> since;
  std::vector<std::string> types;    ///< what is to be written, a file or none each
  std::vector<std::string> filters;  ///< "Observation?code=…"
  std::vector<std::string> elements;

  ExportState state = ExportState::waiting;
  std::string error;
  struct File {
    std::string type;
    std::uint64_t count = 0;
  };
  std::vector<File> files;  ///< written whole; a type without resources is there too, with 0

  bool has_written(std::string_view type) const;
  std::string to_json() const;
  static Result<ExportJob> parse(std::string text);
};

/// What $export was asked. Errors: invalid_argument.
Result<ExportJob> export_asked(const Exchange& exchange, ExportLevel level);

/// The types that a compartment of that kind has.
std::vector<std::string> compartment_types(std::string_view compartment);

}  // namespace meridian::rest
