#include "http/testing/request_reader.hpp"

#include <algorithm>

#include "http/internal/chunk_decoder.hpp"

namespace meridian::http::testing {

using internal::BodyKind;
using internal::ChunkDecoder;
using internal::HeadScanner;
using internal::Refusal;
using internal::RequestHead;

namespace {

class Reader {
 public:
  Reader(const ServerLimits& limits, ReadResult& result)
      : limits_(limits), result_(result), scanner_(limits.header_bytes) {}

  void feed(std::string_view piece) {
    in_.append(piece);
    while (!stopped_ && (in_body_ ? read_body() : read_head())) {
    }
  }

  void finish() { result_.unfinished = !stopped_ && (in_body_ || !in_.empty()); }

 private:
  void refuse(Refusal refusal) {
    result_.refusal = refusal;
    stopped_ = true;
  }

  bool read_head() {
    if (in_.empty()) return false;
    switch (scanner_.scan(in_)) {
      case HeadScanner::Found::not_yet:
        return false;
      case HeadScanner::Found::bare_line_feed:
        refuse({400, "bare-line-feed", {}});
        return false;
      case HeadScanner::Found::too_large:
        refuse({431, "header-too-large", {}});
        return false;
      case HeadScanner::Found::complete:
        break;
    }
    const Refusal refusal = parse_request_head(std::string_view(in_).substr(0, scanner_.size()), limits_, head_);
    in_.erase(0, scanner_.size());
    scanner_.reset();
    if (refusal) {
      refuse(refusal);
      return false;
    }
    in_body_ = true;
    left_ = head_.framing.length;
    chunks_.reset();
    body_.clear();
    return true;
  }

  bool read_body() {
    bool complete = true;
    if (head_.framing.kind == BodyKind::length) {
      const std::size_t piece = std::min(in_.size(), static_cast<std::size_t>(left_));
      body_ += in_.substr(0, piece);
      in_.erase(0, piece);
      left_ -= piece;
      complete = left_ == 0;
    } else if (head_.framing.kind == BodyKind::chunked) {
      std::string_view rest = in_;
      const Refusal refusal = chunks_.decode(rest, body_, SIZE_MAX);
      in_.erase(0, in_.size() - rest.size());
      if (refusal) {
        refuse(refusal);
        return false;
      }
      complete = chunks_.is_complete();
    }
    if (!complete) return false;
    result_.requests.push_back({to_text(head_), body_, head_.keep_alive});
    in_body_ = false;
    stopped_ = !head_.keep_alive;
    return true;
  }

  const ServerLimits& limits_;
  ReadResult& result_;
  HeadScanner scanner_;
  RequestHead head_;
  ChunkDecoder chunks_;
  std::string in_;
  std::string body_;
  std::uint64_t left_ = 0;
  bool in_body_ = false;
  bool stopped_ = false;
};

}  // namespace

ReadResult read_requests(const std::vector<std::string_view>& pieces, const ServerLimits& limits) {
  ReadResult result;
  Reader reader(limits, result);
  for (const std::string_view piece : pieces) reader.feed(piece);
  reader.finish();
  return result;
}

}  // namespace meridian::http::testing
