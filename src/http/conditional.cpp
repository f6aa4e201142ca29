#include "http/conditional.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "base/trim.hpp"

namespace meridian::http {
namespace {

constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Takes one entity tag off the front of a list; nothing when what stands there is none.
std::optional<EntityTag> take_tag(std::string_view& list) {
  EntityTag tag;
  std::string_view rest = list;
  if (rest.starts_with("W/")) {
    tag.weak = true;
    rest.remove_prefix(2);
  }
  if (!rest.starts_with('"')) return std::nullopt;
  const std::size_t close = rest.find('"', 1);
  if (close == std::string_view::npos) return std::nullopt;
  tag.opaque = rest.substr(1, close - 1);
  for (const char c : tag.opaque) {
    if (static_cast<unsigned char>(c) < 0x21 || c == 0x7f) return std::nullopt;
  }
  list = rest.substr(close + 1);
  return tag;
}

enum class Comparison : unsigned char { strong, weak };

bool list_has(std::string_view list, const std::optional<EntityTag>& tag, bool exists, Comparison comparison) {
  list = without_blanks(list);
  if (list == "*") return exists;
  while (!list.empty()) {
    const std::optional<EntityTag> one = take_tag(list);
    if (!one) return false;
    if (exists && tag && (comparison == Comparison::strong ? strongly_equal(*one, *tag) : weakly_equal(*one, *tag))) {
      return true;
    }
    list = without_blanks(list);
    if (list.starts_with(',')) list.remove_prefix(1);
    list = without_blanks(list);
  }
  return false;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  if (text.empty() || text.size() > 4) return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<std::int64_t> seconds_from(int year, std::string_view month_name, int day, std::string_view clock) {
  int month = 0;
  for (int i = 0; i < 12; ++i) {
    if (kMonths[i] == month_name) month = i + 1;
  }
  if (month == 0 || clock.size() != 8 || clock[2] != ':' || clock[5] != ':') return std::nullopt;
  const std::optional<int> hour = number(clock.substr(0, 2));
  const std::optional<int> minute = number(clock.substr(3, 2));
  const std::optional<int> second = number(clock.substr(6, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + *hour * 3600 + *minute * 60 + *second;
}

}  // namespace

std::optional<EntityTag> parse_entity_tag(std::string_view text) {
  text = without_blanks(text);
  std::optional<EntityTag> tag = take_tag(text);
  return text.empty() ? tag : std::nullopt;
}

std::string to_text(const EntityTag& tag) {
  return (tag.weak ? "W/\"" : "\"") + tag.opaque + '"';
}

bool strongly_equal(const EntityTag& a, const EntityTag& b) {
  return !a.weak && !b.weak && a.opaque == b.opaque;
}
bool weakly_equal(const EntityTag& a, const EntityTag& b) {
  return a.opaque == b.opaque;
}

// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
std::string to_http_date(std::int64_t unix_seconds) {
  std::int64_t days = unix_seconds / 86400;
  std::int64_t left = unix_seconds % 86400;
  if (left < 0) {
    left += 86400;
    --days;
  }
  const std::chrono::sys_days day{std::chrono::days(days)};
  const std::chrono::year_month_day date(day);
  const std::chrono::weekday weekday(day);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[weekday.c_encoding()],
                static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()), static_cast<int>(left / 3600), static_cast<int>(left / 60 % 60),
                static_cast<int>(left % 60));
  return text;
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  text = without_blanks(text);
  // IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT"
  if (text.size() == 29 && text[3] == ',' && text.ends_with(" GMT")) {
    const std::optional<int> day = number(text.substr(5, 2));
    const std::optional<int> year = number(text.substr(12, 4));
    if (!day || !year) return std::nullopt;
    return seconds_from(*year, text.substr(8, 3), *day, text.substr(17, 8));
  }
  // asctime: "Sun Nov  6 08:49:37 1994"
  if (text.size() == 24 && text[3] == ' ') {
    const std::optional<int> day = number(without_blanks(text.substr(8, 2)));
    const std::optional<int> year = number(text.substr(20, 4));
    if (!day || !year) return std::nullopt;
    return seconds_from(*year, text.substr(4, 3), *day, text.substr(11, 8));
  }
  // RFC 850: "Sunday, 06-Nov-94 08:49:37 GMT"; a year more than 50 years ahead is in the past.
  const std::size_t comma = text.find(", ");
  if (comma == std::string_view::npos || !text.ends_with(" GMT")) return std::nullopt;
  const std::string_view rest = text.substr(comma + 2);
  if (rest.size() != 22 || rest[2] != '-' || rest[6] != '-') return std::nullopt;
  const std::optional<int> day = number(rest.substr(0, 2));
  const std::optional<int> year = number(rest.substr(7, 2));
  if (!day || !year) return std::nullopt;
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const int this_year = static_cast<int>(std::chrono::year_month_day(today).year());
  int full = this_year / 100 * 100 + *year;
  if (full > this_year + 50) full -= 100;
  return seconds_from(full, rest.substr(3, 3), *day, rest.substr(10, 8));
}

// https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
Precondition evaluate_preconditions(Method method, const Headers& request, const ResourceState& state) {
  // 1. If-Match, and else 2. If-Unmodified-Since.
  if (request.contains("If-Match")) {
    if (!list_has(request.joined("If-Match"), state.tag, state.exists, Comparison::strong)) return Precondition::failed;
  } else if (const auto since = request.find("If-Unmodified-Since")) {
    const std::optional<std::int64_t> date = parse_http_date(*since);
    if (date && state.last_modified && *state.last_modified > *date) return Precondition::failed;
  }
  // 3. If-None-Match, and else 4. If-Modified-Since, for GET and HEAD only.
  const bool reads = method == Method::get || method == Method::head;
  if (request.contains("If-None-Match")) {
    if (list_has(request.joined("If-None-Match"), state.tag, state.exists, Comparison::weak)) {
      return reads ? Precondition::not_modified : Precondition::failed;
    }
  } else if (const auto since = request.find("If-Modified-Since"); since && reads) {
    const std::optional<std::int64_t> date = parse_http_date(*since);
    if (date && state.last_modified && *state.last_modified <= *date) return Precondition::not_modified;
  }
  return Precondition::proceed;
}

void apply_conditions(Method method, const Headers& request, Response& response) {
  if (response.status != 200 || request.empty()) return;
  ResourceState state;
  if (const auto tag = response.headers.find("ETag")) state.tag = parse_entity_tag(*tag);
  if (const auto date = response.headers.find("Last-Modified")) state.last_modified = parse_http_date(*date);
  if (!state.tag && !state.last_modified) return;
  switch (evaluate_preconditions(method, request, state)) {
    case Precondition::proceed:
      return;
    case Precondition::not_modified: {
      // Section 15.4.5: what a cache needs to go on using what it has, and nothing of the content.
      Response unchanged(304);
      for (const std::string_view name :
           {"Cache-Control", "Content-Location", "ETag", "Expires", "Last-Modified", "Vary"}) {
        if (const auto value = response.headers.find(name)) unchanged.headers.add(name, *value);
      }
      response = std::move(unchanged);
      return;
    }
    case Precondition::failed:
      response = Response::problem(412, "The present version is not the one the request's condition names.");
      return;
  }
}

namespace {

struct Range {
  std::uint64_t first;
  std::uint64_t last;
};

std::optional<std::uint64_t> position(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

constexpr std::size_t kMaxRanges = 32;

// Section 14.1.2. Nothing: not understood, so the field is ignored. Empty: understood, and none can be satisfied.
std::optional<std::vector<Range>> parse_ranges(std::string_view text, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (text.size() < kUnit.size() || !equals_ignoring_case(text.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  std::vector<Range> ranges;
  std::size_t count = 0;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view one = without_blanks(text.substr(0, comma));
    if (!one.empty()) {
      if (++count > kMaxRanges) return std::nullopt;
      const std::size_t dash = one.find('-');
      if (dash == std::string_view::npos) return std::nullopt;
      const std::string_view from = one.substr(0, dash);
      const std::string_view to = one.substr(dash + 1);
      const std::optional<std::uint64_t> first = position(from);
      const std::optional<std::uint64_t> last = position(to);
      if ((!from.empty() && !first) || (!to.empty() && !last) || (from.empty() && to.empty())) return std::nullopt;
      if (first && last && *last < *first) return std::nullopt;
      if (!first) {
        if (*last > 0 && size > 0) ranges.push_back({size - std::min(size, *last), size - 1});
      } else if (*first < size) {
        ranges.push_back({*first, last ? std::min(*last, size - 1) : size - 1});
      }
    }
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  if (count == 0) return std::nullopt;
  return ranges;
}

// Section 13.1.5: a strong tag that is the present one, or exactly the present date.
bool if_range_holds(const Headers& request, const Response& response) {
  const auto condition = request.find("If-Range");
  if (!condition) return true;
  if (const std::optional<EntityTag> asked = parse_entity_tag(*condition)) {
    const std::optional<EntityTag> present = parse_entity_tag(response.headers.get("ETag"));
    return present && strongly_equal(*asked, *present);
  }
  const std::optional<std::int64_t> date = parse_http_date(*condition);
  return date && date == parse_http_date(response.headers.get("Last-Modified"));
}

std::string content_range(const Range& range, std::uint64_t size) {
  return "bytes " + std::to_string(range.first) + '-' + std::to_string(range.last) + '/' + std::to_string(size);
}

}  // namespace

void apply_ranges(Method method, const Headers& request, Response& response) {
  if (response.status != 200 || (response.source && !response.source_size)) return;
  response.headers.set("Accept-Ranges", "bytes");
  const auto field = request.find("Range");
  if (method != Method::get || !field || !if_range_holds(request, response)) return;
  const std::uint64_t size = response.source ? *response.source_size : response.body.size();
  const std::optional<std::vector<Range>> ranges = parse_ranges(*field, size);
  if (!ranges || (response.source && ranges->size() > 1)) return;
  if (ranges->empty()) {
    response = Response::problem(416, "No part that was asked for exists.");
    response.headers.set("Content-Range", "bytes */" + std::to_string(size));
    return;
  }
  // Section 14.2: parts that together are more than the whole are an attack or a mistake; the whole is sent.
  std::uint64_t together = 0;
  for (const Range& range : *ranges) together += range.last - range.first + 1;
  if (together > size) return;

  response.status = 206;
  response.allow_compression = false;
  if (ranges->size() == 1) {
    const Range& range = ranges->front();
    response.headers.set("Content-Range", content_range(range, size));
    const std::uint64_t length = range.last - range.first + 1;
    if (response.source) {
      response.source = part_of(std::move(response.source), range.first, length);
      response.source_size = length;
    } else {
      response.body = response.body.substr(range.first, length);
    }
    return;
  }
  // Section 14.6: multipart/byteranges. The boundary must not occur in the content.
  std::string boundary = "meridian-part";
  for (int i = 0; response.body.find(boundary) != std::string::npos; ++i)
    boundary = "meridian-part-" + std::to_string(i);
  const std::string type(response.headers.get("Content-Type"));
  std::string parts;
  for (const Range& range : *ranges) {
    parts += "--" + boundary + "\r\n";
    if (!type.empty()) parts += "Content-Type: " + type + "\r\n";
    parts += "Content-Range: " + content_range(range, size) + "\r\n\r\n";
    parts.append(response.body, range.first, range.last - range.first + 1);
    parts += "\r\n";
  }
  parts += "--" + boundary + "--\r\n";
  response.body = std::move(parts);
  response.headers.set("Content-Type", "multipart/byteranges; boundary=" + boundary);
}

}  // namespace meridian::http
