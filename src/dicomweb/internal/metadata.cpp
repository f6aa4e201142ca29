#include "dicomweb/internal/metadata.hpp"

#include <algorithm>
#include <charconv>

#include "dicomweb/internal/frames.hpp"
#include "dicomweb/internal/media.hpp"
#include "dicomweb/internal/parts.hpp"
#include "dicomweb/internal/pixel_map.hpp"
#include "dicomweb/internal/retrieve.hpp"
#include "formats/dicom/json.hpp"

namespace meridian::dicomweb::internal {
namespace {

Result<std::string> json_of(const DicomWeb& web, const imaging::StoredInstance& stored, const std::string& base) {
  dicom::JsonOptions options;
  options.bulk_data = url_of(base, stored.key) + "/bulkdata/";
  const dicom::File head = TRY(web.archive().head(stored));
  std::string json = dicom::to_json(head.data_set(), options);
  if (stored.pixels_at == 0) return json;  // that was all of it
  const auto file = TRY(web.archive().open(stored));
  std::string tail;
  for (const TailElement& element : TRY(tail_of(*file, stored, head.transfer_syntax()))) {
    if (element.tag.is_group_length()) continue;
    const dicom::Vr vr = element.vr == dicom::Vr::none ? dicom::Vr::un : element.vr;
    tail += (tail.empty() && json.size() == 2 ? "\"" : ",\"") + dicom::hex(element.tag) + R"(":{"vr":")";
    tail += std::string(dicom::name(vr)) + '"';
    if (element.value.size > 0) tail += R"(,"BulkDataURI":")" + options.bulk_data + dicom::hex(element.tag) + '"';
    tail += '}';
  }
  json.insert(json.size() - 1, tail);
  return json;
}

/// `[`, objects apart by commas, `]`, each made when its turn comes.
class JsonSource final : public http::BodySource {
 public:
  JsonSource(DicomWebPtr web, std::vector<imaging::StoredInstance> instances, std::string base)
      : web_(std::move(web)), instances_(std::move(instances)), base_(std::move(base)) {}

  Result<http::Flow> pull(std::string& out, std::size_t wanted, const http::Waker&) override {
    const std::size_t enough = out.size() + wanted;
    while (out.size() < enough) {
      if (at_ == instances_.size()) {
        out += ']';
        return http::Flow::end;
      }
      out += at_ == 0 ? '[' : ',';
      out += TRY(json_of(*web_, instances_[at_++], base_));
    }
    return http::Flow::more;
  }

 private:
  const DicomWebPtr web_;
  const std::vector<imaging::StoredInstance> instances_;
  const std::string base_;
  std::size_t at_ = 0;
};

Result<http::Response> tell(const DicomWebPtr& web, const http::Request& request) {
  if (!preferred(TRY(accepted(request)), {kDicomJson, "application/json"})) {
    return not_acceptable("metadata is told in application/dicom+json");
  }
  std::vector<imaging::StoredInstance> instances =
      TRY(web->archive().instances(reader_of(request), TRY(key_of(request))));
  const std::string base = base_of(request, *web);
  http::Response response;
  if (instances.size() == 1) {
    response = http::Response::bytes(kDicomJson, '[' + TRY(json_of(*web, instances.front(), base)) + ']');
    response.headers.set("ETag", entity_tag(instances.front(), "json"));
  } else {
    response = http::Response::stream(kDicomJson, std::make_unique<JsonSource>(web, std::move(instances), base));
  }
  response.headers.set("Cache-Control", "private, no-cache");
  return response;
}

/// "0040A730/2/00081160": tags, and items from 0 between them.
const dicom::Element* element_at(const dicom::DataSet& top, std::string_view path, const dicom::DataSet*& of) {
  of = &top;
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const auto tag = dicom::parse_tag(path.substr(0, end));
    const dicom::Element* const element = tag ? of->find(*tag) : nullptr;
    if (element == nullptr || end == path.size()) return element;
    path.remove_prefix(end + 1);
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return nullptr;
    std::size_t index = 0;
    const std::string digits(path.substr(0, slash));
    const char* const last = digits.data() + digits.size();
    const auto [at, fault] = std::from_chars(digits.data(), last, index);
    if (fault != std::errc() || at != last || index >= element->items.size()) return nullptr;
    of = &element->items[index];
    path.remove_prefix(slash + 1);
  }
}

/// Its bytes in little endian.
std::string little(const dicom::Element& element, dicom::ByteOrder order) {
  std::string bytes(element.value);
  const std::size_t word = dicom::word_bytes(element.vr);
  if (order == dicom::ByteOrder::little || word < 2) return bytes;
  for (std::size_t at = 0; at + word <= bytes.size(); at += word) {
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                 bytes.begin() + static_cast<std::ptrdiff_t>(at + word));
  }
  return bytes;
}

Result<http::Response> give(const DicomWebPtr& web, const http::Request& request) {
  const std::vector<MediaRange> ranges = TRY(accepted(request));
  const imaging::StoredInstance stored =
      TRY(web->archive().instances(reader_of(request), TRY(key_of(request)))).front();
  const std::string path(request.path_parameter("path"));
  Content content;
  content.media_type = kBytes;
  content.location = url_of(base_of(request, *web), stored.key) + "/bulkdata/" + path;
  const dicom::File head = TRY(web->archive().head(stored));
  const auto tag = dicom::parse_tag(path);
  bool is_found = false;
  if (tag && stored.pixels_at != 0 && tag->group >= dicom::tags::kPixelData.group) {
    std::shared_ptr<const RandomAccessFile> file = TRY(web->archive().open(stored));
    for (const TailElement& element : TRY(tail_of(*file, stored, head.transfer_syntax()))) {
      if (element.tag != *tag) continue;
      // Of coded pixels each frame is a part; other bytes may have to be turned round.
      if (element.is_encapsulated) return all_frames(web, request, stored);
      content.extents = {element.value};
      const std::size_t word = dicom::word_bytes(element.vr);
      if (head.transfer_syntax().order == dicom::ByteOrder::big && word > 1) {
        if (element.value.size > web->services.max_decoded_bytes) {
          return fail(ErrorCode::too_large, "bulk data in big endian is too long to be turned round");
        }
        std::string bytes(element.value.size, '\0');
        if (TRY(file->read_at(element.value.at, bytes)) != bytes.size()) {
          return fail(ErrorCode::io_failure, "an object of the archive is shorter than it was");
        }
        dicom::Element turned;
        turned.vr = element.vr;
        turned.value = bytes;
        content.bytes = little(turned, dicom::ByteOrder::big);
        content.extents.clear();
      } else {
        content.file = file;
      }
      is_found = true;
    }
  } else {
    const dicom::DataSet* of = nullptr;
    const dicom::Element* const element = element_at(head.data_set(), path, of);
    if (element != nullptr && element->is_encapsulated()) return all_frames(web, request, stored);
    if (element != nullptr && element->items.empty()) {
      content.bytes = little(*element, of->order);
      is_found = true;
    }
  }
  if (!is_found) return fail(ErrorCode::not_found, "the object has no such bulk data");
  for (const MediaRange& range : ranges) {
    if (!range.wants(kBytes)) continue;
    if (!range.is_multipart()) return single_of(std::move(content));
    std::vector<Content> contents;
    contents.push_back(std::move(content));
    return multipart_of(kBytes, std::move(contents));
  }
  return not_acceptable("bulk data is given as application/octet-stream, alone or in multipart/related");
}

}  // namespace

http::Response metadata(const DicomWebPtr& web, const http::Request& request) {
  return answered(tell(web, request));
}

http::Response bulk_data(const DicomWebPtr& web, const http::Request& request) {
  return answered(give(web, request));
}

}  // namespace meridian::dicomweb::internal
