#include "mapping/internal/row_loader.hpp"

#include <algorithm>

#include "mapping/messages.hpp"

namespace meridian::mapping::internal {
namespace {

constexpr std::string_view kRowMembers[] = {"from",   "to",      "type",      "codes",      "value",  "when",
                                            "with",   "table",   "reference", "references", "others", "delete",
                                            "weight", "compute", "as",        "comment"};
constexpr std::string_view kMapMembers[] = {"rows", "identity", "display", "choose", "about"};

constexpr std::pair<std::string_view, Convert> kConversions[] = {
    {"coding-system", Convert::coding_system},
    {"authority", Convert::authority},
    {"text", Convert::text},
    {"identity-card", Convert::identity_card},
    {"card-birth", Convert::card_birth},
    {"card-gender", Convert::card_gender},
    {"gb-gender", Convert::scaled_gender},
    {"contact-system", Convert::system_of_contact},
    {"base64", Convert::base64},
    {"day-first", Convert::day_first},
    {"month-first", Convert::month_first},
    {"epoch", Convert::epoch},
    {"comparator", Convert::comparator},
    {"measured", Convert::measured},
    {"words", Convert::words},
    {"default-authority", Convert::whose},
    {"ii-system", Convert::ii_system},
    {"ii-value", Convert::ii_value},
    {"narrative", Convert::narrative},
    {"xhtml", Convert::xhtml},
    {"ucum", Convert::ucum},
    {"ucum-system", Convert::ucum_system},
    {"telecom", Convert::telecom},
    {"media-type", Convert::media_type},
    {"bytes", Convert::bytes},
};

template <typename List>
int find_named(const List& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [name](const auto& item) { return item.name == name; });
  return found == list.end() ? kNone : static_cast<int>(found - list.begin());
}

template <std::size_t kSize>
bool is_one_of(const std::string_view (&names)[kSize], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

void RowLoader::declare(Map map) {
  plan_.maps.push_back(std::move(map));
}
int RowLoader::find_map(std::string_view name) const {
  return find_named(plan_.maps, name);
}
int RowLoader::find_codes(std::string_view name) const {
  return find_named(plan_.code_maps, name);
}
int RowLoader::find_identity(std::string_view name) const {
  return find_named(plan_.identities, name);
}

void RowLoader::define(int index, const YamlTree& body) {
  if (index == kNone) return;
  Map& map = plan_.maps[static_cast<std::size_t>(index)];
  if (map.type == fhir::TypeId::none) return;
  for (const auto& [name, tree] : body.members) {
    if (!is_one_of(kMapMembers, name)) compiler_.complain(tree.line, kUnknownMember, {name});
  }
  if (const YamlTree* identity = body.find("identity")) {
    map.identity = find_identity(identity->text);
    if (map.identity == kNone) compiler_.complain(identity->line, kUnknownName, {identity->text});
  }
  if (const YamlTree* display = body.find("display")) {
    for (const std::string& text : display->texts()) {
      if (const auto path = compiler_.path(text, display->line)) map.display.push_back(*path);
    }
  }
  if (const YamlTree* choose = body.find("choose")) {
    for (const YamlTree& tree : choose->items) {
      const YamlTree* use = tree.find("use");
      if (use == nullptr) {
        compiler_.complain(tree.line, kMissingMember, {"use"});
        continue;
      }
      Choice choice;
      choice.map = find_map(use->text);
      if (choice.map == kNone) compiler_.complain(use->line, kUnknownMap, {use->text});
      if (const YamlTree* when = tree.find("when")) choice.when = compiler_.condition(*when);
      map.choices.push_back(choice);
    }
  }
  if (const YamlTree* list = body.find("rows")) map.rows = rows(*list, map.type);
}

std::vector<Row> RowLoader::rows(const YamlTree& list, fhir::TypeId type) {
  std::vector<Row> out;
  std::vector<std::string> labels;
  for (const YamlTree& tree : list.items) {
    Row row;
    if (this->row(tree, type, labels, row)) out.push_back(std::move(row));
  }
  return out;
}

bool RowLoader::row(const YamlTree& tree, fhir::TypeId type, std::vector<std::string>& labels, Row& row) {
  for (const auto& [name, value] : tree.members) {
    if (!is_one_of(kRowMembers, name)) compiler_.complain(value.line, kUnknownMember, {name});
  }
  const YamlTree* to = tree.find("to");
  if (to == nullptr || !to->is_text()) {
    compiler_.complain(tree.line, kMissingMember, {"to"});
    return false;
  }
  std::optional<Target> target = compiler_.target(to->text, type, labels, to->line);
  if (!target) return false;
  row.target = std::move(*target);
  if (!source(tree, row) || !content(tree, row)) return false;
  if (const YamlTree* beside = tree.find("with")) with(*beside, labels, row);
  check(tree, row);
  return true;
}

bool RowLoader::source(const YamlTree& tree, Row& row) {
  bool is_good = true;
  if (const YamlTree* from = tree.find("from")) {
    for (const std::string& text : from->texts()) {
      const std::optional<SourcePath> path = compiler_.path(text, from->line);
      is_good = is_good && path.has_value();
      if (path) row.from.push_back(*path);
    }
  }
  if (const YamlTree* when = tree.find("when")) row.when = compiler_.condition(*when);
  return is_good;
}

bool RowLoader::content(const YamlTree& tree, Row& row) {
  bool is_good = true;
  const auto number = [&](const char* member, const Message& message, auto find) {
    const YamlTree* value = tree.find(member);
    if (value == nullptr) return kNone;
    const int index = find(value->text);
    if (index == kNone) compiler_.complain(value->line, message, {value->text});
    is_good = is_good && index != kNone;
    return index;
  };
  row.map = number("type", kUnknownMap, [this](const std::string& name) { return find_map(name); });
  row.codes = number("codes", kUnknownCodes, [this](const std::string& name) { return find_codes(name); });
  if (const YamlTree* table = tree.find("table")) {
    const bool is_number = table->text.size() == 4 && table->text.find(':') == std::string::npos;
    row.table = compiler_.text((is_number ? "http://terminology.hl7.org/CodeSystem/v2-" : "") + table->text);
  }
  if (const YamlTree* value = tree.find("value")) {
    row.constant = compiler_.text(value->text);
    check_constant(value->line, row.target, value->text);
  }
  if (const YamlTree* name = tree.find("reference")) row.reference = compiler_.name(name->text);
  if (const YamlTree* name = tree.find("references")) {
    row.reference = compiler_.name(name->text);
    row.all = true;
  }
  if (const YamlTree* name = tree.find("others")) {
    row.reference = compiler_.name(name->text);
    row.all = row.others = true;
  }
  if (const YamlTree* expression = tree.find("compute")) {
    row.compute = compiler_.computation(expression->text, expression->line);
    is_good = is_good && row.compute != kNone;
  }
  row.remove = tree.find("delete") != nullptr;
  if (const YamlTree* weight = tree.find("weight")) row.is_fallback = weight->text == "fallback";
  if (const YamlTree* conversion = tree.find("as")) {
    const auto* found = std::find_if(std::begin(kConversions), std::end(kConversions),
                                     [&](const auto& entry) { return entry.first == conversion->text; });
    if (found == std::end(kConversions)) {
      compiler_.complain(conversion->line, kUnknownName, {conversion->text});
      return false;
    }
    row.convert = found->second;
  }
  return is_good;
}

void RowLoader::with(const YamlTree& tree, std::vector<std::string>& labels, Row& row) {
  fhir::TypeId anchor = row.target.type;
  if (row.target.last_list != kNone) anchor = row.target.steps[static_cast<std::size_t>(row.target.last_list)].type;
  for (const auto& [name, value] : tree.members) {
    std::optional<Target> target = compiler_.target(name, anchor, labels, value.line);
    if (!target) continue;
    check_constant(value.line, *target, value.text);
    row.with.push_back({std::move(*target), compiler_.text(value.text)});
  }
}

void RowLoader::check_constant(std::uint32_t line, const Target& target, const std::string& value) {
  if (target.required == fhir::ValueSetId::none || target.primitive == fhir::Primitive::none) return;
  if (plan_.schema->contains(target.required, "", value) != fhir::Membership::not_in) return;
  compiler_.complain(line, kCodeNotInSet, {value, std::string(plan_.schema->value_set(target.required).url)});
}

void RowLoader::check(const YamlTree& tree, const Row& row) {
  const fhir::Schema& schema = *plan_.schema;
  const std::string to = tree.find("to")->text;
  const std::string type(schema.type(row.target.type).name);
  const bool is_reference = type == "Reference";
  if (row.map != kNone) {
    const Map& map = plan_.maps[static_cast<std::size_t>(row.map)];
    const bool fits = map.is_resource && is_reference ? true : map.type == row.target.type;
    const bool is_profile = map.type != fhir::TypeId::none && schema.is_a(row.target.type, map.type);
    if (!fits && !is_profile) {
      compiler_.complain(tree.line, kTypesDoNotFit, {map.name, std::string(schema.type(map.type).name), to, type});
    }
    return;
  }
  if (row.reference != kNone) {
    if (!is_reference) compiler_.complain(tree.line, kTypesDoNotFit, {"reference", "Reference", to, type});
    return;
  }
  const bool is_coded = row.codes != kNone && (type == "Coding" || type == "CodeableConcept");
  if (row.target.primitive == fhir::Primitive::none && !row.remove && !is_coded) {
    compiler_.complain(tree.line, kNeedsMap, {to, type});
  }
  if (row.codes == kNone || row.target.primitive == fhir::Primitive::none ||
      row.target.required == fhir::ValueSetId::none) {
    return;
  }
  const CodeMap& codes = plan_.code_maps[static_cast<std::size_t>(row.codes)];
  for (const auto& [from, code] : codes.codes) check_constant(tree.line, row.target, code.code);
}

}  // namespace meridian::mapping::internal
