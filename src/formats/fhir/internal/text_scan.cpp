#include "formats/fhir/internal/text_scan.hpp"

#include <simdjson.h>

#include <algorithm>

#include "base/utf8.hpp"

namespace meridian::fhir::internal {

namespace {

// A scanner that has seen one huge text does not keep its memory for the small ones that follow.
constexpr std::size_t kKeptCapacity = std::size_t{8} << 20;

/// JSON begins with two ASCII characters, so zeros among the first four bytes tell the encoding (RFC 4627, 3).
TextFault wide_encoding(std::string_view text) {
  unsigned char head[4] = {1, 1, 1, 1};
  std::copy_n(text.begin(), std::min<std::size_t>(text.size(), 4), reinterpret_cast<char*>(head));
  const bool zeros[4] = {head[0] == 0, head[1] == 0, head[2] == 0, head[3] == 0};
  if (zeros[0] && zeros[1]) return TextFault::utf32;
  if (head[0] == 0xFF && head[1] == 0xFE) return zeros[2] && zeros[3] ? TextFault::utf32 : TextFault::utf16;
  if (head[0] == 0xFE && head[1] == 0xFF) return TextFault::utf16;
  if (zeros[1] && zeros[2] && zeros[3]) return TextFault::utf32;
  if (text.size() > 1 && (zeros[0] || zeros[1])) return TextFault::utf16;
  return TextFault::none;
}

/// The first fault of a text in which the first stage found one.
TextScan locate(std::string_view text) {
  const std::size_t valid = valid_utf8_prefix(text);
  bool in_string = false;
  std::size_t opened = 0;
  for (std::size_t at = 0; at < valid; ++at) {
    const char c = text[at];
    if (c == '"') {
      in_string = !in_string;
      opened = at;
    } else if (in_string && static_cast<unsigned char>(c) < 0x20) {
      return {TextFault::control_character, at, {}};
    } else if (c == '\\') {
      if (!in_string) return {TextFault::unexpected_character, at, {}};
      // What follows is judged with the other escapes, unless it is no character at all.
      if (at + 1 < valid && static_cast<unsigned char>(text[at + 1]) >= 0x20) ++at;
    }
  }
  if (valid < text.size() || !in_string) return {TextFault::not_utf8, valid, {}};
  return {TextFault::unclosed_string, opened, {}};
}

}  // namespace

struct TextScanner::Stage {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> implementation;
};

TextScanner::TextScanner() : stage_(std::make_unique<Stage>()) {}
TextScanner::~TextScanner() = default;
TextScanner::TextScanner(TextScanner&&) noexcept = default;

TextScan TextScanner::scan(std::string_view text) {
  if (const TextFault wide = wide_encoding(text); wide != TextFault::none) return {wide, 0, {}};
  auto& stage = stage_->implementation;
  if (stage != nullptr && stage->capacity() > kKeptCapacity && stage->capacity() / 4 > text.size()) stage.reset();
  if (stage == nullptr) {
    const simdjson::implementation* best = simdjson::get_active_implementation();
    constexpr std::size_t kLeast = 4096;
    if (best->create_dom_parser_implementation(std::max(text.size(), kLeast), 1, stage) != simdjson::SUCCESS) {
      stage.reset();
      return {TextFault::no_memory, 0, {}};
    }
  } else if (stage->capacity() < text.size() && stage->set_capacity(text.size()) != simdjson::SUCCESS) {
    stage.reset();
    return {TextFault::no_memory, 0, {}};
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  switch (stage->stage1(bytes, text.size(), simdjson::stage1_mode::regular)) {
    case simdjson::SUCCESS:
      return {TextFault::none, 0, {stage->structural_indexes.get(), stage->n_structural_indexes}};
    case simdjson::EMPTY:
      return {TextFault::empty, 0, {}};
    default:
      return locate(text);
  }
}

std::size_t byte_order_mark(std::string_view text) {
  return text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

}  // namespace meridian::fhir::internal
