// Small DICOM objects for tests of the archive.
#pragma once

#include <string>

#include "formats/dicom/testing/bytes.hpp"

namespace meridian::imaging::testing {

inline const std::string kStudy = "1.2.1";
inline const std::string kInstance = "1.2.1.1.1";

struct Slice {
  std::string study = kStudy;
  std::string series = "1.2.1.1";
  std::string instance = kInstance;
  std::string patient = "7";
  std::string name = "Li^Ming";
  std::string day = "20260105";
  std::string number = "1";
  std::string modality = "CT";
  char pixel = 'a';
  std::size_t pixels = 64;
};

/// A CT image, explicit VR, as a Part 10 file.
inline std::string ct_slice(const Slice& slice) {
  using dicom::testing::element;
  using dicom::testing::little_16;
  const std::string body = element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2") +
                           element(0x00080018, "UI", slice.instance) + element(0x00080020, "DA", slice.day) +
                           element(0x00080030, "TM", "101500") + element(0x00080050, "SH", "A" + slice.study) +
                           element(0x00080060, "CS", slice.modality) + element(0x00100010, "PN", slice.name) +
                           element(0x00100020, "LO", slice.patient) + element(0x0020000D, "UI", slice.study) +
                           element(0x0020000E, "UI", slice.series) + element(0x00200011, "IS", "1") +
                           element(0x00200013, "IS", slice.number) + element(0x00280002, "US", little_16(1)) +
                           element(0x00280004, "CS", "MONOCHROME2") + element(0x00280010, "US", little_16(8)) +
                           element(0x00280011, "US", little_16(slice.pixels / 8)) +
                           element(0x00280100, "US", little_16(8)) + element(0x00280101, "US", little_16(8)) +
                           element(0x00280102, "US", little_16(7)) + element(0x00280103, "US", little_16(0)) +
                           element(0x7FE00010, "OB", std::string(slice.pixels, slice.pixel));
  return dicom::testing::explicit_file(body);
}

}  // namespace meridian::imaging::testing
