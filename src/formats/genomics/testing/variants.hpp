// What tests of variants need: a text read whole, its faults as lines, the files of the outside data.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/tar.hpp"
#include "base/testing/paths.hpp"
#include "formats/genomics/reader.hpp"

namespace meridian::genomics::testing {

struct Whole {
  std::string text;                 ///< written again
  std::vector<std::string> faults;  ///< `error vcf-type line 3, INFO/DP`
  std::size_t errors = 0;
  std::uint64_t records = 0;
  bool is_readable = true;
};

inline std::string fault_line(const Issue& issue) {
  return std::string(name(issue.severity)) + ' ' + std::string(issue.message->id) + ' ' + issue.path;
}

inline Whole read_whole(std::string_view text, const Limits& limits = {}) {
  Whole whole;
  Issues issues;
  auto source = decompress(memory_source(text));
  auto reader = source ? Reader::open(std::move(*source), limits, issues) : fail(source.error());
  if (reader) {
    whole.text = reader->header().text();
    Record record;
    while (true) {
      const auto next = reader->next(record, issues);
      if (!next) whole.is_readable = false;
      if (!next || !*next) break;
      write(record, whole.text);
    }
    whole.records = reader->records();
  } else {
    whole.is_readable = false;
  }
  for (const Issue& issue : issues.all()) whole.faults.push_back(fault_line(issue));
  whole.errors = issues.errors() + (whole.is_readable ? 0 : 1);
  return whole;
}

/// The files of an archive of the outside data; empty where this machine lacks it.
inline std::map<std::string, std::string> shared_files(const std::string& archive) {
  std::map<std::string, std::string> files;
  const auto path = meridian::testing::shared_data(archive);
  if (!path) return files;
  auto source = open_input(path->string());
  if (!source) return files;
  TarReader tar(**source);
  for (auto entry = tar.next(); entry && *entry; entry = tar.next()) {
    std::string name = (*entry)->name;
    auto bytes = tar.read_entry();
    if (bytes) files.emplace(std::move(name), std::move(*bytes));
  }
  return files;
}

}  // namespace meridian::genomics::testing
