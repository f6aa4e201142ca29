#include "terminology/definitions.hpp"

#include <string>
#include <utility>
#include <vector>

#include "formats/fhir/code_lists.hpp"
#include "terminology/code_system_builder.hpp"
#include "terminology/messages.hpp"

namespace meridian::terminology {
namespace {

using fhir::Node;

constexpr int kMaxDepth = 200;

std::string_view text_of(Node node, std::string_view child) {
  const Node found = node.child(child);
  return found && found.has_value() ? found.text() : std::string_view();
}

template <typename Visit>
void each(Node node, std::string_view key, Visit visit) {
  for (const Node child : node.children()) {
    if (child.key() == key) visit(child);
  }
}

Content content_of(std::string_view text) {
  if (text == "complete") return Content::complete;
  if (text == "fragment") return Content::fragment;
  if (text == "example") return Content::example;
  if (text == "supplement") return Content::supplement;
  return Content::not_present;
}

struct TypedValue {
  ValueType type = ValueType::string;
  std::string value;
};

TypedValue value_of(Node property) {
  for (const Node child : property.children()) {
    const std::string_view key = child.key();
    if (key == "valueCode") return {ValueType::code, std::string(child.text())};
    if (key == "valueString") return {ValueType::string, std::string(child.text())};
    if (key == "valueBoolean") return {ValueType::boolean, std::string(child.text())};
    if (key == "valueInteger") return {ValueType::integer, std::string(child.text())};
    if (key == "valueDecimal") return {ValueType::decimal, std::string(child.text())};
    if (key == "valueDateTime") return {ValueType::date_time, std::string(child.text())};
    if (key == "valueCoding") {
      return {ValueType::coding, std::string(text_of(child, "system")) + "|" + std::string(text_of(child, "code"))};
    }
  }
  return {};
}

void add_property(CodeSystemBuilder& builder, std::uint32_t place, Node property) {
  const std::string_view name = text_of(property, "code");
  const TypedValue value = value_of(property);
  if (name == "parent" || name == "subsumedBy") {
    builder.add_parent(place, value.value);
  } else if (name == "child") {
    // Stated from above: the child comes, or has come, by itself.
    if (builder.knows(value.value)) builder.add_parent(builder.add(value.value), std::string(builder.code(place)));
  } else if ((name == "notSelectable" || name == "abstract") && value.value == "true") {
    builder.set_abstract(place, true);
  } else if (name == "inactive" && value.value == "true") {
    builder.set_active(place, false);
  } else if (name == "status" && (value.value == "retired" || value.value == "inactive")) {
    builder.set_active(place, false);
    builder.add_property(place, name, value.type, value.value);
  } else {
    builder.add_property(place, name, value.type, value.value);
  }
}

void add_concepts(CodeSystemBuilder& builder, Node parent, std::string_view parent_code, int depth, Issues& issues) {
  if (depth > kMaxDepth) {
    issues.add({Severity::warning, IssueType::too_costly, kTooDeep});
    return;
  }
  each(parent, "concept", [&](Node node) {
    const std::string_view code = text_of(node, "code");
    if (code.empty()) return;
    const std::uint32_t place = builder.add(code, text_of(node, "display"));
    if (!parent_code.empty()) builder.add_parent(place, parent_code);
    if (const std::string_view definition = text_of(node, "definition"); !definition.empty()) {
      builder.set_definition(place, definition);
    }
    each(node, "designation", [&](Node designation) {
      const Node use = designation.child("use");
      builder.add_designation(place, text_of(designation, "language"), use ? text_of(use, "code") : std::string_view(),
                              text_of(designation, "value"));
    });
    each(node, "property", [&](Node property) { add_property(builder, place, property); });
    add_concepts(builder, node, code, depth + 1, issues);
  });
}

Wording wording_of(Node node) {
  Wording wording;
  wording.display = text_of(node, "display");
  each(node, "designation", [&](Node designation) {
    const Node use = designation.child("use");
    wording.names.push_back({std::string(text_of(designation, "language")),
                             use ? std::string(text_of(use, "code")) : std::string(),
                             std::string(text_of(designation, "value"))});
  });
  return wording;
}

Include include_of(Node node) {
  Include made;
  made.system = text_of(node, "system");
  made.version = text_of(node, "version");
  each(node, "valueSet", [&](Node set) { made.value_sets.emplace_back(set.text()); });
  each(node, "concept",
       [&](Node listed) { made.codes.emplace_back(std::string(text_of(listed, "code")), wording_of(listed)); });
  each(node, "filter", [&](Node filter) {
    made.filters.push_back({std::string(text_of(filter, "property")), std::string(text_of(filter, "op")),
                            std::string(text_of(filter, "value"))});
  });
  return made;
}

void add_expansion(ValueSet& set, Node parent, int depth) {
  if (depth > kMaxDepth) return;
  each(parent, "contains", [&](Node node) {
    const std::string_view system = text_of(node, "system");
    const std::string_view code = text_of(node, "code");
    if (!code.empty() && text_of(node, "abstract") != "true") {
      if (set.includes.empty() || set.includes.back().system != system) {
        set.includes.emplace_back();
        set.includes.back().system = system;
      }
      set.includes.back().codes.emplace_back(std::string(code), wording_of(node));
    }
    add_expansion(set, node, depth + 1);
  });
}

Result<CodeSystemPtr> built(CodeSystemBuilder& builder, Issues& issues) {
  const CodeSystemBuilder::Built made = TRY(builder.build());
  if (made.unknown_parents > 0) {
    issues.add({Severity::warning, IssueType::not_found, kUnknownParents, {std::to_string(made.unknown_parents)}});
  }
  if (made.circles > 0) {
    issues.add({Severity::warning, IssueType::business_rule, kCircles, {std::to_string(made.circles)}});
  }
  return made.system;
}

}  // namespace

Result<CodeSystemPtr> read_code_system(Node resource, Issues& issues) {
  SystemAbout about;
  about.url = text_of(resource, "url");
  if (about.url.empty()) return fail(ErrorCode::unprocessable, "a code system needs a url");
  about.version = text_of(resource, "version");
  about.name = text_of(resource, "name");
  about.value_set = text_of(resource, "valueSet");
  about.language = text_of(resource, "language");
  about.supplements = text_of(resource, "supplements");
  about.content = content_of(text_of(resource, "content"));
  about.is_case_sensitive = text_of(resource, "caseSensitive") != "false";
  CodeSystemBuilder builder(std::move(about));
  add_concepts(builder, resource, {}, 0, issues);
  return built(builder, issues);
}

ValueSet read_value_set(Node resource) {
  ValueSet made;
  made.url = text_of(resource, "url");
  made.version = text_of(resource, "version");
  made.name = text_of(resource, "name");
  const Node compose = resource.child("compose");
  if (!compose) {
    if (const Node expansion = resource.child("expansion")) add_expansion(made, expansion, 0);
    return made;
  }
  made.takes_inactive = text_of(compose, "inactive") != "false";
  each(compose, "include", [&](Node include) { made.includes.push_back(include_of(include)); });
  each(compose, "exclude", [&](Node exclude) { made.excludes.push_back(include_of(exclude)); });
  return made;
}

std::shared_ptr<const ConceptMap> read_concept_map(Node resource) {
  ConceptMapAbout about;
  about.url = text_of(resource, "url");
  about.version = text_of(resource, "version");
  about.name = text_of(resource, "name");
  for (const Node child : resource.children()) {
    if (child.key().starts_with("source")) about.source = child.text();
    if (child.key().starts_with("target")) about.target = child.text();
  }
  std::vector<Mapping> mappings;
  std::vector<Unmapped> unmapped;
  each(resource, "group", [&](Node group) {
    const std::string source(text_of(group, "source"));
    const std::string target(text_of(group, "target"));
    each(group, "element", [&](Node element) {
      const std::string code(text_of(element, "code"));
      each(element, "target", [&](Node to) {
        mappings.push_back({source, code, target, std::string(text_of(to, "code")), std::string(text_of(to, "display")),
                            std::string(text_of(to, "equivalence")), std::string(text_of(to, "comment"))});
      });
    });
    if (const Node rule = group.child("unmapped")) {
      Unmapped made{source,
                    target,
                    Unmapped::Mode::provided,
                    std::string(text_of(rule, "code")),
                    std::string(text_of(rule, "display")),
                    std::string(text_of(rule, "url"))};
      const std::string_view mode = text_of(rule, "mode");
      if (mode == "fixed") made.mode = Unmapped::Mode::fixed;
      if (mode == "other-map") made.mode = Unmapped::Mode::other_map;
      unmapped.push_back(std::move(made));
    }
  });
  return std::make_shared<const ConceptMap>(std::move(about), std::move(mappings), std::move(unmapped));
}

Result<CodeSystemPtr> read_code_system(fhir::CodeSystemId id) {
  const fhir::Schema& schema = fhir::Schema::r4();
  const fhir::CodeSystemInfo& info = schema.code_system(id);
  SystemAbout about;
  about.url = info.url;
  about.version = info.version;
  about.name = info.name;
  about.language = "en";
  about.content = info.is_complete ? Content::complete : Content::fragment;
  about.is_case_sensitive = info.is_case_sensitive;
  CodeSystemBuilder builder(std::move(about));
  for (std::uint32_t at = 0; at < info.code_count; ++at) {
    const fhir::CodeInfo code = schema.code(id, at);
    const std::uint32_t place = builder.add(code.code, code.display);
    for (const std::uint32_t parent : fhir::CodeLists::r4().parents(id, at))
      builder.add_parent(place, schema.code(id, parent).code);
  }
  return TRY(builder.build()).system;
}

}  // namespace meridian::terminology
