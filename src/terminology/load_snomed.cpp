#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "terminology/loaders.hpp"
#include "terminology/messages.hpp"
#include "terminology/snomed_maps.hpp"
#include "terminology/table_reader.hpp"

// SNOMED CT, release format 2, snapshot: each line is the newest state of a component.
// Specification: https://docs.snomed.org/snomed-ct-specifications/snomed-ct-release-file-specification

namespace meridian::terminology {
namespace {

constexpr std::string_view kIsA = "116680003";
constexpr std::string_view kFullName = "900000000000003001";
constexpr std::string_view kPreferred = "900000000000548007";

template <typename Number>
bool to_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// "Pneumonia (disorder)" without what it is.
std::string_view without_tag(std::string_view term) {
  const std::size_t bracket = term.ends_with(')') ? term.rfind(" (") : std::string_view::npos;
  return bracket == std::string_view::npos ? term : term.substr(0, bracket);
}

class Lines {
 public:
  Lines(ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues)
      : reader_(source, TableReader::Form::tabs), builder_(builder), state_(state), issues_(issues) {}

  Result<> concepts() {
    return each({"id", "effectiveTime", "active"}, [&] {
      const std::uint32_t place = builder_.add(field(0));
      builder_.set_active(place, field(2) == "1");
      std::uint32_t time = 0;
      if (to_number(field(1), time)) state_.newest = std::max(state_.newest, time);
    });
  }
  Result<> preferences() {
    return each({"active", "referencedComponentId", "acceptabilityId"}, [&] {
      std::uint64_t id = 0;
      if (field(0) == "1" && field(2) == kPreferred && to_number(field(1), id)) state_.preferred.insert(id);
    });
  }
  Result<> descriptions() {
    return each({"id", "active", "conceptId", "languageCode", "typeId", "term"}, [&] {
      if (field(1) != "1") return;
      const std::uint32_t place = builder_.add(field(2));
      const bool is_english = field(3) == "en";
      std::uint64_t id = 0;
      const bool is_preferred = to_number(field(0), id) && state_.preferred.contains(id);
      const bool is_full = field(4) == kFullName;
      if (is_english && is_preferred && !is_full) {
        builder_.set_display(place, field(5));
      } else if (is_english && is_full) {
        builder_.add(field(2), without_tag(field(5)));  // until a preferred name comes
      }
      if (!is_english || !is_preferred || is_full) builder_.add_designation(place, field(3), field(4), field(5));
    });
  }
  Result<> relationships() {
    return each({"active", "sourceId", "destinationId", "typeId"}, [&] {
      if (field(0) != "1") return;
      const std::uint32_t place = builder_.add(field(1));
      if (field(3) == kIsA) {
        builder_.add_parent(place, field(2));
      } else {
        builder_.add_property(place, field(3), ValueType::code, field(2));
      }
    });
  }
  /// Members that are concepts; of descriptions and relations there are reference sets too.
  Result<> members() {
    return each({"active", "refsetId", "referencedComponentId"}, [&] {
      if (field(0) != "1" || !builder_.knows(field(2))) return;
      builder_.add_property(builder_.add(field(2)), kRefsetProperty, ValueType::code, field(1));
    });
  }
  /// https://docs.snomed.org/snomed-ct-specifications/snomed-ct-release-file-specification: simple maps have a target
  /// only, complex ones group, priority, rule, advice and correlation.
  Result<> maps() {
    return each({"active", "refsetId", "referencedComponentId", "mapTarget"},
                {"mapGroup", "mapPriority", "mapRule", "mapAdvice", "correlationId"}, [&] {
                  if (field(0) != "1" || !builder_.knows(field(2))) return;
                  SnomedTarget target;
                  target.code = field(3);
                  target.group = field(4);
                  target.priority = field(5);
                  target.rule = field(6);
                  target.advice = field(7);
                  target.correlation = field(8);
                  const std::uint32_t place = builder_.add(field(2));
                  builder_.add_property(place, kRefsetProperty, ValueType::code, field(1));
                  builder_.add_property(place, std::string(kMapProperty).append(field(1)), ValueType::string,
                                        written(target));
                });
  }

 private:
  /// Empty for a column that this file does not have.
  std::string_view field(std::size_t column) const {
    return places_[column] == kNone ? std::string_view() : reader_.fields()[places_[column]];
  }

  template <typename Take>
  Result<> each(const std::vector<std::string_view>& columns, Take take) {
    return each(columns, {}, std::move(take));
  }
  template <typename Take>
  Result<> each(const std::vector<std::string_view>& columns, const std::vector<std::string_view>& more, Take take) {
    places_ = TRY(reader_.header(columns, issues_));
    std::size_t needed = 1 + *std::ranges::max_element(places_);
    for (const std::string_view name : more) {
      const auto found = std::ranges::find(reader_.fields(), name);
      const bool is_there = found != reader_.fields().end();
      places_.push_back(is_there ? static_cast<std::size_t>(found - reader_.fields().begin()) : kNone);
      if (is_there) needed = std::max(needed, places_.back() + 1);
    }
    while (TRY(reader_.next(issues_))) {
      if (reader_.fields().size() < needed) {
        issues_.add({Severity::error,
                     IssueType::structure,
                     kTooFewFields,
                     {std::to_string(reader_.fields().size()), std::to_string(needed)},
                     {},
                     {0, reader_.line(), 1}});
        continue;
      }
      take();
      ++state_.records;
    }
    return {};
  }

  static constexpr std::size_t kNone = SIZE_MAX;

  TableReader reader_;
  CodeSystemBuilder& builder_;
  LoadState& state_;
  Issues& issues_;
  std::vector<std::size_t> places_;
};

}  // namespace

Result<> load_snomed(FileKind kind, ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues) {
  Lines lines(source, builder, state, issues);
  if (kind == FileKind::snomed_concept) return lines.concepts();
  if (kind == FileKind::snomed_language) return lines.preferences();
  if (kind == FileKind::snomed_description) return lines.descriptions();
  if (kind == FileKind::snomed_refset) return lines.members();
  if (kind == FileKind::snomed_map) return lines.maps();
  return lines.relationships();
}

}  // namespace meridian::terminology
