#include "dicomweb/internal/parts.hpp"

#include <algorithm>
#include <utility>

#include "dicomweb/internal/common.hpp"

namespace meridian::dicomweb::internal {
namespace {

/// Content on its way out.
class ContentReader {
 public:
  explicit ContentReader(Content content) : content_(std::move(content)) {}

  /// Up to so many bytes; none at the end.
  Result<std::size_t> pull(std::string& out, std::size_t wanted) {
    if (!content_.file) {
      const std::size_t count = std::min<std::uint64_t>(wanted, content_.bytes.size() - done_);
      out.append(content_.bytes, done_, count);
      done_ += count;
      return count;
    }
    while (extent_ < content_.extents.size() && done_ == content_.extents[extent_].size) {
      ++extent_;
      done_ = 0;
    }
    if (extent_ == content_.extents.size()) return 0;
    const Extent& extent = content_.extents[extent_];
    const std::size_t count = std::min<std::uint64_t>(wanted, extent.size - done_);
    const std::size_t before = out.size();
    out.resize(before + count);
    const std::size_t read = TRY(content_.file->read_at(extent.at + done_, std::span(out).subspan(before)));
    if (read != count) return fail(ErrorCode::io_failure, "an object of the archive is shorter than it was");
    done_ += count;
    return count;
  }

  bool skip(std::uint64_t bytes) {
    if (!content_.file) {
      done_ = std::min<std::uint64_t>(bytes, content_.bytes.size());
      return true;
    }
    for (Extent& extent : content_.extents) {
      const std::uint64_t count = std::min(bytes, extent.size);
      extent.at += count;
      extent.size -= count;
      bytes -= count;
    }
    return true;
  }

 private:
  Content content_;
  std::size_t extent_ = 0;
  std::uint64_t done_ = 0;  // of the extent, or of the bytes
};

class SingleSource final : public http::BodySource {
 public:
  explicit SingleSource(Content content) : reader_(std::move(content)) {}
  Result<http::Flow> pull(std::string& out, std::size_t wanted, const http::Waker&) override {
    return TRY(reader_.pull(out, wanted)) > 0 ? http::Flow::more : http::Flow::end;
  }
  bool skip(std::uint64_t bytes) override { return reader_.skip(bytes); }

 private:
  ContentReader reader_;
};

std::string head_of(const std::string& boundary, const Content& content) {
  std::string head = "--" + boundary + "\r\nContent-Type: " + content.media_type + "\r\n";
  if (!content.location.empty()) head += "Content-Location: " + content.location + "\r\n";
  return head + "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n";
}

constexpr std::string_view kPartEnd = "\r\n";

std::string end_of(const std::string& boundary) {
  return "--" + boundary + "--\r\n";
}

class PartsSource final : public http::BodySource {
 public:
  PartsSource(std::string boundary, NextContent next) : boundary_(std::move(boundary)), next_(std::move(next)) {}

  Result<http::Flow> pull(std::string& out, std::size_t wanted, const http::Waker&) override {
    const std::size_t enough = out.size() + wanted;
    while (out.size() < enough) {
      if (reader_ && TRY(reader_->pull(out, enough - out.size())) > 0) continue;
      if (reader_) out += kPartEnd;
      reader_.reset();
      std::optional<Content> content = TRY(next_());
      if (!content) {
        out += end_of(boundary_);
        return http::Flow::end;
      }
      out += head_of(boundary_, *content);
      reader_.emplace(*std::move(content));
    }
    return http::Flow::more;
  }

 private:
  const std::string boundary_;
  const NextContent next_;
  std::optional<ContentReader> reader_;
};

http::Response multipart(std::string_view root_type, const std::string& boundary, NextContent next) {
  const std::string type = "multipart/related; type=\"" + std::string(root_type) + "\"; boundary=" + boundary;
  http::Response response = http::Response::stream(type, std::make_unique<PartsSource>(boundary, std::move(next)));
  response.allow_compression = false;  // pixels of codecs, or long
  return response;
}

}  // namespace

std::uint64_t Content::size() const {
  if (!file) return bytes.size();
  std::uint64_t sum = 0;
  for (const Extent& extent : extents) sum += extent.size;
  return sum;
}

http::Response multipart_of(std::string_view root_type, NextContent next) {
  return multipart(root_type, new_boundary(), std::move(next));
}

http::Response multipart_of(std::string_view root_type, std::vector<Content> contents) {
  const std::string boundary = new_boundary();
  std::uint64_t size = end_of(boundary).size();
  for (const Content& content : contents) size += head_of(boundary, content).size() + content.size() + kPartEnd.size();
  auto next = [all = std::move(contents), at = std::size_t{0}]() mutable -> Result<std::optional<Content>> {
    if (at == all.size()) return std::nullopt;
    return std::move(all[at++]);
  };
  http::Response response = multipart(root_type, boundary, std::move(next));
  response.source_size = size;
  return response;
}

http::Response single_of(Content content) {
  const std::uint64_t size = content.size();
  const std::string type = content.media_type;
  const std::string location = content.location;
  http::Response response = http::Response::stream(type, std::make_unique<SingleSource>(std::move(content)), size);
  if (!location.empty()) response.headers.set("Content-Location", location);
  response.allow_ranges = true;
  response.allow_compression = false;
  return response;
}

}  // namespace meridian::dicomweb::internal
