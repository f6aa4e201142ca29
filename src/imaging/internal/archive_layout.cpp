#include "imaging/internal/archive_layout.hpp"

#include <algorithm>
#include <cstring>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "imaging/internal/record_bytes.hpp"

namespace meridian::imaging::internal {
namespace {

constexpr std::size_t kHashBytes = 8;

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::io_failure, "a row of the archive's index is damaged");
}

std::string hashed(char kind, std::string_view secret, std::string_view text) {
  std::string bytes(1, kind);
  const Sha256Digest digest = sha256(std::string(secret).append(1, kind).append(text));
  return bytes.append(reinterpret_cast<const char*>(digest.data()), kHashBytes);
}

std::string big(std::uint64_t value) {
  std::string bytes(sizeof value, '\0');
  store_big(bytes.data(), value);
  return bytes;
}

void put_list(std::string& out, const std::vector<std::string>& list) {
  put_number(out, list.size());
  for (const std::string& word : list) put_text(out, word);
}

std::vector<std::string> take_list(RecordBytes& bytes) {
  std::vector<std::string> list;
  const std::uint64_t count = bytes.number();
  for (std::uint64_t i = 0; i < count && i < 10'000; ++i) list.emplace_back(bytes.text());
  return list;
}

}  // namespace

std::string key_of(const InstanceKey& key) {
  std::string out = key.study;
  if (!key.series.empty()) out.append(1, '\0').append(key.series);
  if (!key.instance.empty()) out.append(1, '\0').append(key.instance);
  return out;
}

std::string prefix_of(const InstanceKey& key) {
  return key.instance.empty() ? key_of(key) + '\0' : key_of(key);
}

InstanceKey read_key(std::string_view key) {
  InstanceKey out;
  const std::size_t first = std::min(key.find('\0'), key.size());
  out.study = key.substr(0, first);
  if (first == key.size()) return out;
  const std::size_t second = std::min(key.find('\0', first + 1), key.size());
  out.series = key.substr(first + 1, second - first - 1);
  if (second < key.size()) out.instance = key.substr(second + 1);
  return out;
}

std::string instance_entry(std::string_view instance) {
  return std::string("i").append(instance);
}
std::string accession_prefix(std::string_view secret, std::string_view accession) {
  return hashed('a', secret, accession);
}
std::string patient_prefix(std::string_view secret, std::string_view patient) {
  return hashed('p', secret, patient);
}
std::string day_entry(std::string_view day, std::string_view study) {
  return std::string("d").append(day).append(study);
}
std::string change_entry(std::uint64_t change) {
  return "c" + big(change);
}
std::string cursor_entry(std::string_view name) {
  return std::string("u").append(name);
}

std::string_view study_in(std::string_view entry) {
  return entry.substr(std::min<std::size_t>(entry.size(), 1 + kHashBytes));
}

std::string day_of(const StudyRow& row) {
  std::string day;
  for (const char c : row.study.value({0x0008, 0x0020})) {
    if (c >= '0' && c <= '9') day += c;
  }
  return day.size() == kHashBytes ? day : std::string(kHashBytes, '0');
}

std::uint64_t change_in(std::string_view entry) {
  return entry.size() == 9 ? load_big<std::uint64_t>(entry.data() + 1) : 0;
}

std::string encode(const InstanceRow& row) {
  const StoredInstance& stored = row.stored;
  std::string out;
  put_text(out, stored.kind.sop_class);
  put_text(out, stored.kind.transfer_syntax);
  for (const kv::BlobName* name : {&stored.content, &stored.blob}) {
    put_text(out, {reinterpret_cast<const char*>(name->data()), name->size()});
  }
  put_number(out, stored.bytes);
  put_number(out, stored.data_set_at);
  put_number(out, stored.pixels_at);
  put_number(out, stored.sequence);
  put_number(out, static_cast<std::uint64_t>(stored.arrived.microseconds()));
  put_text(out, stored.source);
  append(out, row.attributes);
  return out;
}

Result<InstanceRow> decode_instance(std::string_view key, std::string_view bytes) {
  RecordBytes fields(bytes);
  InstanceRow row;
  StoredInstance& stored = row.stored;
  stored.key = read_key(key);
  stored.kind.sop_class = fields.text();
  stored.kind.transfer_syntax = fields.text();
  for (kv::BlobName* name : {&stored.content, &stored.blob}) {
    const std::string_view bytes_of_name = fields.text();
    if (bytes_of_name.size() != name->size()) return damaged();
    std::memcpy(name->data(), bytes_of_name.data(), name->size());
  }
  stored.bytes = fields.number();
  stored.data_set_at = fields.number();
  stored.pixels_at = fields.number();
  stored.sequence = fields.number();
  stored.arrived = Instant::from_microseconds(static_cast<std::int64_t>(fields.number()));
  stored.source = fields.text();
  row.attributes = take_attributes(fields);
  if (!fields.is_whole()) return damaged();
  return row;
}

std::string encode(const SeriesRow& row) {
  std::string out;
  append(out, row.attributes);
  put_number(out, row.instances);
  put_list(out, row.classes);
  return out;
}

Result<SeriesRow> decode_series(std::string_view bytes) {
  RecordBytes fields(bytes);
  SeriesRow row;
  row.attributes = take_attributes(fields);
  row.instances = fields.number();
  row.classes = take_list(fields);
  if (!fields.is_whole()) return damaged();
  return row;
}

std::string encode(const StudyRow& row) {
  std::string out;
  append(out, row.patient);
  append(out, row.study);
  put_list(out, row.modalities);
  put_list(out, row.classes);
  put_number(out, row.series);
  put_number(out, row.instances);
  put_number(out, row.bytes);
  put_number(out, row.change);
  return out;
}

Result<StudyRow> decode_study(std::string_view bytes) {
  RecordBytes fields(bytes);
  StudyRow row;
  row.patient = take_attributes(fields);
  row.study = take_attributes(fields);
  row.modalities = take_list(fields);
  row.classes = take_list(fields);
  row.series = fields.number();
  row.instances = fields.number();
  row.bytes = fields.number();
  row.change = fields.number();
  if (!fields.is_whole()) return damaged();
  return row;
}

std::string encode(const Totals& totals) {
  std::string out;
  put_number(out, totals.counts.studies);
  put_number(out, totals.counts.series);
  put_number(out, totals.counts.instances);
  put_number(out, totals.counts.bytes);
  put_number(out, totals.change);
  put_number(out, totals.sequence);
  return out;
}

Result<Totals> decode_totals(std::string_view bytes) {
  RecordBytes fields(bytes);
  Totals totals;
  totals.counts.studies = fields.number();
  totals.counts.series = fields.number();
  totals.counts.instances = fields.number();
  totals.counts.bytes = fields.number();
  totals.change = fields.number();
  totals.sequence = fields.number();
  if (!fields.is_whole()) return damaged();
  return totals;
}

void add_once(std::vector<std::string>& list, std::string_view word) {
  if (word.empty()) return;
  const auto at = std::lower_bound(list.begin(), list.end(), word);
  if (at == list.end() || *at != word) list.insert(at, std::string(word));
}

}  // namespace meridian::imaging::internal
