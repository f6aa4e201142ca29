#include "dicomweb/internal/retrieve.hpp"

#include <algorithm>

#include "base/hex.hpp"
#include "dicomweb/internal/media.hpp"
#include "dicomweb/internal/parts.hpp"
#include "formats/dicom/write.hpp"

namespace meridian::dicomweb::internal {
namespace {

constexpr std::string_view kWritable[] = {dicom::uids::kExplicitLittle, dicom::uids::kImplicitLittle,
                                          dicom::uids::kDeflated,       dicom::uids::kExplicitBig,
                                          dicom::uids::kJpegLossless,   dicom::uids::kRle};

/// How objects are to be sent.
struct Wanted {
  bool is_single = false;
  std::vector<std::string> syntaxes;  ///< in the client's order; "*": any
};

/// Of the ranges that ask for objects in one form, that of the first.
Result<Wanted> wanted_of(const std::vector<MediaRange>& ranges, std::size_t instances) {
  Wanted wanted;
  std::optional<bool> is_single;
  for (const MediaRange& range : ranges) {
    if (!range.wants(kDicomFile)) continue;
    const bool single = !range.is_multipart() && !range.is_anything();
    if (single && instances != 1) continue;
    if (is_single && *is_single != single) continue;
    is_single = single;
    wanted.syntaxes.push_back(range.syntax.empty() ? std::string(dicom::uids::kExplicitLittle) : range.syntax);
  }
  if (!is_single) {
    return not_acceptable(
        "objects are given as multipart/related; type=\"application/dicom\", or one as application/dicom");
  }
  wanted.is_single = *is_single;
  return wanted;
}

bool can_decode(std::string_view syntax) {
  const dicom::TransferSyntax* const known = dicom::find_transfer_syntax(syntax);
  return known != nullptr && known->codec != dicom::Codec::other;
}

/// The transfer syntax that an object is sent in: its own, another, or none that fits.
std::string target_of(const Wanted& wanted, const imaging::StoredInstance& stored) {
  const std::string& own = stored.kind.transfer_syntax;
  for (const std::string& syntax : wanted.syntaxes) {
    if (syntax == "*" || syntax == own) return own;
  }
  if (!can_decode(own)) return {};
  for (const std::string& syntax : wanted.syntaxes) {
    if (std::ranges::find(kWritable, syntax) != std::end(kWritable)) return syntax;
  }
  return {};
}

std::string media_type(std::string_view syntax) {
  return std::string(kDicomFile) + "; transfer-syntax=" + std::string(syntax);
}

/// The object as it lies there.
Result<Content> as_stored(const DicomWeb& web, const imaging::StoredInstance& stored, const std::string& base) {
  Content content;
  content.media_type = media_type(stored.kind.transfer_syntax);
  content.location = url_of(base, stored.key);
  content.file = TRY(web.archive().open(stored));
  content.extents = {{0, stored.bytes}};
  return content;
}

Result<Content> as_written_anew(const DicomWeb& web, const imaging::StoredInstance& stored, const std::string& target,
                                const std::string& base) {
  if (stored.bytes > web.services.max_decoded_bytes) {
    return fail(ErrorCode::too_large,
                "an object of this length is given in its own transfer syntax only: ask for transfer-syntax=*");
  }
  const dicom::File file = TRY(web.archive().file(stored));
  dicom::WriteLimits limits;
  limits.max_pixel_bytes = web.services.max_decoded_bytes;
  Issues issues;
  Content content;
  content.media_type = media_type(target);
  content.location = url_of(base, stored.key);
  content.bytes = TRY(dicom::transcode(file, target, limits, issues));
  return content;
}

Result<Content> content_of(const DicomWeb& web, const imaging::StoredInstance& stored, const std::string& target,
                           const std::string& base) {
  return target == stored.kind.transfer_syntax ? as_stored(web, stored, base)
                                               : as_written_anew(web, stored, target, base);
}

/// One object of a body of many, made when its turn comes.
struct Ordered {
  imaging::StoredInstance stored;
  std::string target;
};

/// Where its pixels turn out not to be decoded, it goes out as it is and says so: the others still follow.
Result<Content> one_of_many(const DicomWeb& web, const Ordered& one, const std::string& base) {
  Result<Content> content = content_of(web, one.stored, one.target, base);
  if (content || one.target == one.stored.kind.transfer_syntax) return content;
  return as_stored(web, one.stored, base);
}

http::Response many(const DicomWebPtr& web, std::vector<Ordered> ordered, const std::string& base) {
  auto next = [web, base, all = std::move(ordered), at = std::size_t{0}]() mutable -> Result<std::optional<Content>> {
    if (at == all.size()) return std::nullopt;
    return TRY(one_of_many(*web, all[at++], base));
  };
  return multipart_of(kDicomFile, std::move(next));
}

Result<http::Response> answer(const DicomWebPtr& web, const http::Request& request) {
  const std::vector<imaging::StoredInstance> instances =
      TRY(web->archive().instances(reader_of(request), TRY(key_of(request))));
  const Wanted wanted = TRY(wanted_of(TRY(accepted(request)), instances.size()));
  const std::string base = base_of(request, *web);
  std::vector<Ordered> ordered;
  for (const imaging::StoredInstance& stored : instances) {
    std::string target = target_of(wanted, stored);
    if (!target.empty()) ordered.push_back({stored, std::move(target)});
  }
  if (ordered.empty()) {
    return not_acceptable(
        "the object cannot be given in a transfer syntax that is accepted; transfer-syntax=* always can");
  }
  const bool is_partial = ordered.size() < instances.size();
  http::Response response;
  if (ordered.size() == 1) {  // made now, so that its errors are told
    const Ordered& one = ordered.front();
    Result<Content> made = content_of(*web, one.stored, one.target, base);
    if (!made) return fail(not_decoded(made.error()));
    Content content = *std::move(made);
    if (wanted.is_single) {
      response = single_of(std::move(content));
      response.headers.set("ETag", entity_tag(one.stored, one.target));
    } else {
      std::vector<Content> contents;
      contents.push_back(std::move(content));
      response = multipart_of(kDicomFile, std::move(contents));
    }
  } else {
    response = many(web, std::move(ordered), base);
  }
  if (is_partial) {
    response.status = 206;
    response.headers.set("Warning", warning("Some objects cannot be given in a transfer syntax that is accepted."));
  }
  response.headers.set("Cache-Control", "private, no-cache");
  return response;
}

Result<http::Response> take_away(const DicomWeb& web, const http::Request& request) {
  const imaging::InstanceKey key = TRY(key_of(request));
  TRY(web.archive().instances(reader_of(request), key));  // is there, and may be seen
  if (TRY(web.archive().remove(key)) == 0) return fail(ErrorCode::not_found, "the archive has nothing of that name");
  return http::Response(204);
}

}  // namespace

std::string entity_tag(const imaging::StoredInstance& stored, std::string_view of) {
  std::string tag = "\"" + to_hex(std::span(stored.blob).first(16));
  if (!of.empty()) tag.append("-").append(of);
  return tag + '"';
}

http::Response retrieve(const DicomWebPtr& web, const http::Request& request) {
  return answered(answer(web, request));
}

http::Response remove(const DicomWeb& web, const http::Request& request) {
  return answered(take_away(web, request));
}

}  // namespace meridian::dicomweb::internal
