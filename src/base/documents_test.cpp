// What is written down twice must agree: the table of errors and its page, the version here and in the build.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "base/error.hpp"
#include "base/testing/paths.hpp"
#include "base/version.hpp"

namespace meridian {
namespace {

std::string contents(const std::string& path) {
  std::ifstream in(testing::source_path(path), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string errors_page() {
  std::string page =
      "# Errors\n\n"
      "Every failure of the program has one of these codes. The page is made from `src/base/errors.def`; after a "
      "change\n"
      "there, run the tests of base once with `MERIDIAN_UPDATE_DOCUMENTS=1` set.\n\n"
      "| code | HTTP status | FHIR issue type | what to do |\n| --- | --- | --- | --- |\n";
  constexpr ErrorCode kAll[] = {
#define MERIDIAN_ERROR(name, http_status, issue_type, advice) ErrorCode::name,
#include "base/errors.def"
#undef MERIDIAN_ERROR
  };
  for (const ErrorCode code : kAll) {
    page += "| `" + std::string(name(code)) + "` | " + std::to_string(http_status(code)) + " | `" +
            std::string(issue_type(code)) + "` | " + std::string(advice(code)) + " |\n";
  }
  return page;
}

TEST(Documents, list_the_errors_of_the_table) {
  if (std::getenv("MERIDIAN_UPDATE_DOCUMENTS") != nullptr) {
    std::ofstream(testing::source_path("docs/errors.md"), std::ios::binary) << errors_page();
  }
  EXPECT_EQ(contents("docs/errors.md"), errors_page()) << "run again with MERIDIAN_UPDATE_DOCUMENTS=1";
}

TEST(Documents, agree_with_the_build_on_the_version) {
  EXPECT_NE(contents("CMakeLists.txt").find("project(meridian VERSION " + std::string(kVersion) + " "),
            std::string::npos);
}

}  // namespace
}  // namespace meridian
