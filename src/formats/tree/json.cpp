#include "formats/tree/json.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <string>
#include <vector>

#include "formats/tree/builder.hpp"
#include "formats/tree/faults.hpp"

namespace meridian::tree {
namespace {

constexpr std::string_view kItem = "item";

/// What RapidJSON tells, in order; false ends the reading.
class Handler {
 public:
  explicit Handler(const JsonOptions& options) : limits_(options.limits), has_simple_names_(options.has_simple_names) {
    levels_.push_back({std::string(options.root), false, false});
  }

  // Values.
  bool Null() { return scalar({}); }
  bool Bool(bool is_true) { return scalar(is_true ? "true" : "false"); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool /*copy*/) { return scalar({text, size}); }
  bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) { return scalar({text, size}); }
  bool Int(int /*value*/) { return false; }  // numbers come as texts
  bool Uint(unsigned /*value*/) { return false; }
  bool Int64(std::int64_t /*value*/) { return false; }
  bool Uint64(std::uint64_t /*value*/) { return false; }
  bool Double(double /*value*/) { return false; }

  bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    std::string& name = levels_.back().name;
    name.assign(text, size);
    if (has_simple_names_) std::ranges::replace_if(name, [](char c) { return !is_simple(c); }, '_');
    return true;
  }
  bool StartObject() { return begin(false); }
  bool EndObject(rapidjson::SizeType /*members*/) { return end(); }
  bool StartArray() { return begin(true); }
  bool EndArray(rapidjson::SizeType /*items*/) { return end(); }

  Document finish() { return builder_.finish(); }
  /// What was passed, when something was.
  const char* passed() const { return passed_; }
  std::uint32_t limit() const { return limit_; }

 private:
  struct Level {
    std::string name;  // of the elements that come in it
    bool is_array = false;
    bool has_element = false;  // one was opened for it
  };

  static bool is_simple(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == ':' || static_cast<unsigned char>(c) >= 0x80;
  }
  bool pass(const char* what, std::uint32_t limit) {
    passed_ = what;
    limit_ = limit;
    return false;
  }
  bool may_add() { return ++elements_ <= limits_.max_elements || pass("elements", limits_.max_elements); }

  bool scalar(std::string_view text) {
    if (!may_add()) return false;
    builder_.element(levels_.back().name, text);
    return true;
  }

  /// An array that is a member lends its name to its items; one alone, or in an array, is an element itself.
  bool begin(bool is_array) {
    if (levels_.size() > limits_.max_depth) return pass("levels", limits_.max_depth);
    const Level& around = levels_.back();
    Level level;
    level.is_array = is_array;
    level.has_element = !is_array || around.is_array || levels_.size() == 1;
    if (is_array) level.name = level.has_element ? std::string(kItem) : around.name;
    if (level.has_element) {
      if (!may_add()) return false;
      builder_.open(around.name);
    }
    levels_.push_back(std::move(level));
    return true;
  }
  bool end() {
    if (levels_.back().has_element) builder_.close();
    levels_.pop_back();
    return true;
  }

  const JsonLimits& limits_;
  const bool has_simple_names_;
  Builder builder_;
  std::vector<Level> levels_;
  std::uint64_t elements_ = 0;
  const char* passed_ = nullptr;
  std::uint32_t limit_ = 0;
};

Position place(std::string_view bytes, std::size_t offset) {
  const std::string_view before = bytes.substr(0, std::min(offset, bytes.size()));
  const std::size_t line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
  const std::size_t begin = line == 1 ? 0 : before.rfind('\n') + 1;
  return {offset, static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(offset - begin + 1)};
}

}  // namespace

Document read_json(std::string_view bytes, const JsonOptions& options, Issues& issues) {
  const JsonLimits& limits = options.limits;
  if (bytes.size() > limits.max_bytes) {
    issues.add({Severity::fatal, IssueType::too_long, faults::kTooLarge, {std::to_string(limits.max_bytes), "bytes"}});
    return {};
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  Handler handler(options);
  rapidjson::MemoryStream stream(bytes.data(), bytes.size());
  rapidjson::Reader reader;
  if (const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler); !result) {
    const Position at = place(bytes, result.Offset());
    if (handler.passed() != nullptr) {
      issues.add({Severity::fatal,
                  IssueType::too_long,
                  faults::kTooLarge,
                  {std::to_string(handler.limit()), handler.passed()},
                  {},
                  at});
    } else {
      issues.add({Severity::fatal,
                  IssueType::structure,
                  faults::kNotJson,
                  {rapidjson::GetParseError_En(result.Code())},
                  {},
                  at});
    }
    return {};
  }
  return handler.finish();
}

}  // namespace meridian::tree
