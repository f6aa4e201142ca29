// What a file of variants holds, counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "formats/genomics/header.hpp"
#include "formats/genomics/record.hpp"

namespace meridian::app {

class VcfSummary {
 public:
  void add(const genomics::Record& record);
  std::string text(const std::string& file, const genomics::Header& header) const;
  std::string json(const std::string& file, const genomics::Header& header) const;

 private:
  std::uint64_t records_ = 0;
  std::uint64_t passed_ = 0;
  std::uint64_t multiallelic_ = 0;
  std::uint64_t transitions_ = 0;
  std::uint64_t transversions_ = 0;
  std::map<std::string, std::uint64_t> kinds_;    // of alternates
  std::map<std::string, std::uint64_t> contigs_;  // records; at most kMostContigs
};

}  // namespace meridian::app
