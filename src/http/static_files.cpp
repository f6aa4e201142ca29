#include "http/static_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <optional>

#include "http/compression.hpp"
#include "http/conditional.hpp"
#include "http/router.hpp"

namespace meridian::http {
namespace {

constexpr std::int64_t kInMemory = 1 << 20;  // larger files are streamed

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }
  bool is_open() const { return value_ >= 0; }

 private:
  int value_ = -1;
};

/// A part of a file, read as it is pulled.
class FileSource final : public BodySource {
 public:
  FileSource(Descriptor file, std::uint64_t from, std::uint64_t size)
      : file_(std::move(file)), at_(from), end_(from + size) {}

  Result<Flow> pull(std::string& out, std::size_t wanted, const Waker& /*waker*/) override {
    const std::size_t had = out.size();
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, end_ - at_));
    out.resize(had + piece);
    const ssize_t got = ::pread(file_.get(), out.data() + had, piece, static_cast<off_t>(at_));
    out.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got <= 0 && piece > 0) return fail(ErrorCode::io_failure, "the file became shorter while it was read");
    at_ += static_cast<std::uint64_t>(std::max<ssize_t>(got, 0));
    return at_ == end_ ? Flow::end : Flow::more;
  }
  bool skip(std::uint64_t bytes) override {
    at_ += std::min(bytes, end_ - at_);
    return true;
  }

 private:
  Descriptor file_;
  std::uint64_t at_;
  std::uint64_t end_;
};

struct Found {
  Descriptor file;
  struct stat state{};
};

// Segment by segment, each opened below the last and no link followed: however the path is made, it stays inside.
std::optional<Found> open_below(int folder, std::string_view path) {
  Found found;
  int at = folder;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string name(path.substr(0, slash));
    if (name.empty() || name.front() == '.') return std::nullopt;
    const bool last = slash == std::string_view::npos;
    Descriptor next(
        ::openat(at, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (last ? 0 : O_DIRECTORY)));
    if (!next.is_open()) return std::nullopt;
    found.file = std::move(next);
    at = found.file.get();
    if (last) break;
    path.remove_prefix(slash + 1);
  }
  if (::fstat(at, &found.state) != 0) return std::nullopt;
  return found;
}

void add_fields(Response& response, std::string_view path, const std::string& tag, const StaticOptions& options) {
  response.headers.set("Content-Type", content_type_of(path));
  response.headers.set("ETag", tag);
  response.headers.set("X-Content-Type-Options", "nosniff");
  const bool immutable = !options.immutable_below.empty() && path.starts_with(options.immutable_below);
  response.headers.set("Cache-Control", immutable ? "public, max-age=31536000, immutable" : options.cache_control);
}

std::string hex(std::uint64_t value) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  do {
    out.insert(out.begin(), kHex[value & 15]);
    value >>= 4;
  } while (value != 0);
  return out;
}

Response not_found() {
  return Response::problem(404, "No such file.");
}

bool has_extension(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return path.substr(slash == std::string_view::npos ? 0 : slash + 1).find('.') != std::string_view::npos;
}

class Folder {
 public:
  Folder(Descriptor folder, StaticOptions options) : folder_(std::move(folder)), options_(std::move(options)) {}

  Response answer(const Request& request) const {
    std::string path(request.path_parameter("path"));
    if (path.empty() || path.ends_with('/')) path += "index.html";
    std::optional<Found> found = open_below(folder_.get(), path);
    if (found && S_ISDIR(found->state.st_mode)) {
      path += "/index.html";
      found = open_below(folder_.get(), path);
    }
    if (!found && !options_.fallback.empty() && !has_extension(path)) {
      path = options_.fallback;
      found = open_below(folder_.get(), path);
    }
    if (!found || !S_ISREG(found->state.st_mode)) return not_found();

    // A ready-made compressed file beside it, for a client that takes it and wants the whole.
    std::string coding;
    if (!request.headers.contains("Range")) {
      const Coding wanted = negotiate_coding(request.headers.joined("Accept-Encoding"));
      if (wanted != Coding::identity) {
        std::optional<Found> ready = open_below(folder_.get(), path + (wanted == Coding::gzip ? ".gz" : ".zst"));
        if (ready && S_ISREG(ready->state.st_mode)) {
          found = std::move(ready);
          coding = name(wanted);
        }
      }
    }
    return send(*std::move(found), path, coding);
  }

 private:
  Response send(Found found, std::string_view path, const std::string& coding) const {
    Response response;
    const auto size = static_cast<std::uint64_t>(found.state.st_size);
    const auto changed = static_cast<std::uint64_t>(found.state.st_mtim.tv_sec) * 1'000'000'000ULL +
                         static_cast<std::uint64_t>(found.state.st_mtim.tv_nsec);
    std::string tag = "\"" + hex(changed) + '-' + hex(size);
    if (!coding.empty()) tag += '-' + coding;
    tag += '"';
    add_fields(response, path, tag, options_);
    response.headers.set("Last-Modified", to_http_date(found.state.st_mtim.tv_sec));
    if (!coding.empty()) {
      response.headers.set("Content-Encoding", coding);
      response.headers.set("Vary", "Accept-Encoding");
    }
    response.allow_ranges = coding.empty();
    FileSource source(std::move(found.file), 0, size);
    if (size > kInMemory) {
      response.source = std::make_unique<FileSource>(std::move(source));
      response.source_size = size;
      return response;
    }
    const Waker nobody;
    while (response.body.size() < size) {
      if (!source.pull(response.body, size - response.body.size(), nobody))
        return Response::problem(500, "The file cannot be read.");
    }
    return response;
  }

  Descriptor folder_;
  StaticOptions options_;
};

}  // namespace

std::string_view content_type_of(std::string_view path) {
  struct Row {
    std::string_view extension;
    std::string_view type;
  };
  static constexpr Row kRows[] = {
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},
      {".webp", "image/webp"},
      {".gif", "image/gif"},
      {".ico", "image/vnd.microsoft.icon"},
      {".woff2", "font/woff2"},
      {".woff", "font/woff"},
      {".wasm", "application/wasm"},
      {".txt", "text/plain; charset=utf-8"},
      {".md", "text/markdown; charset=utf-8"},
      {".xml", "application/xml"},
      {".pdf", "application/pdf"},
      {".csv", "text/csv; charset=utf-8"},
      {".ndjson", "application/x-ndjson"},
      {".webmanifest", "application/manifest+json"},
  };
  for (const Row& row : kRows) {
    if (path.size() > row.extension.size() &&
        equals_ignoring_case(path.substr(path.size() - row.extension.size()), row.extension)) {
      return row.type;
    }
  }
  return "application/octet-stream";
}

Result<> mount_directory(Router& router, std::string_view prefix, const std::string& folder, StaticOptions options) {
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open()) return fail(ErrorCode::not_found, "the folder of static files cannot be opened");
  auto shared = std::make_shared<const Folder>(std::move(opened), std::move(options));
  router
      .add(Method::get, std::string(prefix) + "/{path...}",
           [shared](const Request& request) { return shared->answer(request); })
      .hidden();
  return {};
}

void mount_embedded(Router& router, std::string_view prefix, std::vector<EmbeddedFile> files, StaticOptions options) {
  struct Shared {
    std::vector<EmbeddedFile> files;
    std::vector<std::string> tags;
    StaticOptions options;
    const EmbeddedFile* find(std::string_view path) const {
      for (const EmbeddedFile& file : files) {
        if (file.path == path) return &file;
      }
      return nullptr;
    }
  };
  auto shared = std::make_shared<Shared>();
  shared->files = std::move(files);
  shared->options = std::move(options);
  for (const EmbeddedFile& file : shared->files) {
    // FNV-1a: tells versions of our own files apart, nothing more is asked of it.
    std::uint64_t sum = 0xcbf29ce484222325ULL;
    for (const char c : file.content) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    shared->tags.push_back('"' + hex(sum) + '"');
  }
  const auto answer = [shared](const Request& request) {
    std::string path(request.path_parameter("path"));
    if (path.empty() || path.ends_with('/')) path += "index.html";
    const EmbeddedFile* file = shared->find(path);
    if (file == nullptr && !shared->options.fallback.empty() && !has_extension(path))
      file = shared->find(shared->options.fallback);
    if (file == nullptr) return not_found();
    Response response;
    add_fields(response, file->path, shared->tags[static_cast<std::size_t>(file - shared->files.data())],
               shared->options);
    response.body = file->content;
    response.allow_ranges = true;
    return response;
  };
  router.add(Method::get, std::string(prefix) + "/{path...}", answer).hidden();
}

}  // namespace meridian::http
