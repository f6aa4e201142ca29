// How bytes become requests: RFC 9112's framing, and the ways in which requests are smuggled past it.
#include <gtest/gtest.h>

#include <random>

#include "http/testing/request_reader.hpp"

namespace meridian::http {
namespace {

using testing::read_requests;
using testing::ReadResult;

struct Case {
  const char* name;
  std::string bytes;
  int status;            // 0: accepted
  const char* refusal;   // the stable name of the refusal
  std::size_t requests;  // read before it, or altogether
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

const std::string kHost = "Host: a\r\n";

std::string nul_in_value() {
  std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\nX: a#b\r\n\r\n";
  bytes[bytes.find('#')] = '\0';
  return bytes;
}

const Case kCases[] = {
    // Accepted
    {"plain", "GET / HTTP/1.1\r\n" + kHost + "\r\n", 0, "", 1},
    {"two_pipelined", "GET /1 HTTP/1.1\r\n" + kHost + "\r\nGET /2 HTTP/1.1\r\n" + kHost + "\r\n", 0, "", 2},
    {"one_empty_line_before", "\r\nGET / HTTP/1.1\r\n" + kHost + "\r\n", 0, "", 1},
    {"body_by_length",
     "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n" + kHost + "\r\n", 0, "", 2},
    {"body_by_chunks",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\n" +
         kHost + "\r\n",
     0, "", 2},
    {"chunk_extension_skipped",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0 ;x\r\n\r\n", 0, "", 1},
    {"trailers_dropped",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: Chunked\r\n\r\n0\r\nContent-Length: 9\r\nX: y\r\n\r\n", 0, "",
     1},
    {"http_1_0_without_host", "GET / HTTP/1.0\r\n\r\n", 0, "", 1},
    {"http_1_0_closes_so_the_rest_is_dropped", "GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n", 0, "", 1},
    {"absolute_form", "GET http://example.org:80/x?y HTTP/1.1\r\n" + kHost + "\r\n", 0, "", 1},
    {"asterisk_form_of_options", "OPTIONS * HTTP/1.1\r\n" + kHost + "\r\n", 0, "", 1},
    {"high_bytes_in_a_value", "GET / HTTP/1.1\r\nHost: a\r\nX: \xe5\x8c\xbb\r\n\r\n", 0, "", 1},
    {"whitespace_around_a_value", "GET / HTTP/1.1\r\nHost: \t a \t\r\n\r\n", 0, "", 1},
    {"zero_length", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 0\r\n\r\n", 0, "", 1},
    // Two ways to tell the length
    {"length_and_coding",
     "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX", 400,
     "length-and-transfer-encoding", 0},
    {"coding_and_length",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nX", 400,
     "length-and-transfer-encoding", 0},
    {"two_different_lengths", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400,
     "several-content-lengths", 0},
    {"two_equal_lengths", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\ncontent-length: 3\r\n\r\nabc", 400,
     "several-content-lengths", 0},
    {"length_as_a_list", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 3, 3\r\n\r\nabc", 400,
     "malformed-content-length", 0},
    {"length_with_plus", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: +3\r\n\r\nabc", 400,
     "malformed-content-length", 0},
    {"length_with_minus", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: -3\r\n\r\nabc", 400,
     "malformed-content-length", 0},
    {"length_with_space_inside", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 3 3\r\n\r\nabc", 400,
     "malformed-content-length", 0},
    {"length_in_hexadecimal", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 0x3\r\n\r\nabc", 400,
     "malformed-content-length", 0},
    {"length_with_a_point", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 3.0\r\n\r\nabc", 400,
     "malformed-content-length", 0},
    {"length_that_overflows", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 18446744073709551617\r\n\r\nabc", 400,
     "malformed-content-length", 0},
    {"length_empty", "POST / HTTP/1.1\r\n" + kHost + "Content-Length:\r\n\r\n", 400, "malformed-content-length", 0},
    // Transfer-Encoding in disguise
    {"coding_twice_in_a_list", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
     400, "malformed-transfer-encoding", 0},
    {"coding_in_two_fields",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
     "malformed-transfer-encoding", 0},
    {"coding_hidden_by_identity",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400,
     "malformed-transfer-encoding", 0},
    {"coding_chunked_not_last", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
     400, "malformed-transfer-encoding", 0},
    {"coding_before_chunked", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501,
     "transfer-coding-unknown", 0},
    {"coding_misspelt", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400,
     "malformed-transfer-encoding", 0},
    {"coding_with_vertical_tab",
     "POST / HTTP/1.1\r\n" + kHost +
         "Transfer-Encoding: \x0b"
         "chunked\r\n\r\n0\r\n\r\n",
     400, "control-in-field-value", 0},
    {"coding_quoted", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400,
     "malformed-transfer-encoding", 0},
    {"coding_on_a_folded_line", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400,
     "obsolete-line-folding", 0},
    {"coding_with_space_before_colon", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
     400, "malformed-field-name", 0},
    {"coding_with_tab_before_colon", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
     400, "malformed-field-name", 0},
    {"coding_in_http_1_0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
     "transfer-encoding-in-http-1-0", 0},
    // Lines and characters
    {"bare_line_feeds", "GET / HTTP/1.1\nHost: a\n\n", 400, "bare-line-feed", 0},
    {"bare_line_feed_in_a_field", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400, "bare-line-feed", 0},
    {"bare_carriage_return_in_a_value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n", 400,
     "control-in-field-value", 0},
    {"doubled_carriage_return", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400, "control-in-field-value", 0},
    {"nul_in_a_value", nul_in_value(), 400, "control-in-field-value", 0},
    {"no_colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", 400, "malformed-field-name", 0},
    {"no_name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400, "malformed-field-name", 0},
    {"space_before_the_first_field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, "obsolete-line-folding", 0},
    {"letters_beyond_ascii_in_a_name", "GET / HTTP/1.1\r\nHost: a\r\nX\xc3\xa9: y\r\n\r\n", 400, "malformed-field-name",
     0},
    // The request line
    {"two_spaces", "GET  / HTTP/1.1\r\n" + kHost + "\r\n", 400, "malformed-request-line", 0},
    {"tab_for_space", "GET\t/\tHTTP/1.1\r\n" + kHost + "\r\n", 400, "malformed-request-line", 0},
    {"space_after_the_version", "GET / HTTP/1.1 \r\n" + kHost + "\r\n", 400, "malformed-request-line", 0},
    {"space_in_the_target", "GET /a b HTTP/1.1\r\n" + kHost + "\r\n", 400, "malformed-request-line", 0},
    {"http_0_9", "GET /\r\n\r\n", 400, "malformed-request-line", 0},
    {"http_2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "version-unknown", 0},
    {"lower_case_version", "GET / http/1.1\r\n" + kHost + "\r\n", 400, "malformed-request-line", 0},
    {"long_version", "GET / HTTP/1.10\r\n" + kHost + "\r\n", 400, "malformed-request-line", 0},
    {"lower_case_method", "get / HTTP/1.1\r\n" + kHost + "\r\n", 501, "method-unknown", 0},
    {"trace", "TRACE / HTTP/1.1\r\n" + kHost + "\r\n", 501, "method-unknown", 0},
    {"authority_form", "CONNECT example.org:443 HTTP/1.1\r\n" + kHost + "\r\n", 501, "method-unknown", 0},
    {"authority_form_of_get", "GET example.org:443 HTTP/1.1\r\n" + kHost + "\r\n", 400, "malformed-target", 0},
    {"another_scheme", "GET ftp://a/ HTTP/1.1\r\n" + kHost + "\r\n", 400, "malformed-target", 0},
    {"user_in_the_authority", "GET http://u@a/ HTTP/1.1\r\n" + kHost + "\r\n", 400, "malformed-target", 0},
    {"asterisk_form_of_get", "GET * HTTP/1.1\r\n" + kHost + "\r\n", 400, "malformed-target", 0},
    {"fragment", "GET /a#b HTTP/1.1\r\n" + kHost + "\r\n", 400, "malformed-target", 0},
    {"climbing_path", "GET /a/../b HTTP/1.1\r\n" + kHost + "\r\n", 400, "malformed-target", 0},
    {"climbing_path_in_disguise", "GET /a/%2e%2E/b HTTP/1.1\r\n" + kHost + "\r\n", 400, "malformed-target", 0},
    {"long_target", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n" + kHost + "\r\n", 414, "target-too-long", 0},
    {"long_header", "GET / HTTP/1.1\r\n" + kHost + "X: " + std::string(40000, 'a') + "\r\n\r\n", 431,
     "header-too-large", 0},
    {"endless_line", std::string(40000, 'a'), 431, "header-too-large", 0},
    // Host
    {"no_host", "GET / HTTP/1.1\r\n\r\n", 400, "no-host", 0},
    {"two_hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "several-hosts", 0},
    {"host_with_a_path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "malformed-host", 0},
    {"host_with_user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400, "malformed-host", 0},
    {"host_as_a_list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "malformed-host", 0},
    {"unknown_expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: the-unexpected\r\n\r\n", 417, "expectation-unknown",
     0},
    // Chunks
    {"chunk_size_overflows", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
     400, "malformed-chunk", 0},
    {"chunk_size_negative", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400,
     "malformed-chunk", 0},
    {"chunk_size_with_prefix",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400,
     "malformed-chunk", 0},
    {"chunk_size_empty", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n\r\n", 400,
     "malformed-chunk", 0},
    {"chunk_size_after_space",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n 3\r\nabc\r\n0\r\n\r\n", 400, "malformed-chunk",
     0},
    {"chunk_size_before_space",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n", 400, "malformed-chunk",
     0},
    {"chunk_line_by_bare_line_feed",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400, "malformed-chunk",
     0},
    {"chunk_extension_with_bare_line_feed",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n3;\nxx\r\nabc\r\n0\r\n\r\n", 400,
     "malformed-chunk", 0},
    {"chunk_longer_than_it_says",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400, "malformed-chunk",
     0},
    {"chunk_extension_without_end",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n3;" + std::string(20000, 'x'), 400,
     "chunk-overhead", 0},
    {"trailer_without_end",
     "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(20000, 'x'), 400,
     "chunk-overhead", 0},
    {"trailer_malformed", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n0\r\nX : y\r\n\r\n", 400,
     "malformed-chunk", 0},
    {"smuggled_after_a_good_one",
     "GET / HTTP/1.1\r\n" + kHost + "\r\nPOST / HTTP/1.1\r\n" + kHost +
         "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
     400, "length-and-transfer-encoding", 1},
};

class Framing : public ::testing::TestWithParam<Case> {};

TEST_P(Framing, is_judged_alike_however_the_bytes_arrive) {
  const Case& c = GetParam();
  const ReadResult whole = read_requests({c.bytes});
  EXPECT_EQ(whole.refusal.status, c.status) << whole.refusal.name;
  EXPECT_EQ(whole.refusal.name, c.refusal);
  EXPECT_EQ(whole.requests.size(), c.requests);

  const std::string_view bytes = c.bytes;
  // Cut once at every place (of the long ones, at some), then into single bytes, then at random.
  const std::size_t step = bytes.size() > 2000 ? 997 : 1;
  for (std::size_t cut = 1; cut < bytes.size(); cut += step) {
    EXPECT_EQ(read_requests({bytes.substr(0, cut), bytes.substr(cut)}), whole) << "cut at " << cut;
  }
  std::vector<std::string_view> single;
  single.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
  EXPECT_EQ(read_requests(single), whole);
  std::minstd_rand random(1);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t piece = std::min<std::size_t>(bytes.size() - at, 1 + random() % 40);
      pieces.push_back(bytes.substr(at, piece));
      at += piece;
    }
    EXPECT_EQ(read_requests(pieces), whole);
  }
}

INSTANTIATE_TEST_SUITE_P(Rfc9112, Framing, ::testing::ValuesIn(kCases),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(FramingBodies, are_what_was_sent) {
  const ReadResult read =
      read_requests({"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloPOST /b HTTP/1.1\r\nHost: a\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n00\r\nT: v\r\n\r\n"});
  ASSERT_EQ(read.requests.size(), 2u);
  EXPECT_EQ(read.requests[0].body, "hello");
  EXPECT_EQ(read.requests[1].body, "hello world");
  EXPECT_FALSE(read.unfinished);
}

TEST(FramingBodies, that_are_cut_are_unfinished_not_short) {
  EXPECT_TRUE(read_requests({"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell"}).unfinished);
  EXPECT_TRUE(read_requests({"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"}).unfinished);
}

TEST(Persistence, follows_version_and_connection) {
  const auto keeps = [](const std::string& head) { return read_requests({head + "\r\n"}).requests.at(0).keep_alive; };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: a\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: TE, Close\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n"));
}

}  // namespace
}  // namespace meridian::http
