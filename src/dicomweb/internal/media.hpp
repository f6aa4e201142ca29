// What a client accepts: media ranges with the parameters that PS3.18 gives them, best first.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_8.7
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/request.hpp"

namespace meridian::dicomweb::internal {

struct MediaRange {
  std::string type;         ///< "multipart/related", "application/dicom", "*/*"; lower case
  std::string root = {};    ///< of multipart: its `type`; empty where it is not said
  std::string syntax = {};  ///< `transfer-syntax`; empty where it is not said
  std::string character_set = {};
  double quality = 1;

  bool is_multipart() const { return type == "multipart/related"; }
  bool is_anything() const { return type == "*/*"; }
  /// Whether a part, or a body, of this type is asked for: "image/png" by "image/*", too.
  bool wants(std::string_view media_type) const;
};

/// Of the query parameter `accept`, else the field; nothing said is anything. Errors: invalid_argument.
Result<std::vector<MediaRange>> accepted(const http::Request& request);

/// The first of `offered` that a range wants, in the client's order; the ranges of multipart are left out of account.
std::optional<std::string_view> preferred(const std::vector<MediaRange>& ranges,
                                          std::initializer_list<std::string_view> offered);

}  // namespace meridian::dicomweb::internal
