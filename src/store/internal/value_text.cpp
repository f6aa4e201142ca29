#include "store/internal/value_text.hpp"

#include <charconv>
#include <cstring>

#include "base/hex.hpp"

namespace meridian::store {

namespace {

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Walks JSON that is known to be well-formed; what is not ends it.
class Walker {
 public:
  Walker(std::string_view json, char* out) : at_(json.data()), end_(at_ + json.size()), begin_(out), out_(out) {}

  void skip_space() {
    while (at_ < end_ && is_space(*at_)) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ >= end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  char peek() {
    skip_space();
    return at_ < end_ ? *at_ : '\0';
  }
  /// With its quotes; empty when there is none.
  std::string_view string() {
    skip_space();
    if (at_ >= end_ || *at_ != '"') return {};
    const char* const start = at_;
    for (++at_; at_ < end_; ++at_) {
      if (*at_ == '\\') {
        ++at_;
      } else if (*at_ == '"') {
        ++at_;
        return {start, static_cast<std::size_t>(at_ - start)};
      }
    }
    return {};
  }

  void put(std::string_view bytes) {
    std::memcpy(out_, bytes.data(), bytes.size());
    out_ += bytes.size();
  }
  void put(char c) { *out_++ = c; }
  /// A value without the white space between its tokens.
  void copy_value() {
    skip_space();
    int depth = 0;
    while (at_ < end_) {
      const char c = *at_;
      if (c == '"') {
        put(string());
      } else if (is_space(c)) {
        ++at_;
      } else {
        if (depth == 0 && (c == ',' || c == '}' || c == ']')) return;
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        put(c);
        ++at_;
      }
      if (depth == 0 && (c == '"' || c == '}' || c == ']')) return;
    }
  }
  void skip_value() {
    char* const before = out_;
    copy_value();
    out_ = before;
  }
  void rewind(std::size_t size) { out_ = begin_ + size; }
  std::size_t size() const { return static_cast<std::size_t>(out_ - begin_); }

 private:
  const char* at_;
  const char* end_;
  char* begin_;
  char* out_;
};

/// Whether a key as it stands, with quotes and perhaps escapes, is that name of plain letters.
bool is_key(std::string_view quoted, std::string_view name) {
  const std::string_view raw = quoted.substr(1, quoted.size() - 2);
  if (raw.find('\\') == std::string_view::npos) return raw == name;
  std::size_t matched = 0;
  for (std::size_t i = 0; i < raw.size(); ++matched) {
    char c = raw[i++];
    if (c == '\\') {
      if (raw.size() - i < 5 || raw.substr(i, 3) != "u00") return false;
      const int high = hex_digit(raw[i + 3]);
      const int low = hex_digit(raw[i + 4]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 5;
    }
    if (matched >= name.size() || name[matched] != c) return false;
  }
  return matched == name.size();
}

/// Copies the members of `meta` but for the two of the version; false when nothing is left of it.
bool copy_meta(Walker& walker, std::uint32_t& meta_at) {
  walker.take('{');
  walker.put('{');
  meta_at = static_cast<std::uint32_t>(walker.size());
  bool is_empty = true;
  while (walker.peek() == '"') {
    const std::string_view key = walker.string();
    walker.take(':');
    if (is_key(key, "versionId") || is_key(key, "lastUpdated")) {
      walker.skip_value();
    } else {
      if (!is_empty) walker.put(',');
      is_empty = false;
      walker.put(key);
      walker.put(':');
      walker.copy_value();
    }
    walker.take(',');
  }
  walker.take('}');
  walker.put('}');
  return !is_empty;
}

}  // namespace

Result<ValueText> ValueText::of(std::string_view json) {
  if (json.starts_with("\xEF\xBB\xBF")) json.remove_prefix(3);
  ValueText value;
  value.text.resize(json.size() + 2);
  Walker walker(json, value.text.data());
  if (!walker.take('{')) return fail(ErrorCode::malformed_input, "a resource is a JSON object");
  walker.put('{');
  bool is_first = true;
  while (walker.peek() == '"') {
    const std::string_view key = walker.string();
    walker.take(':');
    const std::size_t before = walker.size();
    if (is_key(key, "id")) {
      walker.skip_value();
    } else {
      if (!is_first) walker.put(',');
      walker.put(key);
      walker.put(':');
      if (is_key(key, "meta")) {
        if (walker.peek() != '{') return fail(ErrorCode::malformed_input, "meta is a JSON object");
        if (!copy_meta(walker, value.meta_at)) {
          walker.rewind(before);
          value.meta_at = 0;
        }
      } else {
        walker.copy_value();
        if (is_key(key, "resourceType")) value.id_at = static_cast<std::uint32_t>(walker.size());
      }
      is_first = is_first && walker.size() == before;
    }
    walker.take(',');
  }
  walker.put('}');
  if (value.id_at == 0) return fail(ErrorCode::malformed_input, "a resource has a resourceType");
  value.text.resize(walker.size());
  return value;
}

std::string show(std::string_view text, std::uint32_t id_at, std::uint32_t meta_at, std::string_view id,
                 std::uint64_t version, Instant last_updated) {
  if (id_at > text.size() || meta_at > text.size()) return {};
  std::string id_part = ",\"id\":\"" + std::string(id) + '"';
  std::string meta_part =
      "\"versionId\":\"" + std::to_string(version) + "\",\"lastUpdated\":\"" + last_updated.to_string() + '"';
  std::string shown;
  shown.reserve(text.size() + id_part.size() + meta_part.size() + 12);
  if (meta_at == 0) {
    shown.append(text.substr(0, id_at)).append(id_part).append(",\"meta\":{").append(meta_part).append("}");
    return shown.append(text.substr(id_at));
  }
  if (meta_at < text.size() && text[meta_at] != '}') meta_part += ',';
  const bool id_first = id_at < meta_at;
  const std::uint32_t first = id_first ? id_at : meta_at;
  const std::uint32_t second = id_first ? meta_at : id_at;
  shown.append(text.substr(0, first)).append(id_first ? id_part : meta_part);
  shown.append(text.substr(first, second - first)).append(id_first ? meta_part : id_part);
  return shown.append(text.substr(second));
}

}  // namespace meridian::store
