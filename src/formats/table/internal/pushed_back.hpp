// A source whose beginning was looked at.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "base/input.hpp"

namespace meridian::table::internal {

class PushedBack final : public ByteSource {
 public:
  PushedBack(std::string head, std::unique_ptr<ByteSource> rest) : head_(std::move(head)), rest_(std::move(rest)) {}

  Result<std::size_t> read(std::span<char> into) override {
    if (given_ == head_.size()) return rest_->read(into);
    const std::size_t count = std::min(into.size(), head_.size() - given_);
    if (count > 0) std::memcpy(into.data(), head_.data() + given_, count);
    given_ += count;
    return count;
  }
  std::uint64_t consumed() const override { return rest_->consumed(); }
  std::optional<std::uint64_t> size() const override { return rest_->size(); }

 private:
  std::string head_;
  std::size_t given_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

}  // namespace meridian::table::internal
