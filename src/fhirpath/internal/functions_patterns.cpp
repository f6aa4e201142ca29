// matches(), matchesFull(), replaceMatches(): https://hl7.org/fhirpath/N1/#matchesregex--string--boolean
//
// A dot matches line breaks too ("single line mode"). Constant patterns were compiled with the expression.
#include <re2/re2.h>

#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"
#include "fhirpath/internal/patterns.hpp"

namespace meridian::fhirpath::internal {

std::unique_ptr<re2::RE2> compile_pattern(std::string_view pattern, std::string& fault) {
  re2::RE2::Options options;
  options.set_dot_nl(true);
  options.set_log_errors(false);
  options.set_max_mem(std::int64_t{4} << 20);
  auto compiled = std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (compiled->ok()) return compiled;
  fault = compiled->error();
  return nullptr;
}

namespace {

constexpr std::uint32_t kNoPattern = 0;

/// Patterns made while evaluating are kept: an expression has few.
const re2::RE2* pattern_of(Machine& machine, const Op& op, std::string_view text) {
  if (op.number != kNoPattern) return machine.plan().patterns[op.number - 1].get();
  auto& known = machine.scratch().patterns;
  const auto found = known.find(text);
  if (found != known.end()) return found->second.get();
  // Compiling costs far more than a step.
  if (!machine.charge(500 + text.size() * 10)) return nullptr;
  std::string fault;
  std::unique_ptr<re2::RE2> compiled = compile_pattern(text, fault);
  if (!compiled) {
    machine.fail(ErrorCode::unprocessable, std::string(op.label) + ": the regular expression is not valid: " + fault);
    return nullptr;
  }
  constexpr std::size_t kKept = 64;
  if (known.size() >= kKept) known.clear();
  return known.emplace(std::string(text), std::move(compiled)).first->second.get();
}

Outcome text_and_pattern(Machine& machine, const Op& op, std::string_view& text, const re2::RE2*& pattern) {
  Value value;
  const Outcome outcome = machine.single_system_input(op, value);
  if (outcome == Outcome::failed) return outcome;
  std::string_view written;
  const Outcome has_pattern = machine.single_string(machine.operand(op, 0), written, op.label);
  if (has_pattern == Outcome::failed) return has_pattern;
  if (outcome == Outcome::empty || has_pattern == Outcome::empty) return Outcome::empty;
  if (value.type() != ValueType::string) {
    return machine.failed(ErrorCode::unprocessable, std::string(op.label) + " needs a string, not " + type_name(value));
  }
  text = value.string();
  if (!machine.charge(text.size() / 16)) return Outcome::failed;
  pattern = pattern_of(machine, op, written);
  return pattern == nullptr ? Outcome::failed : Outcome::yes;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

/// $1, $2 … of the specification are \1, \2 … of RE2; a backslash stands for itself.
std::string rewrite_of(std::string_view substitution) {
  std::string out;
  for (std::size_t at = 0; at < substitution.size(); ++at) {
    const char c = substitution[at];
    if (c == '$' && at + 1 < substitution.size() && substitution[at + 1] >= '0' && substitution[at + 1] <= '9') {
      out += '\\';
    } else if (c == '\\') {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

Outcome decide_matches(Machine& machine, const Op& op) {
  std::string_view text;
  const re2::RE2* pattern = nullptr;
  const Outcome outcome = text_and_pattern(machine, op, text, pattern);
  return outcome == Outcome::yes ? outcome_of(re2::RE2::PartialMatch(piece(text), *pattern)) : outcome;
}

Outcome decide_matches_full(Machine& machine, const Op& op) {
  std::string_view text;
  const re2::RE2* pattern = nullptr;
  const Outcome outcome = text_and_pattern(machine, op, text, pattern);
  return outcome == Outcome::yes ? outcome_of(re2::RE2::FullMatch(piece(text), *pattern)) : outcome;
}

// https://hl7.org/fhirpath/N1/#replacematchesregex--string-substitution-string--string
bool run_replace_matches(Machine& machine, const Op& op, Demand /*demand*/) {
  std::string_view text;
  const re2::RE2* pattern = nullptr;
  const Outcome outcome = text_and_pattern(machine, op, text, pattern);
  if (outcome == Outcome::failed) return false;
  std::string_view substitution;
  const Outcome has_substitution = machine.single_string(machine.operand(op, 1), substitution, op.label);
  if (has_substitution == Outcome::failed) return false;
  if (outcome == Outcome::empty || has_substitution == Outcome::empty) return true;
  // An empty pattern changes nothing.
  if (pattern->pattern().empty()) return machine.push(Value::of_string(text));
  const std::string rewrite = rewrite_of(substitution);
  std::string fault;
  if (!pattern->CheckRewriteString(piece(rewrite), &fault)) {
    return machine.fail(ErrorCode::unprocessable, "replaceMatches(): the substitution is not valid: " + fault);
  }
  // Each match may grow by the substitution and by what its groups hold.
  const std::uint64_t worst = (text.size() + 1) * (substitution.size() + 1);
  if (worst > machine.context().limits().max_bytes) {
    return machine.fail(ErrorCode::too_costly, "replaceMatches() could make more bytes than the limit (max_bytes)");
  }
  std::string out(text);
  re2::RE2::GlobalReplace(&out, *pattern, piece(rewrite));
  const std::string_view kept = machine.keep(out);
  return kept.size() == out.size() && machine.push(Value::of_string(kept));
}

}  // namespace meridian::fhirpath::internal
