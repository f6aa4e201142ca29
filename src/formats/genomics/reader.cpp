#include "formats/genomics/reader.hpp"

#include <cstring>

#include "formats/genomics/faults.hpp"
#include "formats/genomics/internal/order.hpp"
#include "formats/genomics/internal/record_parser.hpp"

namespace meridian::genomics {
namespace {

constexpr std::size_t kStep = std::size_t{256} << 10;

}  // namespace

struct Reader::State {
  State(std::unique_ptr<ByteSource> bytes, const Limits& bounds)
      : source(std::move(bytes)), limits(bounds), parser(header, limits) {}

  std::unique_ptr<ByteSource> source;
  Limits limits;
  Header header;
  internal::RecordParser parser;
  internal::Order order;
  std::string buffer;
  std::size_t from = 0;  // of what is not used yet
  std::size_t to = 0;
  std::uint64_t offset = 0;  // of buffer[from] in the text
  std::uint64_t line = 0;
  std::uint64_t records = 0;
  std::uint64_t left_out = 0;
  bool at_end = false;
  bool is_cut = false;  // the last line has no line break
  bool has_carriage_returns = false;

  Result<bool> fill() {
    if (at_end) return false;
    if (from > 0) {
      std::memmove(buffer.data(), buffer.data() + from, to - from);
      to -= from;
      from = 0;
    }
    if (to > limits.max_line_bytes) {
      return fail(ErrorCode::too_large, "line " + std::to_string(line + 1) + " is longer than max_line_bytes");
    }
    if (buffer.size() - to < kStep) buffer.resize(std::max(buffer.size() * 2, to + kStep));
    const std::size_t got = TRY(source->read(std::span(buffer).subspan(to)));
    to += got;
    at_end = got == 0;
    return got > 0;
  }

  /// The next line without its break; false: none is left. `start`: where it begins in the text.
  Result<bool> next_line(std::string_view& text, std::uint64_t& start) {
    std::size_t searched = from;
    while (true) {
      const char* data = buffer.data();
      const auto* found = static_cast<const char*>(std::memchr(data + searched, '\n', to - searched));
      if (found != nullptr || (at_end && from < to)) {
        is_cut = found == nullptr;
        const std::size_t end = is_cut ? to : static_cast<std::size_t>(found - data);
        text = std::string_view(data + from, end - from);
        start = offset;
        const std::size_t used = end - from + (is_cut ? 0 : 1);
        from += used;
        offset += used;
        ++line;
        while (text.ends_with('\r')) {
          text.remove_suffix(1);
          has_carriage_returns = true;
        }
        if (text.size() > limits.max_line_bytes) {
          return fail(ErrorCode::too_large, "line " + std::to_string(line) + " is longer than max_line_bytes");
        }
        return true;
      }
      if (at_end) return false;
      const std::size_t known = to - from;
      TRY(fill());
      searched = from + known;
    }
  }

  void say_cut(Issues& issues) const {
    // From 4.3 on, section 1.1; before it nobody asked.
    if (!is_cut || header.version() < 3) return;
    issues.add({Severity::error,
                IssueType::structure,
                faults::kNoNewline,
                {},
                "line " + std::to_string(line),
                {offset, static_cast<std::uint32_t>(line), 1}});
  }
};

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(std::unique_ptr<ByteSource> source, const Limits& limits, Issues& issues) {
  auto state = std::make_unique<State>(std::move(source), limits);
  std::string_view text;
  std::uint64_t start = 0;
  while (TRY(state->next_line(text, start))) {
    if (state->line == 1) {
      if (text.starts_with("BCF")) {
        return fail(ErrorCode::unsupported, "BCF is read from a file, not from standard input");
      }
      if (!text.starts_with("##") && !text.starts_with("#CHROM")) {
        return fail(ErrorCode::malformed_input, "this is no VCF file: it does not begin with ##fileformat");
      }
    }
    if (state->offset > limits.max_header_bytes) {
      return fail(ErrorCode::too_large, "the header is longer than max_header_bytes");
    }
    if (!state->header.add_line(text, state->line, limits, issues)) break;
    state->say_cut(issues);
  }
  if (state->line == 0) return fail(ErrorCode::malformed_input, "the file is empty");
  if (state->header.samples().size() > limits.max_samples) {
    return fail(ErrorCode::too_large, "there are more samples than max_samples");
  }
  if (!state->header.is_complete()) {
    issues.add({Severity::error,
                IssueType::structure,
                faults::kNoColumns,
                {},
                "line " + std::to_string(state->line),
                {state->offset, static_cast<std::uint32_t>(state->line), 1}});
  } else {
    state->say_cut(issues);
  }
  return Reader(std::move(state));
}

const Header& Reader::header() const {
  return state_->header;
}

Result<bool> Reader::next(Record& record, Issues& issues) {
  std::string_view text;
  std::uint64_t start = 0;
  while (TRY(state_->next_line(text, start))) {
    state_->say_cut(issues);
    if (!state_->parser.parse(text, state_->line, start, record, issues)) {
      ++state_->left_out;
      continue;
    }
    state_->order.check(record, state_->limits, issues);
    ++state_->records;
    return true;
  }
  return false;
}

std::uint64_t Reader::records() const {
  return state_->records;
}

std::uint64_t Reader::left_out() const {
  return state_->left_out;
}

std::uint64_t Reader::consumed() const {
  return state_->source->consumed();
}

bool Reader::has_carriage_returns() const {
  return state_->has_carriage_returns;
}

}  // namespace meridian::genomics
