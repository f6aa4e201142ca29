#include "formats/signal/leads.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace meridian::signal {
namespace {

TEST(Leads, are_numbered_as_mdc_numbers_them) {
  // FHIR's own example of SampledData has these: https://hl7.org/fhir/R4/observation-example-sample-data.html
  EXPECT_EQ(lead_by_label("I")->term(), 131'329U);
  EXPECT_EQ(lead_by_label("II")->term(), 131'330U);
  EXPECT_EQ(lead_by_label("III")->term(), 131'389U);
  EXPECT_EQ(lead_by_label("aVF")->term(), 131'392U);
  EXPECT_EQ(lead_by_number(3)->code, "MDC_ECG_LEAD_V1");
}

TEST(Leads, are_found_by_what_people_write) {
  EXPECT_EQ(lead_by_code("MDC_ECG_LEAD_aVR")->code, "MDC_ECG_LEAD_AVR");
  EXPECT_EQ(lead_by_label("AVL")->label, "aVL");
  EXPECT_EQ(lead_by_label("MLII")->code, "MDC_ECG_LEAD_II");
  EXPECT_EQ(lead_by_label("Lead V4")->number, 6);
  EXPECT_EQ(lead_by_label("ABP"), nullptr);
  EXPECT_EQ(lead_by_label("ECG "), nullptr);
  EXPECT_EQ(lead_by_code(""), nullptr);
  EXPECT_EQ(lead_by_number(31), nullptr);  // a calibration pulse
}

TEST(Leads, are_all_different) {
  std::set<unsigned> numbers;
  std::set<std::string_view> codes;
  for (const Lead& lead : all_leads()) {
    EXPECT_TRUE(numbers.insert(lead.number).second) << lead.code;
    EXPECT_TRUE(codes.insert(lead.code).second) << lead.code;
    EXPECT_EQ(lead_by_label(lead.label), &lead);
    EXPECT_EQ(lead_by_code(lead.code), &lead);
  }
}

}  // namespace
}  // namespace meridian::signal
