// MessageFormat: what the messages of a feed are: how a file is taken apart into them, what one says of itself before
// it is understood, and what it means. A feed's `mapping` decides:
//
//   hl7v2          HL7 v2; files are batches (hl7_header.hpp, hl7_mapper.hpp)
//   cda            CDA documents, one a file (cda_format.hpp)
//   devices        what registered devices send, by their kinds (device_format.hpp)
//   NAME           records, by the record map of that name (record_format.hpp): tables, JSON, XML
//
// Any thread. Lifetime: the reader and mapper of a pipeline outlive it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "ingest/message.hpp"
#include "ingest/ports.hpp"
#include "mapping/mapper.hpp"

namespace meridian::mapping {
class Catalogue;
}

namespace meridian::ingest {

struct Feed;
class DeviceRegister;

/// Told of each message of a file, and of its place there: "row 17"; empty when it is all of the file.
using TakeMessage = Callback<void(std::string content, std::string_view place)>;

class FileSplitter {
 public:
  virtual ~FileSplitter() = default;
  /// `name` is what the file is called, whatever `path` is. Errors: malformed_input, too_large (nobody can read it to
  /// its end, or there is nothing in it; what was given before stands), io_failure.
  virtual Result<> split(const std::string& path, const std::string& name, TakeMessage& take) const = 0;
};

struct MessageFormat {
  std::unique_ptr<HeaderReader> reader;
  std::unique_ptr<Mapper> mapper;
  std::unique_ptr<FileSplitter> files;
};

/// `tenant_key`: ids are made under it. A mapping that is not known gives the reader and splitter of HL7 v2, and a
/// mapper that says of each message that it is missing: nothing is lost, nothing is guessed. `devices`, which outlives
/// it, are those that are known; null: none. Errors: not_found (the time zone).
Result<MessageFormat> format_of(const Feed& feed, std::shared_ptr<const mapping::Catalogue> mappings,
                                const std::string& tenant_key, const DeviceRegister* devices = nullptr);
/// Whether the feed's mapping is known.
bool has_mapping(const Feed& feed, const mapping::Catalogue& mappings);

/// What a feed's declaration says of its messages. Errors: not_found (its time zone).
Result<mapping::MappingContext> context_of(const Feed& feed, const std::string& tenant_key);

}  // namespace meridian::ingest
