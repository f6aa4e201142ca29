// Header: what MSH says about a message: what it is, who sent it, how it wants to be answered.
//
//   const Header header = message.header();
//   if (header.type() == "ADT" && header.trigger() == "A40") …
//
// Codes are views into the message, as they stand: none of them needs escapes. All are empty when MSH lacks them.
// Lives as long as its message.
// Specification: HL7 v2.5.1, chapter 2, 2.15.9 (MSH) and 2.9 (acknowledgement).
#pragma once

#include <cstdint>
#include <string_view>

#include "formats/hl7v2/message.hpp"

namespace meridian::hl7v2 {

/// MSH-15 and MSH-16, table 0155: when the sender wants an acknowledgement. Unreadable codes count as absent.
enum class AckWanted : std::uint8_t { absent, always, never, on_error, on_success };

class Header {
 public:
  explicit Header(const Segment& msh) : msh_(msh) {}

  std::string_view type() const { return code(9, 1); }     ///< MSH-9.1: `ADT`
  std::string_view trigger() const { return code(9, 2); }  ///< MSH-9.2: `A01`
  /// MSH-9.3: `ADT_A01`, the structure by which the segments are grouped. Empty when not said, as before v2.3.1.
  std::string_view structure() const { return code(9, 3); }
  std::string_view sending_application() const { return code(3, 1); }
  std::string_view sending_facility() const { return code(4, 1); }
  std::string_view receiving_application() const { return code(5, 1); }
  std::string_view receiving_facility() const { return code(6, 1); }
  std::string_view time() const { return code(7, 1); }            ///< MSH-7
  std::string_view control_id() const { return code(10, 1); }     ///< MSH-10
  std::string_view processing_id() const { return code(11, 1); }  ///< MSH-11.1: P, T or D
  std::string_view version() const { return code(12, 1); }        ///< MSH-12.1: `2.5.1`
  std::string_view continuation() const { return code(14, 1); }   ///< MSH-14
  /// MSH-18, a repetition of it: the first is the message's own character set, others may be switched to.
  std::string_view character_set(std::size_t repetition = 1) const;

  AckWanted accept_ack() const;       ///< MSH-15
  AckWanted application_ack() const;  ///< MSH-16
  /// Whether it is to be answered by the enhanced rules: either of MSH-15 and MSH-16 is valued.
  bool is_enhanced_mode() const;

  const Segment& segment() const { return msh_; }

 private:
  std::string_view code(std::size_t field, std::size_t component) const;
  Segment msh_;
};

}  // namespace meridian::hl7v2
