// Log: records appended to named, partitioned sequences and read from an offset: what a feed or a queue stands on.
//
// A record's offset is its place in its partition: 0, 1, 2 …, without gaps. Appending several is all or nothing, and
// they are safe before the call returns when so asked. Reading never blocks; `end` says where the next record will be.
//
// Any thread may call anything. Errors: not_found (the records asked for were trimmed away: start at begin()),
// io_failure. Implementations: kv/kv_log.hpp over any Kv; Apache Kafka later. All pass kv/testing/contract.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "kv/kv.hpp"

namespace meridian::kv {

struct Record {
  std::uint64_t offset = 0;
  Instant time;     ///< when it was appended
  std::string key;  ///< may be empty; what order is kept by belongs in it
  std::string value;
};

/// A sequence by its topic and partition.
struct Partition {
  std::string topic;  ///< [a-z0-9._-]{1,200}
  std::uint32_t number = 0;
};

struct NewRecord {
  std::string_view key;
  std::string_view value;
};

class Log {
 public:
  virtual ~Log() = default;
  /// The offset of the first one.
  virtual Result<std::uint64_t> append(const Partition& partition, std::span<const NewRecord> records,
                                       Durability durability) = 0;
  /// From that offset on, at most so many records and about so many bytes, at least one if there is one.
  virtual Result<std::vector<Record>> read(const Partition& partition, std::uint64_t from, std::size_t max_records,
                                           std::size_t max_bytes) const = 0;
  virtual Result<std::uint64_t> begin(const Partition& partition) const = 0;
  virtual Result<std::uint64_t> end(const Partition& partition) const = 0;
  /// Forgets what lies before an offset.
  virtual Result<> trim(const Partition& partition, std::uint64_t before) = 0;
};

}  // namespace meridian::kv
