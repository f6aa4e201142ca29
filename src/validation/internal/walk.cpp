#include "validation/internal/walk.hpp"

#include <algorithm>

#include "base/nearest.hpp"
#include "fhirpath/evaluation_context.hpp"
#include "fhirpath/ports.hpp"
#include "validation/internal/primitive_format.hpp"
#include "validation/internal/profile_check.hpp"
#include "validation/internal/profile_checker.hpp"
#include "validation/messages.hpp"

namespace meridian::validation::internal {

using fhir::Node;
using fhir::TypeId;
using fhir::TypeKind;

Walk::Walk(const Shared& shared, fhirpath::EvaluationContext& context) : shared_(shared), context_(context) {}
Walk::~Walk() = default;

void Walk::run(const fhir::Document& document, std::span<const std::string> profiles, Issues& issues) {
  if (!document.has_root()) return;
  if (shared_.options.structure == Check::on) form_faults(document);
  pass(document.root());
  if (shared_.options.profiles == Check::on || !profiles.empty()) check_profiles(*this, profiles);
  report_.finish(document.source(), issues);
}

void Walk::look_at(Node root) {
  report_.clear();
  pass(root);
  report_.sort_errors();
}

void Walk::pass(Node root) {
  scopes_.clear();
  references_.clear();
  counts_.clear();
  ids_.clear();
  extensions_.clear();
  fragment_links_.clear();
  narrative_ids_.clear();
  depth_ = 0;
  if (shared_.rules.of(root.type()).is_resource) {
    resource(root, Place::root, kNoScope, Node());
  } else {
    scopes_.push_back({.resource = root});
    complex(root, nullptr, shared_.rules.of(root.type()), 0);
    close_scope(0);
  }
  if (shared_.options.references == Check::on) check_references(*this);
}

// What the parser has noticed: https://hl7.org/fhir/R4/json.html
void Walk::form_faults(const fhir::Document& document) {
  using Kind = fhir::FormFault::Kind;
  for (const fhir::FormFault& fault : document.form_faults()) {
    const Node node = fault.node;
    const std::string key(node.key());
    switch (fault.kind) {
      case Kind::array_expected:
        report_.error(IssueType::structure, kArrayExpected, node, {key});
        break;
      case Kind::array_not_expected:
        report_.error(IssueType::structure, kArrayNotExpected, node, {key});
        break;
      case Kind::array_empty:
        report_.error(IssueType::structure, kArrayEmpty, node);
        break;
      case Kind::array_in_array:
        report_.error(IssueType::structure, kArrayInArray, node);
        break;
      case Kind::object_empty:
        report_.error(IssueType::structure, kObjectEmpty, node);
        break;
      case Kind::object_expected:
        report_.error(IssueType::structure, kObjectExpected, node, {key});
        break;
      case Kind::object_not_expected:
        report_.error(IssueType::structure, kObjectNotExpected, node, {key});
        break;
      case Kind::null_not_expected:
        report_.error(IssueType::structure, kNullNotExpected, node);
        break;
      case Kind::companion_not_matching:
        report_.error(IssueType::structure, kCompanionNotMatching, node, {key});
        break;
      case Kind::resource_type_unknown:
        report_.error(IssueType::structure, kResourceTypeUnknown, node);
        break;
    }
  }
}

void Walk::resource(Node node, Place place, std::uint32_t outer, Node entry) {
  const TypeRules& rules = shared_.rules.of(node.type());
  if (rules.type->is_abstract) {
    report_.error(IssueType::structure, kResourceAbstract, node, {std::string(rules.type->name)});
    return;
  }
  if (depth_ >= shared_.options.max_resource_depth) {
    report_.warning(IssueType::too_costly, kResourceTooDeep, node,
                    {std::to_string(shared_.options.max_resource_depth)});
    return;
  }
  ++depth_;
  const auto scope = static_cast<std::uint32_t>(scopes_.size());
  const std::uint32_t container = place == Place::contained ? scopes_[outer].container : scope;
  scopes_.push_back({.resource = node, .place = place, .outer = outer, .container = container, .entry = entry});
  scopes_[scope].first_reference = static_cast<std::uint32_t>(references_.size());
  if (entry) {
    if (const Node full_url = entry.child(shared_.names.fullUrl)) scopes_[scope].full_url = full_url.text();
  }

  if (shared_.options.structure == Check::on) {
    const Node id = node.child(shared_.names.id);
    if (id && id.has_value() && !is_id(id.text())) {
      report_.error(IssueType::value, kNotAnId, id, {excerpt(id.text())});
    }
  }
  complex(node, nullptr, rules, scope);
  if (shared_.options.invariants == Check::on && rules.is_domain_resource) {
    if (scopes_[scope].has_contained) check_invariants(node, rules.of_contained, scope);
    // dom-6, on the resource that people see.
    if (shared_.options.best_practice == Check::on && place != Place::contained) {
      const Node text = node.child(shared_.names.text);
      if (!text || !text.child(shared_.names.div)) {
        report_.warning(IssueType::invariant, kInvariantFailed, node,
                        {"dom-6", "A resource should have narrative for robust management"});
      }
    }
  }
  if (shared_.options.structure == Check::on) check_resource_rules(*this, node);
  close_scope(scope);
  --depth_;
}

void Walk::close_scope(std::uint32_t scope) {
  scopes_[scope].end = static_cast<std::uint32_t>(scopes_.size());
  scopes_[scope].end_reference = static_cast<std::uint32_t>(references_.size());
}

std::uint32_t Walk::scope_at(Node resource) const {
  const auto found = std::ranges::lower_bound(scopes_, resource.order(), {},
                                              [](const Scope& scope) { return scope.resource.order(); });
  if (found == scopes_.end() || found->resource != resource) return kNoScope;
  return static_cast<std::uint32_t>(found - scopes_.begin());
}

fhirpath::Answer Walk::conforms_to(Node node, std::string_view url) {
  const std::uint32_t own_scope = scope_at(node);
  const std::uint32_t scope = own_scope != kNoScope ? own_scope : 0;
  if (const CompiledProfile* profile = shared_.store->find(url)) {
    return ProfileChecker(*this).conforms(node, *profile, scope) ? fhirpath::Answer::yes : fhirpath::Answer::no;
  }
  const std::size_t bar = url.find('|');
  if (bar != std::string_view::npos && url.substr(bar + 1) != shared_.schema.fhir_version()) {
    return fhirpath::Answer::unknown;
  }
  const TypeId type = shared_.schema.find_type_by_url(url.substr(0, bar));
  if (type == TypeId::none || node.type() == TypeId::none) return fhirpath::Answer::unknown;
  return shared_.schema.is_a(node.type(), type) ? fhirpath::Answer::yes : fhirpath::Answer::no;
}

fhirpath::Answer Walk::conforms(Node node, std::string_view profile) {
  const fhirpath::Answer answer = conforms_to(node, profile);
  if (answer != fhirpath::Answer::yes || !report_.has_errors()) return answer;
  return has_error_within(node) ? fhirpath::Answer::no : answer;
}

// Node by node: what lies in a primitive's companion need not stand beside it in the text.
bool Walk::has_error_within(Node node) const {
  if (report_.has_error_at(node)) return true;
  for (const Node child : node.children()) {
    if (has_error_within(child)) return true;
  }
  return false;
}

void Walk::check_invariant(Node node, const CompiledInvariant& invariant) {
  if (invariant.expression == nullptr) {
    report_.add(Severity::information, IssueType::processing, kInvariantNotEvaluated, node,
                {invariant.key, invariant.fault});
    return;
  }
  const Result<bool> holds = invariant.expression->holds(node, context_);
  if (!holds) {
    report_.warning(IssueType::processing, kInvariantNotEvaluated, node, {invariant.key, holds.error().message()});
  } else if (!*holds) {
    report_.add(invariant.severity, IssueType::invariant, kInvariantFailed, node, {invariant.key, invariant.human});
  }
}

void Walk::check_invariants(Node node, std::span<const CompiledInvariant> invariants, std::uint32_t scope) {
  if (invariants.empty()) return;
  context_.set_resource(scopes_[scope].resource);
  context_.set_root_resource(scopes_[scopes_[scope].container].resource);
  for (const CompiledInvariant& invariant : invariants) check_invariant(node, invariant);
}

void Walk::check_invariants(Node node, std::span<const std::shared_ptr<const CompiledInvariant>> invariants,
                            std::uint32_t scope) {
  if (invariants.empty()) return;
  context_.set_resource(scopes_[scope].resource);
  context_.set_root_resource(scopes_[scopes_[scope].container].resource);
  for (const auto& invariant : invariants) check_invariant(node, *invariant);
}

void Walk::content(Node node, const fhir::ElementInfo* own, const TypeRules& rules, std::uint32_t scope) {
  const std::size_t base = counts_.size();
  const std::size_t count = rules.elements.size();
  counts_.resize(base + count, 0);
  for (const Node child : node.children()) {
    if (child.element() == fhir::ElementId::none) {
      if (shared_.options.structure == Check::on) unknown_member(child, rules);
      continue;
    }
    const std::size_t index = static_cast<std::uint32_t>(child.element()) - rules.first_element;
    if (index >= count) continue;  // cannot be: an element of another type
    ++counts_[base + index];
    const fhir::NameId name = child.name();
    if (name == shared_.names.extension || name == shared_.names.modifierExtension) {
      const Node url = rules.special == SpecialType::extension ? node.child(shared_.names.url) : Node();
      extensions_.push_back(
          {child, node, own, url ? url.text() : std::string_view(), scope, name == shared_.names.modifierExtension});
    }
    element(child, node, rules.elements[index], rules, scope);
  }
  if (shared_.options.structure == Check::on) {
    cardinality(node, rules, std::span(counts_).subspan(base, count));
  }
  counts_.resize(base);
}

void Walk::unknown_member(Node member, const TypeRules& rules) {
  const std::string key(member.key());
  const std::string type(rules.type->name);
  const fhir::Schema& schema = shared_.schema;
  // value[x] written as `value`, or with a type that it does not have.
  for (const ElementRules& element : rules.elements) {
    const std::string_view name = schema.name(element.info->name);
    if (!element.info->is_choice || !key.starts_with(name)) continue;
    if (key == name) {
      const std::string example(schema.name(element.info->types.front().json_key));
      return report_.error(IssueType::structure, kChoiceWithoutType, member, {std::string(name), example});
    }
    std::string wanted = key.substr(name.size());
    TypeId asked = schema.find_type(wanted);
    if (asked == TypeId::none && !wanted.empty()) {
      wanted.front() = static_cast<char>(wanted.front() | 0x20);
      asked = schema.find_type(wanted);
    }
    if (asked == TypeId::none) continue;
    std::string allowed;
    for (const fhir::ElementType& type_allowed : element.info->types) {
      if (!allowed.empty()) allowed += ", ";
      allowed += schema.type(type_allowed.type).name;
    }
    return report_.error(IssueType::structure, kChoiceTypeNotAllowed, member, {std::string(name), wanted, allowed});
  }
  std::vector<std::string_view> keys;
  for (const ElementRules& element : rules.elements) {
    for (const fhir::ElementType& allowed : element.info->types) keys.push_back(schema.name(allowed.json_key));
  }
  const std::string_view near = nearest(key, keys);
  if (near.empty()) {
    report_.error(IssueType::structure, kUnknownElement, member, {type, excerpt(key)});
  } else {
    report_.error(IssueType::structure, kUnknownElementNear, member, {type, excerpt(key), std::string(near)});
  }
}

void Walk::cardinality(Node node, const TypeRules& rules, std::span<const std::uint32_t> counts) {
  for (const std::uint16_t index : rules.required) {
    const ElementRules& element = rules.elements[index];
    if (counts[index] >= element.min) continue;
    if (rules.special == SpecialType::extension && element.info->name == shared_.names.url)
      continue;  // said better there
    report_.error(IssueType::required, kTooFew, node,
                  {std::string(element.info->path), std::to_string(element.min), std::to_string(counts[index])});
  }
  for (std::size_t index = 0; index < counts.size(); ++index) {
    const ElementRules& element = rules.elements[index];
    if (counts[index] <= element.max) continue;
    report_.error(IssueType::structure, kTooMany, node,
                  {std::string(element.info->path), std::to_string(element.max), std::to_string(counts[index])});
  }
}

void Walk::element(Node node, Node parent, const ElementRules& rules, const TypeRules& owner, std::uint32_t scope) {
  if (node.type() == TypeId::none) return;  // the form faults say why
  const TypeRules& type = shared_.rules.of(node.type());
  switch (type.type->kind) {
    case TypeKind::primitive:
      primitive(node, rules, type, scope);
      break;
    case TypeKind::resource: {
      Place place = Place::other;
      Node entry;
      if (rules.info->name == shared_.names.contained && owner.is_domain_resource) {
        place = Place::contained;
        scopes_[scope].has_contained = true;
      } else if (owner.type->name == "Bundle.entry" || owner.type->name == "Bundle.entry.response") {
        place = Place::bundle_entry;
        entry = parent;
      } else if (owner.type->name == "Parameters.parameter") {
        place = Place::parameter;
      }
      resource(node, place, scope, entry);
      break;
    }
    default:
      complex(node, &rules, type, scope);
      break;
  }
  if (shared_.options.invariants == Check::on) check_invariants(node, rules.invariants, scope);
}

void Walk::complex(Node node, const ElementRules* element, const TypeRules& rules, std::uint32_t scope) {
  content(node, element != nullptr ? element->info : nullptr, rules, scope);
  if (shared_.options.invariants == Check::on) {
    if (rules.has_ele1) {
      // ele-1: hasValue() or (children().count() > id.count())
      bool has_more_than_id = node.has_value();  // a plain value where an object belongs: said already
      for (const Node child : node.children()) {
        if (child.name() != shared_.names.id) {
          has_more_than_id = true;
          break;
        }
      }
      if (!has_more_than_id) {
        report_.error(IssueType::invariant, kInvariantFailed, node,
                      {"ele-1", "All FHIR elements must have a @value or children"});
      }
    }
    check_invariants(node, rules.invariants, scope);
  }
  if (rules.special != SpecialType::none) special(node, element, rules.special, scope);
  if (element != nullptr && shared_.options.bindings == Check::on &&
      element->info->binding != fhir::BindingStrength::none) {
    binding(node, *element, rules.special);
  }
  if (!rules.is_resource && rules.type->name != "ElementDefinition") {  // there ids are unique within a list
    if (const Node id = node.child(shared_.names.id)) {
      ids_.push_back({scopes_[scope].container, id.text(), id});
    }
  }
}

void Walk::primitive(Node node, const ElementRules& element, const TypeRules& rules, std::uint32_t scope) {
  if (node.has_value()) {
    const fhir::Primitive kind = rules.type->primitive;
    const std::string_view text = node.text();
    if (shared_.options.structure == Check::on) {
      if (kind != fhir::Primitive::none && node.value_kind() != json_kind(kind)) {
        constexpr std::string_view kKinds[] = {"", "string", "number", "boolean"};
        report_.error(IssueType::structure, kValueKind, node,
                      {std::string(rules.type->name), std::string(kKinds[static_cast<std::size_t>(json_kind(kind))])});
      } else if (const Message* fault = format_fault(kind, text)) {
        report_.error(IssueType::value, *fault, node, {excerpt(text)});
      } else {
        primitive_form(node, element, text);
      }
    }
    if (shared_.options.bindings == Check::on && element.info->binding != fhir::BindingStrength::none) {
      bound_code(node, element, {}, text);
    }
    const bool is_uri =
        kind == fhir::Primitive::canonical || kind == fhir::Primitive::uri || kind == fhir::Primitive::url;
    if (is_uri && text.starts_with('#')) {
      references_.push_back({node, node, element.info, scope});
    }
  } else if (element.info->binding == fhir::BindingStrength::required && shared_.options.bindings == Check::on &&
             element.code_form == CodeForm::none) {
    report_.error(IssueType::code_invalid, kNoCodeFromValueSet, node, {std::string(element.info->value_set_url)});
  }
  if (!node.has_value() && !node.has_children() && node.json_kind() == fhir::JsonKind::object &&
      shared_.options.invariants == Check::on) {
    report_.error(IssueType::invariant, kInvariantFailed, node,
                  {"ele-1", "All FHIR elements must have a @value or children"});
  }
  if (node.has_children()) {
    content(node, element.info, rules, scope);
    if (const Node id = node.child(shared_.names.id)) {
      ids_.push_back({scopes_[scope].container, id.text(), id});
      if (!node.has_value() && shared_.options.invariants == Check::on && !node.child(shared_.names.extension)) {
        report_.error(IssueType::invariant, kInvariantFailed, node,
                      {"ele-1", "All FHIR elements must have a @value or children"});
      }
    }
  }
  if (shared_.options.invariants == Check::on) check_invariants(node, rules.invariants, scope);
}

}  // namespace meridian::validation::internal
