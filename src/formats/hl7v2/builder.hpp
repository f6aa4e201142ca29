// MessageBuilder: writes messages, value by value, escaping as it must.
//
//   MessageBuilder builder;
//   builder.segment("MSH").set(3, "HIS").set({.field = 9, .component = 1}, "ACK");
//   builder.segment("MSA").set(1, "AA").set(2, control_id);
//   std::string bytes = std::move(builder).take();
//
// Values of a segment may come in any order; one that comes again replaces the former. MSH (FHS, BHS) writes its first
// two fields itself. Texts are UTF-8; set() escapes separators and control characters, raw() takes bytes that are
// escaped already, of the same separators. Segments end with CR.
//
// What cannot be written (a place numbered 0 or beyond kMostPlaces) is left out, and ok() is false then.
// Specification: HL7 v2.5.1, chapter 2, 2.6 (message construction rules).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "formats/hl7v2/path.hpp"

namespace meridian::hl7v2 {

/// Where a value stands in its segment; all from 1.
struct Place {
  std::uint32_t field = 1;
  std::uint32_t repetition = 1;
  std::uint32_t component = 1;
  std::uint32_t subcomponent = 1;
  auto operator<=>(const Place&) const = default;
};

class MessageBuilder {
 public:
  static constexpr std::uint32_t kMostPlaces = 10'000;

  explicit MessageBuilder(Separators separators = {}) : separators_(separators) {}

  /// Ends the segment before it.
  MessageBuilder& segment(std::string_view name);
  MessageBuilder& set(Place place, std::string_view text);
  MessageBuilder& set(std::uint32_t field, std::string_view text) { return set(Place{.field = field}, text); }
  /// Bytes that may hold separators and escapes.
  MessageBuilder& raw(Place place, std::string_view bytes);
  MessageBuilder& raw(std::uint32_t field, std::string_view bytes) { return raw(Place{.field = field}, bytes); }
  /// `""`: the receiver is to delete what it has.
  MessageBuilder& null(std::uint32_t field) { return raw(field, "\"\""); }
  /// A whole segment of a message with the same separators, as it stands.
  MessageBuilder& copy(const Segment& segment);

  bool ok() const { return ok_; }
  std::string take() &&;

 private:
  struct Item {
    Place place;
    std::string bytes;
  };
  void finish_segment();

  Separators separators_;
  std::string name_;
  std::vector<Item> items_;
  std::string out_;
  bool ok_ = true;
};

/// The message's bytes with another text at a path that names a field, without `[*]`; parts that were missing before it
/// are made. Everything else stays as it is, byte for byte. Errors: not_found without such a segment;
/// invalid_argument for MSH-1, MSH-2 and a path of no field.
Result<std::string> with_text(const Message& message, const Path& path, std::string_view text);

}  // namespace meridian::hl7v2
