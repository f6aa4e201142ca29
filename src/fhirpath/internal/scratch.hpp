// Scratch: the memory in which evaluations work, kept between them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "fhirpath/value.hpp"

namespace re2 {
class RE2;
}

namespace meridian::fhirpath::internal {

/// Copies a value. A node goes by the same halves in which it was written: a wider load soon after has to wait for
/// them.
inline void copy_value(Value& to, const Value& from) {
  if (from.is_node()) {
    to = Value(from.node());
  } else {
    to = from;
  }
}

/// Items of all collections alive, the innermost on top. Grows as needed; positions are indexes, since it moves.
class ValueStack {
 public:
  ValueStack() = default;
  ValueStack(const ValueStack&) = delete;
  ValueStack& operator=(const ValueStack&) = delete;
  ~ValueStack() { std::free(items_); }

  std::uint32_t size() const { return size_; }
  std::size_t memory_bytes() const { return capacity_ * sizeof(Value); }
  Value& operator[](std::uint32_t index) { return items_[index]; }
  const Value* data() const { return items_; }
  void push(const Value& value) {
    if (size_ == capacity_) [[unlikely]]
      grow();
    items_[size_++] = value;
  }
  void shrink(std::uint32_t size) { size_ = size; }
  /// Where the next items go, for loops that push many: take it, fill it, grow it when next is end, settle it.
  struct Room {
    Value* next;
    Value* end;
  };
  Room room() { return {items_ + size_, items_ + capacity_}; }
  [[gnu::noinline]] Room grown(Room room) {
    settle(room);
    grow();
    return this->room();
  }
  void settle(Room room) { size_ = static_cast<std::uint32_t>(room.next - items_); }
  /// Takes out [from, to), moving down what lies above.
  void erase(std::uint32_t from, std::uint32_t to) {
    if (from == to) return;
    std::memmove(static_cast<void*>(items_ + from), items_ + to, (size_ - to) * sizeof(Value));
    size_ -= to - from;
  }

 private:
  void grow() {
    const std::uint32_t capacity = capacity_ == 0 ? 64 : capacity_ * 2;
    void* items = std::realloc(static_cast<void*>(items_), capacity * sizeof(Value));
    if (items == nullptr) throw std::bad_alloc();
    items_ = static_cast<Value*>(items);
    capacity_ = capacity;
  }

  Value* items_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

/// Bytes for what an evaluation makes; all given back at once when the next one begins.
class Arena {
 public:
  void* take(std::size_t bytes) {
    bytes = (bytes + 15) & ~std::size_t{15};
    if (block_ >= blocks_.size() || used_ + bytes > blocks_[block_].size) [[unlikely]]
      next_block(bytes);
    void* at = blocks_[block_].bytes.get() + used_;
    used_ += bytes;
    taken_ += bytes;
    return at;
  }
  void reset() {
    block_ = 0;
    used_ = 0;
    taken_ = 0;
    // What was unusually large is not kept for ever.
    constexpr std::size_t kKept = std::size_t{1} << 20;
    while (held_ > kKept && blocks_.size() > 1) {
      held_ -= blocks_.back().size;
      blocks_.pop_back();
    }
  }
  std::size_t taken() const { return taken_; }
  std::size_t memory_bytes() const { return held_; }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size;
  };
  void next_block(std::size_t bytes) {
    if (block_ < blocks_.size()) ++block_;
    used_ = 0;
    if (block_ < blocks_.size() && blocks_[block_].size >= bytes) return;
    constexpr std::size_t kBlock = 16 * 1024;
    const std::size_t size = bytes > kBlock ? bytes : kBlock;
    blocks_.resize(block_);  // smaller ones behind are of no use
    blocks_.push_back({std::make_unique<std::byte[]>(size), size});
    held_ = 0;
    for (const Block& block : blocks_) held_ += block.size;
  }
  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
  std::size_t taken_ = 0;
  std::size_t held_ = 0;
};

struct NamedValues {
  std::string name;
  Collection values;
};

/// A part's result, kept for one evaluation.
struct Memo {
  Collection values;
  std::uint64_t evaluation = 0;
};

struct Scratch {
  ValueStack stack;
  Arena arena;
  std::vector<Collection> slots;  // defineVariable()
  std::vector<Memo> memos;
  std::uint64_t evaluation = 0;                                            // counts, to tell its memos from older ones
  std::vector<NamedValues> variables;                                      // set_variable()
  std::map<std::string, std::unique_ptr<re2::RE2>, std::less<>> patterns;  // made while evaluating; a few
  Error error{ErrorCode::internal, {}};                                    // of the last failure
  DateTime now;                                                            // of this evaluation, once asked for
  Scratch();
  ~Scratch();
};

}  // namespace meridian::fhirpath::internal
