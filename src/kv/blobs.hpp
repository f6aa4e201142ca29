// Blobs: objects of any size by name: images, documents, attachments.
//
// A name is 32 bytes that whoever stores it derives from the content (a keyed hash by tenant and patient), so a blob
// never changes and storing it twice is storing it once. A blob is there whole or not at all, and safe when `put`
// returns.
//
// Any thread may call anything; a Writer and a SequentialFile belong to one thread at a time. Errors: not_found,
// io_failure, busy (the disk is full). Implementations: kv/file_blobs.hpp; the S3 protocol later. All pass
// kv/testing/contract.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/callback.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"

namespace meridian::kv {

using BlobName = std::array<std::byte, 32>;

class Blobs {
 public:
  /// Bytes on their way in: appended, then committed under a name that may only be known at the end. Dropped: nothing
  /// was.
  class Writer {
   public:
    virtual ~Writer() = default;
    virtual Result<> append(std::string_view bytes) = 0;
    virtual Result<> commit(const BlobName& name) = 0;
  };

  virtual ~Blobs() = default;
  virtual Result<std::unique_ptr<Writer>> writer() = 0;
  virtual Result<> put(const BlobName& name, std::string_view bytes) = 0;
  virtual Result<std::unique_ptr<RandomAccessFile>> open(const BlobName& name) const = 0;
  virtual Result<std::uint64_t> size(const BlobName& name) const = 0;
  virtual Result<bool> exists(const BlobName& name) const = 0;
  /// No error when it is not there.
  virtual Result<> remove(const BlobName& name) = 0;
  /// Every name once, in no order; stops when `visit` says false.
  virtual Result<> visit(const Callback<bool(const BlobName&, std::uint64_t size)>& visit) const = 0;
};

}  // namespace meridian::kv
