// TableReader: the lines of a table in text: fields between tabs (RF2, Athena), bars (RRF) or commas with quotes (CSV).
//
// Streams: holds one record. A byte order mark and carriage returns are passed over. A record that cannot be read (not
// UTF-8, longer than kMaxRecord, a quote that never ends) is left out with an Issue at its line. Errors: those of the
// source. Threads: one at a time. Fields are views until the next call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "base/result.hpp"

namespace meridian {
class ByteSource;
}

namespace meridian::terminology {

class TableReader {
 public:
  enum class Form : std::uint8_t { lines, tabs, bars, commas };
  static constexpr std::size_t kMaxRecord = std::size_t{1} << 20;

  TableReader(ByteSource& source, Form form) : source_(source), form_(form) {}

  /// The next record; false at the end. Empty lines are none.
  Result<bool> next(Issues& issues);
  const std::vector<std::string_view>& fields() const { return fields_; }
  std::uint32_t line() const { return begin_line_; }

  /// Takes the next record as the names of columns. Error: malformed_input when one of `needed` is not there; the
  /// places are in the order of `needed`.
  Result<std::vector<std::size_t>> header(const std::vector<std::string_view>& needed, Issues& issues);

 private:
  Result<bool> line(std::string& into);
  void split(std::string_view record);
  bool split_quoted();
  void leave_out(Issues& issues, const Message& why, std::vector<std::string> arguments = {}) const;

  ByteSource& source_;
  Form form_;
  std::string buffer_;
  std::size_t used_ = 0;
  bool is_at_end_ = false;
  bool is_long_ = false;
  std::uint32_t line_ = 0;
  std::uint32_t begin_line_ = 0;
  std::string record_;
  std::string unquoted_;
  std::vector<std::string_view> fields_;
};

}  // namespace meridian::terminology
