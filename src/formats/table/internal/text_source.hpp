// Bytes of any character set as UTF-8, streamed. How the set is found: table_reader.hpp.
//
// Bytes that are no characters of it come out as bytes that are no UTF-8 (0xFF, or themselves in UTF-8), so that
// whoever knows what a row is finds them in it. A byte order mark is taken off. Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/input.hpp"
#include "base/result.hpp"

struct UConverter;

namespace meridian::table::internal {

class TextSource {
 public:
  /// An empty charset is found out; invalid_argument for one that ICU does not know.
  static Result<std::unique_ptr<TextSource>> make(std::unique_ptr<ByteSource> source, const std::string& charset);
  ~TextSource();
  TextSource(const TextSource&) = delete;
  TextSource& operator=(const TextSource&) = delete;

  /// Fills the front of `into`; 0 only at the end. `into` has room for four bytes at least.
  Result<std::size_t> read(std::span<char> into);
  /// The name of the set in use: "UTF-8", "GB18030".
  const std::string& charset() const { return charset_; }
  /// Whether the bytes were found not to be UTF-8, without anything that says so; once.
  bool take_guess();

 private:
  enum class State { start, ascii, utf_8, converted };

  explicit TextSource(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}
  Result<> use(const std::string& charset);
  Result<> start();
  Result<> decide();
  Result<bool> want(std::size_t count);
  Result<std::size_t> read_ascii(std::span<char> into);
  Result<std::size_t> read_plain(std::span<char> into);
  Result<std::size_t> read_converted(std::span<char> into);
  void convert(bool is_end);
  void append(char16_t unit);

  std::unique_ptr<ByteSource> source_;
  State state_ = State::start;
  std::string charset_ = "UTF-8";
  bool is_guessed_ = false;
  std::string raw_;  // read and not yet used, from used_ on
  std::size_t used_ = 0;
  bool at_end_ = false;
  bool is_flushed_ = false;
  UConverter* converter_ = nullptr;
  std::string out_;  // converted, from given_ on
  std::size_t given_ = 0;
  char16_t high_ = 0;  // a surrogate that waits for its other half
  bool is_first_ = true;
};

}  // namespace meridian::table::internal
