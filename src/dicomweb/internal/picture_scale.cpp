#include "dicomweb/internal/picture_scale.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace meridian::dicomweb::internal {
namespace {

/// Which pixels of a line make a new one, and with what weight.
struct Share {
  std::uint32_t first = 0;
  std::vector<float> weights;
};

std::vector<Share> shares(std::uint32_t from, std::uint32_t to) {
  std::vector<Share> out(to);
  const double step = static_cast<double>(from) / to;
  for (std::uint32_t i = 0; i < to; ++i) {
    Share& share = out[i];
    if (step >= 1) {
      const double begin = i * step;
      const double end = std::min<double>(begin + step, from);
      share.first = static_cast<std::uint32_t>(begin);
      for (std::uint32_t at = share.first; at < end; ++at) {
        const double part = std::min<double>(at + 1, end) - std::max<double>(at, begin);
        share.weights.push_back(static_cast<float>(part / (end - begin)));
      }
      continue;
    }
    const double middle = std::clamp((i + 0.5) * step - 0.5, 0.0, static_cast<double>(from) - 1);
    share.first = static_cast<std::uint32_t>(middle);
    const auto part = static_cast<float>(middle - share.first);
    share.weights.push_back(1 - part);
    if (share.first + 1 < from) share.weights.push_back(part);
  }
  return out;
}

char rounded(float value) {
  return static_cast<char>(static_cast<unsigned char>(std::clamp(value + 0.5F, 0.0F, 255.0F)));
}

}  // namespace

dicom::Picture cut_out(const dicom::Picture& picture, const Cut& cut) {
  dicom::Picture out{cut.rows, cut.columns, picture.samples, {}};
  out.bytes.reserve(std::size_t{cut.rows} * cut.columns * picture.samples);
  for (std::uint32_t row = 0; row < cut.rows; ++row) {
    const std::size_t from_row = cut.top + (cut.flips_rows ? cut.rows - 1 - row : row);
    for (std::uint32_t column = 0; column < cut.columns; ++column) {
      const std::size_t from_column = cut.left + (cut.flips_columns ? cut.columns - 1 - column : column);
      out.bytes.append(picture.bytes, (from_row * picture.columns + from_column) * picture.samples, picture.samples);
    }
  }
  return out;
}

dicom::Picture fitted(const dicom::Picture& picture, std::uint32_t columns, std::uint32_t rows) {
  const double scale =
      std::min(static_cast<double>(columns) / picture.columns, static_cast<double>(rows) / picture.rows);
  const auto side = [scale](std::uint32_t from, std::uint32_t most) {
    return std::clamp<std::uint32_t>(static_cast<std::uint32_t>(std::lround(from * scale)), 1, most);
  };
  dicom::Picture out{side(picture.rows, rows), side(picture.columns, columns), picture.samples, {}};
  if (out.rows == picture.rows && out.columns == picture.columns) return picture;
  const std::vector<Share> across = shares(picture.columns, out.columns);
  const std::vector<Share> down = shares(picture.rows, out.rows);
  const std::size_t line = std::size_t{out.columns} * picture.samples;
  out.bytes.resize(line * out.rows);
  std::vector<float> sums(line);
  for (std::uint32_t row = 0; row < out.rows; ++row) {
    std::ranges::fill(sums, 0.0F);
    for (std::size_t k = 0; k < down[row].weights.size(); ++k) {
      const char* const from = picture.bytes.data() + (down[row].first + k) * picture.columns * picture.samples;
      for (std::uint32_t column = 0; column < out.columns; ++column) {
        for (std::size_t j = 0; j < across[column].weights.size(); ++j) {
          const float weight = down[row].weights[k] * across[column].weights[j];
          const char* const pixel = from + (across[column].first + j) * picture.samples;
          for (std::uint32_t sample = 0; sample < picture.samples; ++sample) {
            sums[column * picture.samples + sample] +=
                weight * static_cast<float>(static_cast<unsigned char>(pixel[sample]));
          }
        }
      }
    }
    std::ranges::transform(sums, out.bytes.begin() + static_cast<std::ptrdiff_t>(line * row), rounded);
  }
  return out;
}

}  // namespace meridian::dicomweb::internal
