// Blobs as files: one a blob, named in hexadecimal, in 256 folders by the first byte of the name.
//
// A blob is written under another name beside them, synced, renamed, and its folder synced; what a crash left
// half-written is swept at the next opening. The folder is held by one holder at a time (conflict otherwise).
#pragma once

#include <memory>
#include <string>

#include "kv/blobs.hpp"

namespace meridian::kv {

/// The folder above exists; `files` outlives it.
Result<std::unique_ptr<Blobs>> open_file_blobs(FileSystem& files, const std::string& folder);

}  // namespace meridian::kv
