// What taking messages in reads of HL7 v2, and how it acknowledges.
#include "ingest/hl7_header.hpp"

#include <gtest/gtest.h>

namespace meridian::ingest {
namespace {

const Instant kNow = Instant::parse("2024-02-29T12:00:00.500Z").value();

MessageHeader read(std::string_view bytes) {
  return Hl7HeaderReader().read(bytes);
}

TEST(Hl7Header, says_type_and_control_id) {
  const MessageHeader header = read("MSH|^~\\&|A|B|C|D|20240229||ADT^A01^ADT_A01|42|P|2.5.1\r");
  EXPECT_TRUE(header.is_readable);
  EXPECT_EQ(header.type, "ADT^A01");
  EXPECT_EQ(header.control_id, "42");
  EXPECT_FALSE(header.is_enhanced());
  EXPECT_TRUE(header.order_keys.empty());
}

TEST(Hl7Header, follows_the_separators_of_the_message) {
  const MessageHeader header = read("MSH$!~\\&$A$B$C$D$$$ORU!R01$42$P$2.3\nPID$1$$7!!!HOSP&1.2&ISO~8\n");
  EXPECT_EQ(header.type, "ORU^R01");
  EXPECT_EQ(header.order_keys, std::vector<std::string>{"patient|HOSP|7"});
}

TEST(Hl7Header, keeps_order_by_both_patients_of_a_merge) {
  const MessageHeader header =
      read("MSH|^~\\&|||||||ADT^A40|1|P|2.5\rEVN|A40\rPID|||7^^^H||X\rMRG|8^^^H\rPID|||7^^^H\rMRG|9^^^H\r");
  EXPECT_EQ(header.order_keys, (std::vector<std::string>{"patient|H|7", "patient|H|8", "patient|H|9"}));
}

TEST(Hl7Header, says_who_wants_which_acknowledgement) {
  const MessageHeader header = read("MSH|^~\\&|||||||ADT^A01|1|P|2.5|||AL|ER\r");
  EXPECT_TRUE(header.is_enhanced());
  EXPECT_EQ(header.accept, AcceptWhen::always);
  EXPECT_EQ(header.application, AcceptWhen::on_error);
}

TEST(Hl7Header, reads_the_headers_of_batches) {
  EXPECT_EQ(read("FHS|^~\\&|A|B|C|D|2024||||7\rBHS|^~\\&\rMSH|^~\\&\r").control_id, "7");
}

TEST(Hl7Header, is_not_found_in_anything_else) {
  for (const char* bytes : {"", "MSH", "MSH|||||||", "PID|1|2|3|4", "GET / HTTP/1.1", "MSH\x01^~\\&|", "{\"a\":1}"}) {
    EXPECT_FALSE(read(bytes).is_readable) << bytes;
  }
}

TEST(Hl7Header, is_acknowledged_the_way_back) {
  EXPECT_EQ(make_ack("MSH|^~\\&|LAB|A|HIS|B|2024||ADT^A01|42|T|2.4|||||CHN|UNICODE UTF-8\rPID|1\r", AckCode::aa, {},
                     "9", kNow),
            "MSH|^~\\&|HIS|B|LAB|A|20240229120000+0000||ACK^A01^ACK|9|T|2.4||||||UNICODE UTF-8\rMSA|AA|42\r");
}

TEST(Hl7Header, is_refused_with_the_place_of_each_fault) {
  EXPECT_EQ(make_ack("MSH|^~\\&|LAB|A|HIS|B|2024||ADT^A01|42|P|2.5.1\r", AckCode::ae,
                     {{"PID-3[2].1", "no | here"}, {"OBX-5", "empty"}}, "9", kNow),
            "MSH|^~\\&|HIS|B|LAB|A|20240229120000+0000||ACK^A01^ACK|9|P|2.5.1\rMSA|AE|42\r"
            "ERR||PID^1^3^2^1|207|E||||no \\F\\ here\rERR||OBX^1^5^1|207|E||||empty\r");
}

TEST(Hl7Header, that_nobody_can_read_is_refused_all_the_same) {
  EXPECT_EQ(make_ack("nonsense", AckCode::ar, {}, "9", kNow),
            "MSH|^~\\&|||||20240229120000+0000||ACK|9|P|2.5.1\rMSA|AR|\r");
}

}  // namespace
}  // namespace meridian::ingest
