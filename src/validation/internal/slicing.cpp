// Which slice an element belongs to, and what follows from it. Part of ProfileChecker.
// Specification: https://hl7.org/fhir/R4/profiling.html#slicing
#include <algorithm>

#include "validation/internal/profile_checker.hpp"
#include "validation/internal/value_match.hpp"
#include "validation/messages.hpp"

namespace meridian::validation::internal {

using fhir::Node;
using fhir::TypeId;

namespace {

constexpr int kMaxPathSteps = 16;

// The first step of a discriminator's path and what is left: `extension('url').value` is {extension('url'), value}.
std::pair<std::string_view, std::string_view> first_step(std::string_view path) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '\'') quoted = !quoted;
    if (quoted) continue;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == '.' && depth == 0) return {path.substr(0, i), path.substr(i + 1)};
  }
  return {path, {}};
}

// The text in the parentheses of a step: of `ofType(Quantity)` and `extension('url')`.
std::string_view argument(std::string_view step) {
  const std::size_t open = step.find('(');
  const std::size_t close = step.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  std::string_view inner = step.substr(open + 1, close - open - 1);
  if (inner.size() >= 2 && inner.front() == '\'' && inner.back() == '\'') inner = inner.substr(1, inner.size() - 2);
  return inner;
}

std::string_view bare(std::string_view canonical) {
  return canonical.substr(0, canonical.find('|'));
}

}  // namespace

void ProfileChecker::slices(Node parent, const Nodes& nodes, const ProfileElement& rule, const Frame& frame) {
  std::vector<Nodes> members(rule.slices.size());
  bool outside_seen = false;
  std::size_t last_slice = 0;
  for (const Node node : nodes) {
    std::size_t found = rule.slices.size();
    for (std::size_t i = 0; i < rule.slices.size(); ++i) {
      if (!fits(node, *rule.slices[i], rule, frame)) continue;
      if (found < rule.slices.size()) {
        report_.error(IssueType::structure, kProfileSliceAmbiguous, node,
                      {rule.slices[found]->slice_name, rule.slices[i]->slice_name, source(frame)});
        break;
      }
      found = i;
    }
    if (found == rule.slices.size()) {
      outside_seen = true;
      if (rule.rules == SlicingRules::closed) {
        report_.error(IssueType::structure, kProfileSliceClosed, node, {source(frame)});
      }
      continue;
    }
    if (outside_seen && rule.rules == SlicingRules::open_at_end) {
      report_.error(IssueType::structure, kProfileSliceOpenAtEnd, node, {source(frame)});
    }
    if (rule.is_ordered && found < last_slice) {
      report_.error(IssueType::structure, kProfileSliceOrder, node, {rule.slices[found]->slice_name, source(frame)});
    }
    last_slice = std::max(last_slice, found);
    members[found].push_back(node);
  }
  for (std::size_t i = 0; i < members.size(); ++i) group(parent, members[i], *rule.slices[i], frame);
}

// A slice need not say something to each discriminator, but to one at least.
bool ProfileChecker::fits(Node node, const ProfileElement& slice, const ProfileElement& sliced, const Frame& frame) {
  bool is_stated = false;
  for (const Discriminator& by : sliced.discriminators) {
    const Verdict verdict = discriminates(node, slice, by, frame);
    if (verdict == Verdict::no) return false;
    is_stated |= verdict == Verdict::yes;
  }
  return is_stated;
}

ProfileChecker::Verdict ProfileChecker::discriminates(Node node, const ProfileElement& slice, const Discriminator& by,
                                                      const Frame& frame) {
  const auto verdict = [](bool fits) { return fits ? Verdict::yes : Verdict::no; };
  Nodes nodes;
  nodes_at(node, by.path, frame, nodes, 0);
  std::vector<RuleAt> rules;
  rules_at(slice, frame.profile, by.path, rules, 0);
  switch (by.kind) {
    case DiscriminatorKind::exists:
      for (const RuleAt& at : rules) {
        if (at.rule->max == 0) return verdict(nodes.empty());
        if (at.rule->min != ProfileElement::kNotStated && at.rule->min > 0) return verdict(!nodes.empty());
      }
      return Verdict::not_stated;
    case DiscriminatorKind::type:
      return verdict(std::ranges::any_of(nodes, [&](Node value) {
        return std::ranges::any_of(rules, [&](const RuleAt& at) {
          if (at.rule == &at.profile->root) return walk_.schema().is_a(value.type(), at.profile->type);
          return std::ranges::any_of(at.rule->types, [&](const TypeRule& type) {
            if (!at.is_resolved) return type.type != TypeId::none && walk_.schema().is_a(value.type(), type.type);
            return std::ranges::any_of(type.target_profiles, [&](const std::string& url) {
              TypeId target = walk_.schema().find_type_by_url(bare(url));
              if (const CompiledProfile* profile = walk_.shared().store->find(url)) target = profile->type;
              return target != TypeId::none && walk_.schema().is_a(value.type(), target);
            });
          });
        });
      }));
    case DiscriminatorKind::profile:
      if (!std::ranges::any_of(rules, [](const RuleAt& at) {
            return std::ranges::any_of(at.rule->types, [&](const TypeRule& type) {
              return !(at.is_resolved ? type.target_profiles : type.profiles).empty();
            });
          })) {
        return Verdict::not_stated;
      }
      return verdict(std::ranges::any_of(nodes, [&](Node value) {
        return std::ranges::any_of(rules, [&](const RuleAt& at) {
          for (const TypeRule& type : at.rule->types) {
            for (const std::string& url : at.is_resolved ? type.target_profiles : type.profiles) {
              const CompiledProfile* profile = walk_.shared().store->find(url);
              if (profile != nullptr && conforms(value, *profile, frame.scope)) return true;
              const TypeId base = walk_.schema().find_type_by_url(bare(url));
              if (base != TypeId::none && walk_.schema().is_a(value.type(), base)) return true;
            }
          }
          return false;
        });
      }));
    case DiscriminatorKind::value:
    case DiscriminatorKind::pattern:
      break;
  }
  // An extension's url is that of its definition.
  if (by.path == "url") {
    for (const TypeRule& type : slice.types) {
      if (type.profiles.empty()) continue;
      return verdict(std::ranges::any_of(type.profiles, [&](const std::string& url) {
        return std::ranges::any_of(nodes, [&](Node value) { return value.text() == bare(url); });
      }));
    }
  }
  Verdict stated = Verdict::not_stated;
  for (const RuleAt& at : rules) {
    if (!states_value(*at.rule)) continue;
    stated = Verdict::yes;
    if (!std::ranges::any_of(nodes, [&](Node value) { return matches_value(value, *at.rule); })) return Verdict::no;
  }
  return stated;
}

// https://hl7.org/fhir/R4/profiling.html#discriminator: a restricted FHIRPath.
void ProfileChecker::nodes_at(Node node, std::string_view path, const Frame& frame, Nodes& found, int depth) {
  if (path.empty() || path == "$this") {
    found.push_back(node);
    return;
  }
  if (depth > kMaxPathSteps) return;
  const auto [step, rest] = first_step(path);
  const Names& names = walk_.names();
  if (step == "$this") return nodes_at(node, rest, frame, found, depth + 1);
  if (step == "resolve()") {
    const Node reference = node.child(names.reference);
    const std::string_view text = reference ? reference.text() : node.text();
    const ReferenceIndex::Target target = index_.resolve(text, frame.scope);
    if (target.scope != kNoScope) nodes_at(walk_.scopes()[target.scope].resource, rest, frame, found, depth + 1);
    return;
  }
  if (step.starts_with("extension(")) {
    for (const Node extension : node.children(names.extension)) {
      const Node url = extension.child(names.url);
      if (url && url.text() == argument(step)) nodes_at(extension, rest, frame, found, depth + 1);
    }
    return;
  }
  if (step.starts_with("ofType(")) {
    const TypeId type = walk_.schema().find_type(argument(step));
    if (type != TypeId::none && walk_.schema().is_a(node.type(), type)) nodes_at(node, rest, frame, found, depth + 1);
    return;
  }
  std::string_view name = step;
  if (name.ends_with("[x]")) name.remove_suffix(3);
  const fhir::NameId id = walk_.schema().find_name(name);
  if (id == fhir::NameId::none) return;
  for (const Node child : node.children(id)) nodes_at(child, rest, frame, found, depth + 1);
}

void ProfileChecker::rules_at(const ProfileElement& rule, const CompiledProfile& profile, std::string_view path,
                              std::vector<RuleAt>& found, int depth) {
  if (path.empty() || path == "$this") {
    found.push_back({&rule, &profile, false});
    return;
  }
  if (depth > kMaxPathSteps) return;
  const auto [step, rest] = first_step(path);
  const Names& names = walk_.names();
  if (step == "$this") return rules_at(rule, profile, rest, found, depth + 1);
  if (step.starts_with("ofType(")) {
    rules_at(rule, profile, rest, found, depth + 1);
    const TypeId type = walk_.schema().find_type(argument(step));
    for (const auto& slice : rule.slices) {
      if (slice->type == type) rules_at(*slice, profile, rest, found, depth + 1);
    }
    return;
  }
  if (step == "resolve()") {
    if (rest.empty()) {
      found.push_back({&rule, &profile, true});
      return;
    }
    for (const TypeRule& type : rule.types) {
      for (const std::string& url : type.target_profiles) {
        const CompiledProfile* target = walk_.shared().store->find(url);
        if (target != nullptr && target->fault.empty()) rules_at(target->root, *target, rest, found, depth + 1);
      }
    }
    return;
  }
  if (step.starts_with("extension(")) {
    const ProfileElement* extensions = rule.child(names.extension);
    if (extensions == nullptr) return;
    for (const auto& slice : extensions->slices) {
      const ProfileElement* url = slice->child(names.url);
      const bool by_url = url != nullptr && url->fixed && url->fixed.text() == argument(step);
      const bool by_profile = std::ranges::any_of(slice->types, [&](const TypeRule& type) {
        return std::ranges::any_of(type.profiles, [&](const std::string& p) { return bare(p) == argument(step); });
      });
      if (by_url || by_profile) rules_at(*slice, profile, rest, found, depth + 1);
    }
    return;
  }
  std::string_view name = step;
  if (name.ends_with("[x]")) name.remove_suffix(3);
  const fhir::NameId id = walk_.schema().find_name(name);
  if (const ProfileElement* child = rule.child(id)) {
    rules_at(*child, profile, rest, found, depth + 1);
    // `value` with one slice for its one type.
    for (const auto& slice : child->slices) {
      if (child->base != nullptr && child->base->is_choice) rules_at(*slice, profile, rest, found, depth + 1);
    }
  }
  // What the profile of the element's type says of the path.
  for (const TypeRule& type : rule.types) {
    for (const std::string& url : type.profiles) {
      const CompiledProfile* other = walk_.shared().store->find(url);
      if (other != nullptr && other->fault.empty() && other != &profile)
        rules_at(other->root, *other, path, found, depth + 1);
    }
  }
}

bool ProfileChecker::states_value(const ProfileElement& rule) const {
  if (rule.fixed || rule.pattern) return true;
  if (rule.binding == fhir::BindingStrength::required) return true;
  return std::ranges::any_of(rule.children, [&](const auto& child) { return states_value(*child); });
}

bool ProfileChecker::matches_value(Node value, const ProfileElement& rule) {
  if (rule.fixed && !equals(value, rule.fixed)) return false;
  if (rule.pattern && !contains(value, rule.pattern)) return false;
  if (rule.binding == fhir::BindingStrength::required && !rule.fixed && !rule.pattern) {
    const Names& names = walk_.names();
    bool is_in = false;
    const auto ask = [&](Node at) {
      const Node system = at.child(names.system);
      const Node code = at.has_value() ? at : at.child(names.code);
      if (!code) return;
      is_in |= walk_.shared().contains(fhir::ValueSetId::none, rule.value_set, system ? system.text() : "",
                                       code.text()) == fhir::Membership::in;
    };
    ask(value);
    for (const Node coding : value.children(names.coding)) ask(coding);
    if (!is_in) return false;
  }
  // Values stated further down belong to the same whole.
  return std::ranges::all_of(rule.children, [&](const auto& child) {
    if (!states_value(*child)) return true;
    for (const Node below : value.children(child->name)) {
      if (matches_value(below, *child)) return true;
    }
    return false;
  });
}

}  // namespace meridian::validation::internal
