// Tar archives, read as a stream: what packages (.tgz) hold, one entry after another.
//
// Nothing is ever written to disk and no path is followed: names are only text to the caller. Understood are
// ustar, the path and size records of pax, and GNU long names. Links, devices and the like are passed over.
//
//   TarReader tar(*source);
//   while (auto entry = TRY(tar.next())) {
//     if (entry->name.ends_with(".json")) use(entry->name, TRY(tar.read_entry()));
//   }
//
// Errors: malformed_input (a damaged or truncated archive), too_large (a limit passed; the message names it), and
// those of the source. The source must outlive the reader. Threads: one at a time.
// Specification: POSIX.1-2017 pax, "ustar Interchange Format" and "pax Extended Header"
// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/input.hpp"
#include "base/result.hpp"

namespace meridian {

struct TarLimits {
  std::uint64_t max_entries = 100'000;
  std::uint64_t max_entry_bytes = std::uint64_t{256} << 20;
  std::uint64_t max_total_bytes = std::uint64_t{2} << 30;  ///< of the archive, its headers included
};

/// A regular file of the archive.
struct TarEntry {
  std::string name;  ///< as it stands there: "package/StructureDefinition-x.json"
  std::uint64_t size = 0;
};

class TarReader {
 public:
  explicit TarReader(ByteSource& source, TarLimits limits = {}) : source_(source), limits_(limits) {}

  /// The next regular file; what was not read of the one before is skipped. Nothing at the end.
  Result<std::optional<TarEntry>> next();
  /// Bytes of the present entry; 0 at its end.
  Result<std::size_t> read(std::span<char> into);
  /// All that is left of the present entry.
  Result<std::string> read_entry();

 private:
  Result<bool> read_block(std::span<char> block);
  Result<> skip(std::uint64_t count);
  Result<std::string> read_record(std::uint64_t size);
  Result<> read_pax(std::uint64_t size, std::optional<std::string>& path, std::optional<std::uint64_t>& length);
  Result<> charge(std::uint64_t count);

  ByteSource& source_;
  TarLimits limits_;
  std::uint64_t entries_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t left_ = 0;     // of the present entry
  std::uint64_t padding_ = 0;  // after it
  bool at_end_ = false;
};

}  // namespace meridian
