// Posting lists and sets of rows: any bytes are rows or an Error, what was read is written and read again as the same,
// and rows taken from the input come back.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "index/internal/layout.hpp"
#include "index/internal/posting.hpp"

using meridian::index::Collector;
using meridian::index::PostingWriter;
using meridian::index::Row;
using meridian::index::Rows;

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

Rows through_list(const Rows& rows) {
  Collector collector;
  PostingWriter list;
  const auto write = [&] {
    std::string bytes;
    list.append_to(bytes);
    expect(meridian::index::count_posting(bytes) >= 1);
    const auto last = collect_posting(list.first(), bytes, collector);
    expect(last && *last == list.last());
    list.clear();
  };
  rows.visit([&](const Row* batch, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (list.add(batch[i])) continue;
      write();
      expect(list.add(batch[i]));
    }
    return true;
  });
  if (!list.empty()) write();
  return collector.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  Collector collector;
  const auto last = collect_posting(1'000, bytes, collector);
  const Rows read = collector.take();
  (void)meridian::index::count_posting(bytes);
  if (last) {
    expect(read.contains(1'000) && read.contains(*last) && !read.at_or_after(*last + 1) && !read.before(1'000));
    expect(meridian::index::count_posting(bytes) == read.count());
    expect(through_list(read) == read);
  }

  if (const auto rows = Rows::parse(bytes)) {
    std::string again;
    rows->append_to(again);
    const auto reread = Rows::parse(again);
    expect(reread && *reread == *rows);
  }
  if (const auto record = meridian::index::parse_chunk(bytes)) {
    const auto reread = meridian::index::parse_chunk(encode(*record));
    expect(reread && reread->rows == record->rows && reread->successions == record->successions);
  }

  Rows rows;
  Row row = 0;
  for (const std::uint8_t byte : bytes) {
    row += byte < 128 ? byte : Row{byte} * byte;
    if (byte % 16 == 15) rows.add_range(row, row + byte);
    rows.add(row);
  }
  expect(through_list(rows) == rows);
  return 0;
}
