#include "terminology/internal/code_system_tables.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/hash.hpp"

namespace meridian::terminology {
namespace internal {
namespace {

char folded_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

TextPool::TextPool() : ends_{0, 0} {}

TextId TextPool::add(std::string_view text) {
  if (text.empty()) return 0;
  if (2 * size() >= table_.size()) grow();
  const std::size_t mask = table_.size() - 1;
  std::size_t at = hash64(text) & mask;
  for (; table_[at] != 0; at = (at + 1) & mask) {
    if (this->text(table_[at]) == text) return table_[at];
  }
  bytes_ += text;
  ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  table_[at] = static_cast<TextId>(size() - 1);
  return table_[at];
}

void TextPool::grow() {
  table_.assign(std::max<std::size_t>(64, std::bit_ceil(4 * size())), 0);
  for (TextId id = 1; id < size(); ++id) {
    std::size_t at = hash64(text(id)) & (table_.size() - 1);
    while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
    table_[at] = id;
  }
}

void TextPool::seal() {
  table_ = {};
  bytes_.shrink_to_fit();
  ends_.shrink_to_fit();
}

bool TextPool::restore(std::string bytes, std::vector<std::uint32_t> ends) {
  const bool is_framed = ends.size() >= 2 && ends[0] == 0 && ends[1] == 0 && ends.back() == bytes.size();
  if (!is_framed || !std::ranges::is_sorted(ends)) return false;
  bytes_ = std::move(bytes);
  ends_ = std::move(ends);
  table_ = {};
  return true;
}

void CodeIndex::reserve(std::size_t count) {
  table_.assign(std::bit_ceil(std::max<std::size_t>(2 * count, 4)), kFree);
  mask_ = table_.size() - 1;
}

std::string folded(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), folded_letter);
  return out;
}

bool equal_but_for_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, folded_letter, folded_letter);
}

}  // namespace internal

void CodeSystem::Tables::index_codes() {
  index.reserve(codes.size());
  for (std::uint32_t number = 0; number < codes.size(); ++number) {
    const std::string_view code = texts.text(codes[number].code);
    index.insert(about.is_case_sensitive ? hash64(code) : hash64(internal::folded(code)), number);
  }
}

}  // namespace meridian::terminology
