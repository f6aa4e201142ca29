#include "validation/internal/reference_rules.hpp"

#include <algorithm>
#include <string>

#include "validation/internal/bundle_rules.hpp"
#include "validation/internal/primitive_format.hpp"
#include "validation/internal/walk.hpp"
#include "validation/messages.hpp"

namespace meridian::validation::internal {

using fhir::Node;
using fhir::TypeId;
using Form = ReferenceParts::Form;

namespace {

// The resource types that the element's references may lead to; empty: any.
std::span<const TypeId> allowed_targets(const fhir::ElementInfo* element) {
  if (element == nullptr) return {};
  for (const fhir::ElementType& type : element->types) {
    if (!type.targets.empty()) return type.targets;
  }
  return {};
}

bool is_allowed(const fhir::Schema& schema, std::span<const TypeId> targets, TypeId type) {
  return targets.empty() || std::ranges::any_of(targets, [&](TypeId target) { return schema.is_a(type, target); });
}

std::string type_list(const fhir::Schema& schema, std::span<const TypeId> types) {
  std::string list;
  for (const TypeId type : types) {
    if (!list.empty()) list += ", ";
    list += schema.type(type).name;
  }
  return list;
}

class ReferenceCheck {
 public:
  explicit ReferenceCheck(Walk& walk) : walk_(walk), report_(walk.report()), index_(walk) {}

  void run() {
    for (const ReferenceUse& use : walk_.references()) one(use);
    for (const FragmentLink& link : walk_.fragment_links()) referred_.push_back({link.container, link.target});
    contained();
    duplicate_ids();
    narrative_links();
    check_bundles(walk_, index_);
  }

 private:
  void one(const ReferenceUse& use) {
    const std::string_view text = use.value.text();
    if (text.empty()) return;  // its format is at fault already
    const fhir::Schema& schema = walk_.schema();
    const ReferenceParts parts = take_apart(schema, text);
    if (parts.form == Form::fragment) {
      referred_.push_back({walk_.scopes()[use.scope].container, parts.fragment});
      if (parts.fragment.empty()) refers_back_.push_back(use.scope);
    }
    if (use.node == use.value) return;  // a canonical; only its fragment counts here

    if (parts.form == Form::malformed) {
      report_.error(IssueType::value, kReferenceMalformed, use.value, {excerpt(text)});
      return;
    }
    const ReferenceIndex::Target target = index_.resolve(text, use.scope);
    if (parts.form == Form::fragment && target.scope == kNoScope) {
      report_.error(IssueType::invariant, kFragmentNotContained, use.value, {excerpt(parts.fragment)});
      return;
    }
    if (target.count > 1 && parts.form != Form::fragment) {
      report_.error(IssueType::multiple_matches, kAmbiguousInBundle, use.value,
                    {excerpt(text), std::to_string(target.count)});
    }
    TypeId type = TypeId::none;
    if (target.scope != kNoScope) {
      type = walk_.scopes()[target.scope].resource.type();
      if (!parts.type.empty() && schema.find_type(parts.type) != type) {
        report_.error(IssueType::value, kReferenceTargetDiffers, use.value,
                      {excerpt(text), std::string(schema.type(type).name)});
        return;
      }
    } else if (!parts.type.empty()) {
      type = schema.find_type(parts.type);
    }
    stated_type(use, type);
    if (type == TypeId::none) return;
    const std::span<const TypeId> targets = allowed_targets(use.element);
    if (!is_allowed(schema, targets, type)) {
      report_.error(IssueType::structure, kReferenceTypeNotAllowed, use.value,
                    {std::string(schema.type(type).name), type_list(schema, targets)});
    }
  }

  // Reference.type: a resource type, the one that the reference leads to.
  void stated_type(const ReferenceUse& use, TypeId actual) {
    const Node stated = use.node.child(walk_.names().type);
    if (!stated || !stated.has_value()) return;
    const fhir::Schema& schema = walk_.schema();
    const TypeId type = schema.find_type(stated.text());
    if (type == TypeId::none) {
      if (!is_absolute_uri(stated.text())) {
        report_.error(IssueType::value, kReferenceTypeUnknown, stated, {excerpt(stated.text())});
      }
    } else if (actual != TypeId::none && !schema.is_a(actual, type)) {
      report_.error(IssueType::value, kReferenceTypeDiffers, stated,
                    {std::string(stated.text()), std::string(schema.type(actual).name)});
    }
  }

  // https://hl7.org/fhir/R4/references.html#contained, dom-3
  void contained() {
    std::ranges::sort(referred_);
    std::ranges::sort(refers_back_);
    const auto& scopes = walk_.scopes();
    for (std::uint32_t index = 0; index < scopes.size(); ++index) {
      const Scope& scope = scopes[index];
      if (scope.place != Place::contained) continue;
      const Node id = scope.resource.child(walk_.names().id);
      if (!id || !id.has_value()) {
        report_.error(IssueType::required, kContainedWithoutId, scope.resource);
        continue;
      }
      if (index_.resolve("#" + std::string(id.text()), scope.container).count > 1) {
        report_.error(IssueType::duplicate, kAmbiguousContainedId, id, {excerpt(id.text())});
      }
      if (std::ranges::binary_search(referred_, Referred{scope.container, id.text()})) continue;
      if (std::ranges::binary_search(refers_back_, index)) continue;
      report_.error(IssueType::invariant, kContainedUnreferenced, scope.resource, {excerpt(id.text())});
    }
  }

  void duplicate_ids() {
    auto& ids = walk_.element_ids();
    std::ranges::sort(ids, [](const auto& a, const auto& b) {
      return std::tie(a.container, a.id) < std::tie(b.container, b.id) ||
             (std::tie(a.container, a.id) == std::tie(b.container, b.id) && a.node.order() < b.node.order());
    });
    for (std::size_t i = 1; i < ids.size(); ++i) {
      if (ids[i].container == ids[i - 1].container && ids[i].id == ids[i - 1].id && !ids[i].id.empty()) {
        report_.error(IssueType::duplicate, kDuplicateId, ids[i].node, {excerpt(ids[i].id)});
      }
    }
  }

  // A link `#x` of a narrative may lead to any narrative of the document, an element or a contained resource.
  void narrative_links() {
    const auto& links = walk_.fragment_links();
    if (links.empty()) return;
    std::vector<std::string_view> targets = walk_.narrative_ids();
    for (const auto& id : walk_.element_ids()) targets.push_back(id.id);
    for (const Scope& scope : walk_.scopes()) {
      if (const Node id = scope.resource.child(walk_.names().id)) targets.push_back(id.text());
    }
    std::ranges::sort(targets);
    for (const FragmentLink& link : links) {
      if (!std::ranges::binary_search(targets, link.target)) {
        report_.error(IssueType::invalid, kNarrativeLinkTarget, link.node, {excerpt(link.target)});
      }
    }
  }

  struct Referred {
    std::uint32_t container;
    std::string_view id;
    auto operator<=>(const Referred&) const = default;
  };

  Walk& walk_;
  Report& report_;
  ReferenceIndex index_;
  std::vector<Referred> referred_;          // fragments that something refers to
  std::vector<std::uint32_t> refers_back_;  // scopes with a reference `#`
};

}  // namespace

void check_references(Walk& walk) {
  ReferenceCheck(walk).run();
}

}  // namespace meridian::validation::internal
