#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "base/pool.hpp"
#include "formats/fhir/document.hpp"
#include "formats/fhir/internal/document_messages.hpp"
#include "formats/fhir/internal/tape_builder.hpp"
#include "formats/fhir/internal/text_scan.hpp"

namespace meridian::fhir {

namespace {

DocumentLimits bounded(DocumentLimits limits) {
  // Offsets are 32 bits wide, and escapes resolved need no more room than the text.
  limits.max_bytes = std::min<std::size_t>(limits.max_bytes, std::numeric_limits<std::uint32_t>::max() - 64);
  limits.max_depth = std::min(limits.max_depth, DocumentLimits::kDeepest);
  return limits;
}

}  // namespace

struct DocumentParser::Scratch {
  Scratch(const Schema& the_schema, DocumentLimits the_limits)
      : schema(the_schema),
        limits(the_limits),
        builder(the_schema, the_limits),
        any(the_schema.find_type("Resource")) {}

  Document parse(std::unique_ptr<internal::Tape> tape, TypeId root, Issues& issues);
  bool read(internal::Tape& tape, TypeId root, Issues& issues);
  std::unique_ptr<internal::Tape> fresh_tape();

  const Schema& schema;
  DocumentLimits limits;
  internal::TextScanner scanner;
  internal::TapeBuilder builder;
  TypeId any;                             // the abstract Resource
  std::unique_ptr<internal::Tape> spare;  // of a document given back
  bool is_recycled = false;               // the tape in work came from there
  std::size_t largest = 0;                // text read so far
};

namespace {

void report(const internal::TextScan& scan, const internal::Tape& tape, Issues& issues) {
  using internal::TextFault;
  const auto say = [&](const Message& message, std::vector<std::string> arguments = {}) {
    const std::size_t offset = scan.offset + tape.skipped;
    issues.add(
        {Severity::fatal, IssueType::structure, message, std::move(arguments), {}, position_at(tape.source, offset)});
  };
  switch (scan.fault) {
    case TextFault::none:
      break;
    case TextFault::empty:
      say(internal::kEmptyText);
      break;
    case TextFault::not_utf8:
      say(internal::kNotUtf8);
      break;
    case TextFault::utf16:
      say(internal::kWideEncoding, {"UTF-16"});
      break;
    case TextFault::utf32:
      say(internal::kWideEncoding, {"UTF-32"});
      break;
    case TextFault::control_character:
      say(internal::kControlCharacter);
      break;
    case TextFault::unclosed_string:
      say(internal::kUnclosedString);
      break;
    case TextFault::unexpected_character:
      say(internal::kUnexpectedCharacter);
      break;
    case TextFault::no_memory:
      say(internal::kNoMemory);
      break;
  }
}

}  // namespace

std::unique_ptr<internal::Tape> DocumentParser::Scratch::fresh_tape() {
  is_recycled = spare != nullptr;
  if (!is_recycled) return std::make_unique<internal::Tape>();
  return std::move(spare);
}

bool DocumentParser::Scratch::read(internal::Tape& tape, TypeId root, Issues& issues) {
  if (tape.source.size() > limits.max_bytes) {
    issues.add({Severity::fatal,
                IssueType::too_costly,
                internal::kTooManyBytes,
                {std::to_string(tape.source.size()), std::to_string(limits.max_bytes)}});
    return false;
  }
  tape.skipped = static_cast<std::uint32_t>(internal::byte_order_mark(tape.source));
  const std::string_view text = tape.source.substr(tape.skipped);
  tape.bases[0] = text.data();
  const internal::TextScan scan = scanner.scan(text);
  if (scan.fault != internal::TextFault::none) {
    report(scan, tape, issues);
    return false;
  }
  return builder.build(text, scan.tokens, root, tape, issues);
}

Document DocumentParser::Scratch::parse(std::unique_ptr<internal::Tape> tape, TypeId root, Issues& issues) {
  largest = std::max(largest, tape->source.size());
  tape->schema = &schema;
  Document document;
  if (read(*tape, root, issues)) {
    if (!is_recycled) tape->buffer.shrink(tape->count);
    tape->records = tape->buffer.data();
    document.tape_ = std::move(tape);
  } else {
    tape->clear();
    spare = std::move(tape);
  }
  return document;
}

// Making a parser takes longer than parsing a small resource does, and many parse just one. So those that have ended,
// and have not grown large, are kept for the next.
class DocumentParser::Spares {
 public:
  std::unique_ptr<Scratch> take(const Schema& schema, const DocumentLimits& limits) {
    return kept_.take_if(
        [&](const Scratch& scratch) { return &scratch.schema == &schema && scratch.limits == limits; });
  }
  void give(std::unique_ptr<Scratch> scratch) {
    constexpr std::size_t kLargest = std::size_t{256} << 10;
    if (scratch->largest > kLargest) return;
    scratch->spare.reset();
    kept_.give(std::move(scratch));
  }
  static Spares& all() {
    static Spares spares;
    return spares;
  }

 private:
  Pool<Scratch> kept_{32};
};

DocumentParser::DocumentParser(const Schema& schema, DocumentLimits limits)
    : scratch_(Spares::all().take(schema, bounded(limits))) {
  if (scratch_ == nullptr) scratch_ = std::make_unique<Scratch>(schema, bounded(limits));
}
DocumentParser::~DocumentParser() {
  if (scratch_ != nullptr) Spares::all().give(std::move(scratch_));
}
DocumentParser::DocumentParser(DocumentParser&&) noexcept = default;

Document DocumentParser::parse(std::string text, Issues& issues) {
  return parse_as(scratch_->any, std::move(text), issues);
}

Document DocumentParser::parse_borrowed(std::string_view text, Issues& issues) {
  std::unique_ptr<internal::Tape> tape = scratch_->fresh_tape();
  tape->source = text;
  return scratch_->parse(std::move(tape), scratch_->any, issues);
}

Document DocumentParser::parse_as(TypeId type, std::string text, Issues& issues) {
  std::unique_ptr<internal::Tape> tape = scratch_->fresh_tape();
  tape->owned_text = std::move(text);
  tape->source = tape->owned_text;
  return scratch_->parse(std::move(tape), type, issues);
}

void DocumentParser::recycle(Document&& document) {
  if (document.tape_ == nullptr) return;
  document.tape_->clear();
  scratch_->spare = std::move(document.tape_);
}

}  // namespace meridian::fhir
