// Message: one message as it came, with what is known of it before anybody has understood it.
//
// A MessageHeader is read by a HeaderReader, which knows just enough of a format to file a message and to acknowledge
// it. Values; free of threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"

namespace meridian::ingest {

/// A message's place: its feed, and its number among the messages of that feed, from 1.
struct MessageId {
  std::string feed;
  std::uint64_t sequence = 0;
  bool operator==(const MessageId&) const = default;
  /// "lab/17"
  std::string to_string() const { return feed + '/' + std::to_string(sequence); }
};

enum class AcceptWhen : std::uint8_t { absent, always, never, on_error, on_success };  // HL7 table 0155

struct MessageHeader {
  bool is_readable = false;  ///< else nothing below is to be relied on
  std::string type;          ///< "ADT^A01"
  std::string control_id;    ///< what the sender calls it; may be empty
  /// What order is kept by: messages with a key in common are worked on one after another. "patient|lab|4711"
  std::vector<std::string> order_keys;
  AcceptWhen accept = AcceptWhen::absent;       ///< MSH-15: an acknowledgement that it is safe; enhanced mode
  AcceptWhen application = AcceptWhen::absent;  ///< MSH-16: one of what became of it
  bool is_enhanced() const { return accept != AcceptWhen::absent || application != AcceptWhen::absent; }
};

class HeaderReader {
 public:
  virtual ~HeaderReader() = default;
  virtual MessageHeader read(std::string_view bytes) const = 0;
};

struct Message {
  MessageId id;
  std::string content;
  MessageHeader header;
  std::string source;  ///< who brought it: "192.0.2.7:4711 CN=lab-1", "edit", a file's name
  Instant arrived;
};

}  // namespace meridian::ingest
