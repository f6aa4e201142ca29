#include "validation/internal/profile_checker.hpp"

#include <algorithm>

#include "fhirpath/evaluation_context.hpp"
#include "validation/internal/primitive_format.hpp"
#include "validation/internal/value_match.hpp"
#include "validation/messages.hpp"

namespace meridian::validation::internal {

using fhir::BindingStrength;
using fhir::Node;
using fhir::TypeId;

namespace {

constexpr int kMaxProfileDepth = 100;

std::string_view text_of(Node parent, fhir::NameId name) {
  const Node child = parent.child(name);
  return child && child.has_value() ? child.text() : std::string_view();
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

}  // namespace

ProfileChecker::ProfileChecker(Walk& walk) : walk_(walk), report_(walk.report()), index_(walk) {}

std::string ProfileChecker::source(const Frame& frame) const {
  return frame.profile.url;
}

void ProfileChecker::check(Node node, const CompiledProfile& profile, std::uint32_t scope) {
  if (depth_ > kMaxProfileDepth || !done_.emplace(node.order(), &profile).second) return;
  if (!profile.fault.empty()) {
    report_.warning(IssueType::processing, kProfileUnusable, node, {profile.url, profile.fault});
    return;
  }
  if (node.type() != TypeId::none && !walk_.schema().is_a(node.type(), profile.type)) {
    report_.error(IssueType::structure, kProfileOfOtherType, node,
                  {profile.url, std::string(walk_.schema().type(profile.type).name),
                   std::string(walk_.schema().type(node.type()).name)});
    return;
  }
  ++depth_;
  element(node, profile.root, {profile, scope});
  --depth_;
}

bool ProfileChecker::conforms(Node node, const CompiledProfile& profile, std::uint32_t scope) {
  if (!profile.fault.empty()) return true;  // nothing can be said against it
  if (node.type() != TypeId::none && !walk_.schema().is_a(node.type(), profile.type)) return false;
  if (depth_ > kMaxProfileDepth) return true;
  const Report::Mark mark = report_.mark();
  // Asked here for its own sake: what was checked elsewhere does not count, nor does this for others. The pair at
  // hand is marked all the same, so that a cycle ends.
  std::set<std::pair<std::uint32_t, const CompiledProfile*>> before;
  before.swap(done_);
  done_ = before;
  done_.erase({node.order(), &profile});
  const bool is_open = !before.contains({node.order(), &profile});
  bool holds = true;
  if (is_open || depth_ < kMaxProfileDepth / 2) {
    check(node, profile, scope);
    holds = report_.mark().errors == mark.errors;
  }
  done_.swap(before);
  report_.rewind(mark);
  return holds;
}

void ProfileChecker::element(Node node, const ProfileElement& rule, const Frame& outer) {
  if (depth_ > kMaxProfileDepth) return;
  // A profile may lead into a contained resource or an entry, which is then the resource at hand.
  const std::uint32_t own_scope = walk_.scope_at(node);
  const Frame frame{outer.profile, own_scope != kNoScope ? own_scope : outer.scope};
  values(node, rule, frame);
  types(node, rule, frame);
  walk_.check_invariants(node, rule.invariants, outer.scope);  // of the element that holds it
  const ProfileElement* parts = &rule;
  if (rule.children.empty() && rule.content_reference.starts_with('#')) {
    const ProfileElement* named = frame.profile.find(std::string_view(rule.content_reference).substr(1));
    if (named != nullptr) parts = named;
  }
  ++depth_;
  children(node, *parts, frame);
  --depth_;
}

void ProfileChecker::children(Node node, const ProfileElement& rule, const Frame& frame) {
  Nodes nodes;
  for (const auto& child : rule.children) {
    nodes.clear();
    for (const Node found : node.children(child->name)) nodes.push_back(found);
    group(node, nodes, *child, frame);
  }
}

void ProfileChecker::group(Node parent, const Nodes& nodes, const ProfileElement& rule, const Frame& frame) {
  count(parent, nodes.size(), rule, frame);
  for (const Node node : nodes) element(node, rule, frame);
  if (!rule.slices.empty() && !rule.discriminators.empty()) slices(parent, nodes, rule, frame);
}

void ProfileChecker::count(Node parent, std::size_t found, const ProfileElement& rule, const Frame& frame) {
  const bool is_slice = !rule.slice_name.empty();
  // What the specification demands itself has been said.
  const std::size_t base_min = rule.base != nullptr && !is_slice ? rule.base->min : 0;
  const std::size_t base_max = rule.base != nullptr && !is_slice ? rule.base->max : SIZE_MAX;
  if (rule.min != ProfileElement::kNotStated && found < rule.min && found >= base_min) {
    report_.error(IssueType::required, kProfileTooFew, parent,
                  {rule.path, std::to_string(rule.min), std::to_string(found), source(frame)});
  }
  const bool has_max = rule.max != ProfileElement::kNotStated && rule.max != ProfileElement::kUnbounded;
  if (has_max && found > rule.max && found <= base_max) {
    report_.error(IssueType::structure, kProfileTooMany, parent,
                  {rule.path, std::to_string(rule.max), std::to_string(found), source(frame)});
  }
}

void ProfileChecker::values(Node node, const ProfileElement& rule, const Frame& frame) {
  if (rule.fixed && !equals(node, rule.fixed)) {
    report_.error(IssueType::value, kProfileFixed, node, {rule.path, describe(rule.fixed), source(frame)});
  }
  if (rule.pattern && !contains(node, rule.pattern)) {
    report_.error(IssueType::value, kProfilePattern, node, {rule.path, describe(rule.pattern), source(frame)});
  }
  bounds(node, rule, frame);
  if (rule.binding != BindingStrength::none && walk_.shared().options.bindings == Check::on) binding(node, rule);
}

void ProfileChecker::bounds(Node node, const ProfileElement& rule, const Frame& frame) {
  if (rule.max_length > 0 && node.has_value()) {
    const std::size_t length = characters(node.text());
    if (length > rule.max_length) {
      report_.error(IssueType::too_long, kProfileMaxLength, node,
                    {std::to_string(length), std::to_string(rule.max_length), source(frame)});
    }
  }
  if (rule.min_value && compare(node, rule.min_value).value_or(0) < 0) {
    report_.error(IssueType::value, kProfileMinValue, node, {rule.path, describe(rule.min_value), source(frame)});
  }
  if (rule.max_value && compare(node, rule.max_value).value_or(0) > 0) {
    report_.error(IssueType::value, kProfileMaxValue, node, {rule.path, describe(rule.max_value), source(frame)});
  }
}

void ProfileChecker::binding(Node node, const ProfileElement& rule) {
  const Terms& terms = walk_.shared().terms;
  const Names& names = walk_.names();
  const Severity severity = rule.binding == BindingStrength::required ? Severity::error : Severity::warning;
  if (rule.value_set.empty()) return;
  if (!terms.knows_value_set(rule.value_set) && walk_.shared().options.terminology == nullptr) {
    if (severity == Severity::error) {
      report_.warning(IssueType::not_found, kValueSetUnknown, node, {rule.value_set});
    }
    return;
  }
  struct Code {
    std::string_view system;
    std::string_view code;
  };
  std::vector<Code> codes;
  if (node.has_value()) {
    codes.push_back({{}, node.text()});
  } else if (Node coding = node.child(names.coding); coding || walk_.schema().find_element(node.type(), names.coding)) {
    for (const Node each : node.children(names.coding)) {
      if (const std::string_view code = text_of(each, names.code); !code.empty()) {
        codes.push_back({text_of(each, names.system), code});
      }
    }
  } else if (const std::string_view code = text_of(node, names.code); !code.empty()) {
    codes.push_back({text_of(node, names.system), code});
  }
  if (codes.empty()) {
    if (severity == Severity::error || !node.child(names.text)) {
      report_.add(severity, IssueType::code_invalid, kNoCodeFromValueSet, node, {rule.value_set});
    }
    return;
  }
  bool is_unknown = false;
  for (const Code& code : codes) {
    const fhir::Membership membership =
        walk_.shared().contains(fhir::ValueSetId::none, rule.value_set, code.system, code.code);
    if (membership == fhir::Membership::in) return;
    is_unknown |= membership == fhir::Membership::unknown;
  }
  if (is_unknown) {
    if (severity == Severity::error) {
      report_.warning(IssueType::not_found, kMembershipUnknown, node, {excerpt(codes.front().code), rule.value_set});
    }
    return;
  }
  report_.add(severity, IssueType::code_invalid, kCodeNotInValueSet, node,
              {excerpt(codes.front().code), rule.value_set});
}

void ProfileChecker::types(Node node, const ProfileElement& rule, const Frame& frame) {
  if (rule.types.empty() || node.type() == TypeId::none) return;
  const fhir::Schema& schema = walk_.schema();
  const TypeRule* fitting = nullptr;
  std::string allowed;
  bool is_known = true;
  for (const TypeRule& type : rule.types) {
    allowed.append(allowed.empty() ? "" : ", ").append(type.code);
    if (type.type == TypeId::none) {
      is_known = false;  // a System type; the schema has its own name for it
    } else if (schema.is_a(node.type(), type.type)) {
      fitting = &type;
      if (node.type() == type.type) break;
    }
  }
  if (fitting == nullptr) {
    const bool is_backbone = schema.type(node.type()).kind == fhir::TypeKind::backbone;
    if (is_known && !is_backbone) {
      report_.error(IssueType::structure, kProfileTypeNotAllowed, node,
                    {rule.path, allowed, std::string(schema.type(node.type()).name), source(frame)});
    }
    return;
  }
  if (!fitting->profiles.empty()) type_profiles(node, *fitting, frame);
  if (!fitting->target_profiles.empty() || !fitting->aggregation.empty()) target(node, *fitting, frame);
}

void ProfileChecker::type_profiles(Node node, const TypeRule& type, const Frame& frame) {
  std::vector<const CompiledProfile*> known;
  for (const std::string& url : type.profiles) {
    if (const CompiledProfile* profile = walk_.shared().store->find(url)) {
      known.push_back(profile);
      continue;
    }
    const TypeId base = walk_.schema().find_type_by_url(url);
    if (base == TypeId::none) {
      report_.add(walk_.shared().options.unknown_profile, IssueType::not_found, kProfileUnknown, node, {url});
      return;  // it may be the one that fits
    }
    if (walk_.schema().is_a(node.type(), base)) return;  // a type of the specification itself
  }
  if (known.size() == 1 && type.profiles.size() == 1) return check(node, *known.front(), frame.scope);
  for (const CompiledProfile* profile : known) {
    if (conforms(node, *profile, frame.scope)) return;
  }
  report_.error(IssueType::structure, kProfileNoneFits, node, {joined(type.profiles)});
}

// https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type.targetProfile
void ProfileChecker::target(Node node, const TypeRule& type, const Frame& frame) {
  const Node reference = node.child(walk_.names().reference);
  const std::string_view text = reference && reference.has_value()
                                    ? reference.text()
                                    : (node.has_value() && type.code == "canonical" ? node.text() : std::string_view());
  if (text.empty() || type.code == "canonical") return;
  const fhir::Schema& schema = walk_.schema();
  const ReferenceParts parts = take_apart(schema, text);
  const ReferenceIndex::Target found = index_.resolve(text, frame.scope);
  const bool is_contained = parts.form == ReferenceParts::Form::fragment;

  if (!type.aggregation.empty()) {
    const bool is_bundled = !is_contained && found.scope != kNoScope;
    const bool fits = std::ranges::any_of(type.aggregation, [&](const std::string& mode) {
      return mode == "contained" ? is_contained : (mode == "bundled" ? is_bundled : !is_contained);
    });
    if (!fits)
      report_.error(IssueType::structure, kProfileAggregation, node, {joined(type.aggregation), source(frame)});
  }
  if (type.target_profiles.empty()) return;
  const Node target = found.scope == kNoScope ? Node() : walk_.scopes()[found.scope].resource;
  TypeId target_type = target ? target.type() : TypeId::none;
  if (!target && !parts.type.empty()) target_type = schema.find_type(parts.type);
  if (target_type == TypeId::none) return;

  bool type_fits = false;
  bool conforms_to_one = false;
  for (const std::string& url : type.target_profiles) {
    const TypeId base = schema.find_type_by_url(std::string_view(url).substr(0, url.find('|')));
    if (base != TypeId::none) {
      if (schema.is_a(target_type, base)) return;
      continue;
    }
    const CompiledProfile* profile = walk_.shared().store->find(url);
    if (profile == nullptr || !profile->fault.empty()) return;  // it may be the one that fits
    if (!schema.is_a(target_type, profile->type)) continue;
    type_fits = true;
    if (!target) return;
    if (conforms(target, *profile, found.scope)) conforms_to_one = true;
  }
  if (!type_fits) {
    report_.error(IssueType::structure, kReferenceTypeNotAllowed, reference,
                  {std::string(schema.type(target_type).name), joined(type.target_profiles)});
  } else if (!conforms_to_one) {
    report_.error(IssueType::structure, kProfileReferenceTarget, reference, {joined(type.target_profiles)});
  }
}

}  // namespace meridian::validation::internal
