#include "formats/dicom/render.hpp"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "base/bytes.hpp"
#include "formats/dicom/internal/codecs.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicom {
namespace {

constexpr Tag kWindowCenter{0x0028, 0x1050};
constexpr Tag kWindowWidth{0x0028, 0x1051};
constexpr Tag kVoiFunction{0x0028, 0x1056};
constexpr Tag kRescaleIntercept{0x0028, 0x1052};
constexpr Tag kRescaleSlope{0x0028, 0x1053};
constexpr Tag kModalityTables{0x0028, 0x3000};
constexpr Tag kVoiTables{0x0028, 0x3010};
constexpr Tag kTableDescriptor{0x0028, 0x3002};
constexpr Tag kTableData{0x0028, 0x3006};
constexpr Tag kSharedGroups{0x5200, 0x9229};
constexpr Tag kFrameGroups{0x5200, 0x9230};
constexpr Tag kFrameVoi{0x0028, 0x9132};
constexpr Tag kFrameTransformation{0x0028, 0x9145};

/// Values by number. C.11.1.1: entries, the first value mapped, bits.
struct Table {
  std::int64_t first = 0;
  std::uint32_t bits = 8;
  std::vector<std::uint16_t> values;

  bool is_empty() const { return values.empty(); }
  std::uint16_t at(double value) const {
    const double index = std::clamp(value - static_cast<double>(first), 0.0, static_cast<double>(values.size() - 1));
    return values[static_cast<std::size_t>(index)];
  }
};

Table read_table(const DataSet& set, Tag descriptor, Tag data, bool is_signed) {
  Table table;
  const Element* bytes = set.find(data);
  auto entries = integer(set, descriptor, 0);
  const auto first = integer(set, descriptor, 1);
  const auto bits = integer(set, descriptor, 2);
  if (bytes == nullptr || !entries || !first || !bits || *bits < 1 || *bits > 16) return table;
  if (*entries <= 0) *entries += 65'536;
  table.first = is_signed ? static_cast<std::int16_t>(*first) : static_cast<std::uint16_t>(*first);
  table.bits = static_cast<std::uint32_t>(*bits);
  // Entries of eight bits are packed, or lie in words.
  const auto count = static_cast<std::size_t>(*entries);
  const std::string_view value = bytes->value;
  const bool is_packed = value.size() < 2 * count;
  if (value.size() < count) return table;
  for (std::size_t i = 0; i < count; ++i) {
    if (is_packed) {
      table.values.push_back(static_cast<unsigned char>(value[i]));
    } else {
      table.values.push_back(set.order == ByteOrder::little ? load_little<std::uint16_t>(value.data() + 2 * i)
                                                            : load_big<std::uint16_t>(value.data() + 2 * i));
    }
  }
  return table;
}

/// The set that says something of a frame: its own functional group, the one shared by all, or the file.
const DataSet* set_of(const DataSet* file, std::uint32_t frame, Tag group, Tag has) {
  const auto frames = items(*file, kFrameGroups);
  if (frame < frames.size()) {
    for (const DataSet& item : items(frames[frame], group)) {
      if (item.find(has) != nullptr) return &item;
    }
  }
  for (const DataSet& shared : items(*file, kSharedGroups)) {
    for (const DataSet& item : items(shared, group)) {
      if (item.find(has) != nullptr) return &item;
    }
  }
  return file;
}

/// A sample's own bits, with its sign.
std::int64_t stored(const Frame& frame, std::uint64_t index) {
  const PixelFormat& format = frame.format;
  const std::size_t bytes = format.bits_allocated / 8;
  std::uint64_t bits = 0;
  for (std::size_t i = bytes; i > 0; --i) {
    bits = bits << 8 | static_cast<unsigned char>(frame.bytes[index * bytes + i - 1]);
  }
  const std::uint32_t width = format.bits_stored;
  if (format.high_bit + 1 > width) bits >>= format.high_bit + 1 - width;
  if (width >= 64) return static_cast<std::int64_t>(bits);
  bits &= (std::uint64_t{1} << width) - 1;
  if (format.is_signed && (bits >> (width - 1) & 1) != 0)
    return static_cast<std::int64_t>(bits | ~std::uint64_t{0} << width);
  return static_cast<std::int64_t>(bits);
}

double real(const Frame& frame, std::uint64_t index) {
  if (frame.format.bits_allocated == 64) {
    return std::bit_cast<double>(load_little<std::uint64_t>(frame.bytes.data() + index * 8));
  }
  return std::bit_cast<float>(load_little<std::uint32_t>(frame.bytes.data() + index * 4));
}

char to_byte(double share) {
  return static_cast<char>(static_cast<unsigned char>(std::lround(std::clamp(share, 0.0, 1.0) * 255)));
}

enum class Voi : std::uint8_t { linear, linear_exact, sigmoid };

/// C.11.2.1.2: 0 to 1.
double windowed(double value, const Window& window, Voi function) {
  switch (function) {
    case Voi::sigmoid:
      return 1 / (1 + std::exp(-4 * (value - window.center) / window.width));
    case Voi::linear_exact:
      return (value - window.center) / window.width + 0.5;
    default:
      if (window.width <= 1) return value <= window.center - 0.5 ? 0 : 1;
      return (value - (window.center - 0.5)) / (window.width - 1) + 0.5;
  }
}

/// The modality's values of a grey frame.
std::vector<double> modality_values(const DataSet& file, const Frame& frame, std::uint32_t index) {
  const std::uint64_t count = frame.format.pixels();
  std::vector<double> values(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const double value = frame.format.kind == SampleKind::real ? real(frame, i) : static_cast<double>(stored(frame, i));
    values[i] = std::isfinite(value) ? value : 0;
  }
  for (const DataSet& item : items(file, kModalityTables)) {
    const Table table = read_table(item, kTableDescriptor, kTableData, frame.format.is_signed);
    if (table.is_empty()) continue;
    for (double& value : values) value = table.at(value);
    return values;
  }
  const DataSet& scale = *set_of(&file, index, kFrameTransformation, kRescaleSlope);
  const std::vector<double> slopes = numbers(scale, kRescaleSlope);
  const std::vector<double> intercepts = numbers(scale, kRescaleIntercept);
  const double slope = slopes.empty() || !std::isfinite(slopes[0]) ? 1 : slopes[0];
  const double intercept = intercepts.empty() || !std::isfinite(intercepts[0]) ? 0 : intercepts[0];
  for (double& value : values) value = value * slope + intercept;
  return values;
}

std::optional<Window> own_window(const DataSet& voi) {
  const std::vector<double> centers = numbers(voi, kWindowCenter);
  const std::vector<double> widths = numbers(voi, kWindowWidth);
  if (centers.empty() || widths.empty() || !std::isfinite(centers[0]) || !(widths[0] > 0)) return std::nullopt;
  return Window{centers[0], widths[0]};
}

std::string grey(const DataSet& file, const Frame& frame, std::uint32_t index, const RenderOptions& options) {
  const std::vector<double> values = modality_values(file, frame, index);
  std::string out(values.size(), '\0');
  const DataSet& voi = *set_of(&file, index, kFrameVoi, kWindowCenter);
  std::optional<Window> window = options.window ? options.window : own_window(voi);
  Table table;
  if (!window) {
    for (const DataSet& item : items(file, kVoiTables)) {
      table = read_table(item, kTableDescriptor, kTableData, frame.format.is_signed);
      if (!table.is_empty()) break;
    }
  }
  const std::string function = text(voi, kVoiFunction);
  Voi how = function == "SIGMOID" ? Voi::sigmoid : function == "LINEAR_EXACT" ? Voi::linear_exact : Voi::linear;
  if (!window && table.is_empty() && !values.empty()) {
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    window = Window{(*least + *greatest) / 2, std::max(*greatest - *least, 1e-9)};
    how = Voi::linear_exact;
  }
  const bool is_inverted = frame.format.photometric == "MONOCHROME1";
  for (std::size_t i = 0; i < values.size(); ++i) {
    double share = 0;
    if (!table.is_empty()) {
      share = table.at(values[i]) / static_cast<double>((1U << table.bits) - 1);
    } else {
      share = std::clamp(windowed(values[i], *window, how), 0.0, 1.0);
    }
    out[i] = to_byte(is_inverted ? 1 - share : share);
  }
  return out;
}

/// C.7.9: a table a colour.
Result<std::string> palette(const DataSet& file, const Frame& frame) {
  std::vector<Table> tables;
  for (std::uint16_t i = 0; i < 3; ++i) {
    tables.push_back(read_table(file, Tag(0x0028, static_cast<std::uint16_t>(0x1101 + i)),
                                Tag(0x0028, static_cast<std::uint16_t>(0x1201 + i)), frame.format.is_signed));
    Table& table = tables.back();
    if (table.is_empty()) return fail(ErrorCode::unsupported, "the palette is missing or segmented");
    // Some writers say 16 bits and mean eight.
    if (*std::max_element(table.values.begin(), table.values.end()) <= 0xFF) table.bits = 8;
  }
  std::string out;
  out.reserve(frame.format.pixels() * 3);
  for (std::uint64_t i = 0; i < frame.format.pixels(); ++i) {
    for (const Table& table : tables) {
      const std::uint16_t value = table.at(static_cast<double>(stored(frame, i)));
      out += table.bits > 8 ? static_cast<char>(value >> 8) : static_cast<char>(value);
    }
  }
  return out;
}

/// Samples of three, in eight bits.
std::string colours(const Frame& frame) {
  std::string out(frame.format.pixels() * 3, '\0');
  const double most = std::ldexp(1.0, static_cast<int>(frame.format.bits_stored)) - 1;
  for (std::uint64_t i = 0; i < frame.format.pixels(); ++i) {
    for (std::uint32_t s = 0; s < 3; ++s) {
      out[i * 3 + s] = to_byte(static_cast<double>(stored(frame, i * frame.format.samples + s)) / most);
    }
  }
  return out;
}

/// C.7.6.3.1.2, YBR_FULL.
void to_rgb(std::string& pixels) {
  for (std::size_t i = 0; i + 2 < pixels.size(); i += 3) {
    const double y = static_cast<unsigned char>(pixels[i]);
    const double b = static_cast<unsigned char>(pixels[i + 1]) - 128.0;
    const double r = static_cast<unsigned char>(pixels[i + 2]) - 128.0;
    pixels[i] = to_byte((y + 1.402 * r) / 255);
    pixels[i + 1] = to_byte((y - 0.344136 * b - 0.714136 * r) / 255);
    pixels[i + 2] = to_byte((y + 1.772 * b) / 255);
  }
}

void append_chunk(std::string& out, std::string_view type, std::string_view data) {
  char number[4];
  store_big(number, static_cast<std::uint32_t>(data.size()));
  out.append(number, sizeof number);
  const std::size_t begin = out.size();
  out += type;
  out += data;
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(out.data() + begin), static_cast<uInt>(out.size() - begin));
  store_big(number, static_cast<std::uint32_t>(sum));
  out.append(number, sizeof number);
}

}  // namespace

Result<Picture> render(const File& file, std::uint32_t index, const RenderOptions& options, Issues& issues) {
  const Frame frame = TRY(decode_frame(file, index, options.limits, issues));
  const PixelFormat& format = frame.format;
  Picture picture{format.rows, format.columns, 1, {}};
  if (format.samples == 1 && format.photometric == "PALETTE COLOR") {
    picture.samples = 3;
    picture.bytes = TRY(palette(file.data_set(), frame));
  } else if (format.samples == 1) {
    picture.bytes = grey(file.data_set(), frame, index, options);
  } else if (format.samples >= 3 && (format.photometric == "RGB" || format.photometric == "YBR_FULL")) {
    picture.samples = 3;
    picture.bytes = colours(frame);
    if (format.photometric == "YBR_FULL") to_rgb(picture.bytes);
  } else {
    return fail(ErrorCode::unsupported, "pixels of this photometric interpretation are not rendered");
  }
  return picture;
}

Result<std::string> to_png(const Picture& picture) {
  const std::size_t line = std::size_t{picture.columns} * picture.samples;
  std::string rows;
  rows.reserve((line + 1) * picture.rows);
  for (std::size_t row = 0; row < picture.rows; ++row) {
    rows += '\0';  // no filter
    rows.append(picture.bytes, row * line, line);
  }
  uLongf size = compressBound(static_cast<uLong>(rows.size()));
  std::string packed(size, '\0');
  const int done =
      compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(rows.data()),
                static_cast<uLong>(rows.size()), Z_DEFAULT_COMPRESSION);
  if (done != Z_OK || size > INT32_MAX) return fail(ErrorCode::too_large, "the picture does not fit a PNG chunk");
  packed.resize(size);
  std::string head(8, '\0');
  store_big(head.data(), picture.columns);
  store_big(head.data() + 4, picture.rows);
  head += '\x08';
  head += picture.samples == 3 ? '\x02' : '\0';
  head += std::string(3, '\0');
  std::string out("\x89PNG\r\n\x1A\n", 8);
  append_chunk(out, "IHDR", head);
  append_chunk(out, "IDAT", packed);
  append_chunk(out, "IEND", {});
  return out;
}

Result<std::string> to_jpeg(const Picture& picture, int quality) {
  constexpr std::uint32_t kMaxSide = 65'500;  // of the library
  if (picture.rows == 0 || picture.columns == 0 || picture.rows > kMaxSide || picture.columns > kMaxSide) {
    return fail(ErrorCode::unsupported, "a JPEG picture has at most 65,500 rows and columns");
  }
  return internal::encode_jpeg(picture.bytes, picture.rows, picture.columns, picture.samples,
                               std::clamp(quality, 1, 100));
}

}  // namespace meridian::dicom
