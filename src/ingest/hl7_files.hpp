// Hl7Files: files of HL7 v2 messages, batch files (FHS, BHS) or just messages, one after another; gzip or zstd as well.
#pragma once

#include "ingest/message_format.hpp"

namespace meridian::ingest {

class Hl7Files final : public FileSplitter {
 public:
  Result<> split(const std::string& path, const std::string& name, TakeMessage& take) const override;
};

}  // namespace meridian::ingest
