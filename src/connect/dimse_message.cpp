#include "connect/dimse_message.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.hpp"
#include "connect/internal/dicom_text.hpp"

namespace meridian::connect {

namespace {

// Elements of group 0000.
enum Number : std::uint16_t {
  kGroupLength = 0x0000,
  kAffectedClass = 0x0002,
  kRequestedClass = 0x0003,
  kField = 0x0100,
  kMessageId = 0x0110,
  kRespondedId = 0x0120,
  kMoveDestination = 0x0600,
  kPriority = 0x0700,
  kDataSetType = 0x0800,
  kStatus = 0x0900,
  kErrorComment = 0x0902,
  kAffectedInstance = 0x1000,
  kRequestedInstance = 0x1001,
  kEventType = 0x1002,
  kActionType = 0x1008,
  kRemaining = 0x1020,
  kCompleted = 0x1021,
  kFailed = 0x1022,
  kWarning = 0x1023,
  kMoveOriginator = 0x1030,
  kMoveOriginatorId = 0x1031,
};

constexpr std::uint16_t kNoDataSet = 0x0101;
constexpr std::size_t kHeadBytes = 8;
constexpr std::size_t kMaxCommentBytes = 64;

constexpr std::array kFields{
    DimseField::c_store_request,  DimseField::c_store_response,       DimseField::c_get_request,
    DimseField::c_get_response,   DimseField::c_find_request,         DimseField::c_find_response,
    DimseField::c_move_request,   DimseField::c_move_response,        DimseField::c_echo_request,
    DimseField::c_echo_response,  DimseField::n_event_report_request, DimseField::n_event_report_response,
    DimseField::n_action_request, DimseField::n_action_response,      DimseField::c_cancel_request,
};

bool takes_no_message_id(DimseField field) {
  return field == DimseField::c_cancel_request || (static_cast<std::uint16_t>(field) & 0x8000U) != 0;
}

class Encoder {
 public:
  void number(std::uint16_t element, std::uint16_t value) {
    head(element, 2);
    append(value);
  }
  void text(std::uint16_t element, std::string_view value, char padding) {
    head(element, value.size() + value.size() % 2);
    out_ += value;
    if (value.size() % 2 != 0) out_ += padding;
  }
  void uid(std::uint16_t element, std::string_view value) {
    if (!value.empty()) text(element, value, '\0');
  }
  std::string take() && {
    Encoder length;
    length.head(kGroupLength, 4);
    length.append(static_cast<std::uint32_t>(out_.size()));
    return length.out_ + out_;
  }

 private:
  template <typename T>
  void append(T value) {
    char bytes[sizeof value];
    store_little(bytes, value);
    out_.append(bytes, sizeof bytes);
  }
  void head(std::uint16_t element, std::size_t size) {
    append(std::uint16_t{0});
    append(element);
    append(static_cast<std::uint32_t>(size));
  }
  std::string out_;
};

struct Seen {
  bool field = false;
  std::uint16_t message_id = 0;
  std::uint16_t responded_id = 0;
};

SubOperations& sub_operations(DimseCommand& command) {
  if (!command.sub_operations) command.sub_operations.emplace();
  return *command.sub_operations;
}

Result<> take_number(DimseCommand& command, Seen& seen, std::uint16_t element, std::uint16_t value) {
  switch (element) {
    case kField: {
      const auto field = static_cast<DimseField>(value);
      if (std::find(kFields.begin(), kFields.end(), field) == kFields.end()) {
        return fail(ErrorCode::unsupported, "a message asks for an operation that is not known");
      }
      command.field = field;
      seen.field = true;
      break;
    }
    case kMessageId:
      seen.message_id = value;
      break;
    case kRespondedId:
      seen.responded_id = value;
      break;
    case kPriority:
      command.priority = value;
      break;
    case kDataSetType:
      command.has_data_set = value != kNoDataSet;
      break;
    case kStatus:
      command.status.code = value;
      break;
    case kEventType:
    case kActionType:
      command.type = value;
      break;
    case kRemaining:
      sub_operations(command).remaining = value;
      break;
    case kCompleted:
      sub_operations(command).completed = value;
      break;
    case kFailed:
      sub_operations(command).failed = value;
      break;
    case kWarning:
      sub_operations(command).warning = value;
      break;
    case kMoveOriginatorId:
      command.move_message_id = value;
      break;
    default:
      break;
  }
  return {};
}

void take_text(DimseCommand& command, std::uint16_t element, std::string_view value) {
  switch (element) {
    case kAffectedClass:
    case kRequestedClass:
      command.sop_class = internal::without_padding(value);
      break;
    case kAffectedInstance:
    case kRequestedInstance:
      command.sop_instance = internal::without_padding(value);
      break;
    case kMoveDestination:
      command.move_destination = internal::without_padding(value);
      break;
    case kMoveOriginator:
      command.move_originator = internal::without_padding(value);
      break;
    case kErrorComment:
      command.status.comment = internal::without_padding(value.substr(0, kMaxCommentBytes));
      break;
    default:
      break;
  }
}

}  // namespace

bool is_warning(std::uint16_t status) {
  return (status & 0xF000U) == 0xB000U || status == 0x0001 || status == 0x0107 || status == 0x0116;
}

DimseCommand respond(const DimseCommand& request, DimseStatus status) {
  DimseCommand response;
  response.field = static_cast<DimseField>(static_cast<std::uint16_t>(request.field) | 0x8000U);
  response.message_id = request.message_id;
  response.sop_class = request.sop_class;
  response.sop_instance = request.sop_instance;
  response.type = request.type;
  response.status = std::move(status);
  return response;
}

Result<DimseCommand> decode_command(std::string_view bytes) {
  DimseCommand command;
  command.has_data_set = true;  // until the command says that there is none
  Seen seen;
  while (!bytes.empty()) {
    if (bytes.size() < kHeadBytes) return fail(ErrorCode::malformed_input, "a command is cut short");
    const auto group = load_little<std::uint16_t>(bytes.data());
    const auto element = load_little<std::uint16_t>(bytes.data() + 2);
    const std::size_t size = load_little<std::uint32_t>(bytes.data() + 4);
    bytes.remove_prefix(kHeadBytes);
    if (group != 0) return fail(ErrorCode::malformed_input, "a command has elements of another group than 0000");
    if (size > bytes.size()) return fail(ErrorCode::malformed_input, "a command's element is longer than the command");
    const std::string_view value = bytes.substr(0, size);
    bytes.remove_prefix(size);
    if (size == 2) TRY(take_number(command, seen, element, load_little<std::uint16_t>(value.data())));
    take_text(command, element, value);
  }
  if (!seen.field) return fail(ErrorCode::malformed_input, "a command does not say what it is");
  command.message_id = takes_no_message_id(command.field) ? seen.responded_id : seen.message_id;
  return command;
}

std::string encode(const DimseCommand& command) {
  const bool is_action = command.field == DimseField::n_action_request;
  const bool is_event =
      command.field == DimseField::n_event_report_request || command.field == DimseField::n_event_report_response;
  Encoder out;
  out.uid(is_action ? kRequestedClass : kAffectedClass, command.sop_class);
  out.number(kField, static_cast<std::uint16_t>(command.field));
  out.number(takes_no_message_id(command.field) ? kRespondedId : kMessageId, command.message_id);
  if (!command.move_destination.empty()) out.text(kMoveDestination, command.move_destination, ' ');
  switch (command.field) {
    case DimseField::c_store_request:
    case DimseField::c_find_request:
    case DimseField::c_move_request:
    case DimseField::c_get_request:
      out.number(kPriority, command.priority);
      break;
    default:
      break;
  }
  out.number(kDataSetType, command.has_data_set ? 0x0001 : kNoDataSet);
  if (command.is_response()) out.number(kStatus, command.status.code);
  const std::string_view comment = std::string_view(command.status.comment).substr(0, kMaxCommentBytes);
  if (command.is_response() && !comment.empty()) out.text(kErrorComment, comment, ' ');
  out.uid(is_action ? kRequestedInstance : kAffectedInstance, command.sop_instance);
  if (is_event) out.number(kEventType, command.type);
  if (is_action || command.field == DimseField::n_action_response) out.number(kActionType, command.type);
  if (command.sub_operations) {
    // Remaining is not said at the end.
    if (is_pending(command.status.code) || command.status.code == dimse_status::kCancel) {
      out.number(kRemaining, command.sub_operations->remaining);
    }
    out.number(kCompleted, command.sub_operations->completed);
    out.number(kFailed, command.sub_operations->failed);
    out.number(kWarning, command.sub_operations->warning);
  }
  if (!command.move_originator.empty()) {
    out.text(kMoveOriginator, command.move_originator, ' ');
    out.number(kMoveOriginatorId, command.move_message_id);
  }
  return std::move(out).take();
}

}  // namespace meridian::connect
