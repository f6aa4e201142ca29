// ObjectReader: the bytes of one object on their way into the archive: held as far as its head goes, then streamed into
// a blob; looked at as they pass.
//
//   reader.append(bytes) …
//   NewInstance seen = TRY(reader.finish());       // its structure holds; UIDs, attributes, the blob's name
//   TRY(reader.keep(seen.row.stored.blob));
//
// Threads: one at a time. Memory: ArchiveOptions::held_bytes; where the head of an object is longer, up to 64 MB, which
// all readers share a budget of 256 MB for.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/hash.hpp"
#include "imaging/archive.hpp"
#include "imaging/internal/index_writer.hpp"
#include "imaging/internal/tail_check.hpp"
#include "kv/blobs.hpp"

namespace meridian::imaging::internal {

inline constexpr std::size_t kMaxReadHead = std::size_t{64} << 20;
inline constexpr std::uint64_t kMaxHeldByAll = std::uint64_t{256} << 20;

/// Errors: malformed_input, unsupported (deflated).
Result<dicom::File> read_archived_head(std::string bytes);
Result<dicom::File> read_archived_file(std::string bytes);

class ObjectReader {
 public:
  /// `held`: bytes that all readers hold beyond held_bytes.
  ObjectReader(kv::Blobs& blobs, const ArchiveOptions& options, std::atomic<std::uint64_t>& held, std::string source,
               InstanceKey expected);
  ~ObjectReader();
  ObjectReader(const ObjectReader&) = delete;
  ObjectReader& operator=(const ObjectReader&) = delete;

  Result<> append(std::string_view bytes);
  /// What the object says it is, as far as that is known.
  const StoredInstance& seen() const { return seen_.row.stored; }
  /// All has come. What is found out; its blob's name, too.
  Result<NewInstance> finish();
  /// Makes the blob safe.
  Result<> keep(const kv::BlobName& name);

 private:
  Result<> grow(std::size_t to);
  Result<> spill();
  Result<> try_head();
  void note(const dicom::File& file);

  kv::Blobs& blobs_;
  const ArchiveOptions& options_;
  std::atomic<std::uint64_t>& held_by_all_;
  const InstanceKey expected_;

  std::string held_;
  std::uint64_t reserved_ = 0;  // of held_by_all_
  std::size_t next_try_;        // bytes at which the head is looked for
  std::unique_ptr<kv::Blobs::Writer> writer_;
  std::optional<TailCheck> tail_;  // the head is known, and what follows passes by
  Sha256 hash_;
  Sha256Digest prologue_{};  // of what stands before the data set
  NewInstance seen_;
  std::optional<dicom::File> file_;  // of an object that was held whole
};

}  // namespace meridian::imaging::internal
