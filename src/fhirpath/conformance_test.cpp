// HL7's FHIRPath suite for R4, every test of it: the outside data of ../shared, which may be absent.
//
// A test gives an expression, a resource and what must come out: values with their types, or that it is invalid.
// What we do not follow is in testdata/exclusions.txt, with a reason each; at most one in a hundred.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/testing/paths.hpp"
#include "fhirpath/expression.hpp"
#include "fhirpath/ports.hpp"
#include "formats/fhir/xml_reader.hpp"

namespace meridian::fhirpath {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Says of a resource that it conforms to the definition of its type; knows no other profile.
class BaseDefinitions final : public ProfileCheck {
 public:
  Answer conforms_to(fhir::Node node, std::string_view profile) const override {
    const fhir::TypeId type = node.schema().find_type_by_url(profile);
    if (type == fhir::TypeId::none) return Answer::unknown;
    return node.schema().is_a(node.type(), type) ? Answer::yes : Answer::no;
  }
};

struct Output {
  std::string type;
  std::string value;
};

struct Case {
  std::string name;
  std::string expression;
  std::string input;
  bool is_invalid = false;
  bool is_predicate = false;
  bool is_ordered = true;
  bool checks_order = false;
  std::vector<Output> outputs;
};

std::vector<Case> read_suite(const std::filesystem::path& path) {
  pugi::xml_document suite;
  std::vector<Case> cases;
  if (!suite.load_file(path.c_str(), pugi::parse_default | pugi::parse_ws_pcdata)) return cases;
  for (const pugi::xml_node group : suite.child("tests").children("group")) {
    for (const pugi::xml_node test : group.children("test")) {
      Case one;
      one.name = std::string(group.attribute("name").value()) + "/" + test.attribute("name").value();
      one.expression = test.child("expression").text().get();
      one.input = test.attribute("inputfile").value();
      one.is_invalid = test.child("expression").attribute("invalid");
      one.is_predicate = test.attribute("predicate").as_bool();
      one.is_ordered = test.attribute("ordered").as_bool(true);
      one.checks_order = test.attribute("checkOrderedFunctions").as_bool();
      for (const pugi::xml_node output : test.children("output")) {
        one.outputs.push_back({output.attribute("type").value(), output.text().get()});
      }
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

/// "name reason" a line.
std::map<std::string, std::string> read_exclusions() {
  std::map<std::string, std::string> exclusions;
  std::ifstream file(testing::source_path("src/fhirpath/testdata/exclusions.txt"));
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t space = line.find(' ');
    exclusions[line.substr(0, space)] = space == std::string::npos ? "" : line.substr(space + 1);
  }
  return exclusions;
}

class Suite {
 public:
  Suite(std::filesystem::path folder, Optimisation optimisation)
      : folder_(std::move(folder)), optimisation_(optimisation) {
    context_.set_profile_check(&profiles_);
  }

  /// Nothing when the test passes, else what went wrong.
  std::optional<std::string> run(const Case& one) {
    const fhir::Node input = one.input.empty() ? fhir::Node() : document(one.input).root();
    CompileOptions options;
    options.optimisation = optimisation_;
    const fhir::TypeId type = input ? input.type() : fhir::TypeId::none;
    if (input) options.input_types = {&type, 1};
    if (one.checks_order) options.order = OrderCheck::on;
    Result<Expression> expression = Expression::compile_or_error(one.expression, options);
    if (!expression) return one.is_invalid ? std::nullopt : std::optional(expression.error().message());
    if (one.is_predicate) {
      const Result<Truth> truth = expression->truth(input, context_);
      if (!truth) return truth.error().message();
      const bool expected = one.outputs.at(0).value == "true";
      return (*truth == Truth::yes) == expected ? std::nullopt
                                                : std::optional<std::string>("the condition is not as expected");
    }
    const Result<Collection> result = expression->evaluate(input, context_);
    if (!result) return one.is_invalid ? std::nullopt : std::optional(result.error().message());
    if (one.is_invalid) return "should be an error and gives " + describe(*result);
    return compare(one, *result);
  }

 private:
  static std::string describe(const Collection& values) {
    std::string out = "[";
    for (const Value& value : values) out += type_name(value) + " " + text(value) + ", ";
    return out + "]";
  }

  /// A FHIR primitive or the System type of that name.
  static bool is_type(const Value& value, const std::string& type) {
    if (type.empty()) return true;
    const std::string name = type_name(value);
    std::string system = type;
    system[0] = static_cast<char>(system[0] - (system[0] >= 'a' ? 'a' - 'A' : 0));
    return name == "FHIR." + type || name == "System." + system;
  }

  static bool is_value(const Value& value, const std::string& expected) {
    std::string wanted = expected;
    if (wanted.starts_with("@T")) wanted.erase(0, 2);
    if (wanted.starts_with("@")) wanted.erase(0, 1);
    if (value.type() == ValueType::decimal) {
      const Result<Decimal> number = Decimal::parse(wanted);
      return number && *number == value.decimal();
    }
    return text(value) == wanted;
  }

  static std::optional<std::string> compare(const Case& one, const Collection& values) {
    if (values.size() != one.outputs.size()) return "gives " + describe(values);
    std::vector<bool> used(values.size(), false);
    for (std::size_t i = 0; i < one.outputs.size(); ++i) {
      bool found = false;
      for (std::size_t j = one.is_ordered ? i : 0; j < (one.is_ordered ? i + 1 : values.size()) && !found; ++j) {
        found = !used[j] && is_type(values[j], one.outputs[i].type) && is_value(values[j], one.outputs[i].value);
        if (found) used[j] = true;
      }
      if (!found) return "gives " + describe(values);
    }
    return std::nullopt;
  }

  const fhir::Document& document(const std::string& name) {
    const auto known = documents_.find(name);
    if (known != documents_.end()) return known->second;
    const std::string bytes = read_file(folder_ / name);
    Issues issues;
    fhir::Document document;
    if (name.ends_with(".xml")) {
      fhir::XmlReader reader;
      document = reader.read(bytes, issues);
    } else {
      fhir::DocumentParser parser;
      document = parser.parse(bytes, issues);
    }
    EXPECT_TRUE(document.has_root()) << name;
    return documents_.emplace(name, std::move(document)).first->second;
  }

  std::filesystem::path folder_;
  Optimisation optimisation_;
  std::map<std::string, fhir::Document> documents_;
  BaseDefinitions profiles_;
  EvaluationContext context_;
};

void run_suite(const std::filesystem::path& folder, const std::filesystem::path& file, Optimisation optimisation) {
  const std::vector<Case> cases = read_suite(file);
  ASSERT_GT(cases.size(), 900U);
  const std::map<std::string, std::string> exclusions = read_exclusions();
  Suite suite(folder, optimisation);
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  for (const Case& one : cases) {
    const std::optional<std::string> fault = suite.run(one);
    if (exclusions.contains(one.name)) {
      EXPECT_TRUE(fault) << one.name << " passes now: take it from the exclusions";
      ++skipped;
    } else if (fault) {
      ADD_FAILURE() << one.name << "\n  " << one.expression << "\n  " << *fault;
      ++failed;
    } else {
      ++passed;
    }
  }
  std::printf("FHIRPath suite (%s): %d passed, %d failed, %d skipped\n", file.filename().c_str(), passed, failed,
              skipped);
  EXPECT_LE(static_cast<std::size_t>(skipped) * 100, cases.size());
  for (const auto& [name, reason] : exclusions) EXPECT_FALSE(reason.empty()) << name << " needs a reason";
}

TEST(FhirpathSuite, gives_what_r4_expects) {
  const auto folder = testing::shared_data("fhirpath/r4");
  if (!folder) GTEST_SKIP() << "the outside data is not here";
  run_suite(*folder, *folder / "fhirpath/tests-fhir-r4.xml", Optimisation::on);
}

TEST(FhirpathSuite, gives_the_same_without_optimisation) {
  const auto folder = testing::shared_data("fhirpath/r4");
  if (!folder) GTEST_SKIP() << "the outside data is not here";
  run_suite(*folder, *folder / "fhirpath/tests-fhir-r4.xml", Optimisation::off);
}

}  // namespace
}  // namespace meridian::fhirpath
