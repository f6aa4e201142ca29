// DimseCommand: the command set of a DIMSE message: what is asked or answered, and what it is about.
//
// Command sets are implicit VR, little endian, whatever the data set's transfer syntax is. Elements that nobody needs
// here are passed over. Values only, any thread. Errors: malformed_input.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part07.html#chapter_9,
// https://dicom.nema.org/medical/dicom/current/output/html/part07.html#chapter_E
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian::connect {

enum class DimseField : std::uint16_t {
  c_store_request = 0x0001,
  c_store_response = 0x8001,
  c_get_request = 0x0010,
  c_get_response = 0x8010,
  c_find_request = 0x0020,
  c_find_response = 0x8020,
  c_move_request = 0x0021,
  c_move_response = 0x8021,
  c_echo_request = 0x0030,
  c_echo_response = 0x8030,
  n_event_report_request = 0x0100,
  n_event_report_response = 0x8100,
  n_action_request = 0x0130,
  n_action_response = 0x8130,
  c_cancel_request = 0x0FFF,
};

/// Numbers of PS3.7, annex C, and of the services' own tables in PS3.4.
namespace dimse_status {
inline constexpr std::uint16_t kSuccess = 0x0000;
inline constexpr std::uint16_t kPending = 0xFF00;
inline constexpr std::uint16_t kPendingWithWarning = 0xFF01;
inline constexpr std::uint16_t kCancel = 0xFE00;
inline constexpr std::uint16_t kProcessingFailure = 0x0110;
inline constexpr std::uint16_t kDuplicateInstance = 0x0111;
inline constexpr std::uint16_t kSopClassNotSupported = 0x0122;
inline constexpr std::uint16_t kNotAuthorized = 0x0124;
inline constexpr std::uint16_t kUnrecognizedOperation = 0x0211;
inline constexpr std::uint16_t kOutOfResources = 0xA700;
inline constexpr std::uint16_t kDestinationUnknown = 0xA801;
inline constexpr std::uint16_t kDoesNotMatchClass = 0xA900;
inline constexpr std::uint16_t kSubOperationsFailed = 0xB000;
inline constexpr std::uint16_t kCannotUnderstand = 0xC000;
}  // namespace dimse_status

inline constexpr bool is_pending(std::uint16_t status) {
  return status == dimse_status::kPending || status == dimse_status::kPendingWithWarning;
}
/// Bxxx, and the few general ones: done, but not wholly as asked.
bool is_warning(std::uint16_t status);

/// What a service says of one operation: a number, and a word for people (at most 64 bytes, no patient's data).
struct DimseStatus {
  std::uint16_t code = dimse_status::kSuccess;
  std::string comment;
  bool operator==(const DimseStatus&) const = default;
};

struct SubOperations {
  std::uint16_t remaining = 0;
  std::uint16_t completed = 0;
  std::uint16_t failed = 0;
  std::uint16_t warning = 0;
  bool operator==(const SubOperations&) const = default;
};

struct DimseCommand {
  DimseField field = DimseField::c_echo_request;
  std::uint16_t message_id = 0;  ///< of a response or a cancel: that which it responds to
  std::string sop_class;         ///< affected, or requested (N-ACTION)
  std::string sop_instance;
  bool has_data_set = false;
  std::uint16_t priority = 0;
  DimseStatus status;            ///< of responses
  std::string move_destination;  ///< an AE title
  std::string move_originator;   ///< of C-STORE as part of C-MOVE
  std::uint16_t move_message_id = 0;
  std::optional<SubOperations> sub_operations;
  std::uint16_t type = 0;  ///< of the action or event

  bool is_response() const { return (static_cast<std::uint16_t>(field) & 0x8000U) != 0; }
  bool operator==(const DimseCommand&) const = default;
};

/// The response to a request, with a status and no data set.
DimseCommand respond(const DimseCommand& request, DimseStatus status);

Result<DimseCommand> decode_command(std::string_view bytes);
std::string encode(const DimseCommand& command);

}  // namespace meridian::connect
