// How the archive's index lies in its Kv.
//
//   instances  study 00 series 00 instance  -> StoredInstance, and the instance's Attributes
//   heads      study 00 series 00 instance  -> the file's bytes before its pixels, where they are at most 256 KB
//   series     study 00 series              -> SeriesRow
//   studies    study                        -> StudyRow
//   entries    'i' instance                 -> study 00 series 00 instance
//              'a' hash(8) study            -> nothing; of an Accession Number
//              'p' hash(8) study            -> nothing; of a Patient ID
//              'd' day(8 digits) study      -> nothing; 00000000 without a day
//              'c' change(8)                -> study; the study's latest change alone
//              'u' name                     -> change(8): how far somebody has come
//              't'                          -> ArchiveCounts, the last change and the last sequence
// UIDs are of digits and dots. Numbers in keys are big endian. hash(8) is the beginning of SHA-256(key, text), so that
// no key says who somebody is. Fields in values: internal/record_bytes.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imaging/archive.hpp"
#include "kv/kv.hpp"

namespace meridian::imaging::internal {

inline constexpr kv::SpaceId kInstances{0};
inline constexpr kv::SpaceId kHeads{1};
inline constexpr kv::SpaceId kSeries{2};
inline constexpr kv::SpaceId kStudies{3};
inline constexpr kv::SpaceId kEntries{4};
inline constexpr kv::SpaceDefinition kArchiveSpaces[] = {{.name = "archive_instances", .point_reads = true},
                                                         {.name = "archive_heads", .is_cold = true},
                                                         {.name = "archive_series", .point_reads = true},
                                                         {.name = "archive_studies", .point_reads = true},
                                                         {.name = "archive_entries", .point_reads = true}};
inline constexpr std::size_t kMaxHeadBytes = 256 * 1024;

struct InstanceRow {
  StoredInstance stored;
  Attributes attributes;
};

struct SeriesRow {
  Attributes attributes;
  std::uint64_t instances = 0;
  std::vector<std::string> classes;
};

struct StudyRow {
  Attributes patient;
  Attributes study;
  std::vector<std::string> modalities;  ///< each once, in order
  std::vector<std::string> classes;
  std::uint64_t series = 0;
  std::uint64_t instances = 0;
  std::uint64_t bytes = 0;
  std::uint64_t change = 0;  ///< its latest
};

struct Totals {
  ArchiveCounts counts;
  std::uint64_t change = 0;
  std::uint64_t sequence = 0;
};

/// "study 00 series 00 instance", as far as the key goes.
std::string key_of(const InstanceKey& key);
/// What all keys below begin with: the same, and 00 behind it unless the key names an instance.
std::string prefix_of(const InstanceKey& key);
InstanceKey read_key(std::string_view key);

std::string instance_entry(std::string_view instance);
std::string accession_prefix(std::string_view secret, std::string_view accession);
std::string patient_prefix(std::string_view secret, std::string_view patient);
std::string day_entry(std::string_view day, std::string_view study);
std::string change_entry(std::uint64_t change);
std::string cursor_entry(std::string_view name);
inline constexpr std::string_view kTotalsEntry = "t";
/// The study that a key of accession, patient or day ends with.
std::string_view study_in(std::string_view entry);
/// The day under which a study stands: its Study Date, or zeros.
std::string day_of(const StudyRow& row);
std::uint64_t change_in(std::string_view entry);

std::string encode(const InstanceRow& row);
Result<InstanceRow> decode_instance(std::string_view key, std::string_view bytes);
std::string encode(const SeriesRow& row);
Result<SeriesRow> decode_series(std::string_view bytes);
std::string encode(const StudyRow& row);
Result<StudyRow> decode_study(std::string_view bytes);
std::string encode(const Totals& totals);
Result<Totals> decode_totals(std::string_view bytes);

/// A list in order, each once.
void add_once(std::vector<std::string>& list, std::string_view word);

}  // namespace meridian::imaging::internal
