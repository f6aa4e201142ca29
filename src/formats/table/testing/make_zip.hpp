// Zip archives in memory, for tests.
#pragma once

#include <string>
#include <vector>

namespace meridian::table::testing {

struct ZipPart {
  std::string name;
  std::string bytes;
  bool is_encrypted = false;
  bool is_link = false;
};

std::string make_zip(const std::vector<ZipPart>& parts);

}  // namespace meridian::table::testing
