// The decompressing byte sources behind decompress() of base/input.hpp. Each takes the bytes that were read
// ahead to recognise it.
#pragma once

#include <memory>
#include <string>

#include "base/input.hpp"

namespace meridian::internal {

/// The raw bytes of a source, with those in front that were already taken from it.
class Upstream {
 public:
  Upstream(std::unique_ptr<ByteSource> source, std::string head)
      : source_(std::move(source)), buffer_(std::move(head)) {
    end_ = buffer_.size();
  }

  /// What is at hand, after reading more when nothing was; empty at the end of the source.
  Result<std::string_view> peek();
  void advance(std::size_t count) {
    begin_ += count;
    used_ += count;
  }
  const ByteSource& source() const { return *source_; }
  std::uint64_t used() const { return used_; }  ///< bytes handed on so far

 private:
  std::unique_ptr<ByteSource> source_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t used_ = 0;
};

std::unique_ptr<ByteSource> plain_source(Upstream upstream);
Result<std::unique_ptr<ByteSource>> gzip_source(Upstream upstream);
Result<std::unique_ptr<ByteSource>> zstd_source(Upstream upstream);

}  // namespace meridian::internal
