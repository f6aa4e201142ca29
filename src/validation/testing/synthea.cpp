#include "validation/testing/synthea.hpp"

#include <algorithm>

#include "base/input.hpp"
#include "base/tar.hpp"

namespace meridian::validation::testing {
namespace {

// Hands every file of the archive to `use` until that says enough.
template <typename Use>
void each_file(const std::string& archive, Use use) {
  auto source = open_input(archive);
  if (!source) return;
  TarReader tar(**source);
  while (true) {
    const auto entry = tar.next();
    if (!entry || !*entry) return;
    auto text = tar.read_entry();
    if (!text || !use((*entry)->name, *std::move(text))) return;
  }
}

}  // namespace

std::vector<std::string> bulk_resources(const std::string& archive, std::size_t limit) {
  std::vector<std::string> resources;
  each_file(archive, [&](const std::string& name, std::string text) {
    if (!name.ends_with(".ndjson") || name.ends_with("log.ndjson")) return true;
    for (std::size_t at = 0; at < text.size() && resources.size() < limit;) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (end > at) resources.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return resources.size() < limit;
  });
  return resources;
}

std::vector<std::string> json_files(const std::string& archive, std::size_t limit) {
  std::vector<std::string> bundles;
  each_file(archive, [&](const std::string& name, std::string text) {
    if (name.ends_with(".json")) bundles.push_back(std::move(text));
    return bundles.size() < limit;
  });
  return bundles;
}

}  // namespace meridian::validation::testing
