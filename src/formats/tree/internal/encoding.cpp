#include "formats/tree/internal/encoding.hpp"

#include <unicode/ucnv.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/utf8.hpp"
#include "formats/tree/faults.hpp"

namespace meridian::tree::internal {
namespace {

/// What the XML declaration says: `<?xml version="1.0" encoding="GB18030"?>`.
std::string declared(std::string_view bytes) {
  if (!bytes.starts_with("<?xml")) return {};
  const std::string_view declaration = bytes.substr(0, std::min<std::size_t>(bytes.find("?>"), 200));
  std::size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  at = declaration.find_first_of("\"'", at);
  if (at == std::string_view::npos) return {};
  const std::size_t end = declaration.find(declaration[at], at + 1);
  if (end == std::string_view::npos) return {};
  return std::string(declaration.substr(at + 1, end - at - 1));
}

bool is_same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

std::string repaired(std::string_view text, Issues& issues) {
  std::string out;
  bool is_good = true;
  while (!text.empty()) {
    const std::size_t good = valid_utf8_prefix(text);
    out += text.substr(0, good);
    text.remove_prefix(good);
    if (text.empty()) break;
    is_good = false;
    append_utf8(out, 0xFFFD);
    text.remove_prefix(1);
  }
  if (!is_good) issues.add({Severity::warning, IssueType::value, faults::kBadBytes, {"UTF-8"}});
  return out;
}

std::optional<std::string> converted(std::string_view bytes, const std::string& encoding, Issues& issues) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open(encoding.c_str(), &status), ucnv_close);
  if (U_FAILURE(status) || converter == nullptr) {
    issues.add({Severity::fatal, IssueType::not_supported, faults::kEncoding, {encoding.substr(0, 40)}});
    return std::nullopt;
  }
  std::vector<char16_t> units(bytes.size() + 1);
  const std::int32_t count = ucnv_toUChars(converter.get(), units.data(), static_cast<std::int32_t>(units.size()),
                                           bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
  if (U_FAILURE(status)) {
    issues.add({Severity::fatal, IssueType::value, faults::kEncoding, {encoding.substr(0, 40)}});
    return std::nullopt;
  }
  std::string out;
  bool is_good = true;
  for (std::int32_t i = 0; i < count; ++i) {
    char32_t point = units[static_cast<std::size_t>(i)];
    if (point >= 0xD800 && point < 0xDC00 && i + 1 < count) {
      const char32_t low = units[static_cast<std::size_t>(i) + 1];
      if (low >= 0xDC00 && low < 0xE000) {
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        ++i;
      }
    }
    is_good = is_good && point != 0xFFFD;
    append_utf8(out, point);
  }
  if (!is_good) issues.add({Severity::warning, IssueType::value, faults::kBadBytes, {encoding}});
  return out;
}

}  // namespace

std::optional<std::string> to_utf8(std::string_view bytes, Issues& issues) {
  if (bytes.starts_with("\xEF\xBB\xBF")) return repaired(bytes.substr(3), issues);
  if (bytes.starts_with("\xFF\xFE")) return converted(bytes.substr(2), "UTF-16LE", issues);
  if (bytes.starts_with("\xFE\xFF")) return converted(bytes.substr(2), "UTF-16BE", issues);
  if (bytes.starts_with(std::string_view("<\0", 2))) return converted(bytes, "UTF-16LE", issues);
  if (bytes.starts_with(std::string_view("\0<", 2))) return converted(bytes, "UTF-16BE", issues);
  std::string encoding = declared(bytes);
  // GB2312 is written and GBK or GB18030 meant: the last has all characters of the others.
  if (is_same(encoding, "gb2312") || is_same(encoding, "gbk")) encoding = "GB18030";
  if (encoding.empty() || is_same(encoding, "utf-8") || is_same(encoding, "utf8") || is_same(encoding, "us-ascii")) {
    return repaired(bytes, issues);
  }
  return converted(bytes, encoding, issues);
}

}  // namespace meridian::tree::internal
