#include "mapping/internal/place.hpp"

#include <algorithm>
#include <charconv>

namespace meridian::mapping::internal {
namespace {

constexpr int kDeepestTests = 4;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '_' ||
         c == '-' || c == '*' || static_cast<unsigned char>(c) >= 0x80;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<Place> all() {
    std::optional<Place> place = path(0);
    if (!place || !text_.empty()) return std::nullopt;
    return place;
  }

 private:
  bool take(std::string_view what) {
    if (!text_.starts_with(what)) return false;
    text_.remove_prefix(what.size());
    return true;
  }
  std::string name() {
    std::size_t size = 0;
    while (size < text_.size() && is_name_character(text_[size])) ++size;
    std::string out(text_.substr(0, size));
    text_.remove_prefix(size);
    return out;
  }

  std::optional<Place> path(int depth) {
    Place place;
    if (depth > kDeepestTests) return std::nullopt;
    if (take("..")) {
      place.from = Place::From::parent;
      place.anchor = name();
      if (!take("/")) return place;
    } else if (take(".")) {
      return place;
    } else if (take("^")) {
      place.from = Place::From::around;
      place.anchor = name();
      if (place.anchor.empty()) return std::nullopt;
      if (!take("/")) return place;
    }
    while (true) {
      if (take("@")) {
        place.attribute = name();
        if (place.attribute.empty()) return std::nullopt;
        return place;
      }
      PlaceStep step;
      step.name = name();
      if (step.name.empty()) return std::nullopt;
      if (step.name == "*") step.name.clear();
      while (take("[")) {
        if (!test(step, depth) || !take("]")) return std::nullopt;
      }
      place.steps.push_back(std::move(step));
      if (!take("/")) return place;
    }
  }

  bool test(PlaceStep& step, int depth) {
    if (!text_.empty() && text_[0] >= '1' && text_[0] <= '9') {
      const auto [end, fault] = std::from_chars(text_.data(), text_.data() + text_.size(), step.position);
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      return fault == std::errc();
    }
    PlaceTest test;
    const bool is_absence = take("!");
    std::optional<Place> path = this->path(depth + 1);
    if (!path) return false;
    test.path = std::move(*path);
    test.is_negated = is_absence || take("!=");
    if (!is_absence && (test.is_negated || take("="))) {
      do {
        const std::size_t size = std::min(text_.find_first_of("|]"), text_.size());
        if (size == 0) return false;
        test.values.emplace_back(text_.substr(0, size));
        text_.remove_prefix(size);
      } while (take("|"));
    }
    step.tests.push_back(std::move(test));
    return true;
  }

  std::string_view text_;
};

constexpr std::size_t kMostTested = 1000;

bool holds(const PlaceTest& test, tree::Element element) {
  std::vector<PlaceValue> found;
  find_places(test.path, element, kMostTested, found);
  const bool is_true = std::any_of(found.begin(), found.end(), [&test](const PlaceValue& value) {
    if (!value.exists()) return false;
    return test.values.empty() || std::find(test.values.begin(), test.values.end(), value.text()) != test.values.end();
  });
  return is_true != test.is_negated;
}

void walk(const Place& place, std::size_t step, tree::Element at, std::size_t limit, std::vector<PlaceValue>& out) {
  if (step == place.steps.size()) {
    out.push_back({at, place.attribute.empty() ? nullptr : &place.attribute});
    return;
  }
  const PlaceStep& wanted = place.steps[step];
  std::uint32_t position = 0;
  for (tree::Element child = at.first_child(); child && out.size() < limit; child = child.next()) {
    const std::string_view name = child.name();
    if (name.empty() || (!wanted.name.empty() && name != wanted.name)) continue;
    if (!std::all_of(wanted.tests.begin(), wanted.tests.end(),
                     [child](const PlaceTest& test) { return holds(test, child); })) {
      continue;
    }
    ++position;
    if (wanted.position != 0 && position != wanted.position) continue;
    walk(place, step + 1, child, limit, out);
  }
}

}  // namespace

std::optional<Place> read_place(std::string_view text) {
  return Reader(text).all();
}

void find_places(const Place& place, tree::Element from, std::size_t limit, std::vector<PlaceValue>& out) {
  switch (place.from) {
    case Place::From::here:
      break;
    case Place::From::parent:
      from = from.parent();
      if (!place.anchor.empty() && !from.is(place.anchor)) return;
      break;
    case Place::From::around:
      from = from.around(place.anchor);
      break;
  }
  if (from) walk(place, 0, from, limit, out);
}

}  // namespace meridian::mapping::internal
