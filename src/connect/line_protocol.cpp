// Lines of plain TCP, each a message.
#include <algorithm>
#include <utility>

#include "connect/device_server.hpp"

namespace meridian::connect {
namespace {

class LineProtocol final : public DeviceProtocol {
 public:
  LineProtocol(std::size_t longest, bool has_answers) : longest_(longest), has_answers_(has_answers) {}

  DeviceEvent take(std::string_view& bytes) override {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view part = bytes.substr(0, end);
      bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
      const std::size_t room = longest_ - std::min(longest_, line_.size());
      line_ += part.substr(0, room);
      is_too_long_ = is_too_long_ || part.size() > room;
      if (end == std::string_view::npos) return {};
      if (line_.ends_with('\r')) line_.pop_back();
      std::string line = std::exchange(line_, {});
      was_too_long_ = std::exchange(is_too_long_, false);
      if (line.find_first_not_of(" \t") == std::string::npos) continue;
      DeviceEvent event;
      event.message = std::move(line);
      event.is_cut = was_too_long_;
      return event;
    }
    return {};
  }
  std::string settle(bool is_safe) override {
    if (!has_answers_) return {};
    return !is_safe ? "again\n" : was_too_long_ ? "no\n" : "ok\n";
  }
  bool is_idle() const override { return line_.empty() && !is_too_long_; }

 private:
  const std::size_t longest_;
  const bool has_answers_;
  std::string line_;
  bool is_too_long_ = false;
  bool was_too_long_ = false;
};

}  // namespace

std::unique_ptr<DeviceProtocol> line_protocol(std::size_t longest, bool has_answers) {
  return std::make_unique<LineProtocol>(longest, has_answers);
}

}  // namespace meridian::connect
