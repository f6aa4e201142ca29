// DICOMweb as a client meets it: what is stored, found, given out and refused.
#include "dicomweb/routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dicomweb/testing/web_client.hpp"
#include "formats/dicom/testing/bytes.hpp"
#include "formats/dicom/values.hpp"
#include "imaging/testing/objects.hpp"

namespace meridian::dicomweb {
namespace {

using imaging::testing::ct_slice;
using imaging::testing::Slice;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::parts_of;
using ::testing::StartsWith;
using testing::WebClient;
using testing::WebPart;
using testing::WebReply;

constexpr const char* kInstanceUrl = "/dicomweb/studies/1.2.1/series/1.2.1.1/instances/1.2.1.1.1";
constexpr const char* kAsStored = R"(multipart/related; type="application/dicom"; transfer-syntax=*)";

dicom::File read(std::string bytes) {
  Issues issues;
  auto file = dicom::read_file(std::move(bytes), {}, issues);
  EXPECT_TRUE(file);
  return std::move(*file);
}

Slice second() {
  return {.instance = "1.2.1.1.2", .number = "2", .pixel = 'b'};
}

TEST(DicomWebStore, stores_what_comes_in_parts_and_says_where_it_is) {
  WebClient client;
  const WebReply reply = client.store({ct_slice({}), ct_slice(second())});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("Content-Type"), "application/dicom+json");
  EXPECT_EQ(
      reply.body,
      R"({"00081190":{"vr":"UR","Value":["http://archive.example/dicomweb/studies/1.2.1"]},)"
      R"("00081199":{"vr":"SQ","Value":[)"
      R"({"00081150":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00081155":{"vr":"UI","Value":["1.2.1.1.1"]},)"
      R"("00081190":{"vr":"UR","Value":["http://archive.example/dicomweb/studies/1.2.1/series/1.2.1.1/instances/1.2.1.1.1"]}},)"
      R"({"00081150":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]},"00081155":{"vr":"UI","Value":["1.2.1.1.2"]},)"
      R"("00081190":{"vr":"UR","Value":["http://archive.example/dicomweb/studies/1.2.1/series/1.2.1.1/instances/1.2.1.1.2"]}}]}})");
  EXPECT_EQ(client.archive().counts().instances, 2U);
}

TEST(DicomWebStore, takes_one_object_as_the_body_itself) {
  WebClient client;
  EXPECT_EQ(client.post("/dicomweb/studies", "application/dicom", ct_slice({}), 100).status, 200);
  EXPECT_EQ(client.archive().counts().instances, 1U);
  EXPECT_EQ(client.post("/dicomweb/studies", "application/dicom", "", 100).status, 409);
}

TEST(DicomWebStore, refuses_a_broken_object_with_a_reason_and_keeps_the_others) {
  WebClient client;
  const std::string cut = ct_slice(second());
  const WebReply reply = client.store({ct_slice({}), cut.substr(0, cut.size() - 9), "no object at all"});
  EXPECT_EQ(reply.status, 202);
  EXPECT_THAT(reply.body, HasSubstr(R"("0008119A":{"vr":"SQ","Value":[{"00081197":{"vr":"US","Value":[49152]})"));
  EXPECT_THAT(reply.body, HasSubstr(R"("00741048")"));
  EXPECT_EQ(client.archive().counts().instances, 1U);
  EXPECT_EQ(client.store({"nothing"}).status, 409);
}

TEST(DicomWebStore, names_the_object_that_is_in_conflict_with_one_that_is_there) {
  WebClient client;
  client.store({ct_slice({})});
  const WebReply reply = client.store({ct_slice({.pixel = 'z'})});
  EXPECT_EQ(reply.status, 409);
  EXPECT_THAT(reply.body, StartsWith(R"({"00081198":{"vr":"SQ","Value":[{"00081150":{"vr":"UI","Value":["1.2.840)"));
  EXPECT_THAT(reply.body,
              HasSubstr(R"("00081155":{"vr":"UI","Value":["1.2.1.1.1"]},"00081197":{"vr":"US","Value":[273]})"));
  EXPECT_EQ(client.store({ct_slice({})}).status, 200);  // the same again is no conflict
}

TEST(DicomWebStore, takes_into_a_study_only_what_belongs_to_it) {
  WebClient client;
  const WebReply reply = client.store({ct_slice({})}, "/dicomweb/studies/1.2.9");
  EXPECT_EQ(reply.status, 409);
  EXPECT_THAT(reply.body, HasSubstr(R"("Value":[43265])"));
  EXPECT_EQ(client.archive().counts().instances, 0U);
  EXPECT_EQ(client.store({ct_slice({})}, "/dicomweb/studies/1.2.1").status, 200);
  EXPECT_EQ(client.store({ct_slice({})}, "/dicomweb/studies/none").status, 400);
}

TEST(DicomWebStore, tells_the_answer_in_xml_where_that_is_asked) {
  WebClient client;
  const WebReply reply =
      client.post("/dicomweb/studies?accept=application/dicom%2Bxml", "application/dicom", ct_slice({}));
  EXPECT_EQ(reply.headers.get("Content-Type"), "application/dicom+xml");
  EXPECT_THAT(reply.body,
              HasSubstr(R"(<DicomAttribute tag="00081199" vr="SQ" keyword="ReferencedSOPSequence"><Item number="1">)"));
}

TEST(DicomWebStore, refuses_bodies_of_other_kinds) {
  WebClient client;
  EXPECT_EQ(client.post("/dicomweb/studies", "application/json", "{}").status, 415);
  EXPECT_EQ(
      client.post("/dicomweb/studies", R"(multipart/related; type="application/dicom+json"; boundary=x)", "").status,
      415);
  EXPECT_EQ(client.post("/dicomweb/studies", R"(multipart/related; type="application/dicom")", "").status, 400);
  EXPECT_EQ(
      client.post("/dicomweb/studies", R"(multipart/related; type="application/dicom"; boundary=x)", "--x\r\n").status,
      409);
}

TEST(DicomWebStore, an_object_is_the_same_however_the_body_is_cut) {
  for (const std::size_t piece : {1UL, 7UL, 100UL, 100'000UL}) {
    WebClient client;
    std::string body = "--x\r\nContent-Type: application/dicom\r\n\r\n" + ct_slice({.pixels = 4096}) + "\r\n--x--";
    EXPECT_EQ(client.post("/dicomweb/studies", "multipart/related; boundary=x", body, piece).status, 200);
    const auto parts = parts_of(client.get("/dicomweb/studies/1.2.1", kAsStored));
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_EQ(parts[0].body, ct_slice({.pixels = 4096}));
  }
}

TEST(DicomWebRetrieve, gives_objects_as_they_are_stored_bit_for_bit) {
  WebClient client;
  client.store({ct_slice({}), ct_slice(second())});
  for (const char* target : {"/dicomweb/studies/1.2.1", "/dicomweb/studies/1.2.1/series/1.2.1.1"}) {
    const WebReply reply = client.get(target, kAsStored);
    EXPECT_EQ(reply.status, 200);
    const std::vector<WebPart> parts = parts_of(reply);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0].body, ct_slice({}));
    EXPECT_EQ(parts[1].body, ct_slice(second()));
    EXPECT_EQ(parts[0].headers.get("Content-Type"), "application/dicom; transfer-syntax=1.2.840.10008.1.2.1");
    EXPECT_EQ(parts[0].headers.get("Content-Location"), std::string("http://archive.example") + kInstanceUrl);
  }
  const WebReply alone = client.get(kInstanceUrl, "application/dicom; transfer-syntax=*");
  EXPECT_EQ(alone.body, ct_slice({}));
  EXPECT_EQ(
      client.get(kInstanceUrl, "application/dicom", {{"If-None-Match", std::string(alone.headers.get("ETag"))}}).status,
      304);
}

TEST(DicomWebRetrieve, writes_an_object_anew_in_the_transfer_syntax_that_is_accepted) {
  WebClient client;
  client.store({ct_slice({})});
  const WebReply rle = client.get(kInstanceUrl, "application/dicom; transfer-syntax=1.2.840.10008.1.2.5");
  EXPECT_EQ(rle.status, 200);
  const dicom::File coded = read(rle.body);
  EXPECT_EQ(coded.transfer_syntax_uid(), dicom::uids::kRle);
  EXPECT_EQ(dicom::text(coded.data_set(), {0x0010, 0x0010}), "Li^Ming");
  // What has it already is not written again; what says nothing means Explicit VR Little Endian.
  EXPECT_EQ(client.get(kInstanceUrl, "application/dicom").body, ct_slice({}));
  WebClient other;
  other.store({rle.body});
  EXPECT_EQ(read(other.get(kInstanceUrl, "application/dicom").body).transfer_syntax_uid(),
            dicom::uids::kExplicitLittle);
  EXPECT_EQ(parts_of(other.get(kInstanceUrl))[0].headers.get("Content-Type"),
            "application/dicom; transfer-syntax=1.2.840.10008.1.2.1");
}

TEST(DicomWebRetrieve, says_that_nothing_that_is_accepted_fits) {
  WebClient client;
  client.store({ct_slice({}), ct_slice(second())});
  EXPECT_EQ(client.get(kInstanceUrl, "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50").status, 406);
  EXPECT_EQ(client.get(kInstanceUrl, "text/plain").status, 406);
  EXPECT_EQ(client.get("/dicomweb/studies/1.2.1", "application/dicom").status, 406);  // two are no single body
  EXPECT_EQ(client.get(kInstanceUrl, "nonsense").status, 400);
}

TEST(DicomWebRetrieve, an_object_whose_pixels_are_damaged_does_not_keep_the_others_back) {
  WebClient client;
  client.store({ct_slice({})});
  std::string coded = client.get(kInstanceUrl, "application/dicom; transfer-syntax=1.2.840.10008.1.2.5").body;
  const std::size_t runs = coded.find(std::string("\1\0\0\0\x40\0\0\0", 8));  // of the RLE header
  ASSERT_NE(runs, std::string::npos);
  coded[runs] = '\x0E';
  WebClient other;
  other.store({coded, ct_slice(second())});
  EXPECT_EQ(other.get(kInstanceUrl, "application/dicom").status, 422);
  EXPECT_EQ(other.get(std::string(kInstanceUrl) + "/frames/1").status, 422);
  const std::vector<WebPart> parts = parts_of(other.get("/dicomweb/studies/1.2.1"));
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].body, coded);
  EXPECT_EQ(parts[0].headers.get("Content-Type"), "application/dicom; transfer-syntax=1.2.840.10008.1.2.5");
  EXPECT_EQ(parts[1].body, ct_slice(second()));
}

TEST(DicomWebRetrieve, what_is_not_there_is_not_found) {
  WebClient client;
  client.store({ct_slice({})});
  for (const char* target :
       {"/dicomweb/studies/1.2.9", "/dicomweb/studies/1.2.1/series/9", "/dicomweb/studies/1.2.9/metadata",
        "/dicomweb/studies/1.2.1/series/1.2.1.1/instances/9/rendered"}) {
    const WebReply reply = client.get(target);
    EXPECT_EQ(reply.status, 404) << target;
    EXPECT_EQ(reply.headers.get("Content-Type"), "application/problem+json");
  }
  EXPECT_EQ(client.get("/dicomweb/studies/not-a-uid").status, 400);
}

TEST(DicomWebRetrieve, gives_a_range_of_a_single_object) {
  WebClient client;
  client.store({ct_slice({})});
  const std::string whole = client.get(kInstanceUrl, "application/dicom").body;
  http::Request request(http::Method::get, kInstanceUrl);
  request.headers.add("Accept", "application/dicom");
  http::Response response = client.router().answer(request);
  EXPECT_TRUE(response.allow_ranges);
  ASSERT_EQ(response.source_size, whole.size());
  ASSERT_TRUE(response.source->skip(100));
  std::string rest;
  while (response.source->pull(rest, 50, http::Waker()).value() == http::Flow::more) continue;
  EXPECT_EQ(rest, whole.substr(100));
}

TEST(DicomWebMetadata, names_bulk_data_that_can_be_had) {
  WebClient client;
  client.store({ct_slice({}), ct_slice(second())});
  const WebReply all = client.get("/dicomweb/studies/1.2.1/metadata");
  EXPECT_EQ(all.headers.get("Content-Type"), "application/dicom+json");
  const WebReply one = client.get(std::string(kInstanceUrl) + "/metadata", "application/dicom+json");
  EXPECT_THAT(all.body, StartsWith(one.body.substr(0, one.body.size() - 1) + ",{"));
  const std::string bulk = std::string(kInstanceUrl) + "/bulkdata/7FE00010";
  EXPECT_THAT(one.body, HasSubstr(R"("7FE00010":{"vr":"OB","BulkDataURI":"http://archive.example)" + bulk + "\"}"));
  EXPECT_THAT(one.body, Not(HasSubstr("InlineBinary")));
  EXPECT_EQ(client.get(bulk, "application/octet-stream").body, std::string(64, 'a'));
  EXPECT_EQ(parts_of(client.get(bulk, R"(multipart/related; type="application/octet-stream")"))[0].body,
            std::string(64, 'a'));
  EXPECT_EQ(client.get(std::string(kInstanceUrl) + "/bulkdata/00100010").body, "Li^Ming ");
  EXPECT_EQ(client.get(std::string(kInstanceUrl) + "/bulkdata/7FE00008").status, 404);
  EXPECT_EQ(client.get(std::string(kInstanceUrl) + "/bulkdata/00400275/0/00400009").status, 404);
}

TEST(DicomWebFrames, gives_the_frames_that_the_list_names_in_its_order) {
  using dicom::testing::element;
  using dicom::testing::little_16;
  WebClient client;
  const std::string plain = element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2") +
                            element(0x00080018, "UI", "1.2.1.1.1") + element(0x0020000D, "UI", "1.2.1") +
                            element(0x0020000E, "UI", "1.2.1.1") + element(0x00280002, "US", little_16(1)) +
                            element(0x00280004, "CS", "MONOCHROME2") + element(0x00280008, "IS", "3") +
                            element(0x00280010, "US", little_16(2)) + element(0x00280011, "US", little_16(2)) +
                            element(0x00280100, "US", little_16(8)) + element(0x00280101, "US", little_16(8)) +
                            element(0x00280102, "US", little_16(7)) + element(0x00280103, "US", little_16(0)) +
                            element(0x7FE00010, "OB", "aaaabbbbcccc");
  client.store({dicom::testing::explicit_file(plain)});
  const std::string frames = std::string(kInstanceUrl) + "/frames/";
  const std::vector<WebPart> parts = parts_of(client.get(frames + "3,1"));
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].body, "cccc");
  EXPECT_EQ(parts[1].body, "aaaa");
  EXPECT_EQ(parts[0].headers.get("Content-Type"), "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1");
  EXPECT_EQ(client.get(frames + "2", "application/octet-stream").body, "bbbb");
  EXPECT_EQ(client.get(frames + "4").status, 404);
  for (const char* bad : {"0", "x", "1,", "1,,2", "-1"}) EXPECT_EQ(client.get(frames + bad).status, 400) << bad;
  EXPECT_EQ(client.get(frames + "1", "image/jpeg").status, 406);
  // Coded: as they are, and decoded.
  WebClient coded;
  coded.store({client.get(kInstanceUrl, "application/dicom; transfer-syntax=1.2.840.10008.1.2.5").body});
  EXPECT_EQ(coded.get(frames + "2", "application/octet-stream").body, "bbbb");
  const std::vector<WebPart> runs = parts_of(coded.get(frames + "1,2", R"(multipart/related; type="image/dicom-rle")"));
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].headers.get("Content-Type"), "image/dicom-rle; transfer-syntax=1.2.840.10008.1.2.5");
  EXPECT_THAT(runs[0].body, StartsWith(std::string("\1\0\0\0", 4)));
  EXPECT_EQ(
      parts_of(coded.get(frames + "1", R"(multipart/related; type="application/octet-stream"; transfer-syntax=*)"))[0]
          .body,
      runs[0].body);
  EXPECT_EQ(parts_of(coded.get(std::string(kInstanceUrl) + "/bulkdata/7FE00010")).size(), 3U);
}

TEST(DicomWebRendered, gives_pictures_as_jpeg_and_png) {
  WebClient client;
  client.store({ct_slice({}), ct_slice(second()), ct_slice({.instance = "1.2.1.1.3", .number = "3"})});
  const std::string rendered = std::string(kInstanceUrl) + "/rendered";
  const WebReply jpeg = client.get(rendered);
  EXPECT_EQ(jpeg.headers.get("Content-Type"), "image/jpeg");
  EXPECT_THAT(jpeg.body, StartsWith("\xFF\xD8\xFF"));
  const WebReply png = client.get(rendered, "image/png");
  EXPECT_THAT(png.body, StartsWith("\x89PNG"));
  EXPECT_EQ(client.get(rendered, "image/png", {{"If-None-Match", std::string(png.headers.get("ETag"))}}).status, 304);
  EXPECT_NE(client.get(rendered + "?window=10,20,linear", "image/png").headers.get("ETag"), png.headers.get("ETag"));
  const std::string large = client.get(rendered + "?viewport=32,16", "image/png").body;
  EXPECT_EQ(large.substr(16, 8), std::string("\0\0\0\x10\0\0\0\x10", 8));  // its shape is kept
  EXPECT_EQ(client.get(rendered + "?viewport=4,2,0,0,4,2", "image/png").body.substr(16, 8),
            std::string("\0\0\0\4\0\0\0\2", 8));
  for (const char* bad : {"?viewport=0,1", "?viewport=1", "?viewport=99999,1", "?viewport=4,2,6,0,4,2", "?window=1",
                          "?window=1,0,linear", "?window=1,2,sigmoid", "?quality=0", "?quality=x"}) {
    EXPECT_EQ(client.get(rendered + bad).status, 400) << bad;
  }
  EXPECT_EQ(client.get(rendered, "image/gif").status, 406);
  for (const char* above : {"/dicomweb/studies/1.2.1", "/dicomweb/studies/1.2.1/series/1.2.1.1", kInstanceUrl}) {
    EXPECT_EQ(client.get(std::string(above) + "/thumbnail").status, 200) << above;
  }
  EXPECT_EQ(client.get(std::string(kInstanceUrl) + "/frames/1/rendered", "image/png").body, png.body);
  EXPECT_EQ(client.get(std::string(kInstanceUrl) + "/frames/2/rendered").status, 404);
}

TEST(DicomWebRemoval, forgets_an_instance_a_series_and_a_study) {
  WebClient client;
  client.store({ct_slice({}), ct_slice(second()), ct_slice({.series = "1.2.1.2", .instance = "1.2.1.2.1"})});
  EXPECT_EQ(client.remove(kInstanceUrl).status, 204);
  EXPECT_EQ(client.remove(kInstanceUrl).status, 404);
  EXPECT_EQ(client.archive().counts().instances, 2U);
  EXPECT_EQ(client.remove("/dicomweb/studies/1.2.1/series/1.2.1.2").status, 204);
  EXPECT_EQ(client.remove("/dicomweb/studies/1.2.1").status, 204);
  EXPECT_EQ(client.archive().counts().studies, 0U);
}

TEST(DicomWebCapabilities, tells_what_there_is) {
  WebClient client;
  client.store({ct_slice({})});
  const WebReply reply = client.get("/dicomweb");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"("archive":{"studies":1,"series":1,"instances":1,)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("searchResults":1000)"));
  EXPECT_EQ(client.ask(http::Method::options, "/dicomweb", {}, {}).body, reply.body);
}

}  // namespace
}  // namespace meridian::dicomweb
