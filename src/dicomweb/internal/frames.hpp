// WADO-RS: frames of an object: as its codec wrote them, or as plain samples.
//
//   application/octet-stream                         samples in little endian, decoded where they are coded
//   application/octet-stream; transfer-syntax=*      as they are stored
//   image/jpeg, image/jls, image/jp2, …              as they are stored, where that is their codec
//
// What is stored plainly, or is given as stored, is read from the disk frame by frame.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_10.4.1.1.3,
// https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_8.7.3.5
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "dicomweb/internal/common.hpp"

namespace meridian::dicomweb::internal {

/// "1,3,5", counted from 1; each at most `frames`. Errors: invalid_argument, not_found, too_large.
Result<std::vector<std::uint32_t>> frame_list(std::string_view text, std::uint32_t frames, std::size_t max_frames);
/// What an object says of how many frames it has; 1 where it says nothing.
std::uint32_t frames_of(const dicom::DataSet& set);
/// "image/jpeg" of a transfer syntax; application/octet-stream of one without a codec.
std::string_view frame_media_type(std::string_view syntax);

http::Response frames(const DicomWebPtr& web, const http::Request& request);
/// All of them, as bulk data.
Result<http::Response> all_frames(const DicomWebPtr& web, const http::Request& request,
                                  const imaging::StoredInstance& stored);

}  // namespace meridian::dicomweb::internal
