// SCP-ECG files (EN 1064, ISO 11073-91064): resting electrocardiograms as carts write them.
//
//   file    := CRC length section…                      CRC: CCITT, over all that follows it; length: 4 bytes, of all
//   section := CRC id length version protocol reserved[6] data        a header of 16 bytes; the length has it too
//   section 0, the first: "SCPECG" as reserved; a pointer (id 2, length 4, index 4, from 1) to each section
//
// Read are sections 0 to 8: patient, device and time (1), Huffman tables (2), leads (3), where beats were subtracted
// (4), the reference beat (5), the rhythm (6), global measurements (7), the text of the interpretation (8). Numbers are
// little-endian. Lead bytes are Huffman codes, most significant bit first, or 16-bit numbers without section 2; the
// numbers are samples, their first or their second differences, all modulo 2^16.
//
// Every length is held against the bytes that are there. A CRC that is wrong is a warning; what cannot be read is an
// Issue at `section 6.lead[2]`, and its samples are kMissing. Not read, and said: bimodal compression (samples outside
// of protected zones left out by a filter), beats subtracted at another rate; versions of section 12 and above.
// Errors: malformed_input where this is no SCP-ECG file; too_large.
#pragma once

#include "formats/signal/ecg.hpp"

namespace meridian::signal {

bool is_scp(std::string_view bytes);
Result<Ecg> read_scp(std::string_view bytes, const EcgLimits& limits, Issues& issues);

}  // namespace meridian::signal
