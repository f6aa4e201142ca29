#include "fhirpath/expression.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "fhirpath/ports.hpp"

namespace meridian::fhirpath {
namespace {

constexpr std::string_view kPatient = R"({"resourceType":"Patient","id":"p1","active":true,
"contained":[{"resourceType":"Organization","id":"o1","name":"Ward 7"}],
"name":[{"use":"official","family":"Chalmers","given":["Peter","James"]},{"use":"usual","given":["Jim"]}],
"gender":"male","birthDate":"1974-12-25","multipleBirthInteger":2,
"managingOrganization":{"reference":"#o1"},"generalPractitioner":[{"reference":"Practitioner/9"}]})";

class ExpressionTest : public ::testing::Test {
 protected:
  ExpressionTest() { patient_ = fhir::DocumentParser().parse(std::string(kPatient), issues_); }

  CompileOptions for_patient() const {
    static const fhir::TypeId kType = fhir::Schema::r4().find_type("Patient");
    CompileOptions options;
    options.input_types = {&kType, 1};
    return options;
  }
  /// The values as text, with `, ` between; or the error's name.
  std::string evaluate(std::string_view expression) { return evaluate(expression, for_patient()); }
  std::string evaluate(std::string_view expression, const CompileOptions& options) {
    const Result<Expression> compiled = Expression::compile_or_error(expression, options);
    if (!compiled) return "not compiled: " + compiled.error().message();
    const Result<Collection> values = compiled->evaluate(patient_.root(), context_);
    if (!values) return std::string(name(values.error().code()));
    std::string out;
    for (const Value& value : *values) out += (out.empty() ? "" : ", ") + text(value);
    return out;
  }
  /// Id and column of the first error.
  std::string fault(std::string_view expression) {
    Issues issues;
    EXPECT_FALSE(Expression::compile(expression, for_patient(), issues)) << expression;
    if (issues.empty()) return "none";
    return std::string(issues.all()[0].message->id) + " at " + std::to_string(issues.all()[0].position.column);
  }

  Issues issues_;
  fhir::Document patient_;
  EvaluationContext context_;
};

// --- what is wrong with an expression

TEST_F(ExpressionTest, says_which_member_is_unknown_and_where) {
  EXPECT_EQ(fault("Patient.name.given1"), "fhirpath-member at 14");
}
TEST_F(ExpressionTest, says_which_function_is_unknown_and_where) {
  EXPECT_EQ(fault("name.frist()"), "fhirpath-function at 6");
}
TEST_F(ExpressionTest, says_that_a_function_is_known_and_not_supported) {
  EXPECT_EQ(fault("name.slice('x', 'y')"), "fhirpath-unsupported at 6");
}
TEST_F(ExpressionTest, counts_arguments) {
  EXPECT_EQ(fault("name.skip()"), "fhirpath-arguments at 6");
}
TEST_F(ExpressionTest, names_the_element_when_a_json_key_is_written) {
  const auto error = Expression::compile_or_error("Patient.multipleBirthInteger", for_patient());
  ASSERT_FALSE(error);
  EXPECT_NE(error.error().message().find("multipleBirth.ofType(integer)"), std::string::npos);
}
TEST_F(ExpressionTest, refuses_a_path_that_begins_with_another_type) {
  EXPECT_EQ(fault("Encounter.status"), "fhirpath-root at 1");
}
TEST_F(ExpressionTest, refuses_operands_that_cannot_go_together) {
  EXPECT_EQ(fault("birthDate < 3"), "fhirpath-operands at 11");
  EXPECT_EQ(fault("name + 1"), "fhirpath-operands at 6");
}
TEST_F(ExpressionTest, refuses_unknown_types_variables_and_escapes) {
  EXPECT_EQ(fault("name is HumanNmae"), "fhirpath-type at 9");
  EXPECT_EQ(fault("name.is('x')"), "fhirpath-not-a-type at 9");
  EXPECT_EQ(fault("%nothing"), "fhirpath-variable at 1");
  EXPECT_EQ(fault("'a\\q'"), "fhirpath-escape at 3");
  EXPECT_EQ(fault("'open"), "fhirpath-quote at 1");
  EXPECT_EQ(fault("/* open"), "fhirpath-comment at 1");
  EXPECT_EQ(fault("name ^ 2"), "fhirpath-character at 6");
  EXPECT_EQ(fault("@2015-13"), "fhirpath-date at 1");
  EXPECT_EQ(fault("@T14:00Z"), "fhirpath-time-offset at 1");
  EXPECT_EQ(fault("'a'.matches('(')"), "fhirpath-regex at 13");
  EXPECT_EQ(fault("$index"), "fhirpath-outside at 1");
  EXPECT_EQ(fault("(1 + 2"), "fhirpath-end at 7");
  EXPECT_EQ(fault("1 2"), "fhirpath-unexpected at 3");
}
TEST_F(ExpressionTest, puts_a_caret_under_the_fault) {
  EXPECT_EQ(caret("a +\nbc.d e", {9, 2, 6}), "bc.d e\n     ^");
}
TEST_F(ExpressionTest, a_caret_stands_right_behind_chinese_text) {
  EXPECT_EQ(caret("'姓' ^", {6, 1, 7}), "'姓' ^\n    ^");
}
TEST_F(ExpressionTest, checks_order_only_when_asked) {
  EXPECT_EQ(evaluate("children().skip(100)"), "");
  CompileOptions options = for_patient();
  options.order = OrderCheck::on;
  EXPECT_TRUE(evaluate("children().skip(1)", options).starts_with("not compiled"));
}

// --- pathological shapes

TEST_F(ExpressionTest, refuses_expressions_that_are_too_long) {
  EXPECT_EQ(fault(std::string(70'000, ' ') + "1"), "fhirpath-too-long at 1");
}
TEST_F(ExpressionTest, refuses_a_million_brackets_without_falling_over) {
  CompileOptions options = for_patient();
  options.max_bytes = 10'000'000;
  Issues issues;
  for (const char* piece : {"(", "-", "{}.iif(", "a[", "not(", "a.where("}) {
    std::string text;
    for (int i = 0; i < 1'000'000; ++i) text += piece;
    issues.clear();
    EXPECT_FALSE(Expression::compile(text, options, issues)) << piece;
    EXPECT_TRUE(issues.has_errors());
  }
}
TEST_F(ExpressionTest, refuses_endless_chains) {
  CompileOptions options = for_patient();
  options.max_bytes = 10'000'000;
  for (const char* piece : {".name", "+1", " | 1", "[0]", " is Patient", ".first()"}) {
    std::string text = "1";
    for (int i = 0; i < 100'000; ++i) text += piece;
    Issues issues;
    EXPECT_FALSE(Expression::compile(text, options, issues)) << piece;
  }
}
TEST_F(ExpressionTest, gives_up_on_what_would_take_too_long) {
  context_.set_limits({.max_steps = 5'000});
  EXPECT_EQ(evaluate("descendants().select(%context.descendants().select(%context.descendants().select(%context."
                     "descendants().select($this.id))))"),
            "too_costly");
  EXPECT_EQ(evaluate("name.repeatAll(%context.name)"), "too_costly");
}
TEST_F(ExpressionTest, gives_up_on_what_would_take_too_much_memory) {
  std::string doubling = "'0123456789'";
  for (int i = 0; i < 40; ++i) doubling += ".select($this & $this)";
  EXPECT_EQ(evaluate(doubling), "too_costly");
  EXPECT_EQ(evaluate("name.repeatAll(%context.descendants() | $this)"), "too_costly");
}
TEST_F(ExpressionTest, gives_up_when_the_time_is_over) {
  context_.set_limits({.max_steps = ~std::uint64_t{0} >> 2U, .max_items = 100'000'000, .max_milliseconds = 20});
  EXPECT_EQ(evaluate("name.repeatAll($this).count()"), "timeout");
}
TEST_F(ExpressionTest, ends_what_goes_in_circles) {
  EXPECT_EQ(evaluate("name.repeat(%context.name).count()"), "2");
}
TEST_F(ExpressionTest, recovers_after_a_failure) {
  EXPECT_EQ(evaluate("name.single()"), "unprocessable");
  EXPECT_EQ(evaluate("name.given.first()"), "Peter");
}

// --- what the plan knows

TEST_F(ExpressionTest, leaves_out_what_the_type_excludes) {
  CompileOptions options = for_patient();
  options.strictness = Strictness::lenient;
  EXPECT_EQ(evaluate("Person.birthDate | Patient.birthDate | RelatedPerson.birthDate", options), "1974-12-25");
  Issues issues;
  const auto expression = Expression::compile("Person.birthDate | Patient.birthDate", options, issues);
  ASSERT_TRUE(expression);
  EXPECT_EQ(issues.size(), 0U);
  EXPECT_EQ(expression->explain().find("Person"), std::string::npos);
}
TEST_F(ExpressionTest, warns_of_unknown_members_when_lenient) {
  CompileOptions options = for_patient();
  options.strictness = Strictness::lenient;
  Issues issues;
  EXPECT_TRUE(Expression::compile("Patient.nmae", options, issues));
  EXPECT_EQ(issues.warnings(), 1U);
}
TEST_F(ExpressionTest, turns_a_choice_into_one_step) {
  const auto expression = Expression::compile_or_error("multipleBirth.ofType(integer)", for_patient());
  ASSERT_TRUE(expression);
  EXPECT_NE(expression->explain().find("path multipleBirth:integer"), std::string::npos);
  EXPECT_EQ(evaluate("multipleBirth.ofType(integer)"), "2");
  EXPECT_EQ(evaluate("multipleBirth.ofType(boolean)"), "");
}
TEST_F(ExpressionTest, computes_constants_once) {
  const auto expression = Expression::compile_or_error("birthDate > @1970-01-01 + 2 years", for_patient());
  ASSERT_TRUE(expression);
  EXPECT_NE(expression->explain().find("constant 1972-01-01"), std::string::npos);
}
TEST_F(ExpressionTest, keeps_what_does_not_depend_on_the_item) {
  const auto expression =
      Expression::compile_or_error("name.where(use in %resource.descendants().select('official'))", for_patient());
  ASSERT_TRUE(expression);
  EXPECT_NE(expression->explain().find("once"), std::string::npos);
  EXPECT_EQ(evaluate("name.where(use in %resource.descendants().select('official')).count()"), "1");
}
TEST_F(ExpressionTest, computes_once_what_is_written_twice) {
  const std::string twice = "name.where(use = 'official').given.first() & name.where(use = 'official').family";
  const auto expression = Expression::compile_or_error(twice, for_patient());
  ASSERT_TRUE(expression);
  EXPECT_NE(expression->explain().find("once"), std::string::npos);
  EXPECT_EQ(evaluate(twice), "PeterChalmers");
  // Alike, but of another $this.
  EXPECT_EQ(evaluate("name.select(given.where($this != 'x').first()) | given.where($this != 'x').first()", {}),
            "Peter, Jim");
}
TEST_F(ExpressionTest, as_may_filter_several_items) {
  EXPECT_EQ(evaluate("(name as HumanName).count()"), "unprocessable");
  CompileOptions options = for_patient();
  options.as = AsOperator::filter;
  EXPECT_EQ(evaluate("(name as HumanName).count()", options), "2");
}
TEST_F(ExpressionTest, evaluates_on_anything_when_no_type_is_named) {
  EXPECT_EQ(evaluate("Patient.name.given", {}), "Peter, James, Jim");
  EXPECT_EQ(evaluate("Person.name.given", {}), "");
}

// --- the world around

TEST_F(ExpressionTest, has_the_callers_variables) {
  const VariableDeclaration declared[] = {{"wanted"}, {"unset"}};
  CompileOptions options = for_patient();
  options.variables = declared;
  const Value values[] = {Value::of_string("Jim"), Value::of_integer(3)};
  context_.set_variable("wanted", Collection(values, 2));
  EXPECT_EQ(evaluate("name.given.intersect(%wanted) | %unset", options), "Jim");
  context_.clear_variables();
  EXPECT_EQ(evaluate("%wanted", options), "");
}
TEST_F(ExpressionTest, variables_are_known_to_what_follows_only) {
  EXPECT_EQ(evaluate("name.defineVariable('n', given.first()).select(%n & use)"), "Peterofficial, Peterusual");
  EXPECT_EQ(evaluate("name.first().defineVariable('n', given.first()).select(%n & use)"), "Peterofficial");
  EXPECT_TRUE(evaluate("(name.defineVariable('n') | name).select(%n)").starts_with("not compiled"));
  EXPECT_EQ(fault("defineVariable('n').defineVariable('n')"), "fhirpath-variable-twice at 36");
}
TEST_F(ExpressionTest, resource_is_the_input_unless_another_is_set) {
  EXPECT_EQ(evaluate("%resource.id"), "p1");
  const fhir::Node contained = patient_.root().child("contained");
  context_.set_resource(contained);
  context_.set_root_resource(patient_.root());
  EXPECT_EQ(evaluate("%resource.id | %rootResource.id | %context.id"), "o1, p1");
}

class FixedClock final : public Clock {
 public:
  Instant now() const override { return Instant::from_seconds(++calls * 3600); }
  Duration steady() const override { return {}; }
  mutable std::int64_t calls = 0;
};

TEST_F(ExpressionTest, now_is_the_same_throughout_an_evaluation) {
  const FixedClock clock;
  context_.set_clock(&clock);
  EXPECT_EQ(evaluate("now() = now() and today() = now().toDate()"), "true");
  EXPECT_EQ(clock.calls, 1);
  context_.set_utc_offset(480);
  EXPECT_EQ(evaluate("now()"), "1970-01-01T10:00:00.000+08:00");
}

class Recorder final : public TraceSink {
 public:
  void trace(std::string_view name, Collection values) override {
    seen += std::string(name) + ":" + std::to_string(values.size()) + " ";
  }
  std::string seen;
};

TEST_F(ExpressionTest, traces_into_the_sink) {
  Recorder recorder;
  context_.set_trace_sink(&recorder);
  EXPECT_EQ(evaluate("name.trace('names').given.trace('n', length()).count()"), "3");
  EXPECT_EQ(recorder.seen, "names:2 n:3 ");
}

class OnePractitioner final : public ReferenceResolver {
 public:
  OnePractitioner() {
    Issues issues;
    document_ = fhir::DocumentParser().parse(R"({"resourceType":"Practitioner","id":"9"})", issues);
  }
  fhir::Node resolve(std::string_view reference, fhir::Node /*from*/) const override {
    return reference == "Practitioner/9" ? document_.root() : fhir::Node();
  }

 private:
  fhir::Document document_;
};

TEST_F(ExpressionTest, resolves_contained_resources_itself_and_others_through_the_port) {
  EXPECT_EQ(evaluate("managingOrganization.resolve().name"), "Ward 7");
  EXPECT_EQ(evaluate("generalPractitioner.resolve().id"), "");
  const OnePractitioner resolver;
  context_.set_reference_resolver(&resolver);
  EXPECT_EQ(evaluate("generalPractitioner.resolve().id"), "9");
}
TEST_F(ExpressionTest, knows_the_type_of_a_target_without_resolving_it) {
  EXPECT_EQ(evaluate("generalPractitioner.where(resolve() is Practitioner).reference"), "Practitioner/9");
  EXPECT_EQ(evaluate("generalPractitioner.where(resolve() is Organization).reference"), "");
  EXPECT_EQ(evaluate("managingOrganization.where(resolve() is Organization).reference"), "#o1");
}

class OnlyMale final : public Terminology {
 public:
  Answer member_of(const CodedValue& coded, std::string_view value_set) const override {
    if (value_set != "http://example.org/vs") return Answer::unknown;
    return coded.code == "male" ? Answer::yes : Answer::no;
  }
};

TEST_F(ExpressionTest, asks_the_terminology_and_without_one_the_definitions) {
  EXPECT_EQ(evaluate("gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')"), "true");
  EXPECT_EQ(evaluate("gender.memberOf('http://hl7.org/fhir/ValueSet/name-use')"), "false");
  EXPECT_EQ(evaluate("gender.memberOf('http://example.org/vs')"), "");
  const OnlyMale terminology;
  context_.set_terminology(&terminology);
  EXPECT_EQ(evaluate("gender.memberOf('http://example.org/vs')"), "true");
}
TEST_F(ExpressionTest, conforms_to_needs_a_port) {
  EXPECT_EQ(evaluate("conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')"), "unsupported");
}

// --- results

TEST_F(ExpressionTest, a_condition_is_a_boolean_or_whether_something_is_there) {
  auto holds = [&](std::string_view expression) {
    return Expression::compile_or_error(expression, for_patient()).value().holds(patient_.root(), context_);
  };
  EXPECT_TRUE(holds("active").value());
  EXPECT_TRUE(holds("gender").value());
  EXPECT_FALSE(holds("deceased").value());
  EXPECT_FALSE(holds("active.not()").value());
  EXPECT_FALSE(holds("name"));  // two names are no condition
}
TEST_F(ExpressionTest, values_have_types_and_json) {
  auto one = [&](std::string_view expression) {
    const Expression compiled = Expression::compile_or_error(expression, for_patient()).value();
    return typed_json(compiled.evaluate(patient_.root(), context_).value().front());
  };
  EXPECT_EQ(one("gender"), R"({"type":"FHIR.code","value":"male"})");
  EXPECT_EQ(one("active"), R"({"type":"FHIR.boolean","value":true})");
  EXPECT_EQ(one("name[1]"), R"({"type":"FHIR.HumanName","value":{"use":"usual","given":["Jim"]}})");
  EXPECT_EQ(one("1.50"), R"({"type":"System.Decimal","value":1.50})");
  EXPECT_EQ(one("2 'mg'"), R"({"type":"System.Quantity","value":{"value":2,"unit":"mg"}})");
  EXPECT_EQ(one("birthDate + 1 day"), R"({"type":"System.Date","value":"1974-12-26"})");
}
TEST_F(ExpressionTest, keeps_its_memory_for_the_next_evaluation) {
  const Expression expression = Expression::compile_or_error("name.given.join(' ')", for_patient()).value();
  ASSERT_TRUE(expression.evaluate(patient_.root(), context_));
  const std::size_t bytes = context_.memory_bytes();
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(text(expression.evaluate(patient_.root(), context_).value().front()), "Peter James Jim");
  EXPECT_EQ(context_.memory_bytes(), bytes);
}
TEST_F(ExpressionTest, is_shared_among_threads) {
  const Expression expression =
      Expression::compile_or_error("name.where(given.matches('^J')).given.count()", for_patient()).value();
  std::vector<std::thread> threads;
  std::vector<int> right(4, 0);
  for (std::size_t t = 0; t < right.size(); ++t) {
    threads.emplace_back([&, t] {
      EvaluationContext context;
      for (int i = 0; i < 200; ++i) {
        const Result<Collection> values = expression.evaluate(patient_.root(), context);
        right[t] += values || values.error().code() == ErrorCode::unprocessable ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : right) EXPECT_EQ(count, 200);
}

}  // namespace
}  // namespace meridian::fhirpath
