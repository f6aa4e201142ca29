#include "connect/dicom_pdu.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "connect/internal/dicom_text.hpp"

namespace meridian::connect {

namespace {

// Items of associations (PS3.8, tables 9-12 to 9-20; PS3.7, annex D.3).
enum Item : std::uint8_t {
  kApplicationContextItem = 0x10,
  kContextOfRequest = 0x20,
  kContextOfAccept = 0x21,
  kAbstractSyntax = 0x30,
  kTransferSyntaxItem = 0x40,
  kUserInformation = 0x50,
  kMaximumLength = 0x51,
  kImplementationClassItem = 0x52,
  kWindow = 0x53,
  kRole = 0x54,
  kImplementationVersionItem = 0x55,
};

constexpr std::size_t kAssociateFixedBytes = 68;
constexpr std::size_t kTitleBytes = 16;
constexpr std::size_t kMaxUidBytes = 64;
constexpr std::size_t kMaxRoles = 512;

tl::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::malformed_input, std::move(message));
}

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

Result<std::string> uid(std::string_view text) {
  std::string plain = internal::without_padding(text);
  if (plain.size() > kMaxUidBytes) return malformed("a UID of an association has more than 64 bytes");
  return plain;
}

struct ItemView {
  std::uint8_t type = 0;
  std::string_view value;
};

Result<ItemView> take_item(std::string_view& bytes) {
  if (bytes.size() < 4) return malformed("an item of an association is cut short");
  const std::size_t size = load_big<std::uint16_t>(bytes.data() + 2);
  if (size > bytes.size() - 4) return malformed("an item of an association is longer than what it lies in");
  const ItemView item{byte_at(bytes, 0), bytes.substr(4, size)};
  bytes.remove_prefix(4 + size);
  return item;
}

Result<RoleSelection> decode_role(std::string_view value) {
  if (value.size() < 2) return malformed("a role selection is cut short");
  const std::size_t size = load_big<std::uint16_t>(value.data());
  if (size + 4 > value.size()) return malformed("a role selection is cut short");
  return RoleSelection{TRY(uid(value.substr(2, size))), value[2 + size] != 0, value[3 + size] != 0};
}

Result<UserInformation> decode_user(std::string_view bytes) {
  UserInformation user;
  while (!bytes.empty()) {
    const ItemView item = TRY(take_item(bytes));
    switch (item.type) {
      case kMaximumLength:
        if (item.value.size() < 4) return malformed("the maximum length of PDUs is cut short");
        user.max_pdu_bytes = load_big<std::uint32_t>(item.value.data());
        break;
      case kImplementationClassItem:
        user.implementation_class = TRY(uid(item.value));
        break;
      case kImplementationVersionItem:
        user.implementation_version = internal::without_padding(item.value.substr(0, kTitleBytes));
        break;
      case kWindow:
        if (item.value.size() < 4) return malformed("the window of operations is cut short");
        user.window = OperationsWindow{load_big<std::uint16_t>(item.value.data()),
                                       load_big<std::uint16_t>(item.value.data() + 2)};
        break;
      case kRole:
        if (user.roles.size() >= kMaxRoles) return fail(ErrorCode::too_large, "an association has too many roles");
        user.roles.push_back(TRY(decode_role(item.value)));
        break;
      default:
        break;
    }
  }
  return user;
}

Result<PresentationContext> decode_proposed(std::string_view bytes) {
  if (bytes.size() < 4) return malformed("a presentation context is cut short");
  PresentationContext context;
  context.id = byte_at(bytes, 0);
  bytes.remove_prefix(4);
  while (!bytes.empty()) {
    const ItemView item = TRY(take_item(bytes));
    if (item.type == kAbstractSyntax) context.abstract_syntax = TRY(uid(item.value));
    if (item.type != kTransferSyntaxItem) continue;
    if (context.transfer_syntaxes.size() >= kMaxTransferSyntaxes) {
      return fail(ErrorCode::too_large, "a presentation context has too many transfer syntaxes");
    }
    context.transfer_syntaxes.push_back(TRY(uid(item.value)));
  }
  if (context.id % 2 == 0) return malformed("a presentation context has an even number");
  return context;
}

Result<PresentationAnswer> decode_answered(std::string_view bytes) {
  if (bytes.size() < 4) return malformed("a presentation context is cut short");
  PresentationAnswer context;
  context.id = byte_at(bytes, 0);
  const std::uint8_t result = byte_at(bytes, 2);
  context.result = result <= 4 ? static_cast<ContextResult>(result) : ContextResult::no_reason;
  bytes.remove_prefix(4);
  while (!bytes.empty()) {
    const ItemView item = TRY(take_item(bytes));
    if (item.type == kTransferSyntaxItem) context.transfer_syntax = TRY(uid(item.value));
  }
  return context;
}

/// What requests and acceptances have in common; `context` is called for each presentation context's bytes.
template <typename Associate, typename Context>
Result<Associate> decode_associate(std::string_view body, std::uint8_t context_type, Context decode_context) {
  if (body.size() < kAssociateFixedBytes) return malformed("an association's first bytes are cut short");
  Associate associate;
  associate.called = internal::without_padding(body.substr(4, kTitleBytes));
  associate.calling = internal::without_padding(body.substr(4 + kTitleBytes, kTitleBytes));
  if constexpr (std::is_same_v<Associate, AssociateRequest>) {
    associate.versions = load_big<std::uint16_t>(body.data());
  }
  body.remove_prefix(kAssociateFixedBytes);
  while (!body.empty()) {
    const ItemView item = TRY(take_item(body));
    if (item.type == kApplicationContextItem) associate.application_context = TRY(uid(item.value));
    if (item.type == kUserInformation) associate.user = TRY(decode_user(item.value));
    if (item.type != context_type) continue;
    if (associate.contexts.size() >= kMaxContexts) {
      return fail(ErrorCode::too_large, "an association has more than 128 presentation contexts");
    }
    auto context = TRY(decode_context(item.value));
    const auto is_same = [&](const auto& other) { return other.id == context.id; };
    if (std::any_of(associate.contexts.begin(), associate.contexts.end(), is_same)) {
      return malformed("two presentation contexts have one number");
    }
    associate.contexts.push_back(std::move(context));
  }
  return associate;
}

void append_big_16(std::string& out, std::size_t value) {
  char bytes[2];
  store_big(bytes, static_cast<std::uint16_t>(value));
  out.append(bytes, sizeof bytes);
}
void append_big_32(std::string& out, std::size_t value) {
  char bytes[4];
  store_big(bytes, static_cast<std::uint32_t>(value));
  out.append(bytes, sizeof bytes);
}
void append_item(std::string& out, std::uint8_t type, std::string_view value) {
  out += static_cast<char>(type);
  out += '\0';
  append_big_16(out, value.size());
  out += value;
}
void append_title(std::string& out, std::string_view title) {
  title = title.substr(0, kTitleBytes);
  out += title;
  out.append(kTitleBytes - title.size(), ' ');
}

std::string encode_user(const UserInformation& user) {
  std::string out;
  std::string length;
  append_big_32(length, user.max_pdu_bytes);
  append_item(out, kMaximumLength, length);
  append_item(out, kImplementationClassItem, user.implementation_class);
  if (user.window) {
    std::string window;
    append_big_16(window, user.window->invoked);
    append_big_16(window, user.window->performed);
    append_item(out, kWindow, window);
  }
  for (const RoleSelection& role : user.roles) {
    std::string value;
    append_big_16(value, role.sop_class.size());
    value += role.sop_class;
    value += static_cast<char>(role.is_user ? 1 : 0);
    value += static_cast<char>(role.is_provider ? 1 : 0);
    append_item(out, kRole, value);
  }
  if (!user.implementation_version.empty()) {
    append_item(out, kImplementationVersionItem, user.implementation_version);
  }
  return out;
}

std::string encode_context(const PresentationContext& context) {
  std::string out{static_cast<char>(context.id), '\0', '\0', '\0'};
  append_item(out, kAbstractSyntax, context.abstract_syntax);
  for (const std::string& syntax : context.transfer_syntaxes) append_item(out, kTransferSyntaxItem, syntax);
  return out;
}
std::string encode_context(const PresentationAnswer& context) {
  std::string out{static_cast<char>(context.id), '\0', static_cast<char>(context.result), '\0'};
  append_item(out, kTransferSyntaxItem, context.transfer_syntax);
  return out;
}

template <typename Associate>
std::string encode_associate(const Associate& associate, PduType type, std::uint16_t versions,
                             std::uint8_t context_type) {
  std::string body;
  append_big_16(body, versions);
  append_big_16(body, 0);
  append_title(body, associate.called);
  append_title(body, associate.calling);
  body.append(32, '\0');
  append_item(body, kApplicationContextItem, associate.application_context);
  for (const auto& context : associate.contexts) append_item(body, context_type, encode_context(context));
  append_item(body, kUserInformation, encode_user(associate.user));
  std::string out;
  append_pdu_head(out, {type, static_cast<std::uint32_t>(body.size())});
  return out + body;
}

std::string encode_four(PduType type, std::uint8_t second, std::uint8_t third, std::uint8_t fourth) {
  std::string out;
  append_pdu_head(out, {type, 4});
  out += '\0';
  out += static_cast<char>(second);
  out += static_cast<char>(third);
  out += static_cast<char>(fourth);
  return out;
}

}  // namespace

Result<PduHead> decode_pdu_head(std::string_view bytes) {
  if (bytes.size() < kPduHeadBytes) return malformed("a PDU's head is cut short");
  const std::uint8_t type = byte_at(bytes, 0);
  if (type < 1 || type > 7) return malformed("a PDU has a type that does not exist");
  return PduHead{static_cast<PduType>(type), load_big<std::uint32_t>(bytes.data() + 2)};
}

void append_pdu_head(std::string& out, PduHead head) {
  out += static_cast<char>(head.type);
  out += '\0';
  append_big_32(out, head.bytes);
}

std::string_view explain(const AssociateReject& reject) {
  if (reject.source == 1) {
    if (reject.reason == 2) return "the application context is not supported";
    if (reject.reason == 3) return "the calling AE title is not known to the peer";
    if (reject.reason == 7) return "the called AE title is not known to the peer";
  }
  if (reject.source == 2 && reject.reason == 2) return "the protocol version is not supported";
  if (reject.source == 3) return reject.reason == 2 ? "the peer is at its limit" : "the peer is congested for now";
  return "no reason is given";
}

Result<AssociateRequest> decode_associate_request(std::string_view body) {
  return decode_associate<AssociateRequest>(body, kContextOfRequest, decode_proposed);
}

Result<AssociateAccept> decode_associate_accept(std::string_view body) {
  return decode_associate<AssociateAccept>(body, kContextOfAccept, decode_answered);
}

Result<AssociateReject> decode_associate_reject(std::string_view body) {
  if (body.size() < 4) return malformed("a rejection is cut short");
  return AssociateReject{byte_at(body, 1), byte_at(body, 2), byte_at(body, 3)};
}

Result<AssociateAbort> decode_abort(std::string_view body) {
  if (body.size() < 4) return malformed("an abort is cut short");
  return AssociateAbort{byte_at(body, 2), byte_at(body, 3)};
}

Result<DataValue> take_data_value(std::string_view& body) {
  if (body.size() < kPdvHeadBytes) return malformed("a data value's head is cut short");
  const std::uint32_t size = load_big<std::uint32_t>(body.data());
  if (size < 2 || size > body.size() - 4) return malformed("a data value has a length that its PDU does not bear out");
  DataValue value;
  value.context = byte_at(body, 4);
  value.is_command = (byte_at(body, 5) & 1U) != 0;
  value.is_last = (byte_at(body, 5) & 2U) != 0;
  value.bytes = body.substr(kPdvHeadBytes, size - 2);
  body.remove_prefix(4 + std::size_t{size});
  return value;
}

std::string encode(const AssociateRequest& request) {
  return encode_associate(request, PduType::associate_request, request.versions, kContextOfRequest);
}

std::string encode(const AssociateAccept& accept) {
  return encode_associate(accept, PduType::associate_accept, 1, kContextOfAccept);
}

std::string encode(const AssociateReject& reject) {
  return encode_four(PduType::associate_reject, reject.result, reject.source, reject.reason);
}

std::string encode(const AssociateAbort& abort) {
  return encode_four(PduType::abort, 0, abort.source, abort.reason);
}

std::string encode_release_request() {
  return encode_four(PduType::release_request, 0, 0, 0);
}

std::string encode_release_reply() {
  return encode_four(PduType::release_reply, 0, 0, 0);
}

void append_data_value_head(std::string& out, const DataValue& value, std::uint32_t bytes) {
  append_big_32(out, std::size_t{bytes} + 2);
  out += static_cast<char>(value.context);
  out += static_cast<char>((value.is_command ? 1 : 0) | (value.is_last ? 2 : 0));
}

}  // namespace meridian::connect
