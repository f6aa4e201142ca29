#include "net/recycle.hpp"

#include <array>
#include <new>

namespace meridian::net {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

constexpr std::size_t kStep = 128;
constexpr std::size_t kLargest = 4096;
constexpr std::size_t kKept = 64;  // of each size; a program uses few sizes, and all of them were 4 MB a thread

// 0 for up to 128 bytes, 1 for up to 256, ... 31 for up to 4096.
std::size_t class_of(std::size_t size) {
  return size == 0 ? 0 : (size - 1) / kStep;
}

/// Blocks of one size, linked through their own first bytes.
struct Shelf {
  struct Block {
    Block* next;
  };
  Block* first = nullptr;
  std::size_t kept = 0;
};

struct Shelves {
  std::array<Shelf, kLargest / kStep> of;
  bool closed = false;  // the thread ends: what is given back now goes to the heap

  Shelves() = default;
  Shelves(const Shelves&) = delete;
  Shelves& operator=(const Shelves&) = delete;
  ~Shelves() {
    closed = true;
    for (Shelf& shelf : of) {
      while (shelf.first != nullptr) {
        Shelf::Block* const block = shelf.first;
        shelf.first = block->next;
        ::operator delete(block);
      }
    }
  }
};

thread_local Shelves shelves;

}  // namespace

void* take_block(std::size_t size) {
  if (!kKeeps || size > kLargest) return ::operator new(size);
  const std::size_t at = class_of(size);
  Shelf& shelf = shelves.of[at];
  if (shelf.first == nullptr) return ::operator new((at + 1) * kStep);
  --shelf.kept;
  Shelf::Block* const block = shelf.first;
  shelf.first = block->next;
  return block;
}

void give_block(void* block, std::size_t size) noexcept {
  if (kKeeps && size <= kLargest && !shelves.closed) {
    Shelf& shelf = shelves.of[class_of(size)];
    if (shelf.kept < kKept) {
      ++shelf.kept;
      shelf.first = ::new (block) Shelf::Block{shelf.first};
      return;
    }
  }
  ::operator delete(block);
}

}  // namespace meridian::net
