// FHIR's own functions: https://hl7.org/fhir/R4/fhirpath.html#functions
#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"
#include "fhirpath/ports.hpp"

namespace meridian::fhirpath::internal {

namespace {

/// The system and code of a Coding, a CodeableConcept's codings one by one, or a code.
template <typename Use>
bool for_each_code(Machine& machine, const Value& value, Use use) {
  if (!value.is_node()) return value.type() == ValueType::string && use(CodedValue{{}, {}, value.string()});
  const fhir::Node node = value.node();
  if (node.has_value()) return use(CodedValue{{}, {}, node.text()});
  auto text_of = [](fhir::Node parent, std::string_view name) {
    const fhir::Node child = parent.child(name);
    return child ? child.text() : std::string_view();
  };
  const fhir::NameId coding = machine.schema().find_name("coding");
  bool has_codings = false;
  for (const fhir::Node child : node.children(coding)) {
    has_codings = true;
    if (use(CodedValue{text_of(child, "system"), text_of(child, "version"), text_of(child, "code")})) return true;
  }
  if (has_codings) return false;
  return use(CodedValue{text_of(node, "system"), text_of(node, "version"), text_of(node, "code")});
}

/// Without a terminology service: the value sets that FHIR itself defines.
Answer member_of_schema(const fhir::Schema& schema, const CodedValue& coded, std::string_view url) {
  const fhir::ValueSetId set = schema.find_value_set(url);
  if (set == fhir::ValueSetId::none) return Answer::unknown;
  switch (schema.contains(set, coded.system, coded.code)) {
    case fhir::Membership::in:
      return Answer::yes;
    case fhir::Membership::not_in:
      return Answer::no;
    default:
      return Answer::unknown;
  }
}

Answer subsumes_in_schema(const fhir::Schema& schema, const CodedValue& ancestor, const CodedValue& descendant) {
  if (ancestor.system != descendant.system) return Answer::no;
  if (ancestor.code == descendant.code) return Answer::yes;
  const fhir::CodeSystemId system = schema.find_code_system(ancestor.system);
  if (system == fhir::CodeSystemId::none) return Answer::unknown;
  const std::optional<std::uint32_t> above = schema.find_code(system, ancestor.code);
  const std::optional<std::uint32_t> below = schema.find_code(system, descendant.code);
  if (!above || !below) return Answer::unknown;
  return schema.subsumes(system, *above, *below) ? Answer::yes : Answer::no;
}

Outcome outcome_of(Answer answer) {
  if (answer == Answer::unknown) return Outcome::empty;
  return answer == Answer::yes ? Outcome::yes : Outcome::no;
}

/// Whether any code of the one subsumes any of the other.
Outcome any_subsumes(Machine& machine, const Value& ancestor, const Value& descendant) {
  bool unknown = false;
  const bool found = for_each_code(machine, ancestor, [&](const CodedValue& above) {
    return for_each_code(machine, descendant, [&](const CodedValue& below) {
      const Answer answer = machine.subsumption() != nullptr ? machine.subsumption()->subsumes(above, below)
                                                             : subsumes_in_schema(machine.schema(), above, below);
      unknown = unknown || answer == Answer::unknown;
      return answer == Answer::yes;
    });
  });
  if (found) return Outcome::yes;
  return unknown ? Outcome::empty : Outcome::no;
}

Outcome input_and_argument(Machine& machine, const Op& op, Value& input, Value& argument) {
  const Outcome outcome = machine.single_input(op, input);
  if (outcome == Outcome::failed) return outcome;
  const Outcome other = machine.single(machine.operand(op, 0), argument, op.label);
  if (other == Outcome::failed) return other;
  return outcome == Outcome::empty ? outcome : other;
}

/// A reference to what the resource itself holds: `#id` among its contained, or the entry of a Bundle.
fhir::Node resolve_within(Machine& machine, std::string_view reference) {
  const fhir::Node root = machine.root_resource();
  if (!root) return {};
  if (reference == "#") return root;
  if (reference.starts_with('#')) {
    for (const fhir::Node container : {machine.resource(), root}) {
      if (!container) continue;
      for (const fhir::Node contained : container.children(machine.schema().find_name("contained"))) {
        const fhir::Node id = contained.child("id");
        if (id && id.text() == reference.substr(1)) return contained;
      }
    }
    return {};
  }
  if (root.type() != machine.schema().find_type("Bundle")) return {};
  for (const fhir::Node entry : root.children(machine.schema().find_name("entry"))) {
    const fhir::Node url = entry.child("fullUrl");
    const fhir::Node resource = entry.child("resource");
    if (!resource) continue;
    if (url && url.text() == reference) return resource;
    // A relative reference: Type/id.
    const fhir::Node id = resource.child("id");
    const std::size_t slash = reference.find('/');
    if (id && slash != std::string_view::npos && resource.type() != fhir::TypeId::none &&
        reference.substr(0, slash) == machine.schema().type(resource.type()).name &&
        reference.substr(slash + 1) == id.text()) {
      return resource;
    }
  }
  return {};
}

std::string_view reference_of(const Value& value) {
  if (!value.is_node()) return value.type() == ValueType::string ? value.string() : std::string_view();
  if (value.node().has_value()) return value.node().text();
  const fhir::Node reference = value.node().child("reference");
  return reference ? reference.text() : std::string_view();
}

fhir::Node resolved(Machine& machine, const Value& value) {
  const std::string_view reference = reference_of(value);
  if (reference.empty()) return {};
  const fhir::Node within = resolve_within(machine, reference);
  if (within || machine.references() == nullptr) return within;
  return machine.references()->resolve(reference, value.is_node() ? value.node() : fhir::Node());
}

/// The resource type that a reference names without being resolved: `Patient/12`,
/// `http://x/fhir/Patient/12/_history/1`.
fhir::TypeId type_named_by(Machine& machine, const Value& value) {
  std::string_view reference = reference_of(value);
  const std::size_t history = reference.find("/_history/");
  if (history != std::string_view::npos) reference = reference.substr(0, history);
  const std::size_t last = reference.rfind('/');
  if (last != std::string_view::npos && last > 0) {
    const std::size_t before = reference.rfind('/', last - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const fhir::TypeId type = machine.schema().find_type(reference.substr(begin, last - begin));
    if (type != fhir::TypeId::none && machine.schema().type(type).kind == fhir::TypeKind::resource) return type;
  }
  const fhir::Node type = value.is_node() ? value.node().child("type") : fhir::Node();
  return type ? machine.schema().find_type(type.text()) : fhir::TypeId::none;
}

}  // namespace

// extension(url): the extensions with that url, `extension.where(url = …)`.
bool run_extension(Machine& machine, const Op& op, Demand demand) {
  std::string_view url;
  const Outcome has_url = machine.single_string(machine.operand(op, 0), url, op.label);
  if (has_url != Outcome::yes) return has_url == Outcome::empty;
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t end = stack.size();
  const fhir::NameId extension = machine.schema().find_name("extension");
  const fhir::NameId url_name = machine.schema().find_name("url");
  for (std::uint32_t i = base; i < end && stack.size() - end < demand; ++i) {
    if (!stack[i].is_node()) continue;
    const fhir::Node node = stack[i].node();
    for (const fhir::Node child : node.children(extension)) {
      if (!machine.charge(1)) return false;
      const fhir::Node child_url = child.child(url_name);
      if (child_url && child_url.text() == url) stack.push(Value(child));
    }
  }
  stack.erase(base, end);
  return true;
}

// hasValue(): a single primitive that has a value, not only extensions.
Outcome decide_has_value(Machine& machine, const Op& op) {
  if (machine.starts_at_node(op.input)) {
    const Found found = found_first(machine, machine.op(op.input), 2);
    if (!found.is_within_limits) return Outcome::failed;
    return internal::outcome_of(found.count == 1 && found.first.has_value());
  }
  const std::uint32_t base = machine.stack().size();
  if (!machine.run_input(op, 2)) return Outcome::failed;
  const bool is_single = machine.stack().size() == base + 1;
  const Value value = is_single ? machine.stack()[base] : Value();
  machine.stack().shrink(base);
  if (!is_single) return Outcome::no;
  return internal::outcome_of(!value.is_node() || value.node().has_value());
}

// getValue(): the System value of a single primitive.
bool run_get_value(Machine& machine, const Op& op, Demand /*demand*/) {
  const std::uint32_t base = machine.stack().size();
  if (!machine.run_input(op, 2)) return false;
  if (machine.stack().size() != base + 1) {
    machine.stack().shrink(base);
    return true;
  }
  Value value = machine.stack()[base];
  machine.stack().shrink(base);
  if (value.is_node() && !value.node().has_value()) return true;
  const Outcome outcome = try_to_system(machine, value);
  if (outcome == Outcome::yes && !value.is_node()) machine.push(value);
  return outcome != Outcome::failed;
}

// resolve(): what leads nowhere is left out.
bool run_resolve(Machine& machine, const Op& op, Demand demand) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t end = stack.size();
  for (std::uint32_t i = base; i < end && stack.size() - end < demand; ++i) {
    if (!machine.charge(8)) return false;
    const Value value = stack[i];
    const fhir::Node node = resolved(machine, value);
    if (node) stack.push(Value(node));
  }
  stack.erase(base, end);
  return true;
}

// `resolve() is Patient`, as search parameters have it: made by the compiler into one operation, which looks at what
// the reference says of its target before it looks for the target.
Outcome decide_resolves_to(Machine& machine, const Op& op) {
  Value value;
  const Outcome outcome = machine.single_input(op, value);
  if (outcome != Outcome::yes) return outcome;
  const TypeTest& test = machine.plan().tests[op.number];
  const fhir::TypeId named = type_named_by(machine, value);
  if (named != fhir::TypeId::none)
    return internal::outcome_of(named == test.node || machine.schema().is_a(named, test.node));
  const fhir::Node node = resolved(machine, value);
  return node ? internal::outcome_of(is_of(machine, Value(node), test)) : Outcome::empty;
}

// memberOf(valueset)
Outcome decide_member_of(Machine& machine, const Op& op) {
  Value input;
  Value argument;
  Outcome outcome = input_and_argument(machine, op, input, argument);
  if (outcome == Outcome::yes) outcome = to_system(machine, argument, op.label);
  if (outcome != Outcome::yes) return outcome;
  if (argument.type() != ValueType::string)
    return machine.failed(ErrorCode::unprocessable, "memberOf() needs the URL of a value set");
  bool unknown = false;
  const bool found = for_each_code(machine, input, [&](const CodedValue& coded) {
    const Answer answer = machine.terminology() != nullptr
                              ? machine.terminology()->member_of(coded, argument.string())
                              : member_of_schema(machine.schema(), coded, argument.string());
    unknown = unknown || answer == Answer::unknown;
    return answer == Answer::yes;
  });
  if (found) return Outcome::yes;
  return unknown ? Outcome::empty : Outcome::no;
}

// subsumes(code), subsumedBy(code)
Outcome decide_subsumes(Machine& machine, const Op& op) {
  Value input;
  Value argument;
  const Outcome outcome = input_and_argument(machine, op, input, argument);
  return outcome == Outcome::yes ? any_subsumes(machine, input, argument) : outcome;
}
Outcome decide_subsumed_by(Machine& machine, const Op& op) {
  Value input;
  Value argument;
  const Outcome outcome = input_and_argument(machine, op, input, argument);
  return outcome == Outcome::yes ? any_subsumes(machine, argument, input) : outcome;
}

// conformsTo(structure)
Outcome decide_conforms_to(Machine& machine, const Op& op) {
  Value input;
  Value argument;
  Outcome outcome = input_and_argument(machine, op, input, argument);
  if (outcome == Outcome::yes) outcome = to_system(machine, argument, op.label);
  if (outcome != Outcome::yes) return outcome;
  if (!input.is_node() || argument.type() != ValueType::string) {
    return machine.failed(ErrorCode::unprocessable,
                          "conformsTo() is asked of an element and needs the URL of a profile");
  }
  if (machine.profiles() == nullptr)
    return machine.failed(ErrorCode::unsupported, "conformsTo() needs a validator, and none was given");
  const Answer answer = machine.profiles()->conforms_to(input.node(), argument.string());
  if (answer == Answer::unknown)
    return machine.failed(ErrorCode::unprocessable, "conformsTo(): there is no such profile");
  return outcome_of(answer);
}

// htmlChecks(): whether a narrative keeps FHIR's rules for XHTML.
Outcome decide_html_checks(Machine& machine, const Op& op) {
  Value value;
  const Outcome outcome = machine.single_system_input(op, value);
  if (outcome != Outcome::yes) return outcome;
  if (value.type() != ValueType::string) return machine.failed(ErrorCode::unprocessable, "htmlChecks() needs XHTML");
  if (!machine.charge(value.string().size() / 16)) return Outcome::failed;
  return internal::outcome_of(is_valid_narrative(value.string()));
}

// checkModifiers(url, …): fails when an element has a modifier extension that is not named.
bool run_check_modifiers(Machine& machine, const Op& op, Demand /*demand*/) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t end = stack.size();
  for (std::uint32_t i = base; i < end; ++i) {
    if (!stack[i].is_node()) continue;
    const fhir::Node node = stack[i].node();
    for (const fhir::Node extension : node.children(machine.schema().find_name("modifierExtension"))) {
      bool known = false;
      const fhir::Node url = extension.child("url");
      for (std::uint32_t k = 0; k < op.count && !known; ++k) {
        std::string_view allowed;
        const Outcome outcome = machine.single_string(machine.operand(op, k), allowed, op.label);
        if (outcome == Outcome::failed) return false;
        known = outcome == Outcome::yes && url && url.text() == allowed;
      }
      if (!known)
        return machine.fail(ErrorCode::unprocessable,
                            "checkModifiers(): a modifier extension is not among those named");
    }
  }
  return true;
}

}  // namespace meridian::fhirpath::internal
