// PDUs and command sets: what can be read, written again, is read as the same; and every view lies within its bytes.
//
// The input's first byte chooses what the rest is read as.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "connect/dicom_pdu.hpp"
#include "connect/dimse_message.hpp"

namespace {

using namespace meridian::connect;

template <typename Decode>
void check_pdu(std::string_view bytes, Decode decode) {
  const auto first = decode(bytes);
  if (!first) return;
  const std::string again = encode(*first);
  const auto head = decode_pdu_head(again);
  if (!head || head->bytes != again.size() - kPduHeadBytes) std::abort();
  const auto second = decode(std::string_view(again).substr(kPduHeadBytes));
  if (!second || !(*second == *first)) std::abort();
}

void check_command(std::string_view bytes) {
  const auto first = decode_command(bytes);
  if (!first) return;
  // What the element order or the kind of message leaves out is gone after the first time; then nothing changes.
  const auto second = decode_command(encode(*first));
  if (!second) std::abort();
  const auto third = decode_command(encode(*second));
  if (!third || !(*third == *second)) std::abort();
  if (second->field != first->field || second->sop_instance != first->sop_instance) std::abort();
}

void check_values(std::string_view bytes) {
  const char* begin = bytes.data();
  const char* end = begin + bytes.size();
  while (!bytes.empty()) {
    const auto value = take_data_value(bytes);
    if (!value) return;
    if (value->bytes.data() < begin || value->bytes.data() + value->bytes.size() > end) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 64 * 1024) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      check_pdu(bytes, decode_associate_request);
      break;
    case 1:
      check_pdu(bytes, decode_associate_accept);
      break;
    case 2:
      check_pdu(bytes, decode_associate_reject);
      break;
    case 3:
      check_pdu(bytes, decode_abort);
      break;
    case 4:
      check_command(bytes);
      break;
    default:
      check_values(bytes);
      break;
  }
  return 0;
}
