#include "formats/table/internal/text_buffer.hpp"

#include <cstring>

namespace meridian::table::internal {

Result<> TextBuffer::more() {
  const std::size_t have = end_ - begin_;
  if (begin_ > 0 && have > 0) std::memmove(bytes_.data(), bytes_.data() + begin_, have);
  dropped_ += begin_;
  begin_ = 0;
  end_ = have;
  if (end_ * 2 > bytes_.size()) bytes_.resize(bytes_.size() * 2);
  while (end_ < bytes_.size() && !is_end_) {
    const std::size_t count = TRY(source_->read(std::span(bytes_).subspan(end_)));
    end_ += count;
    is_end_ = count == 0;
    if (bytes_.size() - end_ < 4) break;
  }
  return {};
}

Result<bool> TextBuffer::drop_line(bool cr_ends) {
  bool dropped = false;
  for (;;) {
    dropped = dropped || begin_ < end_;
    const std::size_t behind = behind_line(text(), begin_, cr_ends, is_end_);
    if (behind != std::string_view::npos) {
      begin_ = behind;
      return true;
    }
    // A CR that is not decided stays.
    const bool keeps_cr = !is_end_ && end_ > begin_ && bytes_[end_ - 1] == '\r';
    begin_ = keeps_cr ? end_ - 1 : end_;
    if (is_end_) return dropped;
    TRY(more());
  }
}

std::size_t behind_line(std::string_view text, std::size_t at, bool cr_ends, bool is_end) {
  if (!cr_ends) {
    const std::size_t place = text.find('\n', at);
    return place == std::string_view::npos ? place : place + 1;
  }
  const std::size_t place = text.find_first_of("\r\n", at);
  if (place == std::string_view::npos || text[place] == '\n')
    return place == std::string_view::npos ? place : place + 1;
  if (place + 1 == text.size()) return is_end ? place + 1 : std::string_view::npos;
  return text[place + 1] == '\n' ? place + 2 : place + 1;
}

}  // namespace meridian::table::internal
