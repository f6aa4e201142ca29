// What `meridian signal info` tells of a recording.
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "app/options.hpp"
#include "formats/signal/ecg.hpp"

namespace meridian::app {

/// Of a channel, gathered stretch by stretch.
struct ChannelSummary {
  signal::Channel channel;  // without samples
  std::uint64_t samples = 0;
  std::uint64_t missing = 0;
  double least = std::nan("");
  double greatest = std::nan("");

  void add(const signal::Channel& part);
};

/// `kind` is the format: "WFDB record". Lines, or one of JSON.
std::string recording_report(const std::string& file, std::string_view kind, const signal::Recording& recording,
                             std::uint64_t frames, const std::vector<ChannelSummary>& channels, OutputFormat format);
/// All of an electrocardiogram.
std::string ecg_report(const std::string& file, signal::EcgFormat kind, const signal::Ecg& ecg, OutputFormat format);
/// Marks and measurements, one a row.
std::string ecg_findings(const signal::Ecg& ecg);

}  // namespace meridian::app
