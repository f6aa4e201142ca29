// Whether records stand in order, each contig in one piece, and no variant twice.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/issue.hpp"
#include "formats/genomics/header.hpp"
#include "formats/genomics/record.hpp"

namespace meridian::genomics::internal {

class Order {
 public:
  void check(const Record& record, const Limits& limits, Issues& issues);

 private:
  void look_for_twins(const Record& record, Issues& issues);

  std::string contig_;
  std::uint64_t pos_ = 0;
  std::set<std::string, std::less<>> seen_;
  struct Variant {
    std::uint64_t pos;
    std::uint64_t hash;
    bool operator==(const Variant&) const = default;
  };
  std::vector<Variant> window_;  // trimmed variants at or behind pos_
};

}  // namespace meridian::genomics::internal
