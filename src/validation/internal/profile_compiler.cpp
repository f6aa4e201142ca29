#include <algorithm>

#include "validation/internal/profile.hpp"
#include "validation/profiles.hpp"

namespace meridian::validation::internal {
namespace {

using fhir::Node;
using fhir::TypeId;

constexpr int kMaxBaseDepth = 16;          // profiles of profiles of …
constexpr std::size_t kMaxPathDepth = 32;  // segments of an element's path
constexpr std::size_t kMaxElements = 20'000;

std::string_view text_of(Node node, std::string_view child) {
  const Node found = node ? node.child(child) : Node();
  return found && found.has_value() ? found.text() : std::string_view();
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t dot = path.find('.');
    parts.push_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    path.remove_prefix(dot + 1);
  }
}

std::string_view last_segment(std::string_view url) {
  return url.substr(url.rfind('/') + 1);
}

class Compiler {
 public:
  Compiler(const fhir::Schema& schema, const Profiles& profiles, CompiledProfile& into)
      : schema_(schema), profiles_(profiles), profile_(into) {}

  void run(Node definition) {
    profile_.url = text_of(definition, "url");
    const std::string_view type = text_of(definition, "type");
    profile_.type = schema_.find_type(type);
    if (profile_.type == TypeId::none) profile_.type = schema_.find_type(last_segment(type));
    if (profile_.type == TypeId::none) return fault("its type \"" + std::string(type) + "\" is not known");
    profile_.root.path = std::string(schema_.type(profile_.type).name);
    profile_.root.type = profile_.type;
    for (const Node child : definition.children()) {
      if (child.key() == "context") {
        profile_.contexts.push_back({std::string(text_of(child, "type")), std::string(text_of(child, "expression"))});
      }
    }
    elements(definition, 0);
    default_slicing(profile_.root);
  }

 private:
  void fault(std::string why) {
    if (profile_.fault.empty()) profile_.fault = std::move(why);
  }

  // A snapshot stands for itself; a differential stands upon its base.
  void elements(Node definition, int depth) {
    if (depth > kMaxBaseDepth) return fault("it derives from too many profiles, or from itself");
    Node list = definition.child("snapshot");
    if (!list) {
      const std::string_view base = text_of(definition, "baseDefinition");
      if (const Node loaded = profiles_.structure(base)) {
        elements(loaded, depth + 1);
      } else if (schema_.find_type_by_url(base.substr(0, base.find('|'))) == TypeId::none) {
        return fault("its base " + std::string(base) + " is not loaded");
      }
      list = definition.child("differential");
    }
    if (!list) return fault("it has neither a snapshot nor a differential");
    current_.clear();
    for (const Node element : list.children()) {
      if (element.key() != "element") continue;
      if (++count_ > kMaxElements) return fault("it has too many elements");
      place(element);
      if (!profile_.fault.empty()) return;
    }
  }

  // Elements stand in the order of the tree, children after their parent, so the last element at each depth is the
  // parent of what comes next, be it a slice or not.
  void place(Node node) {
    const std::string_view path = text_of(node, "path");
    const std::vector<std::string_view> segments = split(path);
    if (segments.size() > kMaxPathDepth) return fault("the path " + std::string(path) + " is too deep");
    if (segments.size() == 1) {
      current_.assign(1, {std::string(path), &profile_.root});
      describe(profile_.root, node);
      return;
    }
    if (current_.empty()) current_.push_back({std::string(segments.front()), &profile_.root});
    // Parents that a differential leaves out are made on the way.
    std::size_t depth = 1;
    std::string so_far(segments.front());
    for (; depth + 1 < segments.size(); ++depth) {
      so_far.append(".").append(segments[depth]);
      if (depth < current_.size() && current_[depth].path == so_far) continue;
      current_.resize(depth);
      ProfileElement* made = child_of(*current_[depth - 1].element, segments[depth]);
      if (made == nullptr) return;
      current_.push_back({so_far, made});
    }
    current_.resize(depth);
    ProfileElement* element = child_of(*current_[depth - 1].element, segments.back());
    if (element == nullptr) return;
    const std::string_view slice_name = text_of(node, "sliceName");
    // `valueQuantity` has already led to its slice.
    if (!slice_name.empty() && element->slice_name != slice_name) element = &slice_of(*element, slice_name);
    current_.push_back({std::string(path), element});
    describe(*element, node);
  }

  // The child of that name, made when it is not there yet. `valueQuantity` is the slice of `value` for that type.
  ProfileElement* child_of(ProfileElement& parent, std::string_view segment) {
    std::string_view name = segment;
    const bool is_choice = name.ends_with("[x]");
    if (is_choice) name.remove_suffix(3);
    const fhir::ElementInfo* info = parent.type == TypeId::none ? nullptr : schema_.find_element(parent.type, name);
    TypeId narrowed = TypeId::none;
    if (info == nullptr && parent.type != TypeId::none) {
      const fhir::KeyMatch match = schema_.find_key(parent.type, name);
      if (match) {
        info = &schema_.element(match.element);
        narrowed = match.type;
      }
    }
    fhir::NameId id = info != nullptr ? info->name : schema_.find_name(name);
    if (id == fhir::NameId::none) {
      fault("there is no element " + parent.path + "." + std::string(segment));
      return nullptr;
    }
    auto found = std::ranges::find(parent.children, id, [](const auto& child) { return child->name; });
    if (found == parent.children.end()) {
      auto made = std::make_unique<ProfileElement>();
      made->name = id;
      made->base = info;
      made->path =
          parent.path + "." + std::string(schema_.name(id)) + (info != nullptr && info->is_choice ? "[x]" : "");
      if (info != nullptr && info->types.size() == 1) made->type = info->types.front().type;
      parent.children.push_back(std::move(made));
      found = parent.children.end() - 1;
    }
    if (narrowed == TypeId::none || (*found)->type == narrowed) return found->get();
    ProfileElement& slice = slice_of(**found, segment);
    slice.type = narrowed;
    if (slice.types.empty()) {
      slice.types.push_back({std::string(schema_.type(narrowed).name), narrowed, {}, {}, {}});
    }
    return &slice;
  }

  // The slice of that name; `a/b` is slice b of slice a.
  ProfileElement& slice_of(ProfileElement& element, std::string_view name) {
    const std::size_t bar = name.rfind('/');
    if (bar != std::string_view::npos) {
      const auto outer =
          std::ranges::find(element.slices, name.substr(0, bar), [](const auto& s) { return s->slice_name; });
      if (outer != element.slices.end()) return slice_of_name(**outer, name);
    }
    return slice_of_name(element, name);
  }

  ProfileElement& slice_of_name(ProfileElement& element, std::string_view name) {
    element.is_sliced = true;
    for (const auto& slice : element.slices) {
      if (slice->slice_name == name) return *slice;
    }
    auto made = std::make_unique<ProfileElement>();
    made->slice_name = name;
    made->path = element.path + ":" + std::string(name);
    made->name = element.name;
    made->base = element.base;
    made->type = element.type;
    element.slices.push_back(std::move(made));
    return *element.slices.back();
  }

  // What one ElementDefinition says. https://hl7.org/fhir/R4/elementdefinition.html
  void describe(ProfileElement& element, Node node) {
    std::vector<TypeRule> types;
    for (const Node child : node.children()) {
      const std::string_view key = child.key();
      if (key == "min") {
        element.min = static_cast<std::uint32_t>(std::strtoul(std::string(child.text()).c_str(), nullptr, 10));
      } else if (key == "max") {
        element.max = child.text() == "*"
                          ? ProfileElement::kUnbounded
                          : static_cast<std::uint32_t>(std::strtoul(std::string(child.text()).c_str(), nullptr, 10));
      } else if (key == "type") {
        types.push_back(type_rule(child));
      } else if (key == "maxLength") {
        element.max_length = static_cast<std::uint32_t>(std::strtoul(std::string(child.text()).c_str(), nullptr, 10));
      } else if (key == "binding") {
        binding(element, child);
      } else if (key == "constraint") {
        constraint(element, child);
      } else if (key == "slicing") {
        slicing(element, child);
      } else if (key == "contentReference") {
        element.content_reference = child.text();
      } else if (key == "isModifier" && &element == &profile_.root) {
        profile_.is_modifier_extension = child.text() == "true";
      } else if (key.starts_with("fixed")) {
        element.fixed = child;
      } else if (key.starts_with("pattern")) {
        element.pattern = child;
      } else if (key.starts_with("minValue")) {
        element.min_value = child;
      } else if (key.starts_with("maxValue")) {
        element.max_value = child;
      }
    }
    if (types.empty() || &element == &profile_.root) return;
    if (types.size() == 1 && types.front().type != TypeId::none) {
      // Of a backbone element the type is its own unnamed one, which the base names.
      const bool is_backbone = types.front().code == "BackboneElement" || types.front().code == "Element";
      if (!is_backbone) element.type = types.front().type;
    }
    element.types = std::move(types);
  }

  TypeRule type_rule(Node node) {
    TypeRule made;
    for (const Node child : node.children()) {
      const std::string_view key = child.key();
      if (key == "code") made.code = child.text();
      if (key == "profile") made.profiles.emplace_back(child.text());
      if (key == "targetProfile") made.target_profiles.emplace_back(child.text());
      if (key == "aggregation") made.aggregation.emplace_back(child.text());
    }
    made.type = schema_.find_type(made.code);
    return made;
  }

  void binding(ProfileElement& element, Node node) {
    const std::string_view strength = text_of(node, "strength");
    element.binding = strength == "required"     ? fhir::BindingStrength::required
                      : strength == "extensible" ? fhir::BindingStrength::extensible
                                                 : fhir::BindingStrength::none;
    element.value_set = text_of(node, "valueSet");
    // A snapshot repeats the binding of the specification.
    const std::string_view bare = std::string_view(element.value_set).substr(0, element.value_set.find('|'));
    if (element.base != nullptr && element.base->binding == element.binding && element.base->value_set_url == bare) {
      element.binding = fhir::BindingStrength::none;
    }
  }

  bool is_of_the_base(const ProfileElement& element, std::string_view key) const {
    const auto among = [&](std::span<const fhir::Invariant> list) {
      return std::ranges::any_of(list, [&](const fhir::Invariant& invariant) { return invariant.key == key; });
    };
    if (element.base != nullptr && among(element.base->invariants)) return true;
    return element.type != TypeId::none && among(schema_.type(element.type).invariants);
  }

  void constraint(ProfileElement& element, Node node) {
    const std::string_view key = text_of(node, "key");
    const std::string_view expression = text_of(node, "expression");
    if (expression.empty() || is_native_invariant(key) || is_of_the_base(element, key)) return;
    for (const auto& there : element.invariants) {
      if (there->key == key) return;
    }
    std::vector<TypeId> types;
    if (element.type != TypeId::none) types.push_back(element.type);
    element.invariants.push_back(std::make_shared<const CompiledInvariant>(compile_invariant(
        schema_, types, key, text_of(node, "human"), text_of(node, "severity") != "warning", expression)));
  }

  void slicing(ProfileElement& element, Node node) {
    element.is_sliced = true;
    const std::string_view rules = text_of(node, "rules");
    element.rules = rules == "closed"      ? SlicingRules::closed
                    : rules == "openAtEnd" ? SlicingRules::open_at_end
                                           : SlicingRules::open;
    element.is_ordered = text_of(node, "ordered") == "true";
    element.discriminators.clear();
    for (const Node child : node.children()) {
      if (child.key() != "discriminator") continue;
      const std::string_view type = text_of(child, "type");
      DiscriminatorKind kind = DiscriminatorKind::value;
      if (type == "exists") kind = DiscriminatorKind::exists;
      if (type == "pattern") kind = DiscriminatorKind::pattern;
      if (type == "type") kind = DiscriminatorKind::type;
      if (type == "profile") kind = DiscriminatorKind::profile;
      element.discriminators.push_back({kind, std::string(text_of(child, "path"))});
    }
  }

  // Extensions are sliced by url, choices by type, even where nobody says so.
  void default_slicing(ProfileElement& element) {
    if (!element.slices.empty() && element.discriminators.empty()) {
      const std::string_view name = schema_.name(element.name);
      if (name == "extension" || name == "modifierExtension") {
        element.discriminators.push_back({DiscriminatorKind::value, "url"});
      } else if (element.base != nullptr && element.base->is_choice) {
        element.discriminators.push_back({DiscriminatorKind::type, "$this"});
      }
    }
    for (const auto& slice : element.slices) default_slicing(*slice);
    for (const auto& child : element.children) default_slicing(*child);
  }

  struct At {
    std::string path;
    ProfileElement* element;
  };
  const fhir::Schema& schema_;
  const Profiles& profiles_;
  CompiledProfile& profile_;
  std::vector<At> current_;
  std::size_t count_ = 0;
};

const ProfileElement* find_below(const ProfileElement& element, std::string_view path) {
  if (element.path == path) return &element;
  for (const auto& child : element.children) {
    if (const ProfileElement* found = find_below(*child, path)) return found;
  }
  return nullptr;
}

}  // namespace

const ProfileElement* ProfileElement::child(fhir::NameId wanted) const {
  const auto found = std::ranges::find(children, wanted, [](const auto& c) { return c->name; });
  return found == children.end() ? nullptr : found->get();
}

const ProfileElement* CompiledProfile::find(std::string_view path) const {
  return find_below(root, path);
}

std::unique_ptr<const CompiledProfile> compile_profile(const fhir::Schema& schema, const Profiles& profiles,
                                                       Node definition) {
  auto made = std::make_unique<CompiledProfile>();
  Compiler(schema, profiles, *made).run(definition);
  return made;
}

ProfileStore::ProfileStore(const fhir::Schema& schema, const Profiles& profiles)
    : schema_(schema), profiles_(profiles) {}

const CompiledProfile* ProfileStore::find(std::string_view canonical) const {
  const std::lock_guard lock(mutex_);
  const auto known = compiled_.find(canonical);
  if (known != compiled_.end()) return known->second.get();
  const Node definition = profiles_.structure(canonical);
  if (!definition) return nullptr;  // not remembered: such URLs come from foreign data without bound
  return compiled_.emplace(std::string(canonical), compile_profile(schema_, profiles_, definition)).first->second.get();
}

}  // namespace meridian::validation::internal
