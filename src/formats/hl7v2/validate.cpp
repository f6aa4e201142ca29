#include "formats/hl7v2/validate.hpp"

#include <string>
#include <utility>
#include <vector>

#include "formats/hl7v2/faults.hpp"
#include "formats/hl7v2/header.hpp"
#include "formats/hl7v2/internal/data_type.hpp"
#include "formats/hl7v2/internal/structure_check.hpp"
#include "formats/hl7v2/path.hpp"
#include "formats/hl7v2/structure.hpp"
#include "formats/hl7v2/text.hpp"

namespace meridian::hl7v2 {

namespace {

/// Types of coded values, whose table holds for their first component.
bool is_coded(std::string_view data_type) {
  return data_type == "CE" || data_type == "CWE" || data_type == "CNE" || data_type == "CF";
}

class Validation {
 public:
  Validation(const Message& message, const ValidateOptions& options, Issues& issues)
      : message_(message),
        options_(options),
        issues_(issues),
        schema_(options.schema != nullptr ? *options.schema : Schema::nearest(message.header().version())) {}

  void run() {
    check_version();
    const std::vector<std::uint32_t> counts = occurrences(message_);
    const MessageDefinition* const definition = definition_of(message_.header(), schema_);
    if (definition == nullptr) {
      const Header header = message_.header();
      add(Severity::warning, IssueType::not_supported, faults::kMessageUnknown,
          {short_code(header.type()) + "_" + short_code(header.trigger()), std::string(schema_.version())},
          Path{.segment = "MSH", .field = 9}, header.segment().field(9).offset());
    } else {
      internal::check_structure(Structure(message_, definition), counts, issues_);
    }
    for (const Segment segment : message_.segments()) check_segment(segment, counts[segment.index()]);
  }

 private:
  static std::string short_code(std::string_view code) { return std::string(code.substr(0, 16)); }

  void check_version() {
    const std::string_view version = message_.header().version();
    if (options_.schema != nullptr || Schema::of(version) != nullptr) return;
    add(Severity::warning, IssueType::not_supported, faults::kVersionUnknown,
        {short_code(version), std::string(schema_.version())}, Path{.segment = "MSH", .field = 12},
        message_.header().segment().field(12).offset());
  }

  void check_segment(const Segment& segment, std::uint32_t occurrence) {
    Path path{.segment = std::string(segment.name()), .occurrence = occurrence};
    const SegmentDefinition* const definition = schema_.segment(segment.name());
    if (definition == nullptr) {
      if (!segment.name().starts_with('Z')) {
        add(Severity::warning, IssueType::not_found, faults::kSegmentUnknown,
            {path.segment, std::string(schema_.version())}, path, segment.offset());
      }
      return;
    }
    for (std::uint32_t number = 1; number <= definition->fields.size(); ++number) {
      path.field = number;
      check_field(segment, definition->fields[number - 1], path);
    }
    if (segment.field_count() > definition->fields.size() && has_value_beyond(segment, definition->fields.size())) {
      path.field = static_cast<std::uint32_t>(definition->fields.size()) + 1;
      add(Severity::warning, IssueType::structure, faults::kFieldUnknown,
          {path.segment, std::to_string(definition->fields.size()), std::to_string(segment.field_count())}, path,
          segment.field(path.field).offset());
    }
  }

  static bool has_value_beyond(const Segment& segment, std::size_t last) {
    for (std::size_t i = last + 1; i <= segment.field_count(); ++i) {
      if (!segment.field(i).raw().empty()) return true;
    }
    return false;
  }

  void check_field(const Segment& segment, const ElementDefinition& element, Path path) {
    const Field field = segment.field(path.field);
    if (field.raw().empty()) {
      if (element.optionality == Optionality::required) {
        add(Severity::error, IssueType::required, faults::kFieldMissing, {std::string(element.name)}, path,
            segment.offset());
      }
      return;
    }
    // MSH-1 and MSH-2 are the separators themselves.
    if (path.field <= 2 && (path.segment == "MSH" || path.segment == "FHS" || path.segment == "BHS")) return;
    const std::size_t count = field.repetitions().size();
    if (element.max_repetitions != 0 && count > element.max_repetitions) {
      add(Severity::error, IssueType::structure, faults::kTooManyRepetitions,
          {std::string(element.name), std::to_string(element.max_repetitions), std::to_string(count)}, path,
          field.offset());
    }
    ElementDefinition typed = element;
    if (element.data_type == "VARIES" && !resolve_type(segment, path, field, typed)) return;
    path.repetition = 0;
    std::uint32_t number = 0;
    for (const Repetition repetition : field) {
      ++number;
      if (count > 1) path.repetition = number;
      if (repetition.presence() == Presence::value) check_repetition(repetition, typed, path);
    }
  }

  /// OBX-5 is of the type that OBX-2 says. What varies elsewhere is not checked.
  bool resolve_type(const Segment& segment, const Path& path, const Field& field, ElementDefinition& element) {
    if (path.segment != "OBX" || path.field != 5) return false;
    const DataTypeDefinition* const type = schema_.data_type(segment.field(2).component(1).raw());
    if (type == nullptr) {
      Path place = path;
      place.field = 2;
      add(Severity::error, IssueType::code_invalid, faults::kTypeUnknown, {std::string(schema_.version())}, place,
          field.offset());
      return false;
    }
    element.data_type = type->name;
    return true;
  }

  void check_repetition(const Repetition& repetition, const ElementDefinition& element, Path path) {
    check_length(repetition, element, path);
    const DataTypeDefinition* const type = schema_.data_type(element.data_type);
    if (type == nullptr || type->components.empty()) {
      check_leaf(repetition, element, path);
      return;
    }
    check_table_of_coded(repetition, element, path);
    const std::size_t count = repetition.components().size();
    if (count > type->components.size()) note_parts(*type, count, path, repetition);
    std::uint32_t number = 0;
    for (const Component component : repetition) {
      if (++number > type->components.size()) break;
      path.component = number;
      check_component(component, type->components[number - 1], path);
    }
    for (std::size_t i = 0; i < type->components.size(); ++i) {
      path.component = static_cast<std::uint32_t>(i + 1);
      const bool is_there = i < count && !repetition.component(i + 1).raw().empty();
      if (!is_there && type->components[i].optionality == Optionality::required) {
        add(Severity::warning, IssueType::required, faults::kFieldMissing, {std::string(type->components[i].name)},
            path, repetition.offset());
      }
    }
  }

  void check_component(const Component& component, const ElementDefinition& element, Path path) {
    if (component.presence() != Presence::value) return;
    check_length(component, element, path);
    const DataTypeDefinition* const type = schema_.data_type(element.data_type);
    if (type == nullptr || type->components.empty()) {
      check_leaf(component, element, path);
      return;
    }
    const std::size_t count = component.subcomponents().size();
    if (count > type->components.size()) note_parts(*type, count, path, component);
    std::uint32_t number = 0;
    for (const Subcomponent subcomponent : component) {
      if (++number > type->components.size()) break;
      if (count > 1) path.subcomponent = number;
      const ElementDefinition& part = type->components[number - 1];
      const DataTypeDefinition* const part_type = schema_.data_type(part.data_type);
      const bool is_primitive = part_type == nullptr || part_type->components.empty();
      if (is_primitive && subcomponent.presence() == Presence::value) check_leaf(subcomponent, part, path);
    }
  }

  /// A value of a primitive type. Texts may hold separators that somebody forgot to escape.
  void check_leaf(const Value& value, const ElementDefinition& element, const Path& path) {
    const std::string_view type = element.data_type;
    if (!value.is_leaf() && type != "TX" && type != "FT") {
      add(Severity::warning, IssueType::structure, faults::kTooManyParts, {std::string(type), "1", "2"}, path,
          value.offset());
    }
    text_.clear();
    if (append_unescaped(text_, value.raw(), message_.separators()) > 0) {
      add(Severity::warning, IssueType::invalid, faults::kEscapeUnknown, {}, path, value.offset());
    }
    const std::string_view text = value.text(text_);
    if (text == "\"\"" || text.empty()) return;
    if (!internal::is_value_of(type, text)) {
      add(Severity::error, IssueType::value, faults::kNotOfType, {std::string(type)}, path, value.offset());
    }
    if (type == "ID") check_table(Severity::warning, text, element.table, path, value.offset());
    if (type == "IS") check_table(Severity::information, text, element.table, path, value.offset());
  }

  void check_table_of_coded(const Repetition& repetition, const ElementDefinition& element, Path path) {
    if (!is_coded(element.data_type) || element.table == 0) return;
    const Component code = repetition.component(1);
    const std::string_view system = repetition.component(3).raw();
    if (!code.has_value() || !(system.empty() || system.starts_with("HL7"))) return;
    path.component = 1;
    check_table(Severity::information, code.text(text_), element.table, path, code.offset());
  }

  void check_table(Severity severity, std::string_view code, std::uint32_t number, const Path& path,
                   std::size_t offset) {
    const CodeTable* const table = number == 0 || options_.tables == Check::off ? nullptr : Schema::table(number);
    if (table == nullptr || table->codes.empty() || table->has(code)) return;
    std::string name = std::to_string(number);
    name.insert(0, name.size() < 4 ? 4 - name.size() : 0, '0');
    add(severity, IssueType::code_invalid, faults::kNotInTable, {name, std::string(table->name)}, path, offset);
  }

  void check_length(const Value& value, const ElementDefinition& element, const Path& path) {
    // 65536 stands for "any" in the tables.
    if (options_.lengths == Check::off || element.length == 0 || element.length >= 65536) return;
    if (value.raw().size() <= element.length) return;
    const std::size_t length = internal::length_of(value.raw());
    if (length <= element.length) return;
    add(Severity::warning, IssueType::too_long, faults::kTooLong,
        {std::string(element.name), std::to_string(element.length), std::to_string(length)}, path, value.offset());
  }

  void note_parts(const DataTypeDefinition& type, std::size_t count, const Path& path, const Value& value) {
    add(Severity::warning, IssueType::structure, faults::kTooManyParts,
        {std::string(type.name), std::to_string(type.components.size()), std::to_string(count)}, path, value.offset());
  }

  void add(Severity severity, IssueType type, const faults::Text& what, std::vector<std::string> arguments,
           const Path& path, std::size_t offset) {
    issues_.add({severity, type, what, std::move(arguments), to_string(path), {offset, 0, 0}});
  }

  const Message& message_;
  const ValidateOptions& options_;
  Issues& issues_;
  const Schema& schema_;
  std::string text_;
};

}  // namespace

void validate(const Message& message, const ValidateOptions& options, Issues& issues) {
  if (message) Validation(message, options, issues).run();
}

}  // namespace meridian::hl7v2
