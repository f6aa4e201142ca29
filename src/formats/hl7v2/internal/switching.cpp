#include "formats/hl7v2/internal/switching.hpp"

#include <optional>
#include <utility>

#include "base/utf8.hpp"
#include "formats/hl7v2/internal/convert.hpp"

namespace meridian::hl7v2::internal {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Found {
  std::size_t begin = std::string_view::npos;
  std::size_t end = std::string_view::npos;  // after the closing escape character
  Switch to;
};

/// The sequence that begins with the escape character at `at`, if it is one of ours.
std::optional<Found> sequence_at(std::string_view bytes, std::size_t at, char escape) {
  if (bytes[at] != escape) return std::nullopt;
  const std::string_view rest = bytes.substr(at + 1, 8);
  const std::size_t close = rest.find(escape);
  if (close == std::string_view::npos) return std::nullopt;
  const auto to = switch_of(rest.substr(0, close));
  if (!to) return std::nullopt;
  return Found{at, at + close + 2, *to};
}

Found find_sequence(std::string_view bytes, std::size_t from, char escape) {
  for (std::size_t at = bytes.find(escape, from); at != std::string_view::npos; at = bytes.find(escape, at + 1)) {
    if (const auto found = sequence_at(bytes, at, escape)) return *found;
  }
  return {bytes.size(), bytes.size(), {}};
}

char escape_of(std::string_view bytes) {
  const std::size_t begin = bytes.find("MSH");
  return begin != std::string_view::npos && begin + 6 < bytes.size() ? bytes[begin + 6] : '\\';
}

char field_of(std::string_view bytes) {
  const std::size_t begin = bytes.find("MSH");
  return begin != std::string_view::npos && begin + 3 < bytes.size() ? bytes[begin + 3] : '|';
}

/// Follows one switch until the next sequence, the end of the field, or what is no character of two bytes.
class Run {
 public:
  Run(std::string& out, std::string_view bytes, char escape, char field)
      : out_(out), bytes_(bytes), escape_(escape), field_(field) {}

  /// Where it ends.
  std::size_t follow(std::size_t at, const Switch& to) {
    const bool is_double = to.kind == Switched::kanji || to.kind == Switched::supplementary_kanji;
    const std::size_t begin = at;
    while (at < bytes_.size() && !sequence_at(bytes_, at, escape_)) {
      const char c = bytes_[at];
      if (c == '\r' || c == '\n' || (!is_double && c == field_)) break;
      if (is_double && !is_pair(at)) break;
      if (is_double) put_pair(at, to.kind);
      if (to.kind == Switched::katakana) put_katakana(c);
      at += is_double ? 2 : 1;
    }
    if (!pairs_.empty()) faults_ += append_euc_jp(out_, std::exchange(pairs_, {}));
    if (to.kind == Switched::latin) faults_ += append_converted(out_, bytes_.substr(begin, at - begin), to.charset);
    if (to.kind == Switched::none) faults_ += append_converted(out_, bytes_.substr(begin, at - begin), Charset::utf_8);
    return at;
  }
  std::size_t faults() const { return faults_; }

 private:
  static bool is_graphic(char c) { return c > ' ' && c < '\x7F'; }
  bool is_pair(std::size_t at) const {
    // Rows above 84 hold no characters of JIS X 0208, so that `|` and `~` cannot begin one.
    return at + 1 < bytes_.size() && is_graphic(bytes_[at]) && is_graphic(bytes_[at + 1]) && bytes_[at] != field_ &&
           bytes_[at] < '\x75';
  }
  void put_pair(std::size_t at, Switched kind) {
    if (kind == Switched::supplementary_kanji) pairs_ += '\x8F';
    pairs_ += static_cast<char>(bytes_[at] | '\x80');
    pairs_ += static_cast<char>(bytes_[at + 1] | '\x80');
  }
  void put_katakana(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out_ += c;
    } else if (byte >= 0xA1 && byte <= 0xDF) {
      append_utf8(out_, 0xFF61U + byte - 0xA1U);
    } else {
      out_ += kReplacement;
      ++faults_;
    }
  }

  std::string& out_;
  std::string_view bytes_;
  std::string pairs_;  // of a double-byte run, as EUC-JP
  char escape_;
  char field_;
  std::size_t faults_ = 0;
};

}  // namespace

bool has_switch(std::string_view bytes) {
  return find_sequence(bytes, 0, escape_of(bytes)).begin != bytes.size();
}

std::size_t append_switching(std::string& out, std::string_view bytes, Charset charset) {
  const char escape = escape_of(bytes);
  Run run(out, bytes, escape, field_of(bytes));
  std::size_t faults = 0;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const Found found = find_sequence(bytes, at, escape);
    faults += append_converted(out, bytes.substr(at, found.begin - at), charset);
    out += bytes.substr(found.begin, found.end - found.begin);
    at = found.begin == bytes.size() ? bytes.size() : run.follow(found.end, found.to);
  }
  return faults + run.faults();
}

}  // namespace meridian::hl7v2::internal
