// The examples of docs/api.md: each `http` block is a request and, after an empty line, what must come back: the
// status, fields, and of the body the pieces between the `…`, in their order.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/testing/paths.hpp"
#include "http/method.hpp"
#include "rest/testing/store_client.hpp"

namespace meridian::rest {
namespace {

using testing::Reply;
using testing::StoreClient;

constexpr std::string_view kLeftOut = "…";

struct Example {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> expected_fields;
  std::string expected_body;
};

bool is_field(const std::string& line) {
  const std::size_t colon = line.find(": ");
  return colon != std::string::npos && http::is_token(line.substr(0, colon));
}
std::pair<std::string, std::string> field(const std::string& line) {
  const std::size_t colon = line.find(": ");
  return {line.substr(0, colon), line.substr(colon + 2)};
}

std::vector<Example> examples() {
  std::ifstream file(meridian::testing::source_path("docs/api.md"));
  std::vector<Example> all;
  std::string line;
  while (std::getline(file, line)) {
    if (line != "```http") continue;
    Example example;
    std::getline(file, line);
    example.method = line.substr(0, line.find(' '));
    example.target = line.substr(line.find(' ') + 1);
    while (std::getline(file, line) && !line.empty()) {
      if (example.body.empty() && is_field(line)) {
        example.fields.push_back(field(line));
      } else {
        example.body += line + "\n";
      }
    }
    std::getline(file, line);
    example.status = std::stoi(line);
    while (std::getline(file, line) && line != "```") {
      is_field(line) ? example.expected_fields.push_back(field(line)) : void(example.expected_body += line);
    }
    all.push_back(std::move(example));
  }
  return all;
}

/// Whether the pieces of `pattern` stand in `text` in this order.
bool fits(const std::string& text, std::string_view pattern) {
  std::size_t at = 0;
  while (!pattern.empty()) {
    const std::size_t end = pattern.find(kLeftOut);
    const std::string_view piece = pattern.substr(0, end);
    at = text.find(piece, at);
    if (at == std::string::npos) return false;
    at += piece.size();
    pattern = end == pattern.npos ? std::string_view{} : pattern.substr(end + kLeftOut.size());
  }
  return true;
}

TEST(ApiExamples, do_what_the_document_says) {
  const std::vector<Example> all = examples();
  ASSERT_GT(all.size(), 7U);
  StoreClient client;
  for (const Example& example : all) {
    StoreClient::Fields fields;
    for (const auto& [name, value] : example.fields) fields.emplace_back(name, value);
    const Reply reply = client.ask(*http::method_named(example.method), example.target, example.body, fields);
    EXPECT_EQ(reply.status, example.status) << example.method << " " << example.target << "\n" << reply.body;
    for (const auto& [name, value] : example.expected_fields) EXPECT_EQ(reply.header(name), value) << example.target;
    EXPECT_TRUE(fits(reply.body, example.expected_body)) << example.target << "\n" << reply.body;
  }
}

}  // namespace
}  // namespace meridian::rest
