// Where a command writes its results: standard output or a file, buffered, its failures noticed.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian::app {

class Output {
 public:
  /// Standard output.
  Output();
  /// A file beside which the result is made first, so that a failure leaves no half of one.
  static Result<Output> to_file(const std::string& path);
  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;
  ~Output();

  void write(std::string_view text);
  void line(std::string_view text);

  /// Everything is out, or an Error (io_failure: a full disk, a closed pipe). Call it once, at the end.
  Result<> finish();
  /// Whether writing makes no sense any more: the reader of a pipe has gone.
  bool is_broken() const;

 private:
  Output(std::FILE* file, std::string path, std::string part);
  std::FILE* file_;
  std::string path_;
  std::string part_;  // the name it has until it is finished
};

/// A line to standard error: `meridian: …`.
void complain(std::string_view text);

}  // namespace meridian::app
