// Catalogue: the mappings of catalog/mappings, read, checked and compiled.
//
// The files are embedded in the program; a file of the overlay folder with the same path takes the place of the
// embedded one, others are added. All faults are found together, each with file and line: unknown elements and
// types (against the FHIR schema), unknown maps, maps that contain themselves, values that are none.
//
// Immutable once opened; share it. The language is described in docs/mapping.md.
// Errors of open(): unprocessable, when any file is faulty (the Issues say where); io_failure for the overlay.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "base/result.hpp"

namespace meridian::mapping {

class MergeRules;
struct DeviceKind;
namespace internal {
struct Plan;
}

struct CatalogueFile {
  std::string path;  ///< "hl7v2/segments/PID.yaml"
  std::string text;
  bool operator==(const CatalogueFile&) const = default;
};

/// Where kinds of devices stand among the files: "devices/pulse-oximeter.yaml".
inline constexpr std::string_view kDeviceFiles = "devices/";

/// The files embedded in the program, those below `tests` folders too; kinds of devices below kDeviceFiles.
std::vector<CatalogueFile> embedded_catalogue();
/// The *.yaml files of a folder laid out like catalog/mappings. Errors: io_failure, too_large.
Result<std::vector<CatalogueFile>> read_catalogue(const std::string& folder);
/// The kinds of devices in a folder laid out like catalog/devices, below kDeviceFiles; the register of devices, which
/// lies there too (registered.yaml), is none of them. None when there is no such folder. Errors: io_failure, too_large.
Result<std::vector<CatalogueFile>> read_device_kinds(const std::string& folder);
/// Each of `others` in the place of the file of the same path, or added.
void put_over(std::vector<CatalogueFile>& files, std::vector<CatalogueFile> others);

class Catalogue {
 public:
  /// `overlay`: a folder laid out like catalog/mappings; empty: none.
  static Result<std::shared_ptr<const Catalogue>> open(const std::string& overlay, Issues& issues);
  /// Of these files alone.
  static Result<std::shared_ptr<const Catalogue>> from_files(const std::vector<CatalogueFile>& files, Issues& issues);
  ~Catalogue();
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  std::shared_ptr<const MergeRules> merge_rules() const;
  /// Names of the message maps, sorted.
  std::vector<std::string_view> message_maps() const;
  /// In the order of their names.
  const std::vector<DeviceKind>& device_kinds() const { return devices_; }
  const DeviceKind* device_kind(std::string_view name) const;  ///< null: there is none
  const internal::Plan& plan() const { return *plan_; }

 private:
  Catalogue(std::unique_ptr<const internal::Plan> plan, std::vector<DeviceKind> devices);
  const std::vector<DeviceKind> devices_;
  std::unique_ptr<const internal::Plan> plan_;
};

}  // namespace meridian::mapping
