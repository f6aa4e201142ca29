#include "validation/internal/profile_check.hpp"

#include <algorithm>

#include "validation/internal/primitive_format.hpp"
#include "validation/internal/profile_checker.hpp"
#include "validation/messages.hpp"

namespace meridian::validation::internal {

using fhir::Node;
using fhir::TypeId;

namespace {

std::string_view bare(std::string_view canonical) {
  return canonical.substr(0, canonical.find('|'));
}

// A profile named for a resource. False when it is not to be had.
bool apply(Walk& walk, ProfileChecker& checker, std::uint32_t scope, std::string_view url, Node at, Severity unknown) {
  const Node resource = walk.scopes()[scope].resource;
  if (const CompiledProfile* profile = walk.shared().store->find(url)) {
    if (profile->fault.empty()) {
      checker.check(resource, *profile, scope);
    } else {
      walk.report().add(unknown, IssueType::processing, kProfileUnusable, at, {profile->url, profile->fault});
    }
    return true;
  }
  const TypeId type = walk.schema().find_type_by_url(bare(url));
  if (type == TypeId::none) {
    walk.report().add(unknown, IssueType::not_found, kProfileUnknown, at, {excerpt(url)});
    return false;
  }
  if (!walk.schema().is_a(resource.type(), type)) {
    walk.report().error(IssueType::structure, kProfileOfOtherType, at,
                        {excerpt(url), std::string(walk.schema().type(type).name),
                         std::string(walk.schema().type(resource.type()).name)});
  }
  return true;
}

// Where an extension may stand: https://hl7.org/fhir/R4/defining-extensions.html#context
bool is_in_context(const fhir::Schema& schema, const ExtensionUse& use, const CompiledProfile& definition) {
  if (definition.contexts.empty()) return true;
  const TypeId owner = use.parent.type();
  return std::ranges::any_of(definition.contexts, [&](const ExtensionContext& context) {
    if (context.type == "fhirpath") return true;  // not judged
    if (context.type == "extension") return use.outer_url == context.expression;
    if (owner == TypeId::none || context.expression == "Element") return true;
    const TypeId named = schema.find_type(context.expression);
    if (named != TypeId::none && schema.is_a(owner, named)) return true;
    if (use.parent_element == nullptr) return false;
    std::string_view path = use.parent_element->path;
    std::string_view wanted = context.expression;
    if (path.ends_with("[x]")) path.remove_suffix(3);
    if (wanted.ends_with("[x]")) wanted.remove_suffix(3);
    return path == wanted;
  });
}

void extension(Walk& walk, ProfileChecker& checker, const ExtensionUse& use) {
  const Node url = use.node.child(walk.names().url);
  if (!url || !url.has_value() || !is_absolute_uri(url.text())) return;
  const CompiledProfile* definition = walk.shared().store->find(url.text());
  if (definition == nullptr) {
    walk.report().add(walk.shared().options.unknown_extension, IssueType::extension, kExtensionUnknown, use.node,
                      {excerpt(url.text())});
    return;
  }
  if (definition->fault.empty() && walk.schema().type(definition->type).name != "Extension") {
    walk.report().error(IssueType::extension, kNotAnExtension, url, {excerpt(url.text())});
    return;
  }
  if (definition->is_modifier_extension != use.is_modifier) {
    walk.report().error(IssueType::extension, use.is_modifier ? kExtensionNotModifier : kExtensionModifier, use.node,
                        {excerpt(url.text())});
  }
  if (!is_in_context(walk.schema(), use, *definition)) {
    std::string allowed;
    for (const ExtensionContext& context : definition->contexts) {
      allowed.append(allowed.empty() ? "" : ", ").append(context.expression);
    }
    const std::string_view where =
        use.parent_element != nullptr ? use.parent_element->path : walk.schema().type(use.parent.type()).name;
    walk.report().error(IssueType::extension, kExtensionContext, use.node,
                        {excerpt(url.text()), std::string(where), allowed});
  }
  checker.check(use.node, *definition, use.scope);
}

}  // namespace

void check_profiles(Walk& walk, std::span<const std::string> asked) {
  ProfileChecker checker(walk);
  const Node root = walk.scopes().front().resource;
  for (const std::string& url : asked) apply(walk, checker, 0, url, root, Severity::error);
  if (walk.shared().options.profiles == Check::off) return;
  for (std::uint32_t scope = 0; scope < walk.scopes().size(); ++scope) {
    const Node meta = walk.scopes()[scope].resource.child(walk.names().meta);
    if (!meta) continue;
    for (const Node profile : meta.children(walk.names().profile)) {
      if (profile.has_value())
        apply(walk, checker, scope, profile.text(), profile, walk.shared().options.unknown_profile);
    }
  }
  for (const ExtensionUse& use : walk.extensions()) extension(walk, checker, use);
}

}  // namespace meridian::validation::internal
