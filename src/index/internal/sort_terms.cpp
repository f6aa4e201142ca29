#include "index/internal/sort_terms.hpp"

#include "base/bytes.hpp"

namespace meridian::index {

namespace {

struct Keyed {
  std::uint64_t first_bytes;
  const Head::Term* term;

  bool operator<(const Keyed& other) const {
    return first_bytes != other.first_bytes ? first_bytes < other.first_bytes : term->text() < other.term->text();
  }
};

std::uint64_t first_bytes(std::string_view text) {
  char bytes[8] = {};
  std::copy_n(text.begin(), std::min<std::size_t>(8, text.size()), bytes);
  return load_big<std::uint64_t>(bytes);
}

}  // namespace

void sort_terms(std::vector<const Head::Term*>& terms) {
  std::vector<Keyed> keyed;
  keyed.reserve(terms.size());
  for (const Head::Term* term : terms) keyed.push_back({first_bytes(term->text()), term});
  std::sort(keyed.begin(), keyed.end());
  for (std::size_t i = 0; i < terms.size(); ++i) terms[i] = keyed[i].term;
}

}  // namespace meridian::index
