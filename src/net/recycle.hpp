// Recycled memory: blocks that a thread keeps for its next request instead of giving them back to the heap.
//
// What waits on sockets asks for the same few sizes again and again (coroutine frames, read buffers), the larger of
// which take the heap's slow path every time. Each thread keeps a bounded number of blocks of each size, without
// locks; a block may be given back on another thread than it was taken on. Under the address sanitizer nothing is
// kept, so that it sees every use after the end.
#pragma once

#include <cstddef>

namespace meridian::net {

/// As operator new; give_block() with the same size.
void* take_block(std::size_t size);
void give_block(void* block, std::size_t size) noexcept;

}  // namespace meridian::net
