// The little of HL7 v2 that taking messages in needs: what MSH says, whose the message is, and an acknowledgement.
//
// The tree of a message is formats/hl7v2's; this reads the header and the patient's identifiers in one pass over the
// segments' beginnings, of any message that begins with MSH, FHS or BHS, however broken what follows is.
// Specification: HL7 v2.5.1 chapter 2.9 (acknowledgements), 2.15.9 (MSH), 3.4.2 (PID-3), 3.4.11 (MRG-1).
#pragma once

#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "ingest/message.hpp"

namespace meridian::ingest {

class Hl7HeaderReader final : public HeaderReader {
 public:
  /// Order keys: the first identifiers of PID-3 and MRG-1 with their authorities; a message without either has none.
  MessageHeader read(std::string_view bytes) const override;
};

enum class AckCode : std::uint8_t { aa, ae, ar, ca, ce, cr };

struct AckError {
  std::string path;  ///< "PID-3[1].1"; may be empty
  std::string text;
};

/// An ACK for the message that begins so: its MSH answered, MSA, and an ERR for each error. Of bytes that are no
/// message one with standard separators and an empty control id.
std::string make_ack(std::string_view message, AckCode code, const std::vector<AckError>& errors, std::string_view id,
                     Instant now);

}  // namespace meridian::ingest
