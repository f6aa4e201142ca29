// Comparison: what another mapping would make of messages of the inbox, field by field, before it goes live.
//
// Both mappings make a record of their own of the same messages, from nothing, in the order of the inbox; the store is
// not touched. What differs is told by resource and path. Memory: the two records; beyond `max_bytes` of them nothing
// is compared, and a shorter stretch of time is to be asked for. Errors: too_large; those of the inbox; unprocessable
// (the merge rules).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ingest/inbox.hpp"
#include "ingest/ports.hpp"

namespace meridian::ingest {

struct FieldDifference {
  std::string path;    ///< "Patient.name[0].family"
  std::string before;  ///< empty: it was not there
  std::string after;   ///< empty: it is not there any more
};

struct ResourceDifference {
  std::string resource;  ///< "Patient/0190…"
  bool is_new = false;   ///< only the other mapping makes it
  bool is_gone = false;  ///< only the present one does
  std::vector<FieldDifference> fields;
};

struct Comparison {
  std::uint64_t messages = 0;
  std::uint64_t faults_before = 0;  ///< messages that the present mapping makes dead letters
  std::uint64_t faults_after = 0;
  std::uint64_t resources = 0;  ///< that both make alike
  std::vector<ResourceDifference> differences;
};

struct ComparisonLimits {
  std::uint64_t max_messages = 100'000;
  std::uint64_t max_bytes = std::uint64_t{512} << 20;
  std::size_t max_differences = 10'000;  ///< told; more are left out
};

/// Of the messages that the question finds.
Result<Comparison> compare(const Inbox& inbox, InboxQuery query, const Mapper& present, const Mapper& other,
                           const ComparisonLimits& limits = {});

/// Every field of two resources that is not the same, in the order of paths.
std::vector<FieldDifference> differences_of(const std::string& before, const std::string& after);

}  // namespace meridian::ingest
