#include "mapping/catalogue.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "mapping/device_kind.hpp"
#include "mapping/internal/loader.hpp"
#include "mapping/internal/plan.hpp"
#include "mapping/merge_rules.hpp"

// The block made by tools/catalogue/pack.py: for each file its path and its text, each as a little-endian length of
// four bytes and the bytes.
extern "C" {
extern const char meridian_mapping_catalogue[];
extern const char meridian_mapping_catalogue_end[];
}

namespace meridian::mapping {
namespace {

constexpr std::uintmax_t kLargestOverlayFile = std::uintmax_t{4} << 20;

std::string_view take_text(std::string_view& block) {
  std::uint32_t size = 0;
  std::memcpy(&size, block.data(), sizeof size);
  const std::string_view text = block.substr(sizeof size, size);
  block.remove_prefix(sizeof size + size);
  return text;
}

void take(std::unordered_map<internal::SegmentCode, std::vector<bool>>& taken, const internal::SourcePath& path) {
  if (path.segment == 0) return;
  std::vector<bool>& fields = taken[path.segment];
  if (fields.size() <= path.field) fields.resize(path.field + std::size_t{1});
  fields[path.field] = true;
}

void note_taken_fields(internal::Plan& plan) {
  const auto rows = [&plan](const std::vector<internal::Row>& list) {
    for (const internal::Row& row : list) {
      for (const internal::SourcePath& path : row.from) take(plan.taken, path);
    }
  };
  for (const internal::Map& map : plan.maps) rows(map.rows);
  for (const internal::MessageMap& message : plan.messages) {
    for (const internal::Group& group : message.groups) {
      for (const internal::Action& action : group.actions) rows(action.rows);
    }
  }
  for (const internal::ConditionNode& node : plan.conditions) take(plan.taken, node.path);
  for (const internal::Computation& computation : plan.computations) {
    for (const auto& variable : computation.variables) take(plan.taken, variable.second);
  }
  for (const internal::Identity& identity : plan.identities) {
    for (const internal::IdentityTry& attempt : identity.tries) {
      take(plan.taken, attempt.of);
      for (const internal::SourcePath& path : attempt.parts) take(plan.taken, path);
    }
  }
  // What the mapper itself reads of the header: sender, time, type, control id.
  for (const std::uint16_t field : {3, 4, 7, 9, 10, 12, 18}) {
    internal::SourcePath path;
    path.segment = internal::segment_code("MSH");
    path.field = field;
    take(plan.taken, path);
  }
}

/// A record map in the place of each kind of device.
std::vector<CatalogueFile> with_device_maps(const std::vector<CatalogueFile>& files, std::vector<DeviceKind>& devices,
                                            Issues& issues) {
  std::vector<CatalogueFile> mappings;
  for (const CatalogueFile& file : files) {
    if (!file.path.starts_with(kDeviceFiles)) {
      mappings.push_back(file);
    } else if (file.path.find("/tests/") == std::string::npos) {
      std::optional<DeviceKind> kind = read_device_kind(file.path, file.text, issues);
      if (!kind) continue;
      mappings.push_back({"records/" + file.path, record_map_of(*kind)});
      devices.push_back(*std::move(kind));
    }
  }
  std::ranges::sort(devices, {}, &DeviceKind::name);
  return mappings;
}

}  // namespace

std::vector<CatalogueFile> embedded_catalogue() {
  std::vector<CatalogueFile> files;
  std::string_view block(meridian_mapping_catalogue,
                         static_cast<std::size_t>(meridian_mapping_catalogue_end - meridian_mapping_catalogue));
  while (block.size() > sizeof(std::uint32_t)) {
    const std::string_view path = take_text(block);
    files.push_back({std::string(path), std::string(take_text(block))});
  }
  return files;
}

Result<std::vector<CatalogueFile>> read_catalogue(const std::string& folder) {
  std::vector<CatalogueFile> files;
  std::error_code fault;
  auto entries = std::filesystem::recursive_directory_iterator(folder, fault);
  for (; !fault && entries != std::filesystem::recursive_directory_iterator(); entries.increment(fault)) {
    const std::filesystem::path& path = entries->path();
    if (!entries->is_regular_file(fault) || path.extension() != ".yaml") continue;
    if (entries->file_size(fault) > kLargestOverlayFile)
      return fail(ErrorCode::too_large, path.filename().string() + " has more than 4 MB");
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) return fail(ErrorCode::io_failure, "cannot read " + path.filename().string());
    files.push_back({std::filesystem::relative(path, folder, fault).generic_string(), std::move(text)});
  }
  if (fault) return fail(ErrorCode::io_failure, "cannot read the folder of mappings: " + fault.message());
  return files;
}

Result<std::vector<CatalogueFile>> read_device_kinds(const std::string& folder) {
  std::error_code fault;
  if (!std::filesystem::exists(folder, fault)) return std::vector<CatalogueFile>();
  std::vector<CatalogueFile> files = TRY(read_catalogue(folder));
  std::erase_if(files, [](const CatalogueFile& file) { return file.path == "registered.yaml"; });
  for (CatalogueFile& file : files) file.path.insert(0, kDeviceFiles);
  return files;
}

void put_over(std::vector<CatalogueFile>& files, std::vector<CatalogueFile> others) {
  for (CatalogueFile& file : others) {
    const auto same =
        std::find_if(files.begin(), files.end(), [&](const CatalogueFile& f) { return f.path == file.path; });
    if (same != files.end()) {
      *same = std::move(file);
    } else {
      files.push_back(std::move(file));
    }
  }
}

Catalogue::Catalogue(std::unique_ptr<const internal::Plan> plan, std::vector<DeviceKind> devices)
    : devices_(std::move(devices)), plan_(std::move(plan)) {}
Catalogue::~Catalogue() = default;

Result<std::shared_ptr<const Catalogue>> Catalogue::open(const std::string& overlay, Issues& issues) {
  std::vector<CatalogueFile> files = embedded_catalogue();
  if (!overlay.empty()) put_over(files, TRY(read_catalogue(overlay)));
  return from_files(files, issues);
}

Result<std::shared_ptr<const Catalogue>> Catalogue::from_files(const std::vector<CatalogueFile>& files,
                                                               Issues& issues) {
  std::vector<DeviceKind> devices;
  const std::vector<CatalogueFile> mappings = with_device_maps(files, devices, issues);
  std::unique_ptr<internal::Plan> plan = internal::load_plan(mappings, fhir::Schema::r4(), issues);
  if (issues.has_errors()) {
    const Issue& first = issues.all().front();
    return fail(ErrorCode::unprocessable, "the mappings cannot be used: " + first.path + ", line " +
                                              std::to_string(first.position.line) + ": " +
                                              meridian::text(first, Language::english));
  }
  note_taken_fields(*plan);
  return std::shared_ptr<const Catalogue>(new Catalogue(std::move(plan), std::move(devices)));
}

const DeviceKind* Catalogue::device_kind(std::string_view name) const {
  const auto found = std::ranges::find(devices_, name, &DeviceKind::name);
  return found == devices_.end() ? nullptr : &*found;
}

std::shared_ptr<const MergeRules> Catalogue::merge_rules() const {
  return plan_->merge_rules;
}

std::vector<std::string_view> Catalogue::message_maps() const {
  std::vector<std::string_view> names;
  for (const internal::MessageMap& message : plan_->messages) names.push_back(message.name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace meridian::mapping
