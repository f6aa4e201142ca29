// DicomObject: a SOP instance as associations carry it: its data set's bytes in one transfer syntax, read in pieces.
//
//   DicomObject object = TRY(dicom_object(std::move(file_bytes)));     // of a Part 10 file in memory
//
// The bytes may lie anywhere; who implements DicomBytes says where. Immutable; any thread.
// Errors of dicom_object: those of dicom::read_file, and malformed_input where the file does not say what it is.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part10.html#sect_7.1
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian {
class Issues;
}
namespace meridian::dicom {
class File;
struct Limits;
}  // namespace meridian::dicom

namespace meridian::connect {

class DicomBytes {
 public:
  virtual ~DicomBytes() = default;
  virtual std::uint64_t size() const = 0;
  /// Fills the whole span, which lies within the bytes. May wait for a disk. Errors: io_failure.
  virtual Result<> read(std::uint64_t at, std::span<char> into) const = 0;
};

/// In memory, from `offset` on.
std::shared_ptr<const DicomBytes> dicom_bytes(std::string bytes, std::uint64_t offset = 0);

/// What a presentation context is for.
struct DicomKind {
  std::string sop_class;
  std::string transfer_syntax;
  bool operator==(const DicomKind&) const = default;
};

struct DicomObject {
  DicomKind kind;
  std::string sop_instance;
  std::shared_ptr<const DicomBytes> data_set;
};

Result<DicomObject> dicom_object(std::string file);

/// Preamble and meta information, behind which the data set's bytes make a Part 10 file.
std::string part_10_head(const DicomKind& kind, const std::string& sop_instance, const std::string& source_title);
/// A data set that came without a file around it: the identifier of a query, an answer to one. Errors as of
/// dicom::read_file().
Result<dicom::File> read_data_set(std::string_view set, std::string_view transfer_syntax, const dicom::Limits& limits,
                                  Issues& issues);

}  // namespace meridian::connect
