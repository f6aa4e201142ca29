#include "http/multipart.hpp"

#include <gtest/gtest.h>

namespace meridian::http {
namespace {

class Parts final : public PartReceiver {
 public:
  Result<> begin(const Headers& headers) override {
    text += '[' + std::string(headers.get("Content-Type")) + '|';
    return {};
  }
  Result<> data(std::string_view bytes) override {
    text += bytes;
    return {};
  }
  Result<> end() override {
    text += ']';
    return {};
  }
  std::string text;
};

std::string parts_of(std::string_view body, std::size_t step, MultipartLimits limits = {}) {
  Parts parts;
  MultipartParser parser("b", parts, limits);
  for (std::size_t at = 0; at < body.size(); at += step) {
    if (const Result<> written = parser.write(body.substr(at, step)); !written)
      return std::string(name(written.error().code()));
  }
  if (!parser.finish()) return "unfinished";
  return parts.text;
}

TEST(Multipart, gives_the_same_parts_however_the_bytes_arrive) {
  const std::string_view body =
      "preamble\r\n--b \t\r\nContent-Type: text/plain\r\n\r\none\r\n-- "
      "two\r\n--\r\n--b\r\n\r\n\r\n--b\r\nContent-Type: x/y\r\n"
      "\r\n--b--\r\nepilogue";
  for (std::size_t step = 1; step <= body.size(); ++step) {
    EXPECT_EQ(parts_of(body, step), "[text/plain|one\r\n-- two\r\n--][|][x/y|]") << step;
  }
}

TEST(Multipart, refuses_what_is_malformed) {
  EXPECT_EQ(parts_of("--b\r\n\r\ndata\r\n--b", 100), "unfinished");
  EXPECT_EQ(parts_of("nothing here", 100), "unfinished");
  EXPECT_EQ(parts_of("--b\r\nNo colon\r\n\r\nx\r\n--b--", 100), "malformed_input");
  EXPECT_EQ(parts_of("--b\r\nA: b\nC: d\r\n\r\nx\r\n--b--", 100), "malformed_input");
  EXPECT_EQ(parts_of("--bxyz\r\n\r\n", 100), "malformed_input");
}

TEST(Multipart, is_bounded_in_parts_headers_and_what_surrounds_it) {
  std::string many;
  for (int i = 0; i < 5; ++i) many += "--b\r\n\r\n\r\n";
  EXPECT_EQ(parts_of(many + "--b--", 1000, {.parts = 4}), "too_large");
  EXPECT_EQ(parts_of("--b\r\nX: " + std::string(100, 'x'), 7, {.header_bytes = 50}), "too_large");
  EXPECT_EQ(parts_of(std::string(1000, 'x'), 7, {.preamble_bytes = 100}), "too_large");
  EXPECT_EQ(parts_of("--b--" + std::string(1000, 'x'), 7, {.preamble_bytes = 100}), "too_large");
}

TEST(Multipart, reads_what_it_writes) {
  std::string body;
  Headers headers;
  headers.add("Content-Disposition", "form-data; name=\"file\"; filename=\"a;\\\"b.txt\"");
  headers.add("Content-Type", "text/csv");
  append_part(body, "xyz", headers, "1,2\r\n");
  headers.clear();
  headers.add("Content-Disposition", "form-data; name=note");
  append_part(body, "xyz", headers, "");
  append_last_boundary(body, "xyz");
  const Result<std::vector<FormPart>> form = parse_form_data("multipart/form-data; boundary=\"xyz\"", body);
  ASSERT_TRUE(form) << form.error().message();
  ASSERT_EQ(form->size(), 2u);
  EXPECT_EQ((*form)[0].name, "file");
  EXPECT_EQ((*form)[0].file_name, "a;\"b.txt");
  EXPECT_EQ((*form)[0].content_type, "text/csv");
  EXPECT_EQ((*form)[0].body, "1,2\r\n");
  EXPECT_EQ((*form)[1].name, "note");
  EXPECT_FALSE(parse_form_data("multipart/form-data", body));
}

TEST(Multipart, finds_the_boundary_of_its_type) {
  EXPECT_EQ(boundary_of("multipart/related; type=\"application/dicom\"; boundary=a.b-c"), "a.b-c");
  EXPECT_EQ(boundary_of("Multipart/Mixed; BOUNDARY=\"a b\""), "a b");
  EXPECT_FALSE(boundary_of("text/plain; boundary=x"));
  EXPECT_FALSE(boundary_of("multipart/mixed"));
  EXPECT_FALSE(boundary_of("multipart/mixed; boundary=\"" + std::string(71, 'x') + "\""));
  EXPECT_FALSE(boundary_of("multipart/mixed; boundary=\"unclosed"));
}

}  // namespace
}  // namespace meridian::http
