// What the commands about feeds were asked to do, as plain values; feed_grammar.cpp fills them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/data_options.hpp"

namespace meridian::app {

struct Hl7SendOptions {
  std::vector<std::string> files;  ///< - is standard input
  std::string to;                  ///< HOST:PORT
  bool tls = false;
  std::string authorities;  ///< PEM files; empty: those of the system
  std::string certificate;
  std::string key;
  std::uint32_t seconds = 30;  ///< for each answer
  std::uint32_t connections = 1;
  std::uint32_t times = 1;
  std::uint32_t rate = 0;  ///< messages a second; 0: as fast as they are answered
};

struct FeedsOptions {
  enum class Action : std::uint8_t { list, show, pause, resume, reload };
  Place place;
  Action action = Action::list;
  std::string feed;
  Table format = Table::table;
};

/// Devices that are registered, those in quarantine, and kinds of devices.
struct DevicesOptions {
  enum class Action : std::uint8_t { list, show, kinds, quarantine, admit };
  Place place;
  Action action = Action::list;
  std::string number;
  std::string kind;
  std::string where;
  std::string topic;
  std::string key_file;  ///< the key it shows; - is standard input
  std::string certificate_sha256;
  Table format = Table::table;
};

struct FeedTestOptions {
  std::string file;                   ///< the feed's YAML
  std::vector<std::string> messages;  ///< files; - is standard input
  std::string mappings;               ///< a folder; empty: ../mappings beside the feed's folder, if it is there
  bool verbose = false;               ///< also what is merely told
};

/// Messages of the inbox, and those among them that are dead letters.
struct InboxOptions {
  enum class Action : std::uint8_t { search, show, replay, replay_many, compare, fix, drop };
  Place place;
  Action action = Action::search;
  std::string feed;
  std::vector<std::string> messages;  ///< FEED/NUMBER
  std::string file;                   ///< of fix
  std::string mappings;               ///< of compare: a folder
  bool only_dead = false;
  std::string type;
  std::string control_id;
  std::string patient;  ///< ID, or AUTHORITY|ID
  std::string state;
  std::string from;
  std::string until;
  std::string limit;
  Table format = Table::table;
};

}  // namespace meridian::app
