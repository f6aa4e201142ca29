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
  bool skip(std::uint64_t bytes) override {
    sent_ = std::min<std::uint64_t>(bytes, text_.size());
    return true;
  }

 private:
  std::string text_;
  std::size_t sent_ = 0;
};

class PartSource final : public BodySource {
 public:
  PartSource(std::unique_ptr<BodySource> source, std::uint64_t first, std::uint64_t size)
      : source_(std::move(source)), to_drop_(source_->skip(first) ? 0 : first), left_(size) {}

  Result<Flow> pull(std::string& out, std::size_t wanted, const Waker& waker) override {
    const std::size_t had = out.size();
    // A source may give more than it is asked for; what it gives lies behind what was there already.
    const Flow flow = TRY(source_->pull(out, wanted, waker));
    const auto dropped = static_cast<std::size_t>(std::min<std::uint64_t>(to_drop_, out.size() - had));
    out.erase(had, dropped);
    to_drop_ -= dropped;
    if (out.size() - had > left_) out.resize(had + static_cast<std::size_t>(left_));
    left_ -= out.size() - had;
    return left_ == 0 ? Flow::end : flow;
  }

 private:
  std::unique_ptr<BodySource> source_;
  std::uint64_t to_drop_;
  std::uint64_t left_;
};

}  // namespace

bool BodySource::skip(std::uint64_t /*bytes*/) {
  return false;
}

std::unique_ptr<BodySource> source_of(std::string text) {
  return std::make_unique<StringSource>(std::move(text));
}

std::unique_ptr<BodySource> part_of(std::unique_ptr<BodySource> source, std::uint64_t first, std::uint64_t size) {
  return std::make_unique<PartSource>(std::move(source), first, size);
}

}  // namespace meridian::http
