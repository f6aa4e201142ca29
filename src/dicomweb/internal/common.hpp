// What all handlers of DICOMweb share: who asks for what, where things are found again, and how errors are told.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dicomweb/routes.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace meridian::dicomweb::internal {

inline constexpr std::string_view kDicomWebRoot = "/dicomweb";
inline constexpr std::string_view kDicomJson = "application/dicom+json";
inline constexpr std::string_view kDicomXml = "application/dicom+xml";
inline constexpr std::string_view kDicomFile = "application/dicom";
inline constexpr std::string_view kBytes = "application/octet-stream";

struct DicomWeb {
  Services services;
  imaging::Archive& archive() const { return *services.archive; }
};
using DicomWebPtr = std::shared_ptr<const DicomWeb>;

bool is_uid(std::string_view text);
/// {study}, {series}, {instance} of the path. Errors: invalid_argument (no UID).
Result<imaging::InstanceKey> key_of(const http::Request& request);
store::ReadContext reader_of(const http::Request& request);
/// "dicomweb/10.0.0.5".
std::string source_of(const http::Request& request);

/// "https://example.org/dicomweb".
std::string base_of(const http::Request& request, const DicomWeb& web);
std::string url_of(const std::string& base, const imaging::InstanceKey& key);

/// The value of a field `Warning` with code 299 (RFC 7234).
std::string warning(std::string_view text);
/// Of a multipart body; letters and digits that no other body has.
std::string new_boundary();

/// A response with the status that PS3.18 wants where it is not that of the error.
http::Response refusal(const Error& error);
inline http::Response answered(Result<http::Response> response) {
  return response ? *std::move(response) : refusal(response.error());
}
/// Pixels that cannot be decoded are no fault of the request: 422.
Error not_decoded(const Error& error);
tl::unexpected<Error> not_acceptable(std::string_view what);

}  // namespace meridian::dicomweb::internal
