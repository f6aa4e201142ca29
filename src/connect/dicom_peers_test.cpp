// Peers of a DicomServer that lie, stall, stop in the middle or say what does not belong there: each is cut, and what
// they broke off is dropped.
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "connect/dicom_pdu.hpp"
#include "connect/dicom_server.hpp"
#include "connect/testing/dicom_shelf.hpp"
#include "connect/testing/raw_peer.hpp"
#include "http/executor.hpp"
#include "net/io.hpp"

namespace meridian::connect {
namespace {

using testing::DicomShelf;
using testing::RawPeer;

constexpr const char* kCt = "1.2.840.10008.5.1.4.1.1.2";

std::string request() {
  AssociateRequest request;
  request.called = "ARCHIVE";
  request.calling = "RAW";
  request.application_context = uids::kApplicationContext;
  request.contexts = {{1, kCt, {"1.2.840.10008.1.2.1"}},
                      {3, "1.2.840.10008.1.20.1", {"1.2.840.10008.1.2.1"}},
                      {5, "1.2.840.10008.1.1", {"1.2.840.10008.1.2"}}};
  request.user.max_pdu_bytes = 16384;
  return encode(request);
}

std::string values(std::uint8_t context, bool is_command, bool is_last, const std::string& bytes) {
  std::string out;
  append_pdu_head(out, {PduType::data, static_cast<std::uint32_t>(bytes.size() + kPdvHeadBytes)});
  append_data_value_head(out, {context, is_command, is_last, {}}, static_cast<std::uint32_t>(bytes.size()));
  return out + bytes;
}

DimseCommand store_request() {
  DimseCommand store;
  store.field = DimseField::c_store_request;
  store.message_id = 1;
  store.sop_class = kCt;
  store.sop_instance = "1.2.3";
  store.has_data_set = true;
  return store;
}

struct Pdu {
  PduHead head;
  std::string body;
};

class DicomPeers : public ::testing::Test {
 protected:
  RawPeer connect() {
    if (!server_) server_ = std::make_unique<DicomServer>(*DicomServer::start(options_, io_, *pool_, shelf_));
    return RawPeer(server_->port());
  }
  /// With an association agreed upon.
  RawPeer associate() {
    RawPeer peer = connect();
    EXPECT_TRUE(peer.send(request()));
    EXPECT_EQ(next(peer).head.type, PduType::associate_accept);
    return peer;
  }
  static Pdu next(RawPeer& peer) {
    const std::string bytes = peer.bytes(kPduHeadBytes);
    const Result<PduHead> head = decode_pdu_head(bytes);
    if (!head) return {{PduType::abort, 0}, "closed"};
    return {*head, peer.bytes(head->bytes)};
  }
  static DimseCommand next_command(RawPeer& peer) {
    const Pdu pdu = next(peer);
    std::string_view body = pdu.body;
    return *decode_command(take_data_value(body)->bytes);
  }
  void expect_abort(RawPeer& peer) {
    const Pdu pdu = next(peer);
    EXPECT_EQ(pdu.head.type, PduType::abort);
    EXPECT_EQ(pdu.head.bytes, 4U);
    until([&] { return server_->counts().associations_aborted == 1; });
  }
  template <typename Condition>
  void until(Condition condition) {
    while (!condition()) std::this_thread::yield();
  }

  net::Io io_{{.threads = 1, .tick_milliseconds = 5}};
  std::unique_ptr<http::Executor> pool_ = http::make_pool(2, 64);
  DicomServerOptions options_;
  DicomShelf shelf_;
  std::unique_ptr<DicomServer> server_;
};

TEST_F(DicomPeers, that_speak_another_protocol_are_aborted) {
  RawPeer peer = connect();
  ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\n\r\n"));
  expect_abort(peer);
}

TEST_F(DicomPeers, that_say_nothing_are_aborted_in_time) {
  options_.request_ms = 20;
  RawPeer peer = connect();
  expect_abort(peer);
  EXPECT_TRUE(peer.is_closed());
}

TEST_F(DicomPeers, that_begin_with_data_are_aborted) {
  RawPeer peer = connect();
  ASSERT_TRUE(peer.send(values(1, true, true, "x")));
  expect_abort(peer);
}

TEST_F(DicomPeers, that_send_a_request_byte_by_byte_are_served) {
  RawPeer peer = connect();
  for (const char byte : request()) ASSERT_TRUE(peer.send({&byte, 1}));
  EXPECT_EQ(next(peer).head.type, PduType::associate_accept);
}

TEST_F(DicomPeers, that_stop_within_a_request_are_aborted) {
  options_.stall_ms = 20;
  RawPeer peer = connect();
  ASSERT_TRUE(peer.send(request().substr(0, 100)));
  expect_abort(peer);
}

TEST_F(DicomPeers, that_close_within_a_request_leave_nothing_behind) {
  {
    const RawPeer peer = connect();
    RawPeer other = connect();
    ASSERT_TRUE(other.send(request().substr(0, 100)));
  }
  until([&] { return server_->counts().associations_aborted == 2 && server_->counts().connections_open == 0; });
}

TEST_F(DicomPeers, that_announce_a_pdu_larger_than_agreed_are_aborted_before_it_comes) {
  RawPeer peer = associate();
  ASSERT_TRUE(peer.send(std::string("\x04\0\x7f\xff\xff\xff", 6)));
  expect_abort(peer);
}

TEST_F(DicomPeers, whose_values_are_longer_than_their_pdu_are_aborted) {
  RawPeer peer = associate();
  std::string pdu = values(1, true, true, encode(store_request()));
  pdu[9] = static_cast<char>(pdu[9] + 1);
  ASSERT_TRUE(peer.send(pdu));
  expect_abort(peer);
}

TEST_F(DicomPeers, that_use_a_context_that_was_not_accepted_are_aborted) {
  RawPeer peer = associate();
  ASSERT_TRUE(peer.send(values(9, true, true, encode(store_request()))));
  expect_abort(peer);
}

TEST_F(DicomPeers, whose_command_never_ends_are_aborted) {
  options_.command_bytes = 1000;
  RawPeer peer = associate();
  ASSERT_TRUE(peer.send(values(1, true, false, std::string(600, 'x')) + values(1, true, false, std::string(600, 'x'))));
  expect_abort(peer);
}

TEST_F(DicomPeers, that_stop_within_an_object_are_aborted_and_the_object_is_dropped) {
  options_.stall_ms = 30;
  RawPeer peer = associate();
  ASSERT_TRUE(
      peer.send(values(1, true, true, encode(store_request())) + values(1, false, false, std::string(99'000, 'x'))));
  expect_abort(peer);
  until([&] { return shelf_.dropped == 1; });
  EXPECT_TRUE(shelf_.kept().empty());
}

TEST_F(DicomPeers, that_put_a_command_into_an_object_are_aborted) {
  RawPeer peer = associate();
  ASSERT_TRUE(peer.send(values(1, true, true, encode(store_request())) + values(1, false, false, "xxxx") +
                        values(1, true, true, encode(store_request()))));
  expect_abort(peer);
}

TEST_F(DicomPeers, that_abort_are_let_go) {
  RawPeer peer = associate();
  ASSERT_TRUE(peer.send(encode(AssociateAbort{})));
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(server_->counts().associations_aborted, 1U);
}

TEST_F(DicomPeers, that_ask_twice_for_an_association_are_aborted) {
  RawPeer peer = associate();
  ASSERT_TRUE(peer.send(request()));
  expect_abort(peer);
}

TEST_F(DicomPeers, that_ask_for_what_a_context_is_not_for_are_told_so) {
  RawPeer peer = associate();
  DimseCommand find = store_request();
  find.field = DimseField::c_find_request;
  ASSERT_TRUE(peer.send(values(1, true, true, encode(find)) + values(1, false, true, "xx")));
  EXPECT_EQ(next_command(peer).status.code, dimse_status::kUnrecognizedOperation);
  ASSERT_TRUE(peer.send(encode_release_request()));
  EXPECT_EQ(next(peer).head.type, PduType::release_reply);
}

TEST_F(DicomPeers, that_send_the_class_of_another_context_are_told_so) {
  RawPeer peer = associate();
  DimseCommand store = store_request();
  store.sop_class = "1.2.840.10008.5.1.4.1.1.4";
  ASSERT_TRUE(peer.send(values(1, true, true, encode(store)) + values(1, false, true, "xx")));
  EXPECT_EQ(next_command(peer).status.code, dimse_status::kDoesNotMatchClass);
  EXPECT_TRUE(shelf_.kept().empty());
}

TEST_F(DicomPeers, that_send_commands_and_objects_in_one_go_are_answered_in_order) {
  RawPeer peer = associate();
  DimseCommand echo;
  echo.message_id = 2;
  echo.sop_class = uids::kVerification;
  ASSERT_TRUE(peer.send(values(1, true, true, encode(store_request())) + values(1, false, false, "ab") +
                        values(1, false, true, "cd") + values(5, true, true, encode(echo))));
  EXPECT_EQ(next_command(peer).field, DimseField::c_store_response);
  EXPECT_EQ(next_command(peer).message_id, 2);
  EXPECT_EQ(shelf_.kept().at("1.2.3").bytes, "abcd");
}

TEST_F(DicomPeers, that_ask_for_storage_commitment_get_a_report) {
  RawPeer peer = associate();
  DimseCommand action;
  action.field = DimseField::n_action_request;
  action.message_id = 4;
  action.sop_class = "1.2.840.10008.1.20.1";
  action.sop_instance = "1.2.840.10008.1.20.1.1";
  action.type = 1;
  action.has_data_set = true;
  ASSERT_TRUE(peer.send(values(3, true, true, encode(action)) + values(3, false, true, "what")));
  const DimseCommand answer = next_command(peer);
  EXPECT_EQ(answer.field, DimseField::n_action_response);
  EXPECT_EQ(answer.status.code, dimse_status::kSuccess);
  const DimseCommand report = next_command(peer);
  EXPECT_EQ(report.field, DimseField::n_event_report_request);
  EXPECT_EQ(report.type, 1);
  std::string_view body;
  const Pdu information = next(peer);
  body = information.body;
  EXPECT_EQ(take_data_value(body)->bytes, "what");
  ASSERT_TRUE(peer.send(values(3, true, true, encode(respond(report, {}))) + encode_release_request()));
  EXPECT_EQ(next(peer).head.type, PduType::release_reply);
}

TEST_F(DicomPeers, that_do_not_read_their_matches_are_cut) {
  options_.stall_ms = 50;
  shelf_.matches.assign(50'000, std::string(1000, 'x'));
  RawPeer peer = connect();
  AssociateRequest asks;
  asks.application_context = uids::kApplicationContext;
  asks.contexts = {{1, "1.2.840.10008.5.1.4.1.2.2.1", {"1.2.840.10008.1.2.1"}}};
  ASSERT_TRUE(peer.send(encode(asks)));
  EXPECT_EQ(next(peer).head.type, PduType::associate_accept);
  DimseCommand find = store_request();
  find.field = DimseField::c_find_request;
  ASSERT_TRUE(peer.send(values(1, true, true, encode(find)) + values(1, false, true, "xx")));
  until([&] { return server_->counts().associations_aborted == 1; });
  EXPECT_LT(shelf_.pulled, 50'000);
}

}  // namespace
}  // namespace meridian::connect
