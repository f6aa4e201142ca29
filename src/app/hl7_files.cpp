#include "app/hl7_files.hpp"

#include <algorithm>
#include <string_view>

#include "base/input.hpp"

namespace meridian::app {
namespace {

constexpr std::uint64_t kLargestFile = 256 << 20;

std::vector<std::string> messages_in(std::string_view text) {
  std::vector<std::string> messages;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n\x1c"), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.front() == '\x0b' || line.front() == ' ')) line.remove_prefix(1);
    if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
    if (line.empty()) continue;
    const std::string_view name = line.substr(0, 3);
    if (name == "FHS" || name == "BHS" || name == "BTS" || name == "FTS") continue;
    if (name == "MSH") messages.emplace_back();
    if (messages.empty()) continue;
    messages.back() += line;
    messages.back() += '\r';
  }
  return messages;
}

}  // namespace

Result<std::vector<std::string>> read_messages(const std::string& file) {
  const auto source = TRY(open_input(file, {.max_bytes = kLargestFile}));
  return messages_in(TRY(read_all(*source, kLargestFile)));
}

}  // namespace meridian::app
