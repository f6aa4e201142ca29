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
  /// A file beside which the result is made first, so that a failure leaves no half of one; it keeps the permissions
  /// that it had. What is there already and is no regular file (a pipe, /dev/null) is written to as it stands.
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
  /// Whether a person reads along.
  bool is_terminal() const;

 private:
  Output(std::FILE* file, std::string path, std::string part);
  std::FILE* file_;
  std::string path_;
  std::string part_;  // the name it has until it is finished; empty when it is written in place
};

}  // namespace meridian::app
