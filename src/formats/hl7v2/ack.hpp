// Acknowledgements: how a message is answered, in original and enhanced mode.
//
//   const Outcome outcome = issues.has_errors() ? Outcome::error : Outcome::accepted;
//   if (is_ack_wanted(message.header(), AckStage::application, outcome))
//     send(make_ack(message, ack_code(AckStage::application, outcome), issues, options));
//
// In original mode there is one answer, of the application (AA, AE, AR). In enhanced mode, which MSH-15 or MSH-16 asks
// for, there may be two: that the message is safe (CA, CE, CR) and, later, what became of it (AA, AE, AR).
//
// The answer goes back to where the message came from, in its separators and version. Errors and warnings are said in
// ERR segments that point at their places: since v2.5 one each (ERR-2 place, ERR-3 condition, ERR-4 severity, ERR-7 our
// id, ERR-8 text), before that in repetitions of ERR-1. The answer is UTF-8, and says so in MSH-18 unless it is ASCII.
// A message without tree can be answered too: by AR and no more than is known. Never answer an ACK.
// Specification: HL7 v2.5.1, chapter 2, 2.9 (processing rules), 2.13.1 (ACK), 2.15.5 (ERR), 2.15.8 (MSA).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/issue.hpp"
#include "formats/hl7v2/message.hpp"

namespace meridian::hl7v2 {

enum class AckStage : std::uint8_t { accept, application };
enum class Outcome : std::uint8_t { accepted, error, rejected };

/// Table 0008.
enum class AckCode : std::uint8_t { AA, AE, AR, CA, CE, CR };

AckCode ack_code(AckStage stage, Outcome outcome);
std::string_view name(AckCode code);

/// Whether the sender wants this answer. In original mode there is none at the accept stage and always one from the
/// application; an ACK is never answered.
bool is_ack_wanted(const Header& header, AckStage stage, Outcome outcome);

struct AckOptions {
  std::string_view time;        ///< MSH-7 of the answer: `20260101120000+0000`
  std::string_view control_id;  ///< MSH-10 of the answer: unique for its sender
  Language language = Language::english;
  std::size_t max_errors = 20;  ///< ERR segments, or repetitions of ERR-1
};

std::string make_ack(const Message& message, AckCode code, const Issues& issues, const AckOptions& options);

}  // namespace meridian::hl7v2
