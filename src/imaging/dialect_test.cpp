#include "imaging/dialect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.hpp"
#include "formats/dicom/file.hpp"
#include "formats/dicom/testing/bytes.hpp"
#include "formats/dicom/values.hpp"
#include "imaging/archive.hpp"
#include "imaging/testing/objects.hpp"

namespace meridian::imaging {
namespace {

using dicom::testing::element;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Dialects dialects(const std::string& yaml) {
  std::vector<std::string> faults;
  std::optional<Dialect> dialect = parse_dialect(yaml, "x.yaml", faults);
  EXPECT_TRUE(dialect) << faults[0];
  return Dialects({*dialect});
}

dicom::File file(const std::string& body) {
  Issues issues;
  return dicom::read_file(dicom::testing::explicit_file(body), {}, issues).value();
}

TEST(Dialects, read_names_in_the_character_set_that_is_meant) {
  // 李明 in GB 18030, as the manufacturer writes it and does not say.
  const std::string body = element(0x00080070, "LO", "Example Medical") + element(0x00100010, "PN", "\xC0\xEE\xC3\xF7");
  const dicom::File one = file(body);
  const Dialects all =
      dialects("dialect: a\nwhen: {Manufacturer: 'Example*', SpecificCharacterSet: ''}\ncharacter_set: GB18030\n");
  EXPECT_EQ(dicom::text(all.corrected(one.data_set()), {0x0010, 0x0010}), "李明");
  EXPECT_NE(dicom::text(one.data_set(), {0x0010, 0x0010}), "李明");
  // Of others, and of those that say it, nothing changes.
  const dicom::File other = file(element(0x00080070, "LO", "Other") + element(0x00100010, "PN", "Li^Ming"));
  EXPECT_EQ(dicom::text(all.corrected(other.data_set()), {0x0010, 0x0010}), "Li^Ming");
}

TEST(Dialects, fill_in_what_the_data_set_does_not_say) {
  const Dialects all = dialects(
      "dialect: a\nwhen: {Modality: CT}\nset: {IssuerOfPatientID: HOSP, StationName: CT9}\n"
      "take: {SeriesDescription: {from: '(0029,xx08)', creator: EXAMPLE HEADER}}\n");
  const dicom::File one = file(element(0x00080060, "CS", "CT") + element(0x00081010, "SH", "CT1") +
                               element(0x00290010, "LO", "SOMEBODY") + element(0x00290011, "LO", "EXAMPLE HEADER") +
                               element(0x00291008, "LO", "not this") + element(0x00291108, "LO", "Axial thin"));
  const dicom::DataSet set = all.corrected(one.data_set());
  EXPECT_EQ(dicom::text(set, {0x0010, 0x0021}), "HOSP");
  EXPECT_EQ(dicom::text(set, {0x0008, 0x1010}), "CT1");
  EXPECT_EQ(dicom::text(set, {0x0008, 0x103E}), "Axial thin");
  EXPECT_TRUE(std::ranges::is_sorted(set.elements, {}, &dicom::Element::tag));
}

TEST(Dialects, change_what_is_found_and_not_what_is_kept) {
  const meridian::testing::TemporaryFolder folder;
  const Dialects all = dialects("dialect: a\nwhen: {PatientID: '7'}\nset: {StationName: CT9}\n");
  ArchiveOptions options;
  options.folder = folder.path() + "/archive";
  options.dialects = &all;
  const auto archive = Archive::open(std::move(options)).value();
  const Received received = archive->put(testing::ct_slice({}), "test").value();
  EXPECT_EQ(archive->file(received.instance)->bytes(), testing::ct_slice({}));
  Query query;
  query.level = Level::series;
  query.keys.set({0x0008, 0x1010}, "CT9");
  EXPECT_TRUE(archive->find(store::local_reader(), query).value()->next().value());
}

TEST(Dialects, say_every_fault_with_its_line) {
  std::vector<std::string> faults;
  EXPECT_FALSE(parse_dialect(
      "dialect: a\nwhen: {Maker: x}\ncharacter_set: KLINGON\ntake: {PatientID: {from: '(0010,0010)', creator: A}}\n",
      "x.yaml", faults));
  EXPECT_THAT(faults, ElementsAre(HasSubstr("x.yaml:2: \"Maker\""), HasSubstr("x.yaml:1: \"when\""),
                                  HasSubstr("x.yaml:3: \"KLINGON\""), HasSubstr("x.yaml:4: \"from\"")));
}

}  // namespace
}  // namespace meridian::imaging
