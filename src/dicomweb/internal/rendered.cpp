#include "dicomweb/internal/rendered.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "dicomweb/internal/frames.hpp"
#include "dicomweb/internal/media.hpp"
#include "dicomweb/internal/parts.hpp"
#include "dicomweb/internal/picture_scale.hpp"
#include "dicomweb/internal/retrieve.hpp"

namespace meridian::dicomweb::internal {
namespace {

constexpr std::string_view kJpeg = "image/jpeg";
constexpr std::string_view kPng = "image/png";
constexpr int kQuality = 90;
constexpr std::uint32_t kThumbnailSide = 256;
constexpr std::size_t kMaxRendered = 100;  // frames of one request

/// "1,2,,4": numbers, or nothing, apart by commas.
Result<std::vector<std::optional<double>>> numbers(std::string_view text) {
  std::vector<std::optional<double>> out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string word(text.substr(at, end - at));
    at = end + 1;
    if (word.empty()) {
      out.emplace_back();
      continue;
    }
    char* stop = nullptr;
    const double number = std::strtod(word.c_str(), &stop);
    if (*stop != '\0' || !std::isfinite(number) || std::abs(number) > 1e9 || out.size() == 6) {
      return fail(ErrorCode::invalid_argument, "numbers apart by commas are expected");
    }
    out.emplace_back(number);
  }
  return out;
}

/// What the parameters ask for.
struct Look {
  std::optional<dicom::Window> window;
  std::uint32_t columns = 0;  ///< of the viewport; 0: as large as the picture is
  std::uint32_t rows = 0;
  std::vector<std::optional<double>> source;  ///< left, top, columns, rows
  int quality = kQuality;
};

Result<> read_window(std::string_view text, Look& look) {
  std::string_view shape = "linear";
  if (const std::size_t last = text.rfind(','); last != std::string_view::npos && text.find(',') != last) {
    shape = text.substr(last + 1);
    text = text.substr(0, last);
  }
  const auto values = TRY(numbers(text));
  if (values.size() != 2 || !values[0] || !values[1] || *values[1] < 1) {
    return fail(ErrorCode::invalid_argument, "window takes center,width,shape with a width of at least 1");
  }
  if (shape != "linear") return fail(ErrorCode::invalid_argument, "of the shapes of a window, linear is understood");
  look.window = dicom::Window{*values[0], *values[1]};
  return {};
}

Result<> read_viewport(std::string_view text, std::uint32_t max_side, Look& look) {
  const auto values = TRY(numbers(text));
  const auto side = [&](std::size_t at) { return at < values.size() ? values[at].value_or(0) : 0; };
  if ((values.size() != 2 && values.size() != 6) || side(0) < 1 || side(1) < 1 || side(0) > max_side ||
      side(1) > max_side) {
    return fail(ErrorCode::invalid_argument,
                "viewport takes columns,rows or columns,rows,left,top,columns,rows, the first two up to " +
                    std::to_string(max_side));
  }
  look.columns = static_cast<std::uint32_t>(side(0));
  look.rows = static_cast<std::uint32_t>(side(1));
  if (values.size() == 6) look.source.assign(values.begin() + 2, values.end());
  return {};
}

Result<Look> look_of(const http::Request& request, std::uint32_t max_side) {
  Look look;
  if (const auto window = request.query("window")) TRY(read_window(*window, look));
  if (const auto viewport = request.query("viewport")) TRY(read_viewport(*viewport, max_side, look));
  if (const auto quality = request.query("quality")) {
    const auto values = TRY(numbers(*quality));
    if (values.size() != 1 || !values[0] || *values[0] < 1 || *values[0] > 100) {
      return fail(ErrorCode::invalid_argument, "quality takes a number from 1 to 100");
    }
    look.quality = static_cast<int>(*values[0]);
  }
  return look;
}

/// The part of the picture that a viewport shows. Negative widths and heights turn it over (8.3.5.1.3).
Result<Cut> cut_of(const Look& look, const dicom::Picture& picture) {
  Cut cut{.columns = picture.columns, .rows = picture.rows};
  if (look.source.empty()) return cut;
  const double left = look.source[0].value_or(0);
  const double top = look.source[1].value_or(0);
  const double columns = look.source[2].value_or(picture.columns - left);
  const double rows = look.source[3].value_or(picture.rows - top);
  const bool is_within = left >= 0 && top >= 0 && std::abs(columns) >= 1 && std::abs(rows) >= 1 &&
                         left + std::abs(columns) <= picture.columns && top + std::abs(rows) <= picture.rows;
  if (!is_within) return fail(ErrorCode::invalid_argument, "the viewport's source does not lie within the picture");
  cut.left = static_cast<std::uint32_t>(left);
  cut.top = static_cast<std::uint32_t>(top);
  cut.columns = static_cast<std::uint32_t>(std::abs(columns));
  cut.rows = static_cast<std::uint32_t>(std::abs(rows));
  cut.flips_columns = columns < 0;
  cut.flips_rows = rows < 0;
  return cut;
}

Result<std::string> picture_of(const dicom::File& file, std::uint32_t index, const Look& look, std::string_view type) {
  dicom::RenderOptions options;
  options.window = look.window;
  Issues issues;
  dicom::Picture picture = TRY(dicom::render(file, index, options, issues));
  if (!look.source.empty()) picture = cut_out(picture, TRY(cut_of(look, picture)));
  if (look.columns != 0) picture = fitted(picture, look.columns, look.rows);
  return type == kPng ? dicom::to_png(picture) : dicom::to_jpeg(picture, look.quality);
}

Result<dicom::File> file_of(const DicomWeb& web, const imaging::StoredInstance& stored) {
  if (stored.bytes > web.services.max_decoded_bytes) {
    return fail(ErrorCode::too_large, "so large an object is not rendered; its frames can be asked for");
  }
  return web.archive().file(stored);
}

/// Whether the client has it already.
bool is_known(const http::Request& request, const std::string& tag) {
  return request.headers.joined("If-None-Match").find(tag) != std::string::npos;
}

http::Response kept_by_client(http::Response response, const std::string& tag) {
  response.headers.set("ETag", tag);
  response.headers.set("Cache-Control", "private, no-cache");
  return response;
}

/// Which look it is: of another, the client's copy does not count.
std::string tag_of(const imaging::StoredInstance& stored, const http::Request& request, std::string_view type) {
  std::uint64_t mixed = 14695981039346656037U;  // FNV-1a of what tells looks apart
  for (const char c : request.target.path + '?' + request.target.query) {
    mixed = (mixed ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return entity_tag(stored, std::string(type.substr(6)) + '-' + std::to_string(mixed));
}

Result<http::Response> one(const DicomWeb& web, const http::Request& request, const imaging::StoredInstance& stored,
                           std::uint32_t index, const Look& look) {
  const auto type = preferred(TRY(accepted(request)), {kJpeg, kPng});
  if (!type) return not_acceptable("pictures are given as image/jpeg or image/png");
  const std::string tag = tag_of(stored, request, *type);
  if (is_known(request, tag)) return kept_by_client(http::Response(304), tag);
  Result<std::string> bytes = picture_of(TRY(file_of(web, stored)), index, look, *type);
  if (!bytes) return fail(not_decoded(bytes.error()));
  http::Response response = http::Response::bytes(*type, *std::move(bytes));
  response.allow_compression = false;
  return kept_by_client(std::move(response), tag);
}

Result<http::Response> show(const DicomWebPtr& web, const http::Request& request) {
  const Look look = TRY(look_of(request, web->services.max_viewport));
  const std::vector<imaging::StoredInstance> found =
      TRY(web->archive().instances(reader_of(request), TRY(key_of(request))));
  const imaging::StoredInstance& stored = found.front();
  const std::string_view list = request.path_parameter("frames");
  if (list.empty()) return one(*web, request, stored, 0, look);
  const std::uint32_t count = frames_of(TRY(web->archive().head(stored)).data_set());
  const std::vector<std::uint32_t> frames = TRY(frame_list(list, count, kMaxRendered));
  if (frames.size() == 1) return one(*web, request, stored, frames.front() - 1, look);
  for (const MediaRange& range : TRY(accepted(request))) {
    if (!range.is_multipart() && !range.is_anything()) continue;
    const std::string_view type = range.wants(kJpeg) ? kJpeg : kPng;
    if (!range.wants(type)) continue;
    auto file = std::make_shared<dicom::File>(TRY(file_of(*web, stored)));
    return multipart_of(type,
                        [web, file, frames, look, type, at = std::size_t{0},
                         url = url_of(base_of(request, *web), stored.key)]() mutable -> Result<std::optional<Content>> {
                          if (at == frames.size()) return std::nullopt;
                          Content content;
                          content.media_type = type;
                          content.location = url + "/frames/" + std::to_string(frames[at]) + "/rendered";
                          content.bytes = TRY(picture_of(*file, frames[at++] - 1, look, type));
                          return content;
                        });
  }
  return not_acceptable("several frames are given as multipart/related of image/jpeg or image/png");
}

/// The one in the middle, by the order that people see them in; of those that have pixels.
Result<imaging::StoredInstance> middle_of(const DicomWeb& web, const http::Request& request) {
  const imaging::InstanceKey key = TRY(key_of(request));
  if (!key.instance.empty()) return TRY(web.archive().instances(reader_of(request), key)).front();
  imaging::Query query;
  query.level = imaging::Level::instance;
  query.keys.set({0x0020, 0x000D}, key.study);
  if (!key.series.empty()) query.keys.set({0x0020, 0x000E}, key.series);
  query.keys.set(dicom::tags::kRows, {});
  const std::unique_ptr<imaging::Matches> matches = TRY(web.archive().find(reader_of(request), std::move(query)));
  std::vector<imaging::InstanceKey> all;
  while (std::optional<imaging::Match> match = TRY(matches->next())) {
    if (!match->attributes.value(dicom::tags::kRows).empty()) all.push_back(std::move(match->key));
  }
  if (all.empty()) return fail(ErrorCode::not_found, "there is no image");
  return TRY(web.archive().instances(reader_of(request), all[all.size() / 2])).front();
}

Result<http::Response> show_small(const DicomWebPtr& web, const http::Request& request) {
  Look look = TRY(look_of(request, web->services.max_viewport));
  if (look.columns == 0) look.columns = look.rows = kThumbnailSide;
  const imaging::StoredInstance stored = TRY(middle_of(*web, request));
  std::uint32_t index = 0;
  const std::uint32_t count = frames_of(TRY(web->archive().head(stored)).data_set());
  if (const std::string_view list = request.path_parameter("frames"); !list.empty()) {
    index = TRY(frame_list(list, count, 1)).front() - 1;
  } else {
    index = count / 2;
  }
  return one(*web, request, stored, index, look);
}

}  // namespace

http::Response rendered(const DicomWebPtr& web, const http::Request& request) {
  return answered(show(web, request));
}

http::Response thumbnail(const DicomWebPtr& web, const http::Request& request) {
  return answered(show_small(web, request));
}

}  // namespace meridian::dicomweb::internal
