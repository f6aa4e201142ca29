// The members of an archive, one after another: zip, and tar, also compressed as a whole.
//
//   auto archive = TRY(ArchiveReader::open("delivery.zip"));
//   while (auto member = TRY(archive->next(issues))) {
//     if (member->name.ends_with(".csv")) use(*TRY(archive->open_member()));
//   }
//
// Nothing is written to disk, and a name is a label: UTF-8, relative, with `/`. Members whose names are anything else
// (empty, absolute, with a drive, `..`, a backslash, a control character), encrypted ones and ones packed in a way that
// is not known are passed over with an Issue at `member 3`; folders, links and devices are passed over. An archive
// within an archive is a member like any other. A zip archive that does not lie in a plain file is held in memory,
// within a limit. Errors: malformed_input (no archive, a damaged one; the bytes of a member that are wrong are told
// when they have been read), too_large (the message names the limit), those of the source. After an error of a member
// of a zip archive, the next one can be read. Threads: one at a time. Specification: APPNOTE.TXT 6.3
// (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT); tar: base/tar.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/input.hpp"
#include "base/issue.hpp"

namespace meridian::table {

struct ArchiveLimits {
  std::uint64_t max_members = 100'000;
  std::uint64_t max_member_bytes = std::uint64_t{8} << 30;
  std::uint64_t max_total_bytes = std::uint64_t{64} << 30;     ///< of all members that are read
  std::uint64_t max_ratio = 1'000;                             ///< of a member, once it has unpacked to 1 MiB
  std::uint64_t max_archive_bytes = std::uint64_t{512} << 20;  ///< of a zip archive that must be kept in memory
};

struct ArchiveMember {
  std::string name;
  std::uint64_t size = 0;  ///< as the archive says
};

/// Whether a name may be a label of a member: see above.
bool is_safe_name(std::string_view name);

class ArchiveReader {
 public:
  /// "-" is standard input.
  static Result<std::unique_ptr<ArchiveReader>> open(const std::string& path, const ArchiveLimits& limits = {});
  static Result<std::unique_ptr<ArchiveReader>> open(std::unique_ptr<ByteSource> source,
                                                     const ArchiveLimits& limits = {});
  virtual ~ArchiveReader() = default;

  /// The next member that can be read; nothing at the end.
  virtual Result<std::optional<ArchiveMember>> next(Issues& issues) = 0;
  /// The bytes of the member that `next` gave last, as they are unpacked. To be used before the next `next`, and while
  /// the reader lives. Once for each member.
  virtual Result<std::unique_ptr<ByteSource>> open_member() = 0;
};

}  // namespace meridian::table
