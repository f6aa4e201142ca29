#include "dicomweb/internal/media.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/trim.hpp"
#include "http/headers.hpp"
#include "http/multipart.hpp"

namespace meridian::dicomweb::internal {
namespace {

constexpr std::size_t kMaxRanges = 100;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// The members of a list, commas in quotes left alone.
std::vector<std::string_view> members(std::string_view list) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  bool is_quoted = false;
  for (std::size_t at = 0; at <= list.size(); ++at) {
    if (at < list.size() && list[at] == '"') is_quoted = !is_quoted;
    if (at < list.size() && (is_quoted || list[at] != ',')) continue;
    const std::string_view member = without_blanks(list.substr(begin, at - begin));
    if (!member.empty()) out.push_back(member);
    begin = at + 1;
  }
  return out;
}

Result<MediaRange> range_of(std::string_view text) {
  MediaRange range;
  range.type = lower(without_blanks(text.substr(0, text.find(';'))));
  if (range.type == "*") range.type = "*/*";
  if (range.type.find('/') == std::string::npos) {
    return fail(ErrorCode::invalid_argument, "a media type that is accepted has no slash");
  }
  range.root = lower(http::parameter_of(text, "type").value_or(""));
  range.syntax = http::parameter_of(text, "transfer-syntax").value_or("");
  range.character_set = lower(http::parameter_of(text, "charset").value_or(""));
  if (const auto quality = http::parameter_of(text, "q")) {
    range.quality = std::clamp(std::strtod(quality->c_str(), nullptr), 0.0, 1.0);
  }
  return range;
}

}  // namespace

bool MediaRange::wants(std::string_view media_type) const {
  const std::string_view wanted = is_multipart() ? std::string_view(root) : std::string_view(type);
  if (wanted.empty() || wanted == "*/*" || wanted == media_type) return true;
  return wanted.ends_with("/*") && media_type.starts_with(wanted.substr(0, wanted.size() - 1));
}

Result<std::vector<MediaRange>> accepted(const http::Request& request) {
  std::string list;
  for (const http::QueryParameter& parameter : request.target.parameters) {
    if (parameter.name == "accept") list += (list.empty() ? "" : ",") + parameter.value;
  }
  if (list.empty()) list = request.headers.joined("Accept");
  std::vector<MediaRange> ranges;
  for (const std::string_view member : members(list)) {
    if (ranges.size() == kMaxRanges) return fail(ErrorCode::invalid_argument, "too many media types are accepted");
    ranges.push_back(TRY(range_of(member)));
  }
  std::erase_if(ranges, [](const MediaRange& range) { return range.quality <= 0; });
  if (ranges.empty() && members(list).empty()) ranges.push_back({.type = "*/*"});
  std::ranges::stable_sort(ranges, std::greater<>(), &MediaRange::quality);
  return ranges;
}

std::optional<std::string_view> preferred(const std::vector<MediaRange>& ranges,
                                          std::initializer_list<std::string_view> offered) {
  for (const MediaRange& range : ranges) {
    if (range.is_multipart()) continue;
    const auto* const found = std::ranges::find_if(offered, [&](std::string_view type) { return range.wants(type); });
    if (found != offered.end()) return *found;
  }
  return std::nullopt;
}

}  // namespace meridian::dicomweb::internal
