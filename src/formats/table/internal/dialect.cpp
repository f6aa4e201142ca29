#include "formats/table/internal/dialect.hpp"

#include "formats/table/internal/text_buffer.hpp"

namespace meridian::table::internal {
namespace {

constexpr std::size_t kSampleBytes = std::size_t{64} << 10;
constexpr std::size_t kSampleRecords = 100;

/// How many records of the sample have as many values as the first, 0 when that has one.
std::size_t agreement(std::string_view sample, bool is_whole, Dialect dialect) {
  RecordScanner scanner(dialect, 1);
  scanner.reset(sample, 0);
  std::size_t first = 0;
  std::size_t agreeing = 0;
  std::size_t records = 0;
  while (records < kSampleRecords && scanner.at() < sample.size()) {
    const std::size_t begin = scanner.at();
    if (scanner.scan(is_whole, Quoting::strict) != RecordScanner::Outcome::record) {
      const std::size_t behind = behind_line(sample, begin, dialect.cr_ends, is_whole);
      if (behind == std::string_view::npos) break;
      scanner.reset(sample, behind);
      ++records;
      continue;
    }
    if (scanner.is_blank()) continue;
    ++records;
    if (first == 0) {
      first = scanner.count();
      if (first < 2) return 0;
    }
    if (scanner.count() == first) ++agreeing;
  }
  return agreeing;
}

}  // namespace

bool ends_with_cr(std::string_view sample) {
  const std::size_t end = sample.find_first_of("\r\n");
  if (end == std::string_view::npos || sample[end] == '\n') return false;
  return end + 1 == sample.size() || sample[end + 1] != '\n';
}

std::optional<char> delimiter_said(std::string_view first_line) {
  while (!first_line.empty() && (first_line.back() == '\r' || first_line.back() == '\n')) first_line.remove_suffix(1);
  if (first_line.size() >= 2 && first_line.front() == '"' && first_line.back() == '"') {
    first_line = first_line.substr(1, first_line.size() - 2);
  }
  if (first_line.size() != 5 || first_line[3] != '=') return std::nullopt;
  const auto is = [&](std::size_t at, char lower) { return (first_line[at] | 0x20) == lower; };
  if (!is(0, 's') || !is(1, 'e') || !is(2, 'p')) return std::nullopt;
  const char said = first_line[4];
  if (said == '"' || said == '\r' || said == '\n' || static_cast<unsigned char>(said) >= 0x80) return std::nullopt;
  return said;
}

char find_delimiter(std::string_view sample, bool is_whole, char quote, bool cr_ends) {
  if (sample.size() > kSampleBytes) {
    sample = sample.substr(0, kSampleBytes);
    is_whole = false;
  }
  char best = ',';
  std::size_t most = 0;
  for (const char delimiter : {'\t', ';', '|', ','}) {
    if (delimiter == quote) continue;
    const std::size_t agreeing = agreement(sample, is_whole, {delimiter, quote, cr_ends});
    if (agreeing > most) {
      most = agreeing;
      best = delimiter;
    }
  }
  return best;
}

}  // namespace meridian::table::internal
