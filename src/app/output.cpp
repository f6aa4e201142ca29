#include "app/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace meridian::app {
namespace {

Error failure(const std::string& what) {
  return {ErrorCode::io_failure, what + ": " + std::strerror(errno)};
}

}  // namespace

Output::Output() : file_(stdout) {
  std::setvbuf(stdout, nullptr, _IOFBF, std::size_t{1} << 16);
}

Output::Output(std::FILE* file, std::string path, std::string part)
    : file_(file), path_(std::move(path)), part_(std::move(part)) {}

Output::Output(Output&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)), path_(std::move(other.path_)), part_(std::move(other.part_)) {}

Output::~Output() {
  if (file_ == nullptr || file_ == stdout) return;
  std::fclose(file_);
  unlink(part_.c_str());
}

Result<Output> Output::to_file(const std::string& path) {
  std::string part = path + ".part-" + std::to_string(getpid());
  const int descriptor = open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  std::FILE* file = descriptor < 0 ? nullptr : fdopen(descriptor, "wb");
  if (file == nullptr) return fail(failure("writing " + path));
  return Output(file, path, std::move(part));
}

void Output::write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file_);
}

void Output::line(std::string_view text) {
  write(text);
  std::fputc('\n', file_);
}

bool Output::is_broken() const {
  return std::ferror(file_) != 0;
}

Result<> Output::finish() {
  const bool written = std::fflush(file_) == 0 && std::ferror(file_) == 0;
  if (file_ == stdout) {
    if (!written) return fail(failure("writing to standard output"));
    return {};
  }
  const bool durable = written && fsync(fileno(file_)) == 0;
  const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
  if (!durable || !closed || std::rename(part_.c_str(), path_.c_str()) != 0) {
    const Error error = failure("writing " + path_);
    unlink(part_.c_str());
    return fail(error);
  }
  return {};
}

void complain(std::string_view text) {
  std::fflush(stdout);
  std::fprintf(stderr, "meridian: %.*s\n", static_cast<int>(text.size()), text.data());
}

}  // namespace meridian::app
