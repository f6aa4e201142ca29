// A conformance profile as it is kept: the places of segments, and of each segment its fields down to subcomponents.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "formats/hl7v2/schema.hpp"

namespace meridian::hl7v2::internal {

/// Table "Usage" of 2.B.7.5. `used` is every other code: RE, O, C, CE, B.
enum class Usage : std::uint8_t { required, used, not_supported };

struct ProfileElement {
  std::string name;
  std::string data_type;
  std::string constant;  // empty: any
  Usage usage = Usage::used;
  std::uint32_t min = 0;
  std::uint32_t max = 0;  // 0: any number
  std::uint32_t length = 0;
  std::vector<ProfileElement> parts;
};

struct ProfileTree {
  std::string name;
  std::string version;
  std::string type;
  std::string event;
  std::string structure;
  MessageDefinition message;
  // What the definition points at.
  std::deque<std::vector<NodeDefinition>> places;
  std::deque<std::string> names;
  std::unordered_map<const NodeDefinition*, std::vector<ProfileElement>> fields;
  std::unordered_map<const NodeDefinition*, Usage> usages;
};

Result<> read_profile(std::string_view xml, ProfileTree& tree);

}  // namespace meridian::hl7v2::internal
