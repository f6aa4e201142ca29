#include "http/body.hpp"

#include <algorithm>

namespace meridian::http {
namespace {

class StringSource final : public BodySource {
 public:
  explicit StringSource(std::string text) : text_(std::move(text)) {}

  Result<Flow> pull(std::string& out, std::size_t wanted, const Waker& /*waker*/) override {
    const std::size_t piece = std::min(wanted, text_.size() - sent_);
    out.append(text_, sent_, piece);
    sent_ += piece;
    return sent_ == text_.size() ? Flow::end : Flow::more;
  }

 private:
  std::string text_;
  std::size_t sent_ = 0;
};

}  // namespace

std::unique_ptr<BodySource> source_of(std::string text) {
  return std::make_unique<StringSource>(std::move(text));
}

}  // namespace meridian::http
