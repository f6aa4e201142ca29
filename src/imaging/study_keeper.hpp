// StudyKeeper: keeps the record's ImagingStudies as the archive's studies are, on a thread of its own.
//
// It follows the archive's changes from where it last was, so that a crash loses nothing; a study is looked at when
// nothing has come for a second, at the latest after ten. What the record says of a study beside what DICOM says (the
// order it is based on, its encounter) stays. Where nobody said an order, it is the one whose study UID or accession
// number this is (orders.hpp), as far as the record knows one when the study is written. A patient that the record does
// not know is made of what the images say; one that it knows is left alone. When a study is removed from the archive
// its ImagingStudy is deleted. Lifetime: the archive and the store outlive it; the destructor ends the thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "mapping/imaging.hpp"

namespace meridian::store {
class Store;
}

namespace meridian::imaging {

class Archive;
class Dialects;

struct StudyKeeperCounts {
  std::uint64_t written = 0;  ///< ImagingStudies
  std::uint64_t faults = 0;   ///< studies that could not be written; they are tried again
  std::uint64_t behind = 0;   ///< 1 while there are changes that it has not seen
};

class StudyKeeper {
 public:
  static std::unique_ptr<StudyKeeper> start(Archive& archive, store::Store& store, mapping::ImagingContext context,
                                            const Dialects* dialects = nullptr);
  ~StudyKeeper();
  StudyKeeper(const StudyKeeper&) = delete;
  StudyKeeper& operator=(const StudyKeeper&) = delete;

  StudyKeeperCounts counts() const;
  /// Waits until everything that is in the archive now has been looked at, without waiting for quiet.
  Result<> catch_up();

 private:
  struct State;
  explicit StudyKeeper(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::imaging
