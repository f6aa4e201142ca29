// Whatever the bytes: a tree or a fatal issue; the tree covers the text and agrees with naive splitting; a batch gives
// the same items in any chunks; what is answered, changed, grouped and validated stays a message.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "formats/hl7v2/ack.hpp"
#include "formats/hl7v2/batch.hpp"
#include "formats/hl7v2/builder.hpp"
#include "formats/hl7v2/charset.hpp"
#include "formats/hl7v2/header.hpp"
#include "formats/hl7v2/structure.hpp"
#include "formats/hl7v2/testing/naive.hpp"
#include "formats/hl7v2/text.hpp"
#include "formats/hl7v2/validate.hpp"

namespace {

using namespace meridian;
using namespace meridian::hl7v2;

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> items(std::string_view bytes, std::size_t chunk) {
  const auto source = memory_source(bytes);
  BatchReader reader(*source, {.chunk_bytes = chunk});
  std::vector<std::string> out;
  Issues issues;
  for (;;) {
    const auto item = reader.next(issues);
    require(item.has_value());
    if (!*item) return out;
    out.emplace_back((*item)->bytes);
  }
}

void check_text(std::string_view text) {
  if (!is_valid_utf8(text) || text.find('\0') != std::string_view::npos) return;
  std::string raw;
  append_escaped(raw, text, {});
  std::string back;
  require(append_unescaped(back, raw, {}) == 0);
  require(back == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_text(bytes);
  require(items(bytes, 1 << 16) == items(bytes, 7));

  Issues issues;
  const Decoded decoded = decode(bytes, {}, issues);
  const std::string_view text = decoded.text(bytes);
  require(!decoded.converted || is_valid_utf8(text));

  MessageParser parser;
  const hl7v2::Message message = parser.parse_borrowed(text, issues);
  require(static_cast<bool>(message) || issues.has_fatal());
  if (message) {
    require(message.text() == text);
    require(hl7v2::testing::covers_text(message));
    require(hl7v2::testing::agrees_with_splitting(message));
    std::size_t in_structure = 0;
    const Structure structure(message);
    for (const Structure::Node& node : structure.nodes()) in_structure += node.is_group() ? 0U : 1U;
    require(in_structure == message.segments().size());
    validate(message, {}, issues);
    const Path path{.segment = "PID", .field = 3, .repetition = 2, .component = 4, .subcomponent = 2};
    if (const auto changed = with_text(message, path, "a|b")) {
      Issues again;
      const hl7v2::Message other = parser.parse_borrowed(*changed, again);
      require(find(other, path).text() == "a|b" || message.separators().escape == '\0' || again.has_fatal());
    }
  }
  Issues of_answer;
  const std::string answer = make_ack(message, AckCode::AE, issues, {.time = "20260101", .control_id = "1"});
  const hl7v2::Message parsed = parser.parse_borrowed(answer, of_answer);
  require(static_cast<bool>(parsed) && parsed.header().type() == "ACK" && parsed.segment("MSA").field(1).raw() == "AE");
  return 0;
}
