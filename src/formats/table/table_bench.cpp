// A CSV file read, all values visited: by us, and by libcsv, the reader that Debian has, which calls back for each
// value. Both read the same bytes from memory. Then the same rows as a workbook's sheet, for us alone.
#include <benchmark/benchmark.h>
#include <csv.h>

#include <algorithm>
#include <string>

#include "formats/table/table_reader.hpp"
#include "formats/table/testing/make_workbook.hpp"

namespace meridian::table {
namespace {

constexpr int kRows = 200'000;

/// Results of a laboratory: eight columns, one in three rows with a quoted note, one in five in Chinese.
std::string make_csv() {
  std::string csv = "patient,order,code,time,value,unit,flag,note\r\n";
  for (int i = 0; i < kRows; ++i) {
    const std::string n = std::to_string(i);
    csv += "P" + std::to_string(i % 9973) + ",ORD-" + n + ",2345-7,2024-05-01T08:" + std::to_string(10 + i % 50) +
           ":00," + std::to_string(i % 200) + "." + std::to_string(i % 10) + ",mmol/L," + (i % 7 == 0 ? "H" : "") + ",";
    if (i % 3 == 0) csv += "\"repeated, \"\"haemolytic\"\" sample\"";
    if (i % 5 == 1) csv += "标本溶血，已复查";
    csv += "\r\n";
  }
  return csv;
}

const std::string& csv() {
  static const std::string text = make_csv();
  return text;
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes * state.iterations()));
}

/// Bytes of all values, so that none can be passed over.
std::size_t visit(TableReader& table, Issues& issues) {
  std::size_t sum = 0;
  Row row;
  while (table.next(row, issues).value()) {
    for (const std::string_view value : row.values) sum += value.size() + (value.empty() ? 0 : value.back() & 1U);
  }
  return sum;
}

void delimited(benchmark::State& state) {
  for (auto _ : state) {
    Issues issues;
    const auto table = TableReader::open(memory_source(csv()), {}, issues).value();
    benchmark::DoNotOptimize(visit(*table, issues));
  }
  count_bytes(state, csv().size());
}
BENCHMARK(delimited)->Unit(benchmark::kMillisecond);

void delimited_by_libcsv(benchmark::State& state) {
  const auto on_value = [](void* value, std::size_t size, void* sum) {
    const auto* const bytes = static_cast<const char*>(value);
    *static_cast<std::size_t*>(sum) += size + (size == 0 ? 0 : bytes[size - 1] & 1U);
  };
  for (auto _ : state) {
    csv_parser parser;
    csv_init(&parser, 0);
    std::size_t sum = 0;
    constexpr std::size_t kPiece = std::size_t{256} << 10;
    for (std::size_t at = 0; at < csv().size(); at += kPiece) {
      csv_parse(&parser, csv().data() + at, std::min(kPiece, csv().size() - at), on_value, nullptr, &sum);
    }
    csv_fini(&parser, on_value, nullptr, &sum);
    csv_free(&parser);
    benchmark::DoNotOptimize(sum);
  }
  count_bytes(state, csv().size());
}
BENCHMARK(delimited_by_libcsv)->Unit(benchmark::kMillisecond);

void workbook(benchmark::State& state) {
  std::string rows;
  for (int i = 0; i < kRows / 4; ++i) {
    const std::string n = std::to_string(i + 1);
    rows += "<row r=\"" + n + "\"><c r=\"A" + n + "\" t=\"s\"><v>0</v></c><c r=\"B" + n + "\"><v>" + n +
            ".5</v></c><c r=\"C" + n + "\" t=\"inlineStr\"><is><t>ORD-" + n + "</t></is></c></row>";
  }
  const std::string bytes = testing::make_workbook({.rows = rows, .shared = "<si><t>P1</t></si>"});
  for (auto _ : state) {
    Issues issues;
    const auto table = TableReader::open(memory_source(bytes), {}, issues).value();
    benchmark::DoNotOptimize(visit(*table, issues));
  }
  count_bytes(state, rows.size());
}
BENCHMARK(workbook)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace meridian::table
