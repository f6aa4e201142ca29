#include "index/internal/outline.hpp"

#include "base/bytes.hpp"
#include "index/internal/varint.hpp"

namespace meridian::index {

std::uint64_t Outline::estimate(FieldId field, std::string_view begin, std::string_view end) const {
  const auto found =
      std::lower_bound(fields.begin(), fields.end(), field, [](const Field& a, FieldId id) { return a.id < id; });
  if (found == fields.end() || found->id != field || found->middles.empty()) return 0;
  const std::vector<std::string>& middles = found->middles;
  const auto from = std::lower_bound(middles.begin(), middles.end(), begin.substr(0, kBytes));
  const auto to = end.empty() ? middles.end() : std::lower_bound(from, middles.end(), end);
  return found->rows * static_cast<std::uint64_t>(to - from) / middles.size();
}

std::string encode(const Outline& outline) {
  std::string bytes;
  for (const Outline::Field& field : outline.fields) {
    char id[8];
    store_little(id, static_cast<std::uint64_t>(field.id));
    bytes.append(id, sizeof id);
    append_varint(bytes, field.rows);
    bytes.push_back(static_cast<char>(field.middles.size()));
    for (const std::string& middle : field.middles) {
      bytes.push_back(static_cast<char>(middle.size()));
      bytes += middle;
    }
  }
  return bytes;
}

Result<Outline> parse_outline(std::string_view bytes) {
  const auto malformed = [] { return fail(ErrorCode::malformed_input, "an outline of the index is damaged"); };
  Outline outline;
  while (!bytes.empty()) {
    if (bytes.size() < 8) return malformed();
    Outline::Field field{FieldId{load_little<std::uint64_t>(bytes.data())}, 0, {}};
    bytes.remove_prefix(8);
    const std::optional<std::uint64_t> rows = take_varint(bytes);
    if (!rows || bytes.empty()) return malformed();
    field.rows = *rows;
    const auto parts = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    for (std::size_t i = 0; i < parts; ++i) {
      const std::size_t size = bytes.empty() ? 0 : static_cast<std::uint8_t>(bytes.front());
      if (bytes.size() < size + 1) return malformed();
      field.middles.emplace_back(bytes.substr(1, size));
      bytes.remove_prefix(size + 1);
    }
    outline.fields.push_back(std::move(field));
  }
  return outline;
}

}  // namespace meridian::index
