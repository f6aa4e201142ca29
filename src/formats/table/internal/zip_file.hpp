// A zip archive through libzip: its members by number, each as a source within limits.
//
// Nothing is written anywhere. The archive lives as long as the longest of its sources. Errors: malformed_input,
// unsupported (encryption, a method that libzip does not know), too_large (a limit, by its name), io_failure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/input.hpp"

struct zip;

namespace meridian::table::internal {

struct ZipMember {
  std::string name;  ///< raw bytes
  std::uint64_t size = 0;
  std::uint64_t packed = 0;
  bool is_encrypted = false;
  bool is_supported = true;
  bool is_link = false;
};

struct UnpackLimits {
  std::uint64_t max_bytes;
  std::uint64_t max_ratio;  ///< looked at from InputLimits::kRatioFloor on
  const char* bytes_name;   ///< how the limit is called in errors
};

class ZipFile : public std::enable_shared_from_this<ZipFile> {
 public:
  static Result<std::shared_ptr<ZipFile>> open(const std::string& path);
  static Result<std::shared_ptr<ZipFile>> open_bytes(std::string bytes);
  ~ZipFile();
  ZipFile(const ZipFile&) = delete;
  ZipFile& operator=(const ZipFile&) = delete;

  std::uint64_t count() const;
  Result<ZipMember> member(std::uint64_t index) const;
  /// Letters large or small, as OPC (ECMA-376 part 2, 6.2.2.3) has it.
  std::optional<std::uint64_t> find(const std::string& name) const;
  Result<std::unique_ptr<ByteSource>> read(std::uint64_t index, const UnpackLimits& limits);

 private:
  ZipFile() = default;

  std::string bytes_;
  zip* zip_ = nullptr;
};

}  // namespace meridian::table::internal
