// DicomServer and DicomClient with each other: every service, refusals, cancelling, TLS, draining.
#include "connect/dicom_server.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "connect/dicom_client.hpp"
#include "connect/testing/dicom_shelf.hpp"
#include "formats/dicom/testing/bytes.hpp"
#include "http/executor.hpp"
#include "net/io.hpp"
#include "net/testing/authority.hpp"

namespace meridian::connect {
namespace {

using net::testing::Authority;
using net::testing::Identity;
using testing::DicomShelf;

constexpr const char* kCt = "1.2.840.10008.5.1.4.1.1.2";
constexpr const char* kExplicit = "1.2.840.10008.1.2.1";
constexpr const char* kImplicit = "1.2.840.10008.1.2";
constexpr const char* kJpeg2000 = "1.2.840.10008.1.2.4.90";

std::string data_set(std::size_t size) {
  std::string bytes = dicom::testing::element(0x00080018, "UI", "1.2.3.4");
  std::string pixels(size, '\0');
  for (std::size_t i = 0; i < size; ++i) pixels[i] = static_cast<char>(i * 7 + i / 251);
  return bytes + dicom::testing::element(0x7FE00010, "OW", std::move(pixels));
}

DicomObject object(const std::string& id, std::string bytes, std::string syntax = kExplicit) {
  return {{kCt, std::move(syntax)}, id, dicom_bytes(std::move(bytes))};
}

class DicomServers : public ::testing::Test {
 protected:
  DicomServer& start() {
    Result<DicomServer> started = DicomServer::start(options_, io_, *pool_, shelf_);
    EXPECT_TRUE(started) << started.error().message();
    server_ = std::make_unique<DicomServer>(*std::move(started));
    return *server_;
  }
  DicomClientOptions client_options() const {
    DicomClientOptions options;
    options.host = "127.0.0.1";
    options.port = server_->port();
    options.called = "ARCHIVE";
    options.calling = "TESTER";
    return options;
  }
  Result<std::unique_ptr<DicomClient>> try_open(std::vector<DicomProposal> proposals = {
                                                    {"1.2.840.10008.1.1", {kImplicit}}}) {
    return DicomClient::open(client_options(), io_, std::move(proposals));
  }
  std::unique_ptr<DicomClient> open(std::vector<DicomProposal> proposals) {
    auto opened = try_open(std::move(proposals));
    EXPECT_TRUE(opened) << opened.error().message();
    return *std::move(opened);
  }
  /// Until the condition holds; a test that waits for ever is stopped from outside.
  template <typename Condition>
  void until(Condition condition) {
    while (!condition()) std::this_thread::yield();
  }

  net::Io io_{{.threads = 2, .tick_milliseconds = 5}};
  std::unique_ptr<http::Executor> pool_ = http::make_pool(2, 64);
  DicomServerOptions options_;
  DicomShelf shelf_;
  std::unique_ptr<DicomServer> server_;
};

TEST_F(DicomServers, answer_an_echo) {
  start();
  const auto client = open({{"1.2.840.10008.1.1", {kImplicit}}});
  EXPECT_EQ(client->echo()->code, dimse_status::kSuccess);
  EXPECT_EQ(client->echo()->code, dimse_status::kSuccess);
  EXPECT_TRUE(client->release());
  EXPECT_FALSE(client->echo());
  EXPECT_EQ(server_->counts().operations, 2U);
  EXPECT_EQ(server_->counts().associations_aborted, 0U);
}

TEST_F(DicomServers, keep_an_object_bit_for_bit_however_small_the_pdus) {
  options_.max_pdu_bytes = 4096;
  start();
  const auto client = open({{kCt, {kExplicit}}});
  const std::string bytes = data_set(1'000'003);
  EXPECT_EQ(client->store(object("1.2.3.4", bytes))->code, dimse_status::kSuccess);
  EXPECT_EQ(client->store(object("1.2.3.5", data_set(10)))->code, dimse_status::kSuccess);
  ASSERT_TRUE(client->release());
  EXPECT_EQ(shelf_.kept().at("1.2.3.4").bytes, bytes);
  EXPECT_EQ(shelf_.kept().at("1.2.3.5").bytes, data_set(10));
  EXPECT_EQ(shelf_.last_peer().calling, "TESTER");
  EXPECT_EQ(shelf_.last_peer().called, "ARCHIVE");
  EXPECT_EQ(server_->counts().objects_received, 2U);
}

TEST_F(DicomServers, hand_a_large_object_on_in_pieces) {
  start();
  const auto client = open({{kCt, {kExplicit}}});
  ASSERT_EQ(client->store(object("1.2.3.4", data_set(4 << 20)))->code, dimse_status::kSuccess);
  EXPECT_GE(shelf_.pieces, 16);
}

TEST_F(DicomServers, take_transfer_syntaxes_as_they_come) {
  start();
  const auto client = open({{kCt, {"1.2.3.unknown", kJpeg2000, kExplicit}},
                            {"1.2.840.10008.5.1.4.1.2.2.1", {kJpeg2000, kImplicit, kExplicit}},
                            {"1.2.840.10008.5.1.4.1.1.4", {"1.2.3.unknown"}},
                            {"1.2.840.10008.3.1.2.3.3", {kImplicit}}});
  EXPECT_TRUE(client->takes({kCt, kJpeg2000}));
  EXPECT_FALSE(client->takes({kCt, kExplicit}));
  EXPECT_TRUE(client->takes({"1.2.840.10008.5.1.4.1.2.2.1", kImplicit}));
  EXPECT_FALSE(client->takes({"1.2.840.10008.5.1.4.1.1.4", "1.2.3.unknown"}));
  EXPECT_FALSE(client->takes({"1.2.840.10008.3.1.2.3.3", kImplicit}));
  EXPECT_EQ(client->store(object("1.2.3", data_set(5), kJpeg2000))->code, dimse_status::kSuccess);
  const auto other = client->store(object("1.2.4", data_set(5)));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), ErrorCode::unsupported);
  EXPECT_EQ(shelf_.kept().at("1.2.3").kind.transfer_syntax, kJpeg2000);
}

TEST_F(DicomServers, reject_titles_that_are_not_theirs) {
  options_.titles = {"OTHER"};
  start();
  const auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::forbidden);
  EXPECT_NE(opened.error().message().find("called AE title"), std::string::npos);
  EXPECT_EQ(server_->counts().associations_rejected, 1U);
}

TEST_F(DicomServers, reject_peers_that_are_not_known) {
  options_.peers = {{"TESTER", "10.0.0.1", {}}, {"FRIEND", {}, {}}};
  start();
  const auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message().find("calling AE title"), std::string::npos);
}

TEST_F(DicomServers, take_peers_that_are_known) {
  options_.peers = {{"TESTER", "127.0.0.1", {}}};
  start();
  EXPECT_TRUE(try_open());
}

TEST_F(DicomServers, tell_a_refusal_and_go_on) {
  shelf_.refusal = ErrorCode::busy;
  start();
  const auto client = open({{kCt, {kExplicit}}});
  EXPECT_EQ(client->store(object("1.2.3", data_set(900'000)))->code, dimse_status::kOutOfResources);
  shelf_.refusal = ErrorCode::conflict;
  EXPECT_EQ(client->store(object("1.2.3", data_set(5)))->code, dimse_status::kDuplicateInstance);
  shelf_.refusal.reset();
  EXPECT_EQ(client->store(object("1.2.3", data_set(5)))->code, dimse_status::kSuccess);
  EXPECT_EQ(server_->counts().objects_received, 1U);
}

TEST_F(DicomServers, refuse_an_object_beyond_the_limit_and_go_on) {
  options_.object_bytes = 500'000;
  start();
  const auto client = open({{kCt, {kExplicit}}});
  EXPECT_EQ(client->store(object("1.2.3", data_set(900'000)))->code, dimse_status::kOutOfResources);
  EXPECT_EQ(client->store(object("1.2.4", data_set(5)))->code, dimse_status::kSuccess);
  EXPECT_EQ(shelf_.dropped, 1);
}

TEST_F(DicomServers, answer_an_object_when_it_is_safe_and_not_before) {
  shelf_.holds_replies = true;
  start();
  const auto client = open({{kCt, {kExplicit}}});
  std::atomic<bool> is_answered = false;
  std::thread sender([&] {
    EXPECT_EQ(client->store(object("1.2.3", data_set(5)))->code, 0xB000);
    is_answered = true;
  });
  std::vector<DicomReply> replies;
  until([&] {
    replies = shelf_.take_replies();
    return !replies.empty();
  });
  EXPECT_FALSE(is_answered);
  std::move(replies.front()).give({0xB000, "kept otherwise"});
  sender.join();
}

TEST_F(DicomServers, fail_an_object_whose_promise_is_dropped) {
  shelf_.holds_replies = true;
  start();
  const auto client = open({{kCt, {kExplicit}}});
  std::thread sender(
      [&] { EXPECT_EQ(client->store(object("1.2.3", data_set(5)))->code, dimse_status::kProcessingFailure); });
  until([&] { return !shelf_.take_replies().empty(); });
  sender.join();
}

TEST_F(DicomServers, give_matches_one_at_a_time) {
  shelf_.matches = {data_set(3), data_set(5), data_set(70'000)};
  start();
  const auto client = open({{"1.2.840.10008.5.1.4.1.2.2.1", {kExplicit}}});
  std::vector<std::string> got;
  const auto status = client->find({"1.2.840.10008.5.1.4.1.2.2.1", data_set(1)}, [&](std::string match) {
    got.push_back(std::move(match));
    return true;
  });
  EXPECT_EQ(status->code, dimse_status::kSuccess);
  EXPECT_EQ(got, shelf_.matches);
  EXPECT_EQ(shelf_.asked, data_set(1));
}

TEST_F(DicomServers, stop_looking_when_the_peer_cancels) {
  shelf_.matches.assign(100'000, data_set(3));
  start();
  const auto client = open({{"1.2.840.10008.5.1.4.1.2.2.1", {kExplicit}}});
  const auto status =
      client->find({"1.2.840.10008.5.1.4.1.2.2.1", data_set(1)}, [&](const std::string&) { return false; });
  EXPECT_EQ(status->code, dimse_status::kCancel);
  EXPECT_LT(shelf_.pulled, 100'000);
  EXPECT_TRUE(client->release());
}

TEST_F(DicomServers, tell_why_nothing_can_be_found) {
  shelf_.refusal = ErrorCode::malformed_input;
  start();
  const auto client = open({{"1.2.840.10008.5.1.4.1.2.2.1", {kExplicit}}});
  const auto status =
      client->find({"1.2.840.10008.5.1.4.1.2.2.1", data_set(1)}, [](const std::string&) { return true; });
  EXPECT_EQ(status->code, dimse_status::kDoesNotMatchClass);
}

TEST_F(DicomServers, refuse_identifiers_beyond_the_limit) {
  options_.identifier_bytes = 1000;
  start();
  const auto client = open({{"1.2.840.10008.5.1.4.1.2.2.1", {kExplicit}}});
  const auto status =
      client->find({"1.2.840.10008.5.1.4.1.2.2.1", data_set(5000)}, [](const std::string&) { return true; });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::io_failure);
  until([&] { return server_->counts().associations_aborted == 1; });
}

TEST_F(DicomServers, move_objects_to_another_node) {
  DicomShelf target;
  auto other = *DicomServer::start({}, io_, *pool_, target);
  shelf_.destination = {"127.0.0.1", other.port(), "TARGET", false, {}};
  shelf_.put("1.2.3", {{kCt, kExplicit}, data_set(300'000)});
  shelf_.put("1.2.4", {{kCt, kJpeg2000}, data_set(4)});
  start();
  const auto client = open({{"1.2.840.10008.5.1.4.1.2.2.2", {kExplicit}}});
  const auto moved = client->move({"1.2.840.10008.5.1.4.1.2.2.2", data_set(1)}, "TARGET");
  ASSERT_TRUE(moved) << moved.error().message();
  EXPECT_EQ(moved->status.code, dimse_status::kSuccess);
  EXPECT_EQ(moved->operations.completed, 2);
  EXPECT_EQ(target.kept().at("1.2.3").bytes, data_set(300'000));
  EXPECT_EQ(target.kept().at("1.2.4").kind.transfer_syntax, kJpeg2000);
  EXPECT_EQ(target.last_peer().calling, "ARCHIVE");
}

TEST_F(DicomServers, tell_that_a_destination_is_not_known_or_does_not_answer) {
  shelf_.destination = {"127.0.0.1", 1, "TARGET", false, {}};
  shelf_.put("1.2.3", {{kCt, kExplicit}, data_set(3)});
  start();
  const auto client = open({{"1.2.840.10008.5.1.4.1.2.2.2", {kExplicit}}});
  EXPECT_EQ(client->move({"1.2.840.10008.5.1.4.1.2.2.2", data_set(1)}, "NOBODY")->status.code,
            dimse_status::kDestinationUnknown);
  const auto moved = client->move({"1.2.840.10008.5.1.4.1.2.2.2", data_set(1)}, "TARGET");
  EXPECT_EQ(moved->status.code, 0xA702);
  EXPECT_EQ(moved->operations.failed, 1);
}

TEST_F(DicomServers, give_objects_out_over_the_same_association) {
  shelf_.put("1.2.3", {{kCt, kExplicit}, data_set(300'000)});
  shelf_.put("1.2.4", {{kCt, kExplicit}, data_set(4)});
  shelf_.put("1.2.5", {{kCt, kJpeg2000}, data_set(4)});
  start();
  DicomShelf mine;
  const auto client = open({{"1.2.840.10008.5.1.4.1.2.2.3", {kExplicit}}, {kCt, {kExplicit}, true}});
  const DicomPeer nobody;
  const auto got =
      client->get({"1.2.840.10008.5.1.4.1.2.2.3", data_set(1)},
                  [&](const DicomKind& kind, const std::string& id) { return mine.store(nobody, kind, id); });
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ(got->status.code, dimse_status::kSubOperationsFailed);
  EXPECT_EQ(got->operations.completed, 2);
  EXPECT_EQ(got->operations.failed, 1);
  EXPECT_EQ(mine.kept().at("1.2.3").bytes, data_set(300'000));
  EXPECT_TRUE(client->release());
}

TEST_F(DicomServers, drop_a_sink_whose_peer_breaks_off) {
  start();
  class Broken final : public DicomBytes {
   public:
    std::uint64_t size() const override { return 2 << 20; }
    Result<> read(std::uint64_t at, std::span<char>) const override {
      if (at > 1 << 20) return fail(ErrorCode::io_failure, "the disk of the test broke");
      return {};
    }
  };
  {
    const auto client = open({{kCt, {kExplicit}}});
    EXPECT_FALSE(client->store({{kCt, kExplicit}, "1.2.3", std::make_shared<Broken>()}));
  }
  until([&] { return shelf_.dropped == 1; });
  EXPECT_TRUE(shelf_.kept().empty());
  until([&] { return server_->counts().associations_aborted == 1; });
}

TEST_F(DicomServers, refuse_associations_beyond_the_limit) {
  options_.associations = 2;
  start();
  const auto first = try_open();
  const auto second = try_open();
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(try_open());
  EXPECT_EQ(server_->counts().connections_refused, 1U);
  ASSERT_TRUE((*first)->release());
  until([&] { return server_->counts().connections_open == 1; });
  EXPECT_TRUE(try_open());
}

TEST_F(DicomServers, stop_when_every_association_has_ended_its_operation) {
  shelf_.holds_replies = true;
  start();
  const auto idle = try_open();
  const auto busy = open({{kCt, {kExplicit}}});
  std::thread sender([&] { EXPECT_EQ(busy->store(object("1.2.3", data_set(5)))->code, dimse_status::kSuccess); });
  std::vector<DicomReply> replies;
  until([&] {
    replies = shelf_.take_replies();
    return !replies.empty();
  });
  std::thread stopper([&] { EXPECT_TRUE(server_->drain(60'000)); });
  until([&] { return server_->counts().connections_open == 1; });
  std::move(replies.front()).give({});
  sender.join();
  EXPECT_FALSE(busy->echo());
  stopper.join();
  EXPECT_FALSE(try_open());
}

TEST_F(DicomServers, speak_tls_with_certificates_on_both_sides) {
  Authority authority;
  const Identity server = authority.identity("server", "IP:127.0.0.1");
  const Identity client_identity = authority.identity("modality", "");
  options_.tls = true;
  options_.certificates = {server.certificate, server.key, net::ClientCertificate::required, authority.pem()};
  start();
  DicomClientOptions client = client_options();
  client.tls = true;
  client.certificates = {authority.pem(), client_identity.certificate, client_identity.key};
  auto opened = DicomClient::open(client, io_, {{kCt, {kExplicit}}});
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ((*opened)->store(object("1.2.3", data_set(900'000)))->code, dimse_status::kSuccess);
  EXPECT_EQ(shelf_.kept().at("1.2.3").bytes, data_set(900'000));
  EXPECT_TRUE(shelf_.last_peer().is_encrypted);
  EXPECT_EQ(shelf_.last_peer().certificate_subject, "CN=modality");
  EXPECT_TRUE((*opened)->release());

  client.certificates = {authority.pem(), {}, {}};
  EXPECT_FALSE(DicomClient::open(client, io_, {{kCt, {kExplicit}}}));
  EXPECT_TRUE(server_->reload_certificates());
}

TEST_F(DicomServers, serve_many_associations_at_once) {
  start();
  std::vector<std::thread> senders;
  senders.reserve(16);
  for (int i = 0; i < 16; ++i) {
    senders.emplace_back([this, i] {
      const auto client = open({{kCt, {kExplicit}}});
      for (int k = 0; k < 20; ++k) {
        const std::string id = "1.2." + std::to_string(i) + "." + std::to_string(k);
        EXPECT_EQ(client->store(object(id, data_set(20'000)))->code, dimse_status::kSuccess);
      }
      EXPECT_TRUE(client->release());
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(shelf_.kept().size(), 320U);
}

TEST(DicomServerOptions, are_refused_when_nothing_could_work_with_them) {
  net::Io io;
  const auto pool = http::make_pool(1, 1);
  DicomShelf shelf;
  DicomServerOptions tiny_pdus;
  tiny_pdus.max_pdu_bytes = 100;
  EXPECT_FALSE(DicomServer::start(tiny_pdus, io, *pool, shelf));
  DicomServerOptions long_title;
  long_title.titles = {"A TITLE THAT IS TOO LONG"};
  EXPECT_FALSE(DicomServer::start(long_title, io, *pool, shelf));
  DicomServerOptions no_time;
  no_time.idle_ms = 0;
  EXPECT_FALSE(DicomServer::start(no_time, io, *pool, shelf));
}

TEST(DicomObject, is_what_a_part_10_file_holds) {
  const std::string set = dicom::testing::element(0x00080016, "UI", kCt) + data_set(11);
  const DicomKind kind{kCt, kExplicit};
  const DicomObject object = *dicom_object(part_10_head(kind, "1.2.3.4", "CT1") + set);
  EXPECT_EQ(object.kind, kind);
  EXPECT_EQ(object.sop_instance, "1.2.3.4");
  std::string bytes(object.data_set->size(), '\0');
  ASSERT_TRUE(object.data_set->read(0, bytes));
  EXPECT_EQ(bytes, set);
}

TEST(DicomObject, needs_a_class_and_an_instance) {
  EXPECT_FALSE(dicom_object(dicom::testing::explicit_file(dicom::testing::element(0x00080018, "UI", "1.2.3.4"))));
  EXPECT_FALSE(dicom_object("no DICOM"));
}

}  // namespace
}  // namespace meridian::connect
