#include "dicomweb/internal/frames.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "dicomweb/internal/media.hpp"
#include "dicomweb/internal/parts.hpp"
#include "dicomweb/internal/pixel_map.hpp"
#include "formats/dicom/pixels.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicomweb::internal {
namespace {

constexpr std::uint32_t kMaxFrames = 4'000'000;

struct Named {
  std::string_view syntax;
  std::string_view media_type;
};
// https://dicom.nema.org/medical/dicom/current/output/html/part18.html#table_8.7.3-5
constexpr Named kMediaTypes[] = {
    {"1.2.840.10008.1.2.4.50", "image/jpeg"},  {"1.2.840.10008.1.2.4.51", "image/jpeg"},
    {"1.2.840.10008.1.2.4.57", "image/jpeg"},  {"1.2.840.10008.1.2.4.70", "image/jpeg"},
    {"1.2.840.10008.1.2.4.80", "image/jls"},   {"1.2.840.10008.1.2.4.81", "image/jls"},
    {"1.2.840.10008.1.2.4.90", "image/jp2"},   {"1.2.840.10008.1.2.4.91", "image/jp2"},
    {"1.2.840.10008.1.2.4.92", "image/jpx"},   {"1.2.840.10008.1.2.4.93", "image/jpx"},
    {"1.2.840.10008.1.2.4.201", "image/jphc"}, {"1.2.840.10008.1.2.4.202", "image/jphc"},
    {"1.2.840.10008.1.2.4.203", "image/jphc"}, {"1.2.840.10008.1.2.5", "image/dicom-rle"},
};

/// How frames are sent.
struct Form {
  bool is_single = false;
  bool is_decoded = false;
  std::string media_type;
};

Result<Form> form_of(const std::vector<MediaRange>& ranges, const dicom::TransferSyntax& syntax, std::string_view own,
                     std::size_t frames) {
  const std::string_view own_type = frame_media_type(own);
  for (const MediaRange& range : ranges) {
    const bool is_single = !range.is_multipart() && !range.is_anything();
    if (is_single && frames != 1) continue;
    // Plain samples are the same in all syntaxes that do not code them.
    const bool wants_plain = range.syntax.empty() || range.syntax == dicom::uids::kExplicitLittle ||
                             (!syntax.is_encapsulated && range.syntax == own);
    const bool wants_own = range.syntax == "*" || range.syntax == own;
    if (range.wants(kBytes)) {
      if (wants_own && syntax.is_encapsulated) return Form{is_single, false, std::string(kBytes)};
      if ((wants_plain || wants_own) && syntax.codec != dicom::Codec::other) {
        return Form{is_single, syntax.is_encapsulated, std::string(kBytes)};
      }
    } else if (syntax.is_encapsulated && range.wants(own_type) && (range.syntax.empty() || wants_own)) {
      return Form{is_single, false, std::string(own_type)};
    }
  }
  return not_acceptable("frames are given as application/octet-stream, or in the media type of their own codec");
}

/// Bits of an image of single bits, from a bit on, from the lowest of the first byte on.
std::string bits_from(std::string_view bytes, std::uint64_t first, std::uint64_t count) {
  std::string out((count + 7) / 8, '\0');
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = first + i;
    const unsigned bit = static_cast<unsigned char>(bytes[at / 8]) >> (at % 8) & 1U;
    out[i / 8] = static_cast<char>(static_cast<unsigned char>(out[i / 8]) | bit << (i % 8));
  }
  return out;
}

class FrameGiver {
 public:
  FrameGiver(const DicomWeb& web, imaging::StoredInstance stored, const std::string& base, Form form)
      : web_(web), stored_(std::move(stored)), url_(url_of(base, stored_.key) + "/frames/"), form_(std::move(form)) {}

  Result<> open(const dicom::File& head) {
    const dicom::TransferSyntax& syntax = head.transfer_syntax();
    own_ = stored_.kind.transfer_syntax;
    frames_ = frames_of(head.data_set());
    // Of what is coded, decoded, or cannot be looked into on the disk, all is read.
    if (form_.is_decoded || stored_.pixels_at == 0 || syntax.order == dicom::ByteOrder::big) return open_whole();
    file_ = TRY(web_.archive().open(stored_));
    const std::vector<TailElement> tail = TRY(tail_of(*file_, stored_, syntax));
    const TailElement* const pixels = pixels_in(tail);
    if (pixels == nullptr) return fail(ErrorCode::not_found, "the object has no pixels");
    if (pixels->is_encapsulated) {
      coded_ = TRY(encapsulated_frames(*file_, tail, frames_));
      return {};
    }
    pixels_ = pixels->value;
    return measure(head.data_set());
  }

  Result<std::optional<Content>> give(std::uint32_t frame) const {
    Content content;
    content.media_type = form_.media_type;
    content.media_type += "; transfer-syntax=";
    content.media_type += form_.is_decoded || coded_.empty() ? std::string(dicom::uids::kExplicitLittle) : own_;
    content.location = url_ + std::to_string(frame);
    const std::uint32_t index = frame - 1;
    if (reader_) {
      Issues issues;
      content.bytes = TRY(reader_->read(index, issues)).bytes;
    } else if (!coded_.empty()) {
      content.file = file_;
      content.extents = coded_[index];
    } else if (frame_bits_ % 8 == 0) {
      content.file = file_;
      content.extents = {{pixels_.at + index * (frame_bits_ / 8), frame_bits_ / 8}};
    } else {
      const std::uint64_t first = index * frame_bits_;
      const std::uint64_t from = first / 8;
      std::string bytes((first + frame_bits_ + 7) / 8 - from, '\0');
      if (TRY(file_->read_at(pixels_.at + from, bytes)) != bytes.size()) {
        return fail(ErrorCode::io_failure, "an object of the archive is shorter than it was");
      }
      content.bytes = bits_from(bytes, first % 8, frame_bits_);
    }
    return content;
  }

 private:
  Result<> open_whole() {
    if (stored_.bytes > web_.services.max_decoded_bytes) {
      return fail(ErrorCode::too_large, "frames of so large an object are given as they are stored: transfer-syntax=*");
    }
    whole_ = std::make_unique<dicom::File>(TRY(web_.archive().file(stored_)));
    Issues issues;
    reader_ = std::make_unique<dicom::FrameReader>(
        TRY(dicom::FrameReader::open(whole_->data_set(), whole_->transfer_syntax(), {}, issues)));
    return {};
  }

  /// What is stored plainly is shared out evenly; single bits follow one another without gaps.
  Result<> measure(const dicom::DataSet& set) {
    const auto number = [&](dicom::Tag tag, std::int64_t otherwise) {
      return static_cast<std::uint64_t>(std::max<std::int64_t>(dicom::integer(set, tag).value_or(otherwise), 0));
    };
    if (number(dicom::tags::kBitsAllocated, 8) == 1) {
      frame_bits_ =
          number(dicom::tags::kRows, 0) * number(dicom::tags::kColumns, 0) * number(dicom::tags::kSamplesPerPixel, 1);
    } else {
      const std::uint64_t bytes = number(dicom::tags::kRows, 0) * number(dicom::tags::kColumns, 0) *
                                  number(dicom::tags::kSamplesPerPixel, 1) * number(dicom::tags::kBitsAllocated, 8) / 8;
      const bool is_subsampled = dicom::text(set, dicom::tags::kPhotometric) == "YBR_FULL_422";
      frame_bits_ = (is_subsampled ? bytes / 3 * 2 : bytes) * 8;
    }
    if (frame_bits_ == 0 || frame_bits_ * frames_ > pixels_.size * 8) {
      return fail(ErrorCode::malformed_input, "the object has fewer pixels than its frames need");
    }
    return {};
  }

  const DicomWeb& web_;
  const imaging::StoredInstance stored_;
  const std::string url_;
  const Form form_;
  std::string own_;
  std::uint32_t frames_ = 1;
  std::shared_ptr<const RandomAccessFile> file_;
  std::vector<std::vector<Extent>> coded_;
  Extent pixels_;
  std::uint64_t frame_bits_ = 0;
  std::unique_ptr<dicom::File> whole_;
  std::unique_ptr<dicom::FrameReader> reader_;
};

Result<http::Response> give(const DicomWebPtr& web, const http::Request& request, const imaging::StoredInstance& stored,
                            const std::optional<std::string>& list) {
  const dicom::File head = TRY(web->archive().head(stored));
  const std::uint32_t count = frames_of(head.data_set());
  std::vector<std::uint32_t> wanted;
  if (list) {
    wanted = TRY(frame_list(*list, count, web->services.max_frames));
  } else {
    if (count > kMaxFrames) return fail(ErrorCode::too_large, "the object has too many frames to be given at once");
    wanted.resize(count);
    std::iota(wanted.begin(), wanted.end(), 1U);
  }
  Form form = TRY(form_of(TRY(accepted(request)), head.transfer_syntax(), stored.kind.transfer_syntax, wanted.size()));
  const bool is_single = form.is_single;
  const std::string root(form.media_type);
  auto giver = std::make_shared<FrameGiver>(*web, stored, base_of(request, *web), std::move(form));
  // The first is made now, so that its errors are told.
  Result<> opened = giver->open(head);
  if (!opened) return fail(not_decoded(opened.error()));
  Result<std::optional<Content>> first = giver->give(wanted.front());
  if (!first) return fail(not_decoded(first.error()));
  http::Response response;
  if (is_single) {
    response = single_of(**std::move(first));
  } else {
    response = multipart_of(root,
                            [web, giver, all = std::move(wanted), ready = *std::move(first),
                             at = std::size_t{0}]() mutable -> Result<std::optional<Content>> {
                              if (at == all.size()) return std::nullopt;
                              if (at++ == 0) return std::exchange(ready, std::nullopt);
                              return giver->give(all[at - 1]);
                            });
  }
  response.headers.set("Cache-Control", "private, no-cache");
  return response;
}

}  // namespace

Result<std::vector<std::uint32_t>> frame_list(std::string_view text, std::uint32_t frames, std::size_t max_frames) {
  std::vector<std::uint32_t> list;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    std::uint32_t number = 0;
    const auto [stop, fault] = std::from_chars(text.data() + at, text.data() + end, number);
    if (fault != std::errc() || stop != text.data() + end || number == 0) {
      return fail(ErrorCode::invalid_argument, "frames are numbers from 1, apart by commas");
    }
    if (number > frames) return fail(ErrorCode::not_found, "the object has fewer frames");
    if (list.size() == max_frames) return fail(ErrorCode::too_large, "the list of frames is too long");
    list.push_back(number);
    at = end + 1;
  }
  return list;
}

std::uint32_t frames_of(const dicom::DataSet& set) {
  const std::int64_t number = dicom::integer(set, dicom::tags::kNumberOfFrames).value_or(1);
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 1, INT32_MAX));
}

std::string_view frame_media_type(std::string_view syntax) {
  const auto* const found = std::ranges::find(kMediaTypes, syntax, &Named::syntax);
  return found == std::end(kMediaTypes) ? kBytes : found->media_type;
}

http::Response frames(const DicomWebPtr& web, const http::Request& request) {
  return answered([&]() -> Result<http::Response> {
    const std::vector<imaging::StoredInstance> found =
        TRY(web->archive().instances(reader_of(request), TRY(key_of(request))));
    return give(web, request, found.front(), std::string(request.path_parameter("frames")));
  }());
}

Result<http::Response> all_frames(const DicomWebPtr& web, const http::Request& request,
                                  const imaging::StoredInstance& stored) {
  return give(web, request, stored, std::nullopt);
}

}  // namespace meridian::dicomweb::internal
