// Folding: texts brought to the form in which searches compare them.
//
// fold_text(): for strings: NFKC with case folded, accents taken off, runs of white space one space, none at the ends.
// Full-width forms become plain ones; Chinese stays as it is. fold_code(): for tokens: case alone. Both give the text
// itself when it is so already, otherwise a view of the arena.
// Specification: https://hl7.org/fhir/R4/search.html#string, https://hl7.org/fhir/R4/search.html#token
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meridian::search::internal {

/// Memory for texts that live together and go together.
class Arena {
 public:
  std::string_view keep(std::string_view text);
  void clear();

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0;  // the one in use
  std::size_t used_ = 0;
};

std::string_view fold_text(std::string_view text, Arena& arena);
std::string_view fold_code(std::string_view code, Arena& arena);

/// The words of a text as _text and _content find them: folded, of letters and digits; of Chinese, Japanese and Korean
/// each two neighbours, and each alone at the end of its run. Appends to `out`; the views live in the arena.
void split_words(std::string_view text, Arena& arena, std::vector<std::string_view>& out);

/// Whether the code point is written without spaces between words.
bool is_ideograph(char32_t c);
/// Whether the word is one such character.
bool is_one_ideograph(std::string_view word);

}  // namespace meridian::search::internal
