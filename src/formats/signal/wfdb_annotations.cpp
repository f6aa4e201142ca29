#include "formats/signal/wfdb_annotations.hpp"

#include <algorithm>
#include <charconv>

#include "formats/signal/faults.hpp"

namespace meridian::signal {
namespace {

// Words that say something of an annotation instead of being one.
constexpr std::uint32_t kSkip = 59;     // an interval of 32 bits follows
constexpr std::uint32_t kNumber = 60;   // of this and all after it
constexpr std::uint32_t kSubtype = 61;  // of this alone
constexpr std::uint32_t kChannel = 62;  // of this and all after it
constexpr std::uint32_t kNote = 63;     // bytes follow
constexpr std::uint8_t kNoteCode = 22;
constexpr std::string_view kResolution = "## time resolution: ";

constexpr std::string_view kMnemonics[] = {"",  "N", "L", "R", "a", "V", "F", "J", "A",  "S", "E", "j", "/", "Q",
                                           "~", "",  "|", "",  "s", "T", "*", "D", "\"", "=", "p", "B", "^", "t",
                                           "+", "u", "?", "!", "[", "]", "e", "n", "@",  "x", "f", "(", ")", "r"};

class AnnotationParser {
 public:
  AnnotationParser(std::string_view bytes, std::size_t most, Issues& issues)
      : bytes_(bytes), most_(most), issues_(issues) {}

  Annotations run() {
    while (at_ + 2 <= bytes_.size()) {
      const std::uint32_t word = take_word();
      const std::uint32_t what = word >> 10;
      const std::uint32_t rest = word & 0x3FF;
      if (word == 0) return finish();
      if (!take(what, rest)) return finish();
    }
    cut();
    return finish();
  }

 private:
  /// "15 c calibration pulse"
  bool define(std::string_view line) {
    AnnotationCode defined;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), defined.code);
    line.remove_prefix(static_cast<std::size_t>(read.ptr - line.data()));
    const auto take = [&line](std::string_view ends) {
      line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t")));
      const std::string_view part = line.substr(0, line.find_first_of(ends));
      line.remove_prefix(part.size());
      return std::string(part);
    };
    defined.mnemonic = take(" \t\r\n");
    defined.description = take("\r\n");
    if (read.ec == std::errc{} && !defined.mnemonic.empty()) found_.codes.push_back(std::move(defined));
    return true;
  }
  std::uint32_t take_word() {
    const auto low = static_cast<std::uint8_t>(bytes_[at_]);
    const auto high = static_cast<std::uint8_t>(bytes_[at_ + 1]);
    at_ += 2;
    return low | std::uint32_t{high} << 8;
  }
  void cut() { issues_.add({Severity::error, IssueType::structure, faults::kCutAnnotations, {}, {}, {at_, 0, 0}}); }

  /// False when nothing more can be read.
  bool take(std::uint32_t what, std::uint32_t rest) {
    switch (what) {
      case kSkip: {
        if (at_ + 4 > bytes_.size()) return cut(), false;
        const std::uint32_t high = take_word();  // the higher half comes first
        sample_ += static_cast<std::int32_t>(high << 16 | take_word());
        return true;
      }
      case kNumber:
        number_ = static_cast<std::int8_t>(rest);
        if (!found_.all.empty()) found_.all.back().number = number_;
        return true;
      case kSubtype:
        if (!found_.all.empty()) found_.all.back().subtype = static_cast<std::int8_t>(rest);
        return true;
      case kChannel:
        channel_ = static_cast<std::uint8_t>(rest);
        if (!found_.all.empty()) found_.all.back().channel = channel_;
        return true;
      case kNote: {
        if (at_ + rest > bytes_.size()) return cut(), false;
        if (!found_.all.empty()) {
          std::string_view note = bytes_.substr(at_, rest);
          found_.all.back().note = note.substr(0, note.find('\0'));
        }
        at_ += rest + rest % 2;
        return true;
      }
      default:
        return add(what, rest);
    }
  }

  bool add(std::uint32_t code, std::uint32_t interval) {
    sample_ += interval;
    // 0 moves the time alone.
    if (code == 0) return true;
    if (found_.all.size() == most_) {
      issues_.add({Severity::error, IssueType::too_costly, faults::kTooMuch, {std::to_string(most_), "annotations"}});
      return false;
    }
    if (sample_ < 0) issues_.add({Severity::warning, IssueType::value, faults::kBeforeStart, {}, {}, {at_, 0, 0}});
    Annotation annotation;
    annotation.sample = sample_;
    annotation.code = static_cast<std::uint8_t>(code);
    annotation.channel = channel_;
    annotation.number = number_;
    found_.all.push_back(std::move(annotation));
    return true;
  }

  /// Notes at the very start may say how time is counted: they are no annotations.
  Annotations finish() {
    std::size_t first = 0;
    while (first < found_.all.size() && is_about_file(found_.all[first])) ++first;
    found_.all.erase(found_.all.begin(), found_.all.begin() + static_cast<std::ptrdiff_t>(first));
    return std::move(found_);
  }
  bool is_about_file(const Annotation& annotation) {
    if (annotation.sample != 0 || annotation.code != kNoteCode) return false;
    if (annotation.note == "## annotation type definitions") return defines_ = true;
    if (annotation.note == "## end of definitions") {
      defines_ = false;
      return true;
    }
    if (defines_) return define(annotation.note);
    if (!annotation.note.starts_with("## ")) return false;
    if (annotation.note.starts_with(kResolution)) {
      double ticks = 0;
      const char* end = annotation.note.data() + annotation.note.size();
      const auto read = std::from_chars(annotation.note.data() + kResolution.size(), end, ticks);
      if (read.ec == std::errc{} && ticks > 0) found_.ticks_per_second = ticks;
    }
    return true;
  }

  std::string_view bytes_;
  std::size_t most_;
  Issues& issues_;
  std::size_t at_ = 0;
  std::int64_t sample_ = 0;
  std::int8_t number_ = 0;
  std::uint8_t channel_ = 0;
  bool defines_ = false;
  Annotations found_;
};

}  // namespace

std::string mnemonic(std::uint8_t code) {
  if (code < std::size(kMnemonics) && !kMnemonics[code].empty()) return std::string(kMnemonics[code]);
  return '[' + std::to_string(code) + ']';
}

Annotations read_annotations(std::string_view bytes, std::size_t max_annotations, Issues& issues) {
  return AnnotationParser(bytes, max_annotations, issues).run();
}

}  // namespace meridian::signal
