// Synthetic patients of the outside data, read straight from their archives: for tests and benchmarks.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace meridian::validation::testing {

/// The resources of a bulk export's NDJSON files, at most `limit`; empty where the archive is absent.
std::vector<std::string> bulk_resources(const std::string& archive, std::size_t limit);
/// The archive's JSON files, at most `limit`; empty where it is absent.
std::vector<std::string> json_files(const std::string& archive, std::size_t limit);

/// Their paths below the shared data, for meridian::testing::shared_data().
inline constexpr const char* kBulkArchive = "synthea-fhir-r4/bulk-10-patients.tar.zst";
inline constexpr const char* kBundleArchive = "synthea-fhir-r4/blaze-synthea.tar.zst";

}  // namespace meridian::validation::testing
