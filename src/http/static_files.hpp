// Static files from a folder or from the program itself, with entity tags, ranges, types and ready-made compression.
//
// A path names a file below the folder and nothing else: no dot files, no links out of it (each step is opened
// below the last, without following links), no folder listings; a folder's name gives its index.html. `x.js.zst` or
// `x.js.gz` beside `x.js` is sent in its place to a client that accepts it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace meridian::http {

class Router;

struct StaticOptions {
  std::string cache_control = "no-cache";  ///< of everything else than `immutable_below`
  std::string immutable_below;             ///< "assets/": names with a hash in them, cached for a year
  /// Answers a path that names no file and has no extension, for applications that route in the page: "index.html".
  std::string fallback;
};

/// A file that is part of the program. The views live as long as it does.
struct EmbeddedFile {
  std::string_view path;  ///< "index.html"
  std::string_view content;
};

/// Mounts GET prefix/{path...}. Errors: not_found when the folder cannot be opened.
Result<> mount_directory(Router& router, std::string_view prefix, const std::string& folder,
                         StaticOptions options = {});
void mount_embedded(Router& router, std::string_view prefix, std::vector<EmbeddedFile> files,
                    StaticOptions options = {});

/// "text/html; charset=utf-8" by the extension; "application/octet-stream" for one that is not known.
std::string_view content_type_of(std::string_view path);

}  // namespace meridian::http
