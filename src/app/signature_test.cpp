#include "app/signature.hpp"

#include <gtest/gtest.h>

#include <string>

namespace meridian::app {
namespace {

TEST(Signature, knows_what_hospitals_send) {
  EXPECT_EQ(recognise(std::string(128, '\0') + "DICM\x02").kind, "DICOM object");
  EXPECT_EQ(recognise("MSH|^~\\&|LAB|").kind, "HL7 v2 message");
  EXPECT_EQ(recognise("\x0BMSH|^~\\&|LAB|").kind, "HL7 v2 message");
  EXPECT_EQ(recognise("##fileformat=VCFv4.3\n").kind, "VCF variants");
  EXPECT_EQ(recognise("<?xml version=\"1.0\"?>\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\">").kind, "CDA document");
  std::string package = "package/package.json";
  package.resize(257, '\0');
  EXPECT_EQ(recognise(package + "ustar").kind, "npm package, as FHIR packages are");
  EXPECT_EQ(recognise("%PDF-1.7").kind, "PDF document");
}

TEST(Signature, leaves_json_and_xml_to_the_fhir_reader) {
  EXPECT_TRUE(recognise("\xEF\xBB\xBF \n{\"resourceType\":").is_fhir_text);
  EXPECT_TRUE(recognise("<Patient xmlns=").is_fhir_text);
  EXPECT_FALSE(recognise("hello").is_fhir_text);
}

TEST(Signature, does_not_guess) {
  EXPECT_TRUE(recognise(std::string("\x01\x02\x00\x03", 4)).kind.empty());
  EXPECT_EQ(recognise("MSH is a segment").kind, "plain text");
  EXPECT_EQ(recognise("").kind, "empty file");
  EXPECT_EQ(recognise(" \n ").kind, "nothing but white space");
}

}  // namespace
}  // namespace meridian::app
