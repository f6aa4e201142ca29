#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "terminology/loaders.hpp"
#include "terminology/messages.hpp"
#include "terminology/table_reader.hpp"

// Tables whose records each say one thing: LOINC (https://loinc.org/kb/users-guide/), RxNorm
// (https://www.nlm.nih.gov/research/umls/rxnorm/docs/techdoc.html), Athena (https://ohdsi.github.io/CommonDataModel/).

namespace meridian::terminology {
namespace {

using Form = TableReader::Form;

class Columns {
 public:
  Columns(ByteSource& source, Form form, CodeSystemBuilder& to, LoadState& state, Issues& issues)
      : builder(to), reader_(source, form), state_(state), issues_(issues) {}

  std::string_view field(std::size_t column) const { return reader_.fields()[places_[column]]; }
  void property(std::uint32_t place, std::string_view name, std::size_t column) {
    if (!field(column).empty()) builder.add_property(place, name, ValueType::string, field(column));
  }

  template <typename Take>
  Result<> each_named(const std::vector<std::string_view>& columns, Take take) {
    return each(TRY(reader_.header(columns, issues_)), take);
  }
  /// Of a file without names of columns; the first of them must not be empty.
  template <typename Take>
  Result<> each(std::vector<std::size_t> places, Take take) {
    places_ = std::move(places);
    const std::size_t needed = 1 + *std::ranges::max_element(places_);
    while (TRY(reader_.next(issues_))) {
      const Position at{0, reader_.line(), 1};
      if (reader_.fields().size() < needed) {
        issues_.add({Severity::error,
                     IssueType::structure,
                     kTooFewFields,
                     {std::to_string(reader_.fields().size()), std::to_string(needed)},
                     {},
                     at});
      } else if (field(0).empty()) {
        issues_.add({Severity::error, IssueType::required, kFieldEmpty, {std::to_string(places_[0] + 1)}, {}, at});
      } else {
        take();
        ++state_.records;
      }
    }
    return {};
  }

  CodeSystemBuilder& builder;

 private:
  TableReader reader_;
  LoadState& state_;
  Issues& issues_;
  std::vector<std::size_t> places_;
};

Result<> loinc_table(Columns& in) {
  constexpr std::array<std::string_view, 7> kParts{"COMPONENT", "PROPERTY",   "TIME_ASPCT", "SYSTEM",
                                                   "SCALE_TYP", "METHOD_TYP", "CLASS"};
  std::vector<std::string_view> names{"LOINC_NUM", "LONG_COMMON_NAME", "SHORTNAME", "STATUS"};
  names.insert(names.end(), kParts.begin(), kParts.end());
  return in.each_named(names, [&] {
    const std::uint32_t place = in.builder.add(in.field(0), in.field(1));
    if (!in.field(2).empty()) in.builder.add_designation(place, "en", "SHORTNAME", in.field(2));
    in.property(place, "STATUS", 3);
    if (in.field(3) == "DEPRECATED") in.builder.set_active(place, false);
    for (std::size_t part = 0; part < kParts.size(); ++part) in.property(place, kParts[part], 4 + part);
  });
}

Result<> loinc_hierarchy(Columns& in) {
  return in.each_named({"CODE", "IMMEDIATE_PARENT", "CODE_TEXT"}, [&] {
    const std::uint32_t place = in.builder.add(in.field(0), in.field(2));
    if (!in.field(1).empty()) in.builder.add_parent(place, in.field(1));
  });
}

/// RXCUI, LAT, SAB, TTY, STR, SUPPRESS.
Result<> rxnorm_concept(Columns& in) {
  return in.each({0, 1, 11, 12, 14, 16}, [&] {
    if (in.field(2) != "RXNORM") return;
    const bool is_new = !in.builder.knows(in.field(0));
    const std::string_view type = in.field(3);
    const bool is_synonym = type == "SY" || type == "TMSY" || type == "PSN" || type == "ET";
    const std::uint32_t place = in.builder.add(in.field(0));
    // A code has several names: that of its own type is the display, wherever it stands.
    if (is_synonym) {
      in.builder.add_designation(place, "en", type, in.field(4));
      if (is_new) in.builder.set_active(place, in.field(5) == "N");
      return;
    }
    in.builder.set_display(place, in.field(4));
    in.builder.set_active(place, in.field(5) == "N");
    in.builder.add_property(place, "TTY", ValueType::code, type);
  });
}

/// RXCUI1, REL, RXCUI2, RELA, SAB: the second stands in this relation to the first.
Result<> rxnorm_relation(Columns& in) {
  return in.each({4, 0, 7, 10}, [&] {
    if (in.field(3) != "RXNORM" || in.field(1).empty() || !in.builder.knows(in.field(0))) return;
    const std::uint32_t place = in.builder.add(in.field(0));
    if (in.field(2) == "isa") {
      in.builder.add_parent(place, in.field(1));
    } else if (in.field(2) == "has_ingredient" || in.field(2) == "has_dose_form" || in.field(2) == "consists_of" ||
               in.field(2) == "tradename_of") {
      in.builder.add_property(place, in.field(2), ValueType::code, in.field(1));
    }
  });
}

Result<> athena_concept(Columns& in) {
  return in.each_named({"concept_id", "concept_name", "domain_id", "vocabulary_id", "concept_class_id",
                        "standard_concept", "concept_code", "invalid_reason"},
                       [&] {
                         const std::uint32_t place = in.builder.add(in.field(0), in.field(1));
                         in.property(place, "domain-id", 2);
                         in.property(place, "vocabulary-id", 3);
                         in.property(place, "concept-class-id", 4);
                         in.property(place, "standard-concept", 5);
                         in.property(place, "concept-code", 6);
                         if (!in.field(7).empty()) in.builder.set_active(place, false);
                       });
}

Result<> athena_relation(Columns& in) {
  return in.each_named({"concept_id_1", "concept_id_2", "relationship_id", "invalid_reason"}, [&] {
    if (!in.field(3).empty() || !in.builder.knows(in.field(0))) return;
    const std::uint32_t place = in.builder.add(in.field(0));
    if (in.field(2) == "Is a") {
      in.builder.add_parent(place, in.field(1));
    } else if (in.field(2) == "Maps to" && in.field(0) != in.field(1)) {
      in.builder.add_property(place, "Maps to", ValueType::code, in.field(1));
    }
  });
}

}  // namespace

Result<> load_columns(FileKind kind, ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues) {
  const bool is_loinc = kind == FileKind::loinc_table || kind == FileKind::loinc_hierarchy;
  const bool is_rxnorm = kind == FileKind::rxnorm_concept || kind == FileKind::rxnorm_relation;
  Columns in(source, is_loinc ? Form::commas : is_rxnorm ? Form::bars : Form::tabs, builder, state, issues);
  if (kind == FileKind::loinc_table) return loinc_table(in);
  if (kind == FileKind::loinc_hierarchy) return loinc_hierarchy(in);
  if (kind == FileKind::rxnorm_concept) return rxnorm_concept(in);
  if (kind == FileKind::rxnorm_relation) return rxnorm_relation(in);
  if (kind == FileKind::athena_concept) return athena_concept(in);
  return athena_relation(in);
}

}  // namespace meridian::terminology
