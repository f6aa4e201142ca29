#include "app/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace meridian::app {
namespace {

Error failure(const std::string& what) {
  return {ErrorCode::io_failure, what + ": " + std::strerror(errno)};
}

}  // namespace

// A person sees each line at once; a pipe or a file gets larger pieces.
Output::Output() : file_(stdout) {
  std::setvbuf(stdout, nullptr, isatty(STDOUT_FILENO) == 1 ? _IOLBF : _IOFBF, std::size_t{1} << 16);
}

Output::Output(std::FILE* file, std::string path, std::string part)
    : file_(file), path_(std::move(path)), part_(std::move(part)) {}

Output::Output(Output&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)), path_(std::move(other.path_)), part_(std::move(other.part_)) {}

Output::~Output() {
  if (file_ == nullptr || file_ == stdout) return;
  std::fclose(file_);
  if (!part_.empty()) unlink(part_.c_str());
}

Result<Output> Output::to_file(const std::string& path) {
  struct stat present{};
  const bool exists = stat(path.c_str(), &present) == 0;
  const bool in_place = exists && !S_ISREG(present.st_mode);
  // Through a symbolic link the file that it names is replaced, not the link.
  std::string target = path;
  if (char* real = exists && !in_place ? realpath(path.c_str(), nullptr) : nullptr; real != nullptr) {
    target = real;
    std::free(real);
  }
  const std::string part = in_place ? std::string() : target + ".part-" + std::to_string(getpid());
  const int descriptor = in_place ? open(path.c_str(), O_WRONLY | O_CLOEXEC)
                                  : open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  std::FILE* file = descriptor < 0 ? nullptr : fdopen(descriptor, "wb");
  if (file == nullptr) return fail(failure("writing " + path));
  if (exists && !in_place) fchmod(descriptor, present.st_mode & 07777);
  return Output(file, std::move(target), part);
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

bool Output::is_terminal() const {
  return isatty(fileno(file_)) == 1;
}

Result<> Output::finish() {
  const bool written = std::fflush(file_) == 0 && std::ferror(file_) == 0;
  if (file_ == stdout) {
    if (!written) return fail(failure("writing to standard output"));
    return {};
  }
  const bool durable = written && (part_.empty() || fsync(fileno(file_)) == 0);
  const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
  const bool moved = part_.empty() || (durable && closed && std::rename(part_.c_str(), path_.c_str()) == 0);
  if (durable && closed && moved) return {};
  const Error error = failure("writing " + path_);
  if (!part_.empty()) unlink(part_.c_str());
  return fail(error);
}

}  // namespace meridian::app
