// A multipart/related body whose parts are made, or read from the disk, as the socket takes them.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_8.6.1.2
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/callback.hpp"
#include "base/file_system.hpp"
#include "http/response.hpp"

namespace meridian::dicomweb::internal {

/// Bytes of a file: where they begin, and how many.
struct Extent {
  std::uint64_t at = 0;
  std::uint64_t size = 0;
};

/// Content of one part, or of a body: in memory, or extents of a file one after another.
struct Content {
  std::string media_type;
  std::string location = {};  ///< its URL; may be empty
  std::string bytes = {};
  std::shared_ptr<const RandomAccessFile> file = {};
  std::vector<Extent> extents = {};

  std::uint64_t size() const;
};

/// The next part; nothing after the last. Called on pool threads, one call at a time.
using NextContent = Callback<Result<std::optional<Content>>()>;

/// multipart/related with the type that all parts have.
http::Response multipart_of(std::string_view root_type, NextContent next);
/// All of these, which lie ready or on the disk: the response has a length.
http::Response multipart_of(std::string_view root_type, std::vector<Content> contents);
/// The content as the body itself.
http::Response single_of(Content content);

}  // namespace meridian::dicomweb::internal
