// The rules of data types that neither the tables nor FHIRPath state: what a Coding, a Reference, an Extension
// … must be to mean something. Part of Walk.
#include <algorithm>
#include <string>

#include "validation/internal/code_forms.hpp"
#include "validation/internal/primitive_format.hpp"
#include "validation/internal/profile_check.hpp"
#include "validation/internal/walk.hpp"
#include "validation/messages.hpp"
#include "validation/profiles.hpp"

namespace meridian::validation::internal {

using fhir::BindingStrength;
using fhir::Membership;
using fhir::Node;

namespace {

std::string_view text_of(Node parent, fhir::NameId name) {
  const Node child = parent.child(name);
  return child && child.has_value() ? child.text() : std::string_view();
}

// Displays are compared without regard to case and runs of white space.
bool same_display(std::string_view a, std::string_view b) {
  const auto next = [](std::string_view& text) {
    bool space = false;
    while (!text.empty() &&
           (text.front() == ' ' || text.front() == '\t' || text.front() == '\n' || text.front() == '\r')) {
      text.remove_prefix(1);
      space = true;
    }
    if (text.empty()) return '\0';
    if (space) return ' ';
    const char c = text.front();
    text.remove_prefix(1);
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  while (true) {
    const char x = next(a);
    if (x != next(b)) return false;
    if (x == '\0') return true;
  }
}

}  // namespace

void Walk::special(Node node, const ElementRules* element, SpecialType special, std::uint32_t scope) {
  const ValidatorOptions& options = shared_.options;
  switch (special) {
    case SpecialType::extension:
      if (options.structure == Check::on) extension(node, element);
      break;
    case SpecialType::reference:
      if (options.references == Check::on) reference(node, element, scope);
      break;
    case SpecialType::coding:
    case SpecialType::quantity:
      if (options.bindings == Check::on) coding(node);
      break;
    case SpecialType::identifier:
      if (options.structure == Check::on) identifier(node);
      break;
    case SpecialType::attachment:
      if (options.structure == Check::on) attachment(node);
      break;
    case SpecialType::narrative:
      if (options.narrative == Check::on) narrative(node, scope);
      break;
    case SpecialType::codeable_concept:
    case SpecialType::none:
      break;
  }
}

// https://hl7.org/fhir/R4/extensibility.html
void Walk::extension(Node node, const ElementRules* element) {
  const Node url = node.child(shared_.names.url);
  const bool has_value = static_cast<bool>(node.child(shared_.names.value));
  const bool has_nested = static_cast<bool>(node.child(shared_.names.extension));
  if (has_value == has_nested && shared_.options.invariants == Check::on) {
    report_.error(IssueType::invariant, kInvariantFailed, node,
                  {"ext-1", "Must have either extensions or value[x], not both"});
  }
  if (!url || !url.has_value()) {
    report_.error(IssueType::required, kExtensionWithoutUrl, node);
    return;
  }
  const std::string_view text = url.text();
  // Within another extension a relative url names a part of it.
  const bool is_part = element != nullptr && element->info->owner == node.type();
  if (is_absolute_uri(text)) {
    const std::size_t bar = text.find('|');
    if (bar != std::string_view::npos) {
      report_.error(IssueType::extension, kExtensionUrlVersion, url, {excerpt(text)});
    }
  } else if (!is_part) {
    report_.error(IssueType::extension, kExtensionUrlNotAbsolute, url, {excerpt(text)});
  }
}

// https://hl7.org/fhir/R4/references.html
void Walk::reference(Node node, const ElementRules* element, std::uint32_t scope) {
  const Node value = node.child(shared_.names.reference);
  if (!value || !value.has_value()) {
    if (!value && !node.child(shared_.names.identifier) && !node.child(shared_.names.display) &&
        !node.child(shared_.names.extension)) {
      report_.warning(IssueType::value, kReferenceEmpty, node);
    }
    return;
  }
  references_.push_back({node, value, element != nullptr ? element->info : nullptr, scope});
}

// https://hl7.org/fhir/R4/terminologies.html: a code, its system and its display belong together.
void Walk::coding(Node node) {
  const std::string_view system = text_of(node, shared_.names.system);
  if (system.empty()) return;
  const Node system_node = node.child(shared_.names.system);
  if (!is_absolute_uri(system)) {
    report_.error(IssueType::code_invalid, kSystemNotAbsolute, system_node, {excerpt(system)});
    return;
  }
  const Node code_node = node.child(shared_.names.code);
  if (!code_node || !code_node.has_value()) return;
  const std::string_view code = code_node.text();
  const CodeFound found = shared_.terms.find(system, code);
  switch (found.status) {
    case CodeStatus::no_system:
      if (system.find("/ValueSet/") != std::string_view::npos && shared_.terms.knows_value_set(system)) {
        report_.error(IssueType::code_invalid, kSystemIsValueSet, system_node, {excerpt(system)});
      }
      return;
    case CodeStatus::not_enumerated:
      return;
    case CodeStatus::supplement:
      report_.error(IssueType::code_invalid, kSystemIsSupplement, system_node, {excerpt(system)});
      return;
    case CodeStatus::not_known:
      report_.error(IssueType::code_invalid, kUnknownCode, code_node, {excerpt(code), std::string(system)});
      return;
    case CodeStatus::known:
      break;
  }
  const std::string_view display = text_of(node, shared_.names.display);
  if (display.empty() || found.display.empty() || same_display(display, found.display) ||
      shared_.terms.is_designation(system, code, display)) {
    return;
  }
  report_.add(shared_.options.wrong_display, IssueType::code_invalid, kWrongDisplay, node.child(shared_.names.display),
              {excerpt(display), std::string(code), std::string(found.display)});
}

void Walk::identifier(Node node) {
  const Node system = node.child(shared_.names.system);
  const Node value = node.child(shared_.names.value);
  if (!system || !system.has_value()) return;
  if (!is_absolute_uri(system.text())) {
    report_.error(IssueType::value, kSystemNotAbsolute, system, {excerpt(system.text())});
  } else if (system.text() == "urn:ietf:rfc:3986" && value && value.has_value() && !is_absolute_uri(value.text())) {
    report_.error(IssueType::value, kIdentifierNotUri, value, {excerpt(value.text())});
  }
}

void Walk::attachment(Node node) {
  const Node data = node.child(shared_.names.data);
  const Node size = node.child(shared_.names.size);
  if (!data || !size || !data.has_value()) return;
  if (format_fault(fhir::Primitive::base64_binary, data.text()) != nullptr) return;
  std::size_t symbols = 0;
  for (const char c : data.text()) {
    if (c != '=' && c != ' ' && c != '\n' && c != '\r' && c != '\t') ++symbols;
  }
  const std::size_t bytes = symbols * 3 / 4;
  if (size.text() != std::to_string(bytes)) {
    report_.error(IssueType::value, kAttachmentSize, node, {std::string(size.text()), std::to_string(bytes)});
  }
}

void Walk::narrative(Node node, std::uint32_t scope) {
  const Node div = node.child(shared_.names.div);
  if (!div || !div.has_value()) return;
  scan_narrative(div.text(), narrative_);
  for (const NarrativeFault& fault : narrative_.faults) {
    std::vector<std::string> arguments;
    if (!fault.argument.empty()) arguments.push_back(fault.argument);
    report_.error(IssueType::invariant, *fault.message, div, std::move(arguments));
  }
  if (narrative_.faults.empty() && !narrative_.has_content) {
    report_.error(IssueType::invariant, kNarrativeEmpty, div);
  }
  // Links within may lead to any narrative of the document or to a contained resource: looked at in the end.
  narrative_ids_.insert(narrative_ids_.end(), narrative_.ids.begin(), narrative_.ids.end());
  for (const std::string_view target : narrative_.fragments)
    fragment_links_.push_back({scopes_[scope].container, target, div});
  for (const std::string_view target : narrative_.image_links)
    fragment_links_.push_back({scopes_[scope].container, target, div});
}

// Strings that would be unsafe to show, and URLs that must be absolute.
void Walk::primitive_form(Node node, const ElementRules& element, std::string_view text) {
  using fhir::Primitive;
  const Primitive kind = shared_.schema.type(node.type()).primitive;
  switch (kind) {
    case Primitive::string:
    case Primitive::markdown:
      if (const Message* doubt = format_doubt(kind, text)) {
        report_.warning(IssueType::value, *doubt, node, {excerpt(text)});
      }
      if (text.find('<') != std::string_view::npos && looks_like_html(text)) {
        const Severity severity =
            kind == Primitive::string ? shared_.options.html_in_strings : shared_.options.html_in_markdown;
        report_.add(severity, IssueType::security, kLooksLikeHtml, node);
      }
      break;
    case Primitive::canonical:
      if (!text.starts_with('#') && !is_absolute_uri(text)) {
        report_.error(IssueType::value, kUrlNotAbsolute, node, {excerpt(text)});
      }
      break;
    default:
      break;
  }
  if (element.info->max_length > 0 && text.size() > element.info->max_length) {
    report_.error(
        IssueType::too_long, kProfileMaxLength, node,
        {std::to_string(text.size()), std::to_string(element.info->max_length), std::string(element.info->path)});
  }
}

// https://hl7.org/fhir/R4/terminologies.html#strength
void Walk::binding(Node node, const ElementRules& element, SpecialType special) {
  switch (special) {
    case SpecialType::codeable_concept:
      bound_concept(node, element);
      break;
    case SpecialType::coding:
    case SpecialType::quantity: {
      const std::string_view code = text_of(node, shared_.names.code);
      if (!code.empty()) bound_code(node, element, text_of(node, shared_.names.system), code);
      break;
    }
    default:
      break;
  }
}

void Walk::bound_code(Node node, const ElementRules& element, std::string_view system, std::string_view code) {
  switch (element.code_form) {
    case CodeForm::language:
      if (!is_language_tag(code)) report_.error(IssueType::code_invalid, kNotALanguage, node, {excerpt(code)});
      return;
    case CodeForm::mime_type:
      if (!is_mime_type(code)) report_.error(IssueType::code_invalid, kNotAMimeType, node, {excerpt(code)});
      return;
    case CodeForm::currency:
      if (!is_currency(code)) report_.error(IssueType::code_invalid, kNotACurrency, node, {excerpt(code)});
      return;
    case CodeForm::none:
      break;
  }
  const BindingStrength strength = element.info->binding;
  if (strength != BindingStrength::required && strength != BindingStrength::extensible) return;
  if (is_in_set(*element.info, system, code) != Membership::not_in) return;
  report_.add(strength == BindingStrength::required ? Severity::error : Severity::warning, IssueType::code_invalid,
              kCodeNotInValueSet, node, {excerpt(code), std::string(element.info->value_set_url)});
}

Membership Walk::is_in_set(const fhir::ElementInfo& element, std::string_view system, std::string_view code) const {
  // A set that the schema does not have, only the terminology in force may know.
  if (element.value_set == fhir::ValueSetId::none && shared_.options.terminology == nullptr) return Membership::unknown;
  return shared_.contains(element.value_set, element.value_set_url, system, code);
}

void Walk::bound_concept(Node node, const ElementRules& element) {
  const BindingStrength strength = element.info->binding;
  if (strength != BindingStrength::required && strength != BindingStrength::extensible) return;
  const Severity severity = strength == BindingStrength::required ? Severity::error : Severity::warning;
  const std::string set(element.info->value_set_url);
  std::size_t codes = 0;
  bool fits = false;
  for (const Node coding : node.children(shared_.names.coding)) {
    const std::string_view code = text_of(coding, shared_.names.code);
    if (code.empty()) continue;
    ++codes;
    fits = fits || is_in_set(*element.info, text_of(coding, shared_.names.system), code) != Membership::not_in;
  }
  if (codes == 0) {
    // An extensible binding leaves a concept without a code to its text.
    if (severity == Severity::error || !node.child(shared_.names.text)) {
      report_.add(severity, IssueType::code_invalid, kNoCodeFromValueSet, node, {set});
    }
  } else if (!fits) {
    report_.add(severity, IssueType::code_invalid, kConceptNotInValueSet, node, {set});
  }
}

}  // namespace meridian::validation::internal
