#include "terminology/image.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "terminology/internal/code_system_image.hpp"
#include "terminology/internal/code_system_tables.hpp"

namespace meridian::terminology {

static_assert(std::endian::native == std::endian::little);

namespace {

constexpr std::string_view kMagic = "MRDCODES";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeader = 16;  // magic, version, checksum of what follows

class Writer {
 public:
  template <typename Number>
  void number(Number value) {
    static_assert(std::is_integral_v<Number>);
    std::array<char, sizeof(Number)> bytes{};
    std::memcpy(bytes.data(), &value, sizeof(Number));
    out_.append(bytes.data(), bytes.size());
  }
  void text(std::string_view text) {
    number<std::uint64_t>(text.size());
    out_ += text;
  }
  template <typename Row>
  void rows(const std::vector<Row>& rows) {
    static_assert(std::has_unique_object_representations_v<Row>);
    number<std::uint64_t>(rows.size());
    if (!rows.empty()) out_.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row));
  }
  template <typename Row>
  void lists(const internal::Lists<Row>& lists) {
    rows(lists.first);
    rows(lists.rows);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Gives nothing once something did not fit.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  template <typename Number>
  Number number() {
    Number value{};
    if (rest_.size() < sizeof(Number)) {
      is_bad_ = true;
    } else {
      std::memcpy(&value, rest_.data(), sizeof(Number));
      rest_.remove_prefix(sizeof(Number));
    }
    return value;
  }
  std::string text() { return std::string(bytes(number<std::uint64_t>(), 1)); }
  template <typename Row>
  std::vector<Row> rows() {
    const auto count = number<std::uint64_t>();
    const std::string_view raw = bytes(count, sizeof(Row));
    std::vector<Row> made(raw.size() / sizeof(Row));
    if (!made.empty()) std::memcpy(made.data(), raw.data(), raw.size());
    return made;
  }
  template <typename Row>
  internal::Lists<Row> lists() {
    internal::Lists<Row> made;
    made.first = rows<std::uint32_t>();
    made.rows = rows<Row>();
    return made;
  }
  bool is_sound() const { return !is_bad_ && rest_.empty(); }

 private:
  std::string_view bytes(std::uint64_t count, std::size_t size) {
    if (is_bad_ || count > rest_.size() / size) {
      is_bad_ = true;
      return {};
    }
    const std::string_view taken = rest_.substr(0, count * size);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view rest_;
  bool is_bad_ = false;
};

bool are_places(const std::vector<std::uint32_t>& first, std::size_t codes, std::size_t rows) {
  if (first.empty()) return rows == 0;
  if (first.size() != codes + 1 || first.front() != 0 || first.back() != rows) return false;
  for (std::size_t at = 1; at < first.size(); ++at) {
    if (first[at] < first[at - 1]) return false;
  }
  return true;
}

template <typename Row, typename Test>
bool are_lists(const internal::Lists<Row>& lists, std::size_t codes, Test test) {
  if (!are_places(lists.first, codes, lists.rows.size())) return false;
  for (const Row& row : lists.rows) {
    if (!test(row)) return false;
  }
  return true;
}

/// Circles among them would be harmless: walks mark what they have seen.
bool are_links(const internal::Lists<CodeNumber>& lists, std::size_t codes) {
  return are_lists(lists, codes, [&](CodeNumber other) { return other < codes; });
}

bool are_runs(const internal::Lists<Run>& lists, std::size_t codes) {
  if (!are_lists(lists, codes, [&](Run run) { return run.begin < run.end && run.end <= codes; })) return false;
  for (std::uint32_t code = 0; code < codes; ++code) {
    const std::span<const Run> runs = lists.of(code);
    for (std::size_t at = 1; at < runs.size(); ++at) {
      if (runs[at].begin <= runs[at - 1].end) return false;
    }
  }
  return true;
}

bool is_sound(const CodeSystem::Tables& t) {
  const std::size_t codes = t.codes.size();
  const std::size_t texts = t.texts.size();
  if (codes >= UINT32_MAX || t.flags.size() != codes || t.tree.size() != codes) return false;
  for (std::size_t code = 0; code < codes; ++code) {
    const internal::CodeRow& row = t.codes[code];
    if (row.code >= texts || row.display >= texts || row.definition >= texts) return false;
    if (t.tree[code].begin != code || t.tree[code].end <= code || t.tree[code].end > codes) return false;
  }
  for (const internal::TextId name : t.property_names) {
    if (name >= texts) return false;
  }
  return are_runs(t.beyond, codes) && are_links(t.parents, codes) && are_links(t.children, codes) &&
         are_lists(t.designations, codes,
                   [&](const internal::DesignationRow& row) {
                     return row.language < texts && row.use < texts && row.value < texts;
                   }) &&
         are_lists(t.properties, codes, [&](const internal::PropertyRow& row) {
           return row.name < texts && row.value < texts && row.type <= static_cast<std::uint32_t>(ValueType::coding);
         });
}

}  // namespace

std::string write_image(const CodeSystem& system) {
  const CodeSystem::Tables& t = internal::CodeSystemImage::tables(system);
  Writer out;
  for (const std::string* text :
       {&t.about.url, &t.about.version, &t.about.name, &t.about.value_set, &t.about.language, &t.about.supplements}) {
    out.text(*text);
  }
  out.number(static_cast<std::uint8_t>(t.about.content));
  out.number(static_cast<std::uint8_t>(t.about.is_case_sensitive ? 1 : 0));
  out.text(t.texts.all_bytes());
  out.rows(t.texts.ends());
  out.rows(t.codes);
  out.rows(t.flags);
  out.rows(t.tree);
  out.lists(t.beyond);
  out.lists(t.parents);
  out.lists(t.children);
  out.lists(t.designations);
  out.lists(t.properties);
  out.rows(t.property_names);
  const std::string body = out.take();
  Writer image;
  image.number(kVersion);
  image.number(crc32c(body));
  return std::string(kMagic) + image.take() + body;
}

Result<CodeSystemPtr> read_image(std::string_view bytes) {
  const auto refused = [](std::string_view why) {
    return fail(ErrorCode::malformed_input, "no image of a code system: " + std::string(why));
  };
  if (bytes.size() < kHeader || !bytes.starts_with(kMagic)) return refused("it begins otherwise");
  Reader header(bytes.substr(kMagic.size(), kHeader - kMagic.size()));
  if (header.number<std::uint32_t>() != kVersion) return refused("its version is not known");
  const std::string_view body = bytes.substr(kHeader);
  if (header.number<std::uint32_t>() != crc32c(body)) return refused("its checksum is wrong");

  auto tables = std::make_unique<CodeSystem::Tables>();
  CodeSystem::Tables& t = *tables;
  Reader in(body);
  for (std::string* text :
       {&t.about.url, &t.about.version, &t.about.name, &t.about.value_set, &t.about.language, &t.about.supplements}) {
    *text = in.text();
  }
  const auto content = in.number<std::uint8_t>();
  t.about.is_case_sensitive = in.number<std::uint8_t>() != 0;
  std::string texts = in.text();
  std::vector<std::uint32_t> ends = in.rows<std::uint32_t>();
  t.codes = in.rows<internal::CodeRow>();
  t.flags = in.rows<std::uint8_t>();
  t.tree = in.rows<Run>();
  t.beyond = in.lists<Run>();
  t.parents = in.lists<CodeNumber>();
  t.children = in.lists<CodeNumber>();
  t.designations = in.lists<internal::DesignationRow>();
  t.properties = in.lists<internal::PropertyRow>();
  t.property_names = in.rows<internal::TextId>();
  if (!in.is_sound()) return refused("it ends too early or too late");
  if (content > static_cast<std::uint8_t>(Content::supplement)) return refused("a number is out of its bounds");
  t.about.content = static_cast<Content>(content);
  if (!t.texts.restore(std::move(texts), std::move(ends)) || !is_sound(t))
    return refused("a number is out of its bounds");
  t.index_codes();
  return internal::CodeSystemImage::make(std::move(tables));
}

}  // namespace meridian::terminology
