// WFDB records (PhysioNet): a header and the files beside it become a Recording.
//
//   Issues issues;
//   Recording recording = TRY(read_wfdb(system_files(), "data/100.hea", {}, {}, issues));
//
// All sample formats of the specification, FLAC too; several samples a frame, skew, records of segments with a fixed or
// a variable layout, gaps. Only the frames that are asked for are read, where the format lets one begin in the middle.
// What is damaged is an Issue and its samples are kMissing; the rest is read. Files that a header names must lie beside
// it. Memory: four bytes a sample that is asked for; beyond WfdbLimits::max_samples too_large, with nothing read.
// Errors: those of the file system for the header itself; malformed_input when it is none; too_large.
// Specification: https://physionet.org/physiotools/wag/
#pragma once

#include "base/file_system.hpp"
#include "formats/signal/wfdb_header.hpp"

namespace meridian::signal {

/// [from, to); to the record's end without `to`.
struct FrameRange {
  std::uint64_t from = 0;
  std::optional<std::uint64_t> to = {};
};

/// `path` names the header, with or without `.hea`.
Result<Recording> read_wfdb(FileSystem& files, const std::string& path, FrameRange range, const WfdbLimits& limits,
                            Issues& issues);
/// The header alone.
Result<WfdbHeader> read_wfdb_header(FileSystem& files, const std::string& path, const WfdbLimits& limits,
                                    Issues& issues);

}  // namespace meridian::signal
