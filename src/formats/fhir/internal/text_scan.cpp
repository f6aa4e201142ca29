#include "formats/fhir/internal/text_scan.hpp"

#include <simdjson.h>

#include <algorithm>

#include "formats/fhir/internal/utf8.hpp"

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

TextScan locate(std::string_view text) {
  bool in_string = false;
  std::size_t opened = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x80) {
      const std::size_t length = utf8_length(text, at);
      if (length == 0) return {TextFault::not_utf8, at, {}};
      at += length;
      continue;
    }
    if (in_string && byte < 0x20) return {TextFault::control_character, at, {}};
    if (byte == '"') {
      in_string = !in_string;
      opened = at;
    } else if (byte == '\\' && !in_string) {
      return {TextFault::unexpected_character, at, {}};
    } else if (byte == '\\' && at + 1 < text.size()) {
      // What follows a backslash is judged with the other escapes, unless it is not even a character.
      const auto next = static_cast<unsigned char>(text[at + 1]);
      if (next >= 0x20 && next < 0x80) ++at;
    }
    ++at;
  }
  return in_string ? TextScan{TextFault::unclosed_string, opened, {}} : TextScan{TextFault::not_utf8, 0, {}};
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
