// Instance: one SOP instance (an image, a report) as the archive keeps it: its UIDs, where its bytes lie, where they
// came from. Values; free of threads.
#pragma once

#include <cstdint>
#include <string>

#include "base/instant.hpp"
#include "connect/dicom_object.hpp"
#include "kv/blobs.hpp"

namespace meridian::imaging {

enum class Level : std::uint8_t { patient, study, series, instance };

/// UIDs, from the study down; what is empty stands for all below the last that is not.
struct InstanceKey {
  std::string study;
  std::string series = {};
  std::string instance = {};
  bool operator==(const InstanceKey&) const = default;
};

struct StoredInstance {
  InstanceKey key;
  connect::DicomKind kind;
  kv::BlobName content{};         ///< of the transfer syntax and the data set, keyed: who has the same is the same
  kv::BlobName blob{};            ///< of all bytes
  std::uint64_t bytes = 0;        ///< of the Part 10 file, which is kept bit for bit
  std::uint64_t data_set_at = 0;  ///< where in it the data set begins
  std::uint64_t pixels_at = 0;    ///< and the element of its pixels, or of other group 7FE0; 0: there is none
  std::uint64_t sequence = 0;     ///< its place in the order of what was taken, from 1
  Instant arrived;
  std::string source;  ///< "dicom/CT1@10.0.0.5", "dicomweb", "import"
};

}  // namespace meridian::imaging
