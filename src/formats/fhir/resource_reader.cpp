#include "formats/fhir/resource_reader.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "formats/fhir/xml_reader.hpp"

namespace meridian::fhir {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kSpace = " \t\r\n";

/// Whether brackets close again at the end of the text, strings left aside; for a line that may be a whole object.
bool is_balanced(std::string_view text) {
  std::int64_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return depth == 0 && !in_string;
}

/// What was read ahead, and then the rest.
class Joined final : public ByteSource {
 public:
  Joined(std::string head, std::unique_ptr<ByteSource> source) : head_(std::move(head)), source_(std::move(source)) {}
  Result<std::size_t> read(std::span<char> into) override {
    if (at_ == head_.size()) return source_->read(into);
    const std::size_t count = head_.copy(into.data(), into.size(), at_);
    at_ += count;
    if (at_ == head_.size()) {
      head_ = {};
      at_ = 0;
    }
    return count;
  }
  std::uint64_t consumed() const override { return source_->consumed(); }
  std::optional<std::uint64_t> size() const override { return source_->size(); }

 private:
  std::string head_;
  std::unique_ptr<ByteSource> source_;
  std::size_t at_ = 0;
};

}  // namespace

std::string_view name(FileForm form) {
  constexpr std::string_view kNames[] = {"empty", "JSON", "XML", "NDJSON"};
  return kNames[static_cast<std::size_t>(form)];
}

FileForm recognise_form(std::string_view beginning, bool is_whole) {
  if (beginning.starts_with(kByteOrderMark)) beginning.remove_prefix(kByteOrderMark.size());
  // UTF-16 and UTF-32 are refused by the XML and JSON parsers with a word on what they are.
  constexpr std::string_view kWideXml[] = {{"<\0", 2}, {"\0<", 2}, {"\xFF\xFE<", 3}, {"\xFE\xFF\0<", 4}};
  for (const std::string_view wide : kWideXml) {
    if (beginning.starts_with(wide)) return FileForm::xml;
  }
  const std::size_t first = beginning.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return FileForm::empty;
  if (beginning[first] == '<') return FileForm::xml;
  if (beginning[first] != '{') return FileForm::json;
  // One line that is a whole object, or looks like one, and another after it.
  const std::size_t line_end = beginning.find('\n', first);
  if (line_end == std::string_view::npos) return FileForm::json;
  const std::size_t second = beginning.find_first_not_of(kSpace, line_end);
  if (second == std::string_view::npos && is_whole) return FileForm::json;
  const std::string_view line = beginning.substr(first, line_end - first);
  const bool another_begins = second != std::string_view::npos && beginning[second] == '{' && line.size() > 2;
  return another_begins || is_balanced(line) ? FileForm::ndjson : FileForm::json;
}

struct ReadResource::State {
  Document document;
  FileForm form = FileForm::empty;
  std::string text;  // of XML
  XmlPlaces places;
  NdjsonLine line;
};

ReadResource::ReadResource() : state_(std::make_unique<State>()) {}
ReadResource::~ReadResource() = default;
ReadResource::ReadResource(ReadResource&&) noexcept = default;
ReadResource& ReadResource::operator=(ReadResource&&) noexcept = default;

const Document& ReadResource::document() const {
  return state_->document;
}
FileForm ReadResource::form() const {
  return state_->form;
}
std::uint64_t ReadResource::line() const {
  return state_->form == FileForm::ndjson ? state_->line.number : 1;
}

Position ReadResource::in_file(Position in_document) const {
  switch (state_->form) {
    case FileForm::xml:
      return position_at(state_->text, state_->places.to_xml(in_document.offset));
    case FileForm::ndjson:
      return state_->line.in_file(in_document);
    default:
      return in_document;
  }
}

struct ResourceReader::State {
  State(std::unique_ptr<ByteSource> from, ResourceReaderOptions with, const Schema& by)
      : source(std::move(from)), options(with), parser(by, with.document), xml(by, with.document) {}

  std::unique_ptr<ByteSource> source;
  ResourceReaderOptions options;
  DocumentParser parser;
  XmlReader xml;
  FileForm form = FileForm::empty;
  std::unique_ptr<NdjsonChunks> chunks;
  std::unique_ptr<NdjsonReader> lines;
  bool is_done = false;

  Result<bool> next_line(ReadResource::State& into, Issues& issues);
  Result<bool> next_whole(ReadResource::State& into, Issues& issues);
};

ResourceReader::ResourceReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ResourceReader::~ResourceReader() = default;
ResourceReader::ResourceReader(ResourceReader&&) noexcept = default;

Result<ResourceReader> ResourceReader::open(const std::string& path, ResourceReaderOptions options,
                                            const Schema& schema) {
  return from(TRY(open_input(path, options.input)), options, schema);
}

Result<ResourceReader> ResourceReader::from(std::unique_ptr<ByteSource> source, ResourceReaderOptions options,
                                            const Schema& schema) {
  // Enough to see the first line and what follows it, however long the line is allowed to be.
  constexpr std::size_t kStep = std::size_t{64} << 10;
  const std::size_t most = std::min(options.ndjson.max_line_bytes, options.document.max_bytes);
  std::string head;
  std::size_t have = 0;
  std::size_t line_end = std::string::npos;
  bool is_whole = false;
  while (!is_whole && have <= most) {
    if (have == head.size()) head.resize(std::max(kStep, head.size() * 2));
    const std::size_t count = TRY(source->read(std::span(head).subspan(have)));
    is_whole = count == 0;
    const std::string_view seen = std::string_view(head).substr(0, have + count);
    if (line_end == std::string::npos) {
      const std::size_t begin = seen.find_first_not_of(kSpace);
      line_end = begin == std::string::npos ? begin : seen.find('\n', std::max(begin, have));
    }
    have += count;
    if (line_end != std::string::npos && seen.find_first_not_of(kSpace, line_end) != std::string::npos) break;
  }
  head.resize(have);

  const FileForm form = recognise_form(head, is_whole);
  auto state = std::make_unique<State>(std::make_unique<Joined>(std::move(head), std::move(source)), options, schema);
  state->form = form;
  return ResourceReader(std::move(state));
}

FileForm ResourceReader::form() const {
  return state_->form;
}
std::uint64_t ResourceReader::consumed() const {
  return state_->source->consumed();
}
std::optional<std::uint64_t> ResourceReader::size() const {
  return state_->source->size();
}

NdjsonChunks& ResourceReader::chunks() {
  if (!state_->chunks) state_->chunks = std::make_unique<NdjsonChunks>(*state_->source, state_->options.ndjson);
  return *state_->chunks;
}

Result<bool> ResourceReader::next(ReadResource& resource, Issues& issues) {
  ReadResource::State& into = *resource.state_;
  if (into.document.has_root()) state_->parser.recycle(std::move(into.document));
  into.document = Document();
  into.form = state_->form;
  return state_->form == FileForm::ndjson ? state_->next_line(into, issues) : state_->next_whole(into, issues);
}

Result<bool> ResourceReader::State::next_line(ReadResource::State& into, Issues& issues) {
  if (!lines) lines = std::make_unique<NdjsonReader>(*source, options.ndjson);
  for (;;) {
    const std::optional<NdjsonLine> line = TRY(lines->next(issues));
    if (!line) return false;
    into.line = *line;
    Issues of_line;
    into.document = parser.parse_borrowed(line->text, of_line);
    of_line.move_positions([&](Position position) { return line->in_file(position); });
    issues.add_all(std::move(of_line));
    if (into.document.has_root()) return true;
  }
}

Result<bool> ResourceReader::State::next_whole(ReadResource::State& into, Issues& issues) {
  if (is_done || form == FileForm::empty) return false;
  is_done = true;
  std::string text = TRY(read_all(*source, options.document.max_bytes));
  if (form == FileForm::json) {
    into.document = parser.parse(std::move(text), issues);
  } else {
    into.text = std::move(text);
    into.document = xml.read(into.text, issues, &into.places);
  }
  return into.document.has_root();
}

}  // namespace meridian::fhir
