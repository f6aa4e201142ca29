#include "base/tar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace meridian {
namespace {

constexpr std::size_t kBlock = 512;
/// Names and pax records are read into memory; real ones have some hundred bytes.
constexpr std::uint64_t kMaxRecord = std::uint64_t{1} << 20;

/// Where the fields of a ustar header lie.
struct Field {
  std::size_t offset;
  std::size_t length;
};
constexpr Field kName{0, 100};
constexpr Field kSize{124, 12};
constexpr Field kChecksum{148, 8};
constexpr std::size_t kTypeflag = 156;
constexpr Field kMagic{257, 6};
constexpr Field kPrefix{345, 155};

using Block = std::array<char, kBlock>;

std::string_view bytes(const Block& block, Field field) {
  return std::string_view(block.data(), block.size()).substr(field.offset, field.length);
}

/// Text up to the first NUL.
std::string_view text(const Block& block, Field field) {
  const std::string_view all = bytes(block, field);
  return all.substr(0, std::min(all.find('\0'), all.size()));
}

/// Octal digits, ended by a space or NUL; or, as GNU writes large numbers, base 256 behind a byte 0x80.
std::optional<std::uint64_t> number(std::string_view field) {
  if (static_cast<unsigned char>(field[0]) == 0x80) {
    std::uint64_t value = 0;
    for (const char c : field.substr(1)) {
      if (value > (UINT64_MAX >> 9U)) return std::nullopt;
      value = (value << 8U) | static_cast<unsigned char>(c);
    }
    return value;
  }
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  field = field.substr(0, std::min(field.find_first_of(std::string_view(" \0", 2)), field.size()));
  if (field.empty()) return 0;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value, 8);
  if (error != std::errc() || end != field.data() + field.size()) return std::nullopt;
  return value;
}

/// The sum of the header's bytes, its checksum counted as spaces.
std::uint64_t checksum(const Block& block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool in_checksum = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.length;
    sum += in_checksum ? static_cast<unsigned char>(' ') : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

bool all_zero(const Block& block) {
  return std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; });
}

tl::unexpected<Error> damaged(std::string_view how) {
  return fail(ErrorCode::malformed_input, "the archive is damaged: " + std::string(how));
}

}  // namespace

Result<> TarReader::charge(std::uint64_t count) {
  if (count > limits_.max_total_bytes - total_) {
    return fail(ErrorCode::too_large,
                "the archive is larger than the limit of " + std::to_string(limits_.max_total_bytes) + " bytes");
  }
  total_ += count;
  return {};
}

/// A whole block, or false when the source ends before it begins.
Result<bool> TarReader::read_block(std::span<char> block) {
  std::size_t have = 0;
  while (have < block.size()) {
    const std::size_t count = TRY(source_.read(block.subspan(have)));
    if (count == 0) break;
    have += count;
  }
  if (have != 0 && have != block.size()) return damaged("it is cut off");
  TRY(charge(have));
  return have != 0;
}

Result<> TarReader::skip(std::uint64_t count) {
  TRY(charge(count));
  std::array<char, 16 * kBlock> scratch{};
  while (count > 0) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(count, scratch.size()));
    const std::size_t got = TRY(source_.read(std::span(scratch).first(most)));
    if (got == 0) return damaged("it is cut off");
    count -= got;
  }
  return {};
}

/// The content of an entry that describes the next one, with the padding after it.
Result<std::string> TarReader::read_record(std::uint64_t size) {
  if (size > kMaxRecord) return damaged("a name or extended header has more than 1 MB");
  std::string out(static_cast<std::size_t>((size + kBlock - 1) / kBlock * kBlock), '\0');
  if (!out.empty() && !TRY(read_block(out))) return damaged("it is cut off");
  out.resize(static_cast<std::size_t>(size));
  return out;
}

/// pax: records of the form "%d %s=%s\n", the number being the length of the whole record in bytes.
Result<> TarReader::read_pax(std::uint64_t size, std::optional<std::string>& path,
                             std::optional<std::uint64_t>& length) {
  const std::string all = TRY(read_record(size));
  std::string_view rest = all;
  while (!rest.empty()) {
    std::size_t record_length = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), record_length);
    const auto digits = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc() || record_length > rest.size() || record_length < digits + 3 || rest[digits] != ' ' ||
        rest[record_length - 1] != '\n') {
      return damaged("an extended header is not in its form");
    }
    const std::string_view record = rest.substr(digits + 1, record_length - digits - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos) return damaged("an extended header is not in its form");
    const std::string_view key = record.substr(0, equals);
    const std::string_view value = record.substr(equals + 1);
    if (key == "path") path = value;
    if (key == "size") {
      std::uint64_t parsed = 0;
      const auto [stop, fault] = std::from_chars(value.data(), value.data() + value.size(), parsed);
      if (fault != std::errc() || stop != value.data() + value.size()) return damaged("a size is not a number");
      length = parsed;
    }
    rest.remove_prefix(record_length);
  }
  return {};
}

Result<std::optional<TarEntry>> TarReader::next() {
  if (left_ + padding_ > 0) {
    const std::uint64_t pass = std::exchange(left_, 0) + std::exchange(padding_, 0);
    TRY(skip(pass));
  }
  std::optional<std::string> long_name;
  std::optional<std::uint64_t> long_size;
  while (!at_end_) {
    Block block{};
    // The end is a block of zeros (two, but one is accepted as others do), or simply the end of the stream.
    if (!TRY(read_block(block)) || all_zero(block)) {
      at_end_ = true;
      break;
    }
    if (++entries_ > limits_.max_entries) {
      return fail(ErrorCode::too_large,
                  "the archive has more than the limit of " + std::to_string(limits_.max_entries) + " entries");
    }
    const std::optional<std::uint64_t> stated = number(bytes(block, kChecksum));
    if (stated != checksum(block)) return damaged("the checksum of a header does not fit");
    const std::optional<std::uint64_t> header_size = number(bytes(block, kSize));
    if (!header_size) return damaged("a size is not a number");

    const char type = block[kTypeflag];
    switch (type) {
      case 'x':  // pax, of the next entry
        TRY(read_pax(*header_size, long_name, long_size));
        continue;
      case 'L': {  // GNU: the next entry's name
        std::string name = TRY(read_record(*header_size));
        name.resize(std::min(name.find('\0'), name.size()));
        long_name = std::move(name);
        continue;
      }
      case 'g':  // pax, of all entries: comments in practice
      case 'K':  // GNU: the next entry's link target
        TRY(read_record(*header_size));
        continue;
      default:
        break;
    }

    const std::uint64_t size = long_size.value_or(*header_size);
    const bool is_file = type == '0' || type == '\0' || type == '7';
    if (size > limits_.max_entry_bytes) {
      return fail(ErrorCode::too_large, "a file in the archive is larger than the limit of " +
                                            std::to_string(limits_.max_entry_bytes) + " bytes");
    }
    const std::uint64_t padding = (kBlock - size % kBlock) % kBlock;
    if (!is_file) {
      // Links, devices and folders have no content, whatever they state; unknown types may.
      const bool has_content = type < '1' || type > '6';
      if (has_content) {
        TRY(skip(size + padding));
      }
      long_name.reset();
      long_size.reset();
      continue;
    }

    TarEntry entry;
    entry.size = size;
    if (long_name) {
      entry.name = std::move(*long_name);
    } else {
      const bool has_prefix = bytes(block, kMagic) == std::string_view("ustar\0", 6);
      const std::string_view prefix = has_prefix ? text(block, kPrefix) : std::string_view();
      entry.name = prefix.empty() ? std::string(text(block, kName))
                                  : std::string(prefix) + "/" + std::string(text(block, kName));
    }
    left_ = size;
    padding_ = padding;
    return entry;
  }
  return std::optional<TarEntry>();
}

Result<std::size_t> TarReader::read(std::span<char> into) {
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(left_, into.size()));
  if (most == 0) return std::size_t{0};
  const std::size_t got = TRY(source_.read(into.first(most)));
  if (got == 0) return damaged("it is cut off");
  TRY(charge(got));
  left_ -= got;
  return got;
}

Result<std::string> TarReader::read_entry() {
  // The size is only what the archive claims: memory grows with the bytes that come.
  std::string out;
  std::array<char, 32 * kBlock> scratch{};
  while (left_ > 0) {
    const std::size_t got = TRY(read(scratch));
    out.append(scratch.data(), got);
  }
  return out;
}

}  // namespace meridian
