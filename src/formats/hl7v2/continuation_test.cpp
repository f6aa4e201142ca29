#include "formats/hl7v2/continuation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "formats/hl7v2/testing/parsed.hpp"

namespace meridian::hl7v2 {
namespace {

using ::testing::ElementsAre;
using testing::ids;
using testing::parsed;

std::string piece(const std::string& pointer, const std::string& rest, const std::string& sender = "HIS") {
  return "MSH|^~\\&|" + sender + "|W|||||ORU^R01|1|P|2.5||" + pointer + "\r" + rest;
}

class Pieces {
 public:
  explicit Pieces(ContinuationLimits limits = {}) : reassembly_(limits) {}
  std::string add(const std::string& bytes) {
    return reassembly_.add(parsed(bytes).message, issues).value_or("waiting");
  }
  Issues issues;
  Reassembly& reassembly() { return reassembly_; }

 private:
  Reassembly reassembly_;
};

TEST(Reassembly, gives_a_message_that_is_not_continued_as_it_is) {
  Pieces pieces;
  EXPECT_EQ(pieces.add(piece("", "OBX|1\r")), piece("", "OBX|1\r"));
}

TEST(Reassembly, joins_pieces_at_the_bounds_of_segments) {
  Pieces pieces;
  EXPECT_EQ(pieces.add(piece("", "OBX|1\rDSC|p1|F\r")), "waiting");
  EXPECT_EQ(pieces.add(piece("p1", "OBX|2\rDSC|p2|F\r")), "waiting");
  EXPECT_EQ(pieces.add(piece("p2", "OBX|3\r")), piece("", "OBX|1\rOBX|2\rOBX|3\r"));
  EXPECT_EQ(pieces.reassembly().open(), 0U);
}

TEST(Reassembly, joins_a_segment_that_was_cut) {
  Pieces pieces;
  EXPECT_EQ(pieces.add(piece("", "OBX|1|TX|||so far\rADD|\rDSC|p1|F\r")), "waiting");
  EXPECT_EQ(pieces.add(piece("p1", "ADD| and on|F\rOBX|2\r")), piece("", "OBX|1|TX|||so far and on|F\rOBX|2\r"));
}

TEST(Reassembly, keeps_senders_apart) {
  Pieces pieces;
  EXPECT_EQ(pieces.add(piece("", "OBX|1\rDSC|p|F\r", "A")), "waiting");
  EXPECT_EQ(pieces.add(piece("p", "OBX|2\r", "B")), "waiting");
  EXPECT_THAT(ids(pieces.issues), ElementsAre("hl7-continuation-unknown MSH-14"));
  EXPECT_EQ(pieces.add(piece("p", "OBX|2\r", "A")), piece("", "OBX|1\rOBX|2\r", "A"));
}

TEST(Reassembly, is_bounded_in_bytes_and_in_open_messages) {
  Pieces few({.max_open = 1});
  few.add(piece("", "DSC|p1|F\r"));
  few.add(piece("", "DSC|p2|F\r"));
  EXPECT_THAT(ids(few.issues), ElementsAre("hl7-continuation-given-up DSC-1"));
  Pieces small({.max_bytes = 60});
  small.add(piece("", "OBX|1\rDSC|p1|F\r"));
  EXPECT_EQ(small.add(piece("p1", "OBX|" + std::string(100, 'x') + "\r")), "waiting");
  EXPECT_THAT(ids(small.issues), ElementsAre("hl7-too-large DSC-1"));
}

}  // namespace
}  // namespace meridian::hl7v2
