#include "mapping/testing/comparison.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/date_time.hpp"
#include "base/decimal.hpp"

namespace meridian::mapping::testing {
namespace {

/// Numbers without needless digits, times as instants: what means the same is the same text.
std::string normal(std::string_view text) {
  if (text.size() > 18 && text[4] == '-' && text[10] == 'T') {
    if (const Result<DateTime> time = DateTime::parse_fhir(text)) {
      return std::to_string(instant_range(*time, UtcOffset()).start.microseconds());
    }
  }
  if (const Result<Decimal> number = Decimal::parse(text); number && text.size() < 20) {
    std::string digits = number->to_string();
    if (digits.find('.') != std::string::npos) {
      digits.erase(digits.find_last_not_of('0') + 1);
      if (digits.ends_with('.')) digits.pop_back();
    }
    return digits;
  }
  return std::string(text.substr(0, text.find_last_not_of(' ') + 1));
}

}  // namespace

std::set<std::string> values(fhir::Node node, std::string_view path) {
  std::set<std::string> out;
  const std::string_view head = path.substr(0, path.find('.'));
  for (const fhir::Node child : node.children()) {
    if (child.key() != head) continue;
    if (head.size() == path.size()) {
      if (!child.text().empty()) out.insert(normal(child.text()));
    } else {
      out.merge(values(child, path.substr(head.size() + 1)));
    }
  }
  return out;
}

std::vector<fhir::Node> resources(const fhir::Document& bundle, std::string_view type) {
  std::vector<fhir::Node> out;
  for (const fhir::Node entry : bundle.root().children()) {
    const fhir::Node resource = entry.child("resource");
    if (resource && bundle.schema().type(resource.type()).name == type) out.push_back(resource);
  }
  return out;
}

std::size_t common(const std::set<std::string>& a, const std::set<std::string>& b) {
  return static_cast<std::size_t>(
      std::count_if(a.begin(), a.end(), [&b](const std::string& x) { return b.contains(x); }));
}

void Comparison::compare(const std::string& name, const fhir::Document& expected, const fhir::Document& ours,
                         const Reasons& reasons) {
  name_ = name;
  reasons_ = &reasons;
  for (const KeyFields& fields : fields_) {
    compare(fields, resources(expected, fields.type), resources(ours, fields.type));
  }
}

void Comparison::print() const {
  for (const auto& [reason, number] : classes_) std::printf("%5d  %s\n", number, reason.c_str());
  const Count rest = unexplained();
  std::printf("agreed %d of %d key fields; %d where nothing explains a difference: %.2f %%\n", all_.agreed, all_.total,
              rest.total, 100.0 * rest.agreed / rest.total);
}

void Comparison::compare(const KeyFields& fields, const std::vector<fhir::Node>& expected,
                         const std::vector<fhir::Node>& ours) {
  struct Pair {
    std::size_t score, theirs, ours;
  };
  std::vector<Pair> pairs;
  const std::string key = fields.key;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (std::size_t j = 0; j < ours.size(); ++j) {
      std::size_t score = 0;
      for (const char* field : fields.fields)
        score += common(values(expected[i], field), values(ours[j], field)) * (key == field ? 20 : 1);
      const std::set<std::string> wanted = key.empty() ? std::set<std::string>() : values(expected[i], key);
      if (score > 0 && (wanted.empty() || common(wanted, values(ours[j], key)) > 0)) pairs.push_back({score, i, j});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.score > b.score; });
  std::map<std::size_t, std::size_t> matched;
  std::set<std::size_t> used;
  for (const Pair& pair : pairs) {
    if (matched.contains(pair.theirs) || used.contains(pair.ours)) continue;
    matched[pair.theirs] = pair.ours;
    used.insert(pair.ours);
  }
  const std::string type = fields.type;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const bool is_matched = matched.contains(i);
    count(is_matched, type, type, is_matched ? "" : reasons_->of_absence(type, expected[i]));
    if (!is_matched) continue;
    for (const char* field : fields.fields) {
      const std::set<std::string> here = values(ours[matched[i]], field);
      for (const std::string& value : values(expected[i], field)) {
        const std::string whole = type + '.' + field;
        const bool agrees = here.contains(value);
        count(agrees, whole, value, agrees ? "" : reasons_->of_difference(type, whole, value));
      }
    }
  }
}

void Comparison::count(bool agrees, const std::string& field, const std::string& value, const std::string& reason) {
  ++all_.total;
  if (agrees) {
    ++all_.agreed;
    return;
  }
  explained_ += reason.empty() ? 0 : 1;
  ++classes_[reason.empty() ? "(not explained) " + field : reason];
  static const bool shows = std::getenv("MERIDIAN_SHOW_DIFFERENCES") != nullptr;
  if (shows) std::printf("%s\t%s\t%s\t%s\n", name_.c_str(), field.c_str(), value.c_str(), reason.c_str());
}

}  // namespace meridian::mapping::testing
