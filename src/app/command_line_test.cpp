#include "app/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace meridian::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

template <typename T>
T parsed(std::vector<std::string> words) {
  Invocation invocation = parse_command_line(std::move(words), Language::english);
  EXPECT_TRUE(std::holds_alternative<T>(invocation.command));
  return std::get<T>(std::move(invocation.command));
}

TEST(CommandLine, takes_an_expression_and_files) {
  const auto options = parsed<FhirpathOptions>({"fhirpath", "name.given", "a.json", "b.json", "--format", "json"});
  EXPECT_EQ(options.expression, "name.given");
  EXPECT_THAT(options.files, ElementsAre("a.json", "b.json"));
  EXPECT_EQ(options.format, OutputFormat::json);
}

TEST(CommandLine, reads_standard_input_when_fhirpath_has_no_file) {
  EXPECT_THAT(parsed<FhirpathOptions>({"fhirpath", "name"}).files, ElementsAre("-"));
  EXPECT_TRUE(parsed<FhirpathOptions>({"fhirpath", "name", "--explain"}).files.empty());
}

TEST(CommandLine, takes_several_profiles_and_packages) {
  const auto options = parsed<ValidateOptions>(
      {"validate", "--profile", "a.json", "--profile", "http://b", "--package", "c.tgz", "x.json", "y.json"});
  EXPECT_THAT(options.profiles, ElementsAre("a.json", "http://b"));
  EXPECT_THAT(options.packages, ElementsAre("c.tgz"));
  EXPECT_THAT(options.files, ElementsAre("x.json", "y.json"));
}

TEST(CommandLine, turns_flags_of_the_server_into_settings) {
  const Invocation invocation =
      parse_command_line({"serve", "--port", "0", "--set", "log.format=json"}, Language::english);
  EXPECT_TRUE(std::holds_alternative<ServeOptions>(invocation.command));
  EXPECT_THAT(invocation.common.settings, ElementsAre(Pair("log.format", "json"), Pair("http.port", "0")));
}

TEST(CommandLine, follows_the_language_asked_for) {
  EXPECT_EQ(parse_command_line({"validate", "x", "--lang", "zh"}, Language::english).common.language,
            Language::chinese);
  EXPECT_EQ(parse_command_line({"validate", "x"}, Language::chinese).common.language, Language::chinese);
}

TEST(CommandLine, answers_a_mistake_with_usage_and_code_two) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"frobnicate"}, {"validate"}, {"convert", "x"}, {"convert", "x", "--to", "yaml"}, {"serve", "--set", "x"}}) {
    const auto leave = parsed<Leave>(words);
    EXPECT_EQ(leave.exit_code, kUsage) << words[0];
    EXPECT_FALSE(leave.text.empty());
  }
}

TEST(CommandLine, explains_the_program_and_each_command) {
  EXPECT_THAT(parsed<Leave>({"help"}).text, HasSubstr("meridian validate"));
  const auto leave = parsed<Leave>({"help", "convert"});
  EXPECT_EQ(leave.exit_code, kOk);
  EXPECT_THAT(leave.text, HasSubstr("json|xml"));
  EXPECT_THAT(parsed<Leave>({"validate", "--help"}).text, HasSubstr("--package"));
  EXPECT_EQ(parsed<Leave>({"help", "nonsense"}).exit_code, kUsage);
}

TEST(Completion, knows_every_command_in_each_shell) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(shell);
    EXPECT_THAT(script, HasSubstr("fhirpath")) << shell;
    EXPECT_THAT(script, HasSubstr("profile")) << shell;
  }
  EXPECT_TRUE(completion_script("csh").empty());
}

}  // namespace
}  // namespace meridian::app
