// The stretch of a text that is being read: rows are scanned where they lie in it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "formats/table/internal/text_source.hpp"

namespace meridian::table::internal {

class TextBuffer {
 public:
  explicit TextBuffer(std::unique_ptr<TextSource> source) : source_(std::move(source)), bytes_(kFirst, '\0') {}

  /// All that is held; what is read already lies before `begin()`. Views end with the next `more`.
  std::string_view text() const { return {bytes_.data(), end_}; }
  std::size_t begin() const { return begin_; }
  std::string_view rest() const { return text().substr(begin_); }
  char* data() { return bytes_.data(); }
  void drop_to(std::size_t place) { begin_ = place; }
  /// Whether nothing comes behind what is held.
  bool is_end() const { return is_end_; }
  /// How many bytes of text lie before `text()`.
  std::uint64_t dropped() const { return dropped_; }
  TextSource& source() { return *source_; }

  /// Moves the rest to the front and reads on behind it, until the buffer, twice as large where it must be, is full.
  Result<> more();
  /// Drops the rest of a line with its end, however long it is; false when there was nothing. In `cr_ends`, CR alone
  /// ends it too.
  Result<bool> drop_line(bool cr_ends);

 private:
  static constexpr std::size_t kFirst = std::size_t{256} << 10;

  std::unique_ptr<TextSource> source_;
  std::string bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t dropped_ = 0;
  bool is_end_ = false;
};

/// Behind the first line's end at or after `at`, npos when none is held. A CR at the very end of a text that goes on is
/// not decided, and counts as none.
std::size_t behind_line(std::string_view text, std::size_t at, bool cr_ends, bool is_end);

}  // namespace meridian::table::internal
