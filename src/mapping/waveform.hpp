// DICOM waveforms as Recordings: electrocardiograms, pressures and the like.
//
// Each multiplex group of Waveform Sequence becomes a recording: its channels with label, unit, gain and baseline, its
// samples as the file has them; padding is signal::kMissing. Samples of 8 and 16 bits, μ-law and A-law too. What cannot
// be read is an Issue with the group's path, and its group is left out; beyond `max_samples` in all, too.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part03.html#sect_C.10.9
#pragma once

#include <cstdint>
#include <vector>

#include "base/issue.hpp"
#include "formats/signal/recording.hpp"

namespace meridian::dicom {
struct DataSet;
}

namespace meridian::mapping {

std::vector<signal::Recording> recordings_of(const dicom::DataSet& set, std::uint64_t max_samples, Issues& issues);

}  // namespace meridian::mapping
