#include "mapping/internal/timeline.hpp"

#include <algorithm>

#include "base/date_time.hpp"
#include "mapping/internal/json_parts.hpp"

namespace meridian::mapping::internal {
namespace {

struct Stay {
  std::int64_t at = 0;
  std::string_view time;
  std::string_view what;
  const Entry* entry = nullptr;
};

std::vector<Stay> stays_of(const std::vector<const Entry*>& observations) {
  Rank highest = Rank::fallback;
  for (const Entry* entry : observations) highest = std::max(highest, entry->rank);
  std::vector<Stay> stays;
  for (const Entry* entry : observations) {
    if (entry->rank != highest) continue;
    const std::string_view key = entry->key;
    const std::size_t begin = key.find('#') + 1;
    const std::size_t bar = std::min(key.find('|', begin), key.size());
    Stay stay;
    stay.time = key.substr(begin, bar - begin);
    stay.what = key.substr(std::min(bar + 1, key.size()));
    stay.entry = entry;
    if (const Result<DateTime> time = DateTime::parse_fhir(stay.time)) {
      stay.at = instant_range(*time, UtcOffset()).start.microseconds();
    }
    stays.push_back(stay);
  }
  // At one time in two places: what the later message says comes last.
  std::sort(stays.begin(), stays.end(), [](const Stay& a, const Stay& b) {
    if (a.at != b.at) return a.at < b.at;
    return a.entry->stamp != b.entry->stamp ? a.entry->stamp < b.entry->stamp : a.what < b.what;
  });
  stays.erase(std::unique(stays.begin(), stays.end(), [](const Stay& a, const Stay& b) { return a.what == b.what; }),
              stays.end());
  return stays;
}

}  // namespace

std::size_t shown_of_timeline(const std::vector<const Entry*>& observations) {
  return stays_of(observations).size();
}

std::string render_timeline(std::vector<const Entry*> observations, std::string_view end) {
  const std::vector<Stay> stays = stays_of(observations);
  std::string out;
  for (std::size_t i = 0; i < stays.size(); ++i) {
    const bool is_last = i + 1 == stays.size();
    const bool is_over = !is_last || !end.empty();
    if (!out.empty()) out += ',';
    out += '{';
    std::string after;
    for (const auto& [key, value] : json_members(stays[i].entry->json)) {
      if (key == "status" || key == "period") continue;
      // FHIR's order: location, status, physicalType, period.
      std::string& into = key == "physicalType" ? after : out;
      if (into.size() > 1 && into.back() != '{') into += ',';
      into += '"' + std::string(key) + "\":" + std::string(value);
    }
    out += std::string(",\"status\":\"") + (is_over ? "completed" : "active") + '"';
    if (!after.empty()) out += ',' + after;
    out += ",\"period\":{\"start\":\"" + std::string(stays[i].time) + '"';
    if (!is_last) {
      out += ",\"end\":\"" + std::string(stays[i + 1].time) + '"';
    } else if (is_over) {
      out += ',' + std::string(end);
    }
    out += "}}";
  }
  return out;
}

}  // namespace meridian::mapping::internal
