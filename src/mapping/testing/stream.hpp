// A simulated hospital's stream of 1,013 messages, and the same as a network can shuffle it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/testing/paths.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping::testing {

/// In their order, segments ended by CR; empty when the outside data is absent.
inline std::vector<std::string> stream() {
  const auto path = meridian::testing::shared_data("hl7v2/simhospital/docs/artifacts/messages.out");
  if (!path) return {};
  std::string text = file_text(path->string());
  std::replace(text.begin(), text.end(), '\n', '\r');
  std::vector<std::string> messages;
  for (std::size_t at = text.find("MSH|"); at != std::string::npos;) {
    const std::size_t next = text.find("\rMSH|", at);
    messages.push_back(text.substr(at, next == std::string::npos ? std::string::npos : next + 1 - at));
    at = next == std::string::npos ? next : next + 1;
  }
  return messages;
}

/// Each message moves by at most `window` places.
inline std::vector<std::string> shuffled(std::vector<std::string> messages, std::size_t window, std::uint64_t seed) {
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    places.emplace_back(i + (seed >> 33) % window, i);
  }
  std::sort(places.begin(), places.end());
  std::vector<std::string> out;
  out.reserve(messages.size());
  for (const auto& place : places) out.push_back(std::move(messages[place.second]));
  return out;
}

}  // namespace meridian::mapping::testing
