#include "rest/code_system_operations.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/decimal.hpp"
#include "formats/fhir/json_writer.hpp"
#include "rest/messages.hpp"
#include "rest/outcome.hpp"
#include "rest/terminology_input.hpp"

namespace meridian::rest {
namespace {

using terminology::CodeNumber;
using terminology::CodeSystem;
using terminology::Verdict;

void begin_parameters(fhir::JsonWriter& json) {
  json.begin_object();
  json.key("resourceType").string("Parameters");
  json.key("parameter").begin_array();
}

std::string end_parameters(fhir::JsonWriter& json) {
  json.end_array();
  json.end_object();
  return std::move(json).take();
}

void write(fhir::JsonWriter& json, std::string_view name, std::string_view type, std::string_view value) {
  if (value.empty()) return;
  json.begin_object().key("name").string(name).key("value", type).string(value).end_object();
}

void begin_parts(fhir::JsonWriter& json, std::string_view name) {
  json.begin_object().key("name").string(name).key("part").begin_array();
}

void end_parts(fhir::JsonWriter& json) {
  json.end_array();
  json.end_object();
}

/// Whether it may stand in JSON as a number: definitions are not validated when they are stored.
bool is_number(std::string_view text) {
  return Decimal::parse(text).has_value() && !text.starts_with('+') && text.find_first_of("nN") == text.npos;
}

void write_value(fhir::JsonWriter& json, const terminology::Property& property) {
  using terminology::ValueType;
  json.begin_object().key("name").string("value");
  const bool is_numeric = property.type == ValueType::integer || property.type == ValueType::decimal;
  switch (is_numeric && !is_number(property.value) ? ValueType::string : property.type) {
    case ValueType::boolean:
      json.key("valueBoolean").boolean(property.value == "true");
      break;
    case ValueType::integer:
      json.key("valueInteger").number(property.value);
      break;
    case ValueType::decimal:
      json.key("valueDecimal").number(property.value);
      break;
    case ValueType::coding: {
      const std::size_t bar = property.value.rfind('|');
      json.key("valueCoding").begin_object();
      if (bar != property.value.npos && bar > 0) json.key("system").string(property.value.substr(0, bar));
      json.key("code").string(property.value.substr(bar == property.value.npos ? 0 : bar + 1));
      json.end_object();
      break;
    }
    case ValueType::code:
      json.key("valueCode").string(property.value);
      break;
    case ValueType::date_time:
      json.key("valueDateTime").string(property.value);
      break;
    case ValueType::string:
      json.key("valueString").string(property.value);
      break;
  }
  json.end_object();
}

void write_property(fhir::JsonWriter& json, const terminology::Property& property) {
  begin_parts(json, "property");
  write(json, "code", "Code", property.name);
  write_value(json, property);
  end_parts(json);
}

class LookedUp {
 public:
  LookedUp(fhir::JsonWriter& json, const TerminologyInput& input, const terminology::Found& found)
      : json_(json), input_(input), system_(*found.system), number_(found.number), wanted_(input.texts("property")) {}

  void write_all() {
    const std::string language = input_.language();
    write(json_, "name", "String", system_.about().name.empty() ? system_.about().url : system_.about().name);
    write(json_, "version", "String", system_.about().version);
    const std::string_view display = input_.snapshot().display(system_, number_, language);
    write(json_, "display", "String", display.empty() ? system_.code(number_) : display);
    if (is_wanted("designation")) write_designations();
    if (!system_.definition(number_).empty() && is_wanted("definition")) {
      write_property(json_, {"definition", terminology::ValueType::string, system_.definition(number_)});
    }
    if (is_wanted("inactive")) {
      write_property(json_,
                     {"inactive", terminology::ValueType::boolean, system_.is_active(number_) ? "false" : "true"});
    }
    if (is_wanted("notSelectable") && system_.is_abstract(number_)) {
      write_property(json_, {"notSelectable", terminology::ValueType::boolean, "true"});
    }
    for (std::size_t at = 0; at < system_.property_count(number_); ++at) {
      const terminology::Property property = system_.property(number_, at);
      if (is_wanted(property.name)) write_property(json_, property);
    }
    if (is_wanted("parent")) write_links("parent", system_.parents(number_));
    // A code may have thousands of children: they are told to whoever asks for them.
    if (std::ranges::find(wanted_, "child") != wanted_.end()) write_links("child", system_.children(number_));
  }

 private:
  bool is_wanted(std::string_view name) const {
    return wanted_.empty() || std::ranges::find(wanted_, name) != wanted_.end() ||
           std::ranges::find(wanted_, "*") != wanted_.end();
  }
  void write_links(std::string_view name, std::span<const CodeNumber> codes) {
    for (const CodeNumber code : codes) write_property(json_, {name, terminology::ValueType::code, system_.code(code)});
  }
  void write_designations() {
    for (const terminology::Designation& one : input_.snapshot().designations(system_, number_)) {
      begin_parts(json_, "designation");
      write(json_, "language", "Code", one.language);
      if (!one.use.empty()) {
        json_.begin_object().key("name").string("use").key("valueCoding").begin_object();
        json_.key("code").string(one.use).end_object().end_object();
      }
      write(json_, "value", "String", one.value);
      end_parts(json_);
    }
  }

  fhir::JsonWriter& json_;
  const TerminologyInput& input_;
  const CodeSystem& system_;
  CodeNumber number_;
  std::vector<std::string_view> wanted_;
};

Result<std::string> looked_up(const Exchange& exchange) {
  const TerminologyInput input = TRY(TerminologyInput::of(exchange));
  const std::vector<SentCode> codes = TRY(input.codes());
  const SentCode& code = codes.front();
  if (code.system.empty()) return fail(ErrorCode::invalid_argument, "the code's system is missing");
  fhir::JsonWriter json;
  begin_parameters(json);
  const auto found = terminology::lookup(input.snapshot(), code.view());
  if (found) {
    LookedUp(json, input, *found).write_all();
    return end_parameters(json);
  }
  // A code of a grammar has no name but itself.
  const terminology::Grammar grammar = input.snapshot().grammar(code.system);
  if (grammar == nullptr || !grammar(code.code)) return fail(found.error());
  write(json, "name", "String", code.system);
  write(json, "display", "String", code.code);
  return end_parameters(json);
}

std::string reason(const Verdict& verdict, const SentCode& code, Language language) {
  const auto say = [&](const Message& message, std::vector<std::string> arguments) {
    return text(Issue(Severity::error, IssueType::code_invalid, message, std::move(arguments)), language);
  };
  switch (verdict.kind) {
    case Verdict::Kind::not_in:
      return say(kCodeNotIn, {code.code});
    case Verdict::Kind::unknown_system:
      return say(kCodeNotKnown, {code.code, code.system});
    case Verdict::Kind::wrong_display:
      return say(kWrongDisplay, {code.display, code.code, verdict.display});
    case Verdict::Kind::valid:
      break;
  }
  return {};
}

/// Of several codings, one that is right is enough.
template <typename Validate>
Result<std::string> validated(const Exchange& exchange, const std::vector<SentCode>& codes, Validate validate) {
  std::optional<Verdict> best;
  std::string message;
  for (const SentCode& code : codes) {
    const Verdict verdict = TRY(validate(code));
    if (best && verdict.kind != Verdict::Kind::valid) continue;
    best = verdict;
    message = reason(verdict, code, exchange.representation.language);
    if (verdict.kind == Verdict::Kind::valid) break;
  }
  fhir::JsonWriter json;
  begin_parameters(json);
  json.begin_object().key("name").string("result");
  json.key("valueBoolean").boolean(best->kind == Verdict::Kind::valid).end_object();
  write(json, "message", "String", message);
  write(json, "display", "String", best->display);
  return end_parameters(json);
}

Result<std::string> validated_in_system(const Exchange& exchange) {
  const TerminologyInput input = TRY(TerminologyInput::of(exchange));
  std::vector<SentCode> codes = TRY(input.codes());
  const std::string system = TRY(input.system());
  const std::string bare = system.substr(0, system.find('|'));
  for (SentCode& code : codes) {
    if (code.system.empty()) code.system = system;
    if (code.system.empty()) return fail(ErrorCode::invalid_argument, "a code system is missing: give url");
  }
  return validated(exchange, codes, [&](const SentCode& code) -> Result<Verdict> {
    if (!bare.empty() && code.system.substr(0, code.system.find('|')) != bare) {
      return Verdict{Verdict::Kind::not_in, {}, code.system, false};
    }
    terminology::Code asked = code.view();
    if (!system.empty()) asked.system = system;
    return terminology::validate_in_system(input.snapshot(), asked, code.display, input.language());
  });
}

Result<std::string> validated_in_set(const Exchange& exchange) {
  const TerminologyInput input = TRY(TerminologyInput::of(exchange));
  const std::vector<SentCode> codes = TRY(input.codes());
  const TerminologyInput::Set set = TRY(input.value_set());
  return validated(exchange, codes, [&](const SentCode& code) {
    return terminology::validate_in_set(input.snapshot(), *set.codes, code.view(), code.display, input.language());
  });
}

Result<std::string> compared(const Exchange& exchange) {
  constexpr std::array<std::string_view, 4> kNames{"equivalent", "subsumes", "subsumed-by", "not-subsumed"};
  const TerminologyInput input = TRY(TerminologyInput::of(exchange));
  const std::vector<SentCode> a = TRY(input.codes("A"));
  const std::vector<SentCode> b = TRY(input.codes("B"));
  std::string system = TRY(input.system());
  if (system.empty()) system = a.front().system;
  if (system.empty()) return fail(ErrorCode::invalid_argument, "a code system is missing: give system");
  const std::string bare = system.substr(0, system.find('|'));
  for (const std::string& own : {a.front().system, b.front().system}) {
    if (!own.empty() && own != bare && own != system) {
      return fail(ErrorCode::invalid_argument, "the codes are of different systems");
    }
  }
  const terminology::Order order =
      TRY(terminology::compare(input.snapshot(), system, {}, a.front().code, b.front().code));
  fhir::JsonWriter json;
  begin_parameters(json);
  write(json, "outcome", "Code", kNames[static_cast<std::size_t>(order)]);
  return end_parameters(json);
}

http::Response respond(const Exchange& exchange, Result<std::string> made) {
  if (!made) return refuse(made.error(), exchange.representation);
  return answer(*std::move(made), exchange.representation);
}

}  // namespace

http::Response look_up_code(const Exchange& exchange) {
  return respond(exchange, looked_up(exchange));
}
http::Response validate_system_code(const Exchange& exchange) {
  return respond(exchange, validated_in_system(exchange));
}
http::Response validate_set_code(const Exchange& exchange) {
  return respond(exchange, validated_in_set(exchange));
}
http::Response compare_codes(const Exchange& exchange) {
  return respond(exchange, compared(exchange));
}

}  // namespace meridian::rest
