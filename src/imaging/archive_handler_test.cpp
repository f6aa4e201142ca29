// The archive as DICOM peers see it: a server with the archive behind it, and our client.
#include "imaging/archive_handler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/testing/temporary_folder.hpp"
#include "connect/dicom_client.hpp"
#include "formats/dicom/values.hpp"
#include "http/executor.hpp"
#include "imaging/testing/objects.hpp"
#include "net/io.hpp"

namespace meridian::imaging {
namespace {

using connect::DicomClient;
using connect::DicomObject;
using connect::DicomProposal;
using testing::ct_slice;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Slice;

constexpr const char* kCt = "1.2.840.10008.5.1.4.1.1.2";
constexpr const char* kExplicit = "1.2.840.10008.1.2.1";

class ArchiveHandlers : public ::testing::Test {
 protected:
  void SetUp() override {
    archive_ = Archive::open({.folder = folder_.path() + "/archive", .key = "tests"}).value();
    node_.server.titles = {"ARCHIVE"};
  }
  void start() {
    handler_ = std::make_unique<ArchiveHandler>(*archive_, node_);
    server_ = std::make_unique<connect::DicomServer>(
        connect::DicomServer::start(node_.server, io_, *pool_, *handler_).value());
  }
  std::unique_ptr<DicomClient> open(std::vector<DicomProposal> proposals) {
    connect::DicomClientOptions options;
    options.host = "127.0.0.1";
    options.port = server_->port();
    options.called = "ARCHIVE";
    options.calling = "CT1";
    auto opened = DicomClient::open(options, io_, std::move(proposals));
    EXPECT_TRUE(opened) << opened.error().message();
    return *std::move(opened);
  }
  void send(const std::vector<Slice>& slices) {
    const auto client = open({{kCt, {kExplicit}}});
    for (const Slice& slice : slices) {
      EXPECT_EQ(client->store(connect::dicom_object(ct_slice(slice)).value())->code, 0);
    }
    EXPECT_TRUE(client->release());
  }
  static std::string identifier(std::string_view level, std::vector<std::pair<dicom::Tag, std::string>> keys) {
    Attributes attributes;
    attributes.set({0x0008, 0x0052}, std::string(level));
    for (auto& [tag, value] : keys) attributes.set(tag, value);
    return to_data_set(attributes, true);
  }

  meridian::testing::TemporaryFolder folder_;
  net::Io io_{{.threads = 2, .tick_milliseconds = 5}};
  std::unique_ptr<http::Executor> pool_ = http::make_pool(2, 64);
  std::unique_ptr<Archive> archive_;
  DicomNode node_;
  std::unique_ptr<ArchiveHandler> handler_;
  std::unique_ptr<connect::DicomServer> server_;
};

const Slice kFirst{.instance = "1.2.1.1.1", .pixels = 4096};
const Slice kSecond{.instance = "1.2.1.1.2", .number = "2", .pixels = 4096};
const Slice kOther{.study = "1.2.2", .series = "1.2.2.1", .instance = "1.2.2.1.1", .patient = "8", .name = "Wang^Fang"};

TEST_F(ArchiveHandlers, answer_a_store_once_the_object_is_safe) {
  start();
  send({kFirst, kSecond});
  const auto stored = archive_->instance(store::local_reader(), kFirst.instance).value();
  EXPECT_THAT(stored.source, HasSubstr("dicom/CT1@127.0.0.1"));
  const std::string file = archive_->file(stored)->bytes();
  const std::string sent = ct_slice(kFirst);
  const std::string data_set = sent.substr(dicom::read_file(sent, {}, *std::make_unique<Issues>())->data_set_at());
  EXPECT_TRUE(file.ends_with(data_set));
  send({kFirst});  // again
  EXPECT_EQ(archive_->counts().instances, 2U);
}

TEST_F(ArchiveHandlers, say_why_an_object_was_not_taken) {
  start();
  send({kFirst});
  const auto client = open({{kCt, {kExplicit}}});
  Slice other = kFirst;
  other.pixel = 'b';
  EXPECT_EQ(client->store(connect::dicom_object(ct_slice(other)).value())->code,
            connect::dimse_status::kDuplicateInstance);
  DicomObject lying = connect::dicom_object(ct_slice(kSecond)).value();
  lying.sop_instance = "1.2.9";
  EXPECT_EQ(client->store(lying)->code, connect::dimse_status::kDoesNotMatchClass);
  EXPECT_EQ(client->store({{kCt, kExplicit}, "1.2.3", connect::dicom_bytes("no data set at all")})->code,
            connect::dimse_status::kDoesNotMatchClass);
  EXPECT_EQ(archive_->counts().instances, 1U);
}

TEST_F(ArchiveHandlers, find_at_each_level) {
  start();
  send({kFirst, kSecond, kOther});
  const auto client = open({{std::string(connect::uids::kStudyRootFind), {kExplicit}},
                            {std::string(connect::uids::kPatientRootFind), {kExplicit}}});
  const auto find = [&](std::string_view model, std::string asked) {
    std::vector<std::string> found;
    const auto status = client->find({std::string(model), std::move(asked), kExplicit}, [&](std::string match) {
      found.push_back(std::move(match));
      return true;
    });
    EXPECT_EQ(status->code, 0);
    return found;
  };
  const auto studies =
      find(connect::uids::kStudyRootFind, identifier("STUDY", {{{0x0010, 0x0010}, "wang*"}, {{0x0020, 0x000D}, ""}}));
  ASSERT_EQ(studies.size(), 1U);
  EXPECT_THAT(studies[0], HasSubstr("1.2.2"));
  EXPECT_THAT(studies[0], HasSubstr("Wang^Fang"));
  EXPECT_THAT(studies[0], HasSubstr("ARCHIVE"));  // Retrieve AE Title
  EXPECT_EQ(find(connect::uids::kPatientRootFind, identifier("PATIENT", {{{0x0010, 0x0020}, ""}})).size(), 2U);
  EXPECT_EQ(find(connect::uids::kStudyRootFind, identifier("IMAGE", {{{0x0020, 0x000D}, "1.2.1"}})).size(), 2U);
  EXPECT_EQ(client
                ->find({std::string(connect::uids::kStudyRootFind), identifier("WARD", {}), kExplicit},
                       [](const std::string&) { return true; })
                ->code,
            connect::dimse_status::kDoesNotMatchClass);
}

class Keeps final : public connect::DicomSink {
 public:
  explicit Keeps(std::string& into) : into_(into) {}
  Result<> append(std::string_view bytes) override {
    into_ += bytes;
    return {};
  }
  void finish(connect::DicomReply reply) override { std::move(reply).give({}); }

 private:
  std::string& into_;
};

TEST_F(ArchiveHandlers, give_out_what_was_stored) {
  start();
  send({kFirst, kSecond, kOther});
  const auto client = open({{std::string(connect::uids::kStudyRootGet), {kExplicit}}, {kCt, {kExplicit}, true}});
  std::map<std::string, std::string> got;
  const auto retrieved = client->get(
      {std::string(connect::uids::kStudyRootGet), identifier("STUDY", {{{0x0020, 0x000D}, "1.2.1"}}), kExplicit},
      [&](const connect::DicomKind&, const std::string& instance) -> Result<std::unique_ptr<connect::DicomSink>> {
        return std::make_unique<Keeps>(got[instance]);
      });
  EXPECT_EQ(retrieved->status.code, 0);
  EXPECT_EQ(retrieved->operations.completed, 2);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_TRUE(ct_slice(kFirst).ends_with(got.at(kFirst.instance)));
  EXPECT_GT(got.at(kFirst.instance).size(), 4096U);
  // Nothing named, nothing sent.
  EXPECT_NE(client
                ->get({std::string(connect::uids::kStudyRootGet), identifier("STUDY", {}), kExplicit},
                      [&](const connect::DicomKind&,
                          const std::string& instance) -> Result<std::unique_ptr<connect::DicomSink>> {
                        return std::make_unique<Keeps>(got[instance]);
                      })
                ->status.code,
            0);
}

TEST_F(ArchiveHandlers, send_to_declared_destinations_alone) {
  // The destination is another archive.
  const auto theirs = Archive::open({.folder = folder_.path() + "/theirs", .key = "tests"}).value();
  DicomNode their_node;
  ArchiveHandler their_handler(*theirs, their_node);
  const auto their_pool = http::make_pool(1, 8);
  auto their_server = connect::DicomServer::start(their_node.server, io_, *their_pool, their_handler).value();
  node_.destinations.push_back({"127.0.0.1", their_server.port(), "VIEWER", false, {}});
  start();
  send({kFirst, kSecond, kOther});
  const auto client = open({{std::string(connect::uids::kStudyRootMove), {kExplicit}}});
  const connect::DicomRequest request{std::string(connect::uids::kStudyRootMove),
                                      identifier("SERIES", {{{0x0020, 0x000E}, "1.2.1.1"}}), kExplicit};
  EXPECT_EQ(client->move(request, "NOBODY")->status.code, connect::dimse_status::kDestinationUnknown);
  const auto moved = client->move(request, "VIEWER");
  EXPECT_EQ(moved->status.code, 0);
  EXPECT_EQ(moved->operations.completed, 2);
  EXPECT_EQ(theirs->counts().instances, 2U);
}

TEST_F(ArchiveHandlers, promise_to_keep_only_what_they_have) {
  start();
  send({kFirst});
  std::string items;
  for (const char* instance : {"1.2.1.1.1", "1.2.1.1.9"}) {
    items += dicom::testing::item(dicom::testing::element(0x00081150, "UI", kCt) +
                                  dicom::testing::element(0x00081155, "UI", instance));
  }
  const std::string asked =
      dicom::testing::element(0x00081195, "UI", "1.2.77") + dicom::testing::element(0x00081199, "SQ", items);
  const connect::DicomPeer peer;
  const auto commitment = handler_->commit({peer, std::string(connect::uids::kStorageCommitment), kExplicit, asked});
  ASSERT_TRUE(commitment);
  EXPECT_EQ(commitment->event_type, 2);
  Issues issues;
  const auto answer =
      dicom::read_file(connect::part_10_head({kCt, kExplicit}, "1.2", {}) + commitment->information, {}, issues);
  ASSERT_TRUE(answer);
  const auto failed = dicom::items(answer->data_set(), {0x0008, 0x1198});
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(dicom::text(failed[0], {0x0008, 0x1155}), "1.2.1.1.9");
  EXPECT_EQ(dicom::integer(failed[0], {0x0008, 0x1197}), 0x0112);
  EXPECT_EQ(dicom::items(answer->data_set(), {0x0008, 0x1199}).size(), 1U);
  EXPECT_EQ(dicom::text(answer->data_set(), {0x0008, 0x1195}), "1.2.77");
}

TEST(DicomNodeDeclaration, says_every_fault_with_its_line) {
  std::vector<std::string> faults;
  const auto node = parse_dicom_node(
      "node: archive\nlisten: 0.0.0.0:11112\ntitles: [MERIDIAN]\npeers:\n"
      "  - {title: CT1, address: 10.0.0.5}\n  - {title: VIEWER, to: '10.0.0.9:104'}\non_conflict: replace\n",
      "archive.yaml", faults);
  ASSERT_TRUE(node) << faults[0];
  EXPECT_EQ(node->server.port, 11112);
  EXPECT_EQ(node->server.peers.size(), 2U);
  EXPECT_EQ(node->destinations.front().title, "VIEWER");
  EXPECT_EQ(node->on_conflict, OnConflict::replace);
  EXPECT_FALSE(parse_dicom_node("node: A B\nlisten: here\non_conflict: ask\n", "x.yaml", faults));
  EXPECT_THAT(faults, ElementsAre(HasSubstr("x.yaml:1: a node is named"), HasSubstr("x.yaml:2: \"listen\""),
                                  HasSubstr("x.yaml:1: nobody may ask"), HasSubstr("x.yaml:3: \"on_conflict\"")));
}

}  // namespace
}  // namespace meridian::imaging
