#include "formats/hl7v2/structure.hpp"

#include <gtest/gtest.h>

#include <string>

#include "formats/hl7v2/header.hpp"
#include "formats/hl7v2/testing/parsed.hpp"

namespace meridian::hl7v2 {
namespace {

using testing::parsed;

std::string header(const std::string& type, const std::string& version = "2.5.1") {
  return "MSH|^~\\&|A|B|C|D|1||" + type + "|1|P|" + version + "\r";
}

/// `(PATIENT_RESULT (PATIENT PID) (ORDER_OBSERVATION OBR))`; `?` unknown, `<` out of order, `!` after something
/// missing.
std::string shape(const Structure& structure, std::uint32_t index = 0) {
  const Structure::Node& node = structure.node(index);
  if (!node.is_group()) {
    constexpr const char* kMarks[] = {"", "!", "<", "?"};
    return std::string(node.name) + kMarks[static_cast<std::size_t>(node.fit)];
  }
  std::string out = "(" + std::string(node.name);
  for (const std::uint32_t child : structure.children(index)) out += " " + shape(structure, child);
  return out + ")";
}

std::string shape_of(const std::string& text) {
  const auto source = parsed(text);
  return shape(Structure(source.message));
}

TEST(Structure, puts_each_observation_with_its_order) {
  EXPECT_EQ(shape_of(header("ORU^R01^ORU_R01") +
                     "PID|1\rNTE|1\rPV1|1\rORC|1\rOBR|1\rNTE|1\rOBX|1\rNTE|1\rOBX|2\rOBR|2\rOBX|1\r"),
            "(ORU_R01 MSH (PATIENT_RESULT (PATIENT PID NTE (VISIT PV1)) "
            "(ORDER_OBSERVATION ORC OBR NTE (OBSERVATION OBX NTE) (OBSERVATION OBX)) "
            "(ORDER_OBSERVATION OBR (OBSERVATION OBX))))");
}

TEST(Structure, begins_a_group_again_for_the_next_patient) {
  EXPECT_EQ(shape_of(header("ORU^R01") + "PID|1\rOBR|1\rPID|2\rOBR|1\r"),
            "(ORU_R01 MSH (PATIENT_RESULT (PATIENT PID) (ORDER_OBSERVATION OBR)) "
            "(PATIENT_RESULT (PATIENT PID) (ORDER_OBSERVATION OBR)))");
}

TEST(Structure, groups_insurances_and_procedures) {
  EXPECT_EQ(
      shape_of(header("ADT^A01^ADT_A01") +
               "EVN||1\rPID|1\rNK1|1\rNK1|2\rPV1|1\rPR1|1\rROL|1\rPR1|2\rIN1|1\rIN2|1\rIN1|2\r"),
      "(ADT_A01 MSH EVN PID NK1 NK1 PV1 (PROCEDURE PR1 ROL) (PROCEDURE PR1) (INSURANCE IN1 IN2) (INSURANCE IN1))");
}

TEST(Structure, keeps_unknown_segments_in_the_group_that_is_open) {
  EXPECT_EQ(shape_of(header("ORU^R01") + "PID|1\rZPI|1\rOBR|1\rOBX|1\rZBX|1\rOBX|2\r"),
            "(ORU_R01 MSH (PATIENT_RESULT (PATIENT PID ZPI?) (ORDER_OBSERVATION OBR (OBSERVATION OBX ZBX?) "
            "(OBSERVATION OBX))))");
}

TEST(Structure, goes_on_after_what_is_missing_and_what_is_out_of_order) {
  EXPECT_EQ(shape_of(header("ADT^A01") + "PV1|1\rPID|1\rAL1|1\r"), "(ADT_A01 MSH PV1! PID< AL1)");
  EXPECT_EQ(shape_of(header("ORU^R01") + "PID|1\rOBX|1\rOBX|2\r"),
            "(ORU_R01 MSH (PATIENT_RESULT (PATIENT PID) (ORDER_OBSERVATION (OBSERVATION OBX!) (OBSERVATION OBX))))");
}

TEST(Structure, lies_flat_where_nothing_defines_the_message) {
  EXPECT_EQ(shape_of(header("ZZZ^Z01") + "PID|1\rOBX|1\r"), "( MSH PID OBX)");
}

TEST(Structure, takes_one_of_a_choice) {
  EXPECT_EQ(shape_of(header("ORM^O01", "2.3") + "PID|1\rORC|NW\rRXO|1\rORC|NW\rOBR|1\r"),
            "(ORM_O01 MSH (PATIENT PID) (ORDER ORC (ORDER_DETAIL RXO)) (ORDER ORC (ORDER_DETAIL OBR)))");
}

TEST(Structure, finds_groups_and_their_segments_by_name) {
  const auto source = parsed(header("ORU^R01") + "PID|1\rOBR|1\rOBX|1\rOBX|2\rOBR|2\r");
  const Structure structure(source.message);
  const auto orders = structure.groups("ORDER_OBSERVATION");
  ASSERT_EQ(orders.size(), 2U);
  EXPECT_EQ(structure.segment(orders[1], "OBR").field(1).text(), "2");
  EXPECT_EQ(structure.children(orders[0], "OBSERVATION").size(), 2U);
  EXPECT_EQ(structure.children(orders[1], "OBSERVATION").size(), 0U);
  EXPECT_FALSE(structure.segment(orders[0], "ZZZ"));
}

TEST(Schema, knows_versions_and_takes_the_nearest_below) {
  EXPECT_EQ(Schema::of("2.5.1")->version(), "2.5.1");
  EXPECT_EQ(Schema::of("2.8"), nullptr);
  EXPECT_EQ(Schema::nearest("2.8.2").version(), "2.7.1");
  EXPECT_EQ(Schema::nearest("2.5.0").version(), "2.5");
  EXPECT_EQ(Schema::nearest("1.9").version(), "2.1");
  EXPECT_EQ(Schema::nearest("").version(), "2.5.1");
  EXPECT_EQ(Schema::all().size(), 10U);
}

TEST(Schema, knows_segments_types_tables_and_messages) {
  const Schema& schema = *Schema::of("2.5.1");
  const SegmentDefinition* pid = schema.segment("PID");
  ASSERT_NE(pid, nullptr);
  EXPECT_EQ(pid->fields.size(), 39U);
  EXPECT_EQ(pid->fields[2].data_type, "CX");
  EXPECT_EQ(pid->fields[2].optionality, Optionality::required);
  EXPECT_EQ(pid->fields[2].max_repetitions, 0U);
  EXPECT_EQ(schema.data_type("CX")->components[3].data_type, "HD");
  EXPECT_TRUE(Schema::table(1)->has("F"));
  EXPECT_FALSE(Schema::table(1)->has("X"));
  EXPECT_NE(schema.message("ADT_A04"), nullptr);
  EXPECT_EQ(schema.message("XYZ"), nullptr);
  EXPECT_EQ(schema.segment("ZZZ"), nullptr);
}

TEST(Schema, points_only_at_segments_and_types_that_it_defines) {
  std::size_t missing = 0;
  for (const Schema& schema : Schema::all()) {
    for (const char* const name : {"MSH", "PID", "PV1", "OBX", "OBR", "NK1"}) {
      const SegmentDefinition* segment = schema.segment(name);
      if (segment == nullptr) continue;
      for (const ElementDefinition& field : segment->fields) {
        missing += schema.data_type(field.data_type) == nullptr ? 1U : 0U;
      }
    }
  }
  EXPECT_EQ(missing, 0U);
}

}  // namespace
}  // namespace meridian::hl7v2
