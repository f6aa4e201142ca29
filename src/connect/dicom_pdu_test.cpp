// PDUs of associations, and command sets: what is written reads again, and lengths that lie are refused.
#include "connect/dicom_pdu.hpp"

#include <gtest/gtest.h>

#include "connect/dimse_message.hpp"

namespace meridian::connect {
namespace {

AssociateRequest full_request() {
  AssociateRequest request;
  request.called = "ARCHIVE";
  request.calling = "CT ROOM 1";
  request.application_context = uids::kApplicationContext;
  request.contexts = {{1, "1.2.840.10008.1.1", {"1.2.840.10008.1.2"}},
                      {3, "1.2.840.10008.5.1.4.1.1.2", {"1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.70"}}};
  request.user = {16384, "1.2.3", "V1", OperationsWindow{2, 1}, {{"1.2.840.10008.5.1.4.1.1.2", false, true}}};
  return request;
}

std::string_view body(const std::string& pdu) {
  return std::string_view(pdu).substr(kPduHeadBytes);
}

TEST(DicomPdu, reads_a_request_as_it_was_written) {
  const std::string pdu = encode(full_request());
  const PduHead head = *decode_pdu_head(pdu);
  EXPECT_EQ(head.type, PduType::associate_request);
  EXPECT_EQ(head.bytes, pdu.size() - kPduHeadBytes);
  EXPECT_EQ(*decode_associate_request(body(pdu)), full_request());
}

TEST(DicomPdu, reads_an_acceptance_as_it_was_written) {
  AssociateAccept accept;
  accept.called = "ARCHIVE";
  accept.calling = "CT";
  accept.application_context = uids::kApplicationContext;
  accept.contexts = {{1, ContextResult::accepted, "1.2.840.10008.1.2"},
                     {3, ContextResult::transfer_syntaxes_not_supported, "1.2.840.10008.1.2"}};
  accept.user.max_pdu_bytes = 1000;
  EXPECT_EQ(*decode_associate_accept(body(encode(accept))), accept);
}

TEST(DicomPdu, reads_rejections_and_aborts_as_they_were_written) {
  const AssociateReject reject{2, 3, 1};
  EXPECT_EQ(*decode_associate_reject(body(encode(reject))), reject);
  const AssociateAbort abort{2, 6};
  EXPECT_EQ(*decode_abort(body(encode(abort))), abort);
}

TEST(DicomPdu, refuses_a_request_that_is_cut_anywhere_within_an_item) {
  const std::string pdu = encode(full_request());
  const std::string_view whole = body(pdu);
  std::size_t read = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Result<AssociateRequest> request = decode_associate_request(whole.substr(0, size));
    if (request) {
      ++read;  // cut between two items
    } else {
      EXPECT_EQ(request.error().code(), ErrorCode::malformed_input);
    }
  }
  EXPECT_EQ(read, 4U);
}

TEST(DicomPdu, passes_over_extended_negotiation_and_user_identity) {
  AssociateRequest request = full_request();
  std::string pdu = encode(request);
  const std::string identity("\x58\0\0\x08\x01\x01\0\x02me\0\0", 12);
  // The user information is the last item: its length and the PDU's grow.
  const std::size_t at = pdu.rfind(std::string("\x50\0", 2) + pdu[pdu.rfind('\x51') - 2] + pdu[pdu.rfind('\x51') - 1]);
  ASSERT_NE(at, std::string::npos);
  pdu[at + 3] = static_cast<char>(pdu[at + 3] + 12);
  pdu += identity;
  const Result<AssociateRequest> read = decode_associate_request(body(pdu));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(*read, request);
}

TEST(DicomPdu, refuses_contexts_that_are_even_doubled_or_too_many) {
  AssociateRequest request = full_request();
  request.contexts[1].id = 2;
  EXPECT_FALSE(decode_associate_request(body(encode(request))));
  request.contexts[1].id = 1;
  EXPECT_FALSE(decode_associate_request(body(encode(request))));
  AssociateAccept accept;
  for (int i = 0; i < 129; ++i) accept.contexts.push_back({static_cast<std::uint8_t>(i), ContextResult::accepted, "1"});
  const Result<AssociateAccept> read = decode_associate_accept(body(encode(accept)));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::too_large);
}

TEST(DicomPdu, refuses_types_that_do_not_exist) {
  EXPECT_FALSE(decode_pdu_head(std::string("\x08\0\0\0\0\0", 6)));
  EXPECT_FALSE(decode_pdu_head(std::string("GET / ", 6)));
  EXPECT_FALSE(decode_pdu_head("\x01"));
}

TEST(DicomPdu, takes_data_values_apart_and_refuses_lengths_that_lie) {
  std::string pdu;
  append_data_value_head(pdu, {5, true, false, {}}, 3);
  pdu += "abc";
  append_data_value_head(pdu, {5, false, true, {}}, 0);
  std::string_view left = pdu;
  DataValue value = *take_data_value(left);
  EXPECT_EQ(value.bytes, "abc");
  EXPECT_TRUE(value.is_command);
  EXPECT_FALSE(value.is_last);
  value = *take_data_value(left);
  EXPECT_EQ(value.bytes, "");
  EXPECT_TRUE(value.is_last);
  EXPECT_TRUE(left.empty());

  std::string_view too_long(
      "\0\0\0\x09\x05\x02"
      "abc",
      9);
  EXPECT_FALSE(take_data_value(too_long));
  std::string_view too_short(
      "\0\0\0\x01\x05\x02"
      "abc",
      9);
  EXPECT_FALSE(take_data_value(too_short));
  std::string_view huge(
      "\xff\xff\xff\xff\x05\x02"
      "abc",
      9);
  EXPECT_FALSE(take_data_value(huge));
}

TEST(DimseCommand, reads_each_kind_as_it_was_written) {
  DimseCommand store;
  store.field = DimseField::c_store_request;
  store.message_id = 7;
  store.sop_class = "1.2.840.10008.5.1.4.1.1.2";
  store.sop_instance = "1.2.3.4";
  store.has_data_set = true;
  store.priority = 1;
  store.move_originator = "MOVER";
  store.move_message_id = 9;
  EXPECT_EQ(*decode_command(encode(store)), store);

  DimseCommand moved = respond(store, {dimse_status::kPending, "half"});
  moved.field = DimseField::c_move_response;
  moved.sub_operations = SubOperations{3, 2, 1, 0};
  EXPECT_EQ(*decode_command(encode(moved)), moved);

  DimseCommand action;
  action.field = DimseField::n_action_request;
  action.message_id = 1;
  action.sop_class = "1.2.840.10008.1.20.1";
  action.sop_instance = "1.2.840.10008.1.20.1.1";
  action.type = 1;
  action.has_data_set = true;
  EXPECT_EQ(*decode_command(encode(action)), action);

  DimseCommand cancel;
  cancel.field = DimseField::c_cancel_request;
  cancel.message_id = 12;
  EXPECT_EQ(*decode_command(encode(cancel)), cancel);
}

TEST(DimseCommand, refuses_what_is_cut_or_says_nothing) {
  DimseCommand echo;
  echo.message_id = 1;
  const std::string whole = encode(echo);
  EXPECT_TRUE(decode_command(whole));
  EXPECT_FALSE(decode_command(std::string_view(whole).substr(0, whole.size() - 1)));
  EXPECT_FALSE(decode_command(""));
  EXPECT_FALSE(decode_command(std::string("\x08\0\x16\0\0\0\0\0", 8)));
}

TEST(DimseCommand, keeps_warnings_apart_from_failures) {
  EXPECT_TRUE(is_warning(0xB000));
  EXPECT_TRUE(is_warning(0xB007));
  EXPECT_FALSE(is_warning(0xA700));
  EXPECT_FALSE(is_warning(0x0000));
}

}  // namespace
}  // namespace meridian::connect
