#include "formats/table/testing/read_table.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace meridian::table::testing {
namespace {

class Slow final : public ByteSource {
 public:
  explicit Slow(std::string_view bytes) : bytes_(bytes) {}
  Result<std::size_t> read(std::span<char> into) override {
    const std::size_t count = std::min({into.size(), bytes_.size(), std::size_t{7}});
    std::copy_n(bytes_.begin(), count, into.begin());
    bytes_.remove_prefix(count);
    consumed_ += count;
    return count;
  }
  std::uint64_t consumed() const override { return consumed_; }
  std::optional<std::uint64_t> size() const override { return std::nullopt; }

 private:
  std::string_view bytes_;
  std::uint64_t consumed_ = 0;
};

WholeTable read(Result<std::unique_ptr<TableReader>> opened, Issues& issues) {
  WholeTable table;
  if (!opened) {
    table.error = opened.error().message();
    return table;
  }
  TableReader& reader = **opened;
  table.columns = reader.columns();
  Row row;
  for (;;) {
    const Result<bool> more = reader.next(row, issues);
    if (!more) table.error = more.error().message();
    if (!more || !*more) break;
    table.rows.emplace_back(row.values.begin(), row.values.end());
    table.lines.push_back(row.line);
    if (row.is_faulty) table.faulty.push_back(row.line);
  }
  for (const Issue& issue : issues.all()) {
    table.issues.push_back(std::string(issue.message->id) + (issue.path.empty() ? "" : " at " + issue.path));
  }
  return table;
}

}  // namespace

WholeTable read_table(std::string_view bytes, const TableOptions& options) {
  Issues issues;
  return read(TableReader::open(memory_source(bytes), options, issues), issues);
}

WholeTable read_table_slowly(std::string_view bytes, const TableOptions& options) {
  Issues issues;
  return read(TableReader::open(std::make_unique<Slow>(bytes), options, issues), issues);
}

WholeTable read_table_file(const std::string& path, const TableOptions& options) {
  Issues issues;
  return read(TableReader::open(path, options, issues), issues);
}

}  // namespace meridian::table::testing
