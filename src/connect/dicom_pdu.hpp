// The PDUs of DICOM's upper layer: how two application entities agree on an association, and end it.
//
//   AssociateRequest asked = TRY(decode_associate_request(body));       // body: what follows the six bytes of the head
//   peer.write(encode(AssociateAccept{…}));
//
// Every length is held against what is left of its PDU or item before it is believed. Items that nobody needs here
// (extended negotiation, user identity) are passed over; what is kept encodes to the same again. Values only, any
// thread. Errors: malformed_input (what is wrong, never what was said), too_large (contexts).
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part08.html#sect_9.3,
// https://dicom.nema.org/medical/dicom/current/output/html/part07.html#chapter_D
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace meridian::connect {

enum class PduType : std::uint8_t {
  associate_request = 1,
  associate_accept = 2,
  associate_reject = 3,
  data = 4,
  release_request = 5,
  release_reply = 6,
  abort = 7,
};

inline constexpr std::size_t kPduHeadBytes = 6;
inline constexpr std::size_t kPdvHeadBytes = 6;  ///< length, context, control header
inline constexpr std::size_t kMaxContexts = 128;
inline constexpr std::size_t kMaxTransferSyntaxes = 128;  ///< of one context

struct PduHead {
  PduType type = PduType::abort;
  std::uint32_t bytes = 0;  ///< of the body
};
/// Of six bytes at least.
Result<PduHead> decode_pdu_head(std::string_view bytes);
void append_pdu_head(std::string& out, PduHead head);

/// What a requestor proposes: one abstract syntax, and ways to write it.
struct PresentationContext {
  std::uint8_t id = 1;  ///< odd
  std::string abstract_syntax;
  std::vector<std::string> transfer_syntaxes;
  bool operator==(const PresentationContext&) const = default;
};

enum class ContextResult : std::uint8_t {
  accepted = 0,
  user_rejection = 1,
  no_reason = 2,
  abstract_syntax_not_supported = 3,
  transfer_syntaxes_not_supported = 4,
};
struct PresentationAnswer {
  std::uint8_t id = 1;
  ContextResult result = ContextResult::no_reason;
  std::string transfer_syntax;  ///< means something only when accepted
  bool operator==(const PresentationAnswer&) const = default;
};

struct RoleSelection {
  std::string sop_class;
  bool is_user = true;
  bool is_provider = false;
  bool operator==(const RoleSelection&) const = default;
};

struct OperationsWindow {
  std::uint16_t invoked = 1;  ///< 0: as many as one likes
  std::uint16_t performed = 1;
  bool operator==(const OperationsWindow&) const = default;
};

struct UserInformation {
  std::uint32_t max_pdu_bytes = 0;  ///< that the sender can take; 0: any
  std::string implementation_class;
  std::string implementation_version;
  std::optional<OperationsWindow> window;
  std::vector<RoleSelection> roles;
  bool operator==(const UserInformation&) const = default;
};

struct AssociateRequest {
  std::uint16_t versions = 1;  ///< bit 0: version 1
  std::string called;          ///< AE titles, without the spaces around them
  std::string calling;
  std::string application_context;
  std::vector<PresentationContext> contexts;
  UserInformation user;
  bool operator==(const AssociateRequest&) const = default;
};

struct AssociateAccept {
  std::string called;
  std::string calling;
  std::string application_context;
  std::vector<PresentationAnswer> contexts;
  UserInformation user;
  bool operator==(const AssociateAccept&) const = default;
};

/// Numbers of PS3.8, table 9-21.
struct AssociateReject {
  std::uint8_t result = 1;  ///< 1: for good, 2: for now
  std::uint8_t source = 1;  ///< 1: user, 2: provider (ACSE), 3: provider (presentation)
  std::uint8_t reason = 1;
  bool operator==(const AssociateReject&) const = default;
};
/// In words: "the called AE title is not known".
std::string_view explain(const AssociateReject& reject);

/// Numbers of PS3.8, table 9-26.
struct AssociateAbort {
  std::uint8_t source = 0;  ///< 0: user, 2: provider
  std::uint8_t reason = 0;
  bool operator==(const AssociateAbort&) const = default;
};

/// A presentation data value: a piece of a command or of a data set.
struct DataValue {
  std::uint8_t context = 1;
  bool is_command = false;
  bool is_last = false;
  std::string_view bytes;
};

Result<AssociateRequest> decode_associate_request(std::string_view body);
Result<AssociateAccept> decode_associate_accept(std::string_view body);
Result<AssociateReject> decode_associate_reject(std::string_view body);
Result<AssociateAbort> decode_abort(std::string_view body);
/// The next of a P-DATA-TF's body, of which it is taken off.
Result<DataValue> take_data_value(std::string_view& body);

// Whole PDUs, heads included.
std::string encode(const AssociateRequest& request);
std::string encode(const AssociateAccept& accept);
std::string encode(const AssociateReject& reject);
std::string encode(const AssociateAbort& abort);
std::string encode_release_request();
std::string encode_release_reply();
void append_data_value_head(std::string& out, const DataValue& value, std::uint32_t bytes);

namespace uids {
inline constexpr std::string_view kApplicationContext = "1.2.840.10008.3.1.1.1";
inline constexpr std::string_view kVerification = "1.2.840.10008.1.1";
}  // namespace uids

/// Ours, made of a UUID as PS3.5, B.2 has it.
inline constexpr std::string_view kImplementationClass = "2.25.338708632276416379309578259513272622967";
inline constexpr std::string_view kImplementationVersion = "MERIDIAN";

}  // namespace meridian::connect
