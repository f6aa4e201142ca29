// The link and the records of analysers: what is received does not depend on how the bytes were cut; what was received,
// sent again, is received as the same; what is whole ends where a record does; memory is bounded; whatever is received
// can be taken apart.
//
// The input's first byte chooses where to cut, its second how long frames are.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "formats/astm/link.hpp"
#include "formats/astm/message.hpp"

namespace {

using namespace meridian::astm;

constexpr LinkLimits kLimits{.frame_bytes = 500, .message_bytes = 2000};

struct Heard {
  std::string replies;
  std::vector<std::string> messages;
  std::vector<std::string> broken_off;
  bool operator==(const Heard&) const = default;
};

Heard hear(std::string_view bytes, std::size_t step) {
  LinkReceiver link(kLimits);
  Heard heard;
  bool is_safe = false;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string_view piece = bytes.substr(at, step);
    while (!piece.empty()) {
      LinkEvent event = link.take(piece);
      heard.replies += event.reply;
      if (link.held_bytes() > kLimits.frame_bytes + kLimits.message_bytes + 2) std::abort();
      if (!event.message) continue;
      (event.is_broken_off ? heard.broken_off : heard.messages).push_back(*std::move(event.message));
      if (event.is_broken_off) continue;
      is_safe = !is_safe;
      if (event.is_terminated) heard.replies += link.settle(is_safe);
    }
  }
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 16 * 1024) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Heard whole = hear(bytes, size);
  if (!(whole == hear(bytes, 1 + data[0] % 40U))) std::abort();

  meridian::Issues issues(100);
  const std::vector<Order> orders = orders_of(bytes, {.max_records = 100, .max_fields = 20}, issues);
  if (orders.size() > 101) std::abort();

  for (const std::string& message : whole.messages) {
    if (!message.ends_with('\r')) std::abort();
    orders_of(message, {}, issues);
    if (message.find_first_of("\x02\x03\x04\x05\x17\n") != std::string::npos) continue;
    const Heard again = hear(frames_of(message, 1 + data[1] % 240U), 7);
    if (again.messages.size() != 1 || again.messages.front() != message) std::abort();
  }
  return 0;
}
