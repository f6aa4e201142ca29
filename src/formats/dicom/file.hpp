// File: a DICOM file in memory: its meta information and its data set, every length checked before it is believed.
//
//   Issues issues;
//   dicom::File file = TRY(dicom::read_file(std::move(bytes), {}, issues));
//   std::string id = dicom::text(file.data_set(), dicom::Tag(0x0010, 0x0020));
//
// One pass over the bytes, our own, makes the tree; no value is copied, and no library sees bytes that did not pass it.
// Implicit and explicit VR, both byte orders, deflated, encapsulated; files without preamble or meta information, where
// the first element tells how they are written. What a reader can live with is a warning (odd lengths, wrong order,
// unknown VRs); a file whose structure does not hold is refused as a whole: a fatal Issue names the path in it, such as
// `(0040,A730)[2].(0008,0104)` with items from 0, and the offset, and the Result is malformed_input, or too_large with
// the limit's name. Offsets of a deflated data set are those after inflating. Memory: the bytes, what was inflated, and
// about 100 bytes an element. A File may be moved; its data sets stay where they are. Threads may share it.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part10.html#chapter_7
#pragma once

#include <memory>
#include <string>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "formats/dicom/data_set.hpp"

namespace meridian::dicom {

struct Limits {
  std::uint64_t max_bytes = std::uint64_t{4} << 30;
  std::uint64_t max_inflated_bytes = std::uint64_t{512} << 20;
  std::uint64_t max_value_bytes = std::uint64_t{4} << 30;
  std::size_t max_elements = 4'000'000;  ///< elements, items and fragments together
  std::size_t max_depth = 64;            ///< of sequences in each other
};

class File {
 public:
  File(File&&) noexcept;
  File& operator=(File&&) noexcept;
  ~File();

  const std::string& bytes() const;  ///< as they came
  const DataSet& meta() const;       ///< group 0002; without elements where there is none
  const DataSet& data_set() const;
  const TransferSyntax& transfer_syntax() const;
  /// As the file names it; empty where it names none.
  const std::string& transfer_syntax_uid() const;
  std::uint64_t data_set_at() const;  ///< where in the bytes the data set begins
  /// Where it ends: with the bytes, or, of a head, before the element of its pixels.
  std::uint64_t data_set_end() const;

 private:
  friend class FileReading;
  struct State;
  explicit File(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

Result<File> read_file(std::string bytes, const Limits& limits, Issues& issues);

/// The head of a file: all before its pixels, or another element of group 7FE0 or above; of that element only the tag
/// need be among the bytes. Where the bytes end earlier, the Result is malformed_input. Errors: unsupported (deflated).
Result<File> read_head(std::string bytes, const Limits& limits, Issues& issues);

}  // namespace meridian::dicom
