// Any bytes as an expression. Properties:
//   - what parses prints as an expression that parses to the same (print, parse, print is a fixpoint);
//   - with and without optimisation an expression gives the same values on a document, or both fail or give up;
//   - it ends: limits bound the time.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhirpath/expression.hpp"
#include "fhirpath/internal/ast.hpp"

namespace meridian::fhirpath {
namespace {

constexpr std::string_view kPatient = R"({"resourceType":"Patient","id":"p","active":true,
"contained":[{"resourceType":"Organization","id":"o","name":"Ward"}],
"extension":[{"url":"http://x/race","valueCoding":{"system":"s","code":"c"}}],
"name":[{"use":"official","family":"Ödegaard","given":["Ann","B."],"_given":[null,{"id":"g"}]},{"use":"usual","given":["Annie"]}],
"telecom":[{"system":"phone","value":"12"},{"system":"email","value":"a@b"}],
"birthDate":"1974-12","_birthDate":{"extension":[{"url":"http://x/t","valueDateTime":"1974-12-25T14:35:45-05:00"}]},
"multipleBirthInteger":2,"managingOrganization":{"reference":"#o"},
"contact":[{"period":{"start":"2001","end":"2001-05-06T10:10:10Z"}}]})";

const fhir::Document& sample() {
  static const fhir::Document document = [] {
    Issues issues;
    return fhir::DocumentParser().parse(std::string(kPatient), issues);
  }();
  return document;
}

[[noreturn]] void broken(const char* property, const std::string& detail) {
  std::fprintf(stderr, "%s: %s\n", property, detail.c_str());
  std::abort();
}

void check_printing(std::string_view text) {
  const internal::SyntaxLimits limits{64 * 1024, 200, 10'000};
  Issues issues;
  const auto tree = internal::parse(text, limits, issues);
  if (!tree) return;
  const std::string printed = internal::print(*tree);
  const internal::SyntaxLimits wider{1 << 20, 1000, 100'000};
  const auto again = internal::parse(printed, wider, issues);
  if (!again) broken("what is printed does not parse", printed);
  const std::string twice = internal::print(*again);
  if (twice != printed) broken("printing is not a fixpoint", printed + "\n" + twice);
}

std::string result_of(std::string_view text, Optimisation optimisation, EvaluationContext& context, bool& gave_up) {
  const fhir::TypeId type = sample().root().type();
  CompileOptions options;
  options.input_types = {&type, 1};
  options.optimisation = optimisation;
  options.strictness = Strictness::lenient;
  Issues issues;
  const auto expression = Expression::compile(text, options, issues);
  if (!expression) return "not compiled";
  static_cast<void>(expression->explain());
  const Result<Collection> values = expression->evaluate(sample().root(), context);
  if (!values) {
    gave_up = values.error().code() == ErrorCode::too_costly;
    return "failed";
  }
  std::string out;
  for (const Value& value : *values) out += typed_json(value) + "\n";
  return out;
}

void check(std::string_view text) {
  // What is not the same twice cannot be compared.
  if (text.find("now") != std::string_view::npos || text.find("timeOfDay") != std::string_view::npos) return;
  check_printing(text);
  static EvaluationContext context;
  context.set_limits({.max_steps = 100'000, .max_items = 50'000, .max_bytes = 1 << 20});
  bool gave_up = false;
  const std::string with = result_of(text, Optimisation::on, context, gave_up);
  const std::string without = result_of(text, Optimisation::off, context, gave_up);
  // Early ends and folding may spare a failure that the plain plan runs into.
  if (gave_up || without == "failed" || without == "not compiled") return;
  if (with != without) broken("optimisation changes the result", std::string(text) + "\n" + with + "---\n" + without);
}

}  // namespace
}  // namespace meridian::fhirpath

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  meridian::fhirpath::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
