// Where the text of variants comes from: VCF as it is, in gzip or BGZF, BCF, or the part of a file that an index finds.
//
// BCF and regions go through htslib, which gives lines of VCF, so that one parser judges all; a region needs an index
// (.tbi or .csi) beside the file. Nothing is fetched from a network: names are names of files.
// Errors: not_found, io_failure, malformed_input, invalid_argument (a region that is none, or of another contig).
// Threads: one at a time a source.
// Specification: https://samtools.github.io/hts-specs (VCFv4.5, BCFv2, tabix, CSIv1, SAMv1 section 4.1 for BGZF)
#pragma once

#include <memory>
#include <string>

#include "base/input.hpp"
#include "base/result.hpp"

namespace meridian::genomics {

/// `region`: `chr`, `chr:from` or `chr:from-to`, from 1, both ends included; empty: the whole file.
Result<std::unique_ptr<ByteSource>> open_variants(const std::string& path, const std::string& region = {});

}  // namespace meridian::genomics
