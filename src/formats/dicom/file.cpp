#include "formats/dicom/file.hpp"

#include "base/bytes.hpp"
#include "formats/dicom/faults.hpp"
#include "formats/dicom/internal/inflate.hpp"
#include "formats/dicom/internal/scanner.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicom {

struct File::State {
  std::string bytes;
  std::string inflated;
  DataSet meta;
  DataSet data_set;
  const TransferSyntax* syntax = nullptr;
  std::string syntax_uid;
  std::size_t data_set_at = 0;
  std::size_t data_set_end = 0;
};

namespace {

using internal::Encoding;
using internal::Scanner;

constexpr std::size_t kPreambleBytes = 128;
constexpr std::string_view kMagic = "DICM";
constexpr std::uint16_t kMetaGroup = 0x0002;
/// Data sets begin with a group of the standard that is small.
constexpr std::uint16_t kFirstGroups = 0x0020;

tl::unexpected<Error> refuse(const Message& message, std::vector<std::string> arguments, std::size_t offset,
                             ErrorCode code, Issues& issues) {
  Issue issue{Severity::fatal, IssueType::structure, message, std::move(arguments), {}, {offset, 0, 0}};
  std::string said = text(issue, Language::english);
  issues.add(std::move(issue));
  return fail(code, std::move(said));
}

void warn(const Message& message, std::vector<std::string> arguments, std::size_t offset, Issues& issues) {
  issues.add({Severity::warning, IssueType::structure, message, std::move(arguments), {}, {offset, 0, 0}});
}

bool has_vr_at(std::string_view bytes, std::size_t at) {
  return bytes.size() >= at + 2 && vr_of(bytes[at], bytes[at + 1]).has_value();
}

/// How a data set is written that begins at `at`, by its first element.
const TransferSyntax* guess(std::string_view bytes, std::size_t at) {
  if (bytes.size() < at + 8) return nullptr;
  const std::uint16_t little = load_little<std::uint16_t>(bytes.data() + at);
  const std::uint16_t big = load_big<std::uint16_t>(bytes.data() + at);
  const bool is_explicit = has_vr_at(bytes, at + 4);
  if (little != 0 && little <= kFirstGroups) {
    const auto length = load_little<std::uint32_t>(bytes.data() + at + 4);
    if (!is_explicit && length > bytes.size() - at - 8 && length != 0xFFFFFFFF) return nullptr;
    return find_transfer_syntax(is_explicit ? uids::kExplicitLittle : uids::kImplicitLittle);
  }
  if (big != 0 && big <= kFirstGroups && is_explicit) return find_transfer_syntax(uids::kExplicitBig);
  return nullptr;
}

/// Where the meta information begins: after a preamble, or at once.
std::optional<std::size_t> find_meta(std::string_view bytes) {
  if (bytes.size() >= kPreambleBytes + kMagic.size() && bytes.substr(kPreambleBytes, kMagic.size()) == kMagic) {
    return kPreambleBytes + kMagic.size();
  }
  if (bytes.starts_with(kMagic)) return kMagic.size();
  if (bytes.size() >= 8 && load_little<std::uint16_t>(bytes.data()) == kMetaGroup) return 0;
  return std::nullopt;
}

void check_meta_length(const DataSet& meta, std::size_t end, Issues& issues) {
  const Element* length = meta.find(tags::kMetaGroupLength);
  if (length == nullptr || length->value.size() != 4) return;
  const std::uint64_t after = length->offset + 12;  // tag, VR, length and value
  const auto announced = load_little<std::uint32_t>(length->value.data());
  if (after + announced != end) {
    warn(faults::kMetaLength, {std::to_string(end - after), std::to_string(announced)}, length->offset, issues);
  }
}

}  // namespace

File::File(std::unique_ptr<State> state) : state_(std::move(state)) {}
File::File(File&&) noexcept = default;
File& File::operator=(File&&) noexcept = default;
File::~File() = default;

const std::string& File::bytes() const {
  return state_->bytes;
}
const DataSet& File::meta() const {
  return state_->meta;
}
const DataSet& File::data_set() const {
  return state_->data_set;
}
const TransferSyntax& File::transfer_syntax() const {
  return *state_->syntax;
}
const std::string& File::transfer_syntax_uid() const {
  return state_->syntax_uid;
}

std::uint64_t File::data_set_at() const {
  return state_->data_set_at;
}
std::uint64_t File::data_set_end() const {
  return state_->data_set_end;
}

/// The steps of reading.
class FileReading {
 public:
  FileReading(std::string bytes, const Limits& limits, Issues& issues)
      : limits_(limits), issues_(issues), state_(std::make_unique<File::State>()) {
    state_->bytes = std::move(bytes);
  }

  Result<File> whole() {
    TRY(before_data_set());
    if (state_->syntax->is_deflated) TRY(inflate());
    const std::string_view body = state_->syntax->is_deflated ? state_->inflated : state_->bytes;
    Scanner scanner(body, limits_, counted_, issues_);
    TRY(scanner.all(state_->syntax->is_deflated ? 0 : state_->data_set_at, encoding(), state_->data_set));
    state_->data_set_end = state_->bytes.size();
    return File(std::move(state_));
  }

  Result<File> head() {
    TRY(before_data_set());
    if (state_->syntax->is_deflated) return fail(ErrorCode::unsupported, "a deflated file has no head");
    Scanner scanner(state_->bytes, limits_, counted_, issues_);
    state_->data_set_end = TRY(scanner.before_pixels(state_->data_set_at, encoding(), state_->data_set));
    return File(std::move(state_));
  }

 private:
  Encoding encoding() const { return {state_->syntax->is_explicit, state_->syntax->order}; }

  /// Meta information, or none; and how the data set is written.
  Result<> before_data_set() {
    const std::string_view all = state_->bytes;
    if (all.size() > limits_.max_bytes) {
      return refuse(faults::kTooMuch, {std::to_string(limits_.max_bytes), "bytes (max_bytes)"}, 0, ErrorCode::too_large,
                    issues_);
    }
    std::size_t& at = state_->data_set_at;
    if (const auto meta = find_meta(all)) {
      if (*meta < kPreambleBytes) warn(faults::kNoPreamble, {}, 0, issues_);
      Scanner scanner(all, limits_, counted_, issues_);
      const Encoding encoding{has_vr_at(all, *meta + 4) || all.size() < *meta + 8, ByteOrder::little};
      at = TRY(scanner.group(kMetaGroup, *meta, encoding, state_->meta));
      check_meta_length(state_->meta, at, issues_);
      state_->syntax_uid = text(state_->meta, tags::kTransferSyntax);
      state_->syntax = find_transfer_syntax(state_->syntax_uid);
    } else {
      state_->syntax = guess(all, 0);
      if (state_->syntax == nullptr) return refuse(faults::kNotDicom, {}, 0, ErrorCode::malformed_input, issues_);
      warn(faults::kNoMeta, {std::string(state_->syntax->name)}, 0, issues_);
    }
    if (state_->syntax == nullptr && !state_->syntax_uid.empty()) {
      warn(faults::kUnknownTransferSyntax, {state_->syntax_uid}, at, issues_);
      static constexpr TransferSyntax kUnknown{"", "unknown", true, ByteOrder::little, false, true, Codec::other};
      state_->syntax = &kUnknown;
    } else if (state_->syntax == nullptr) {
      state_->syntax = guess(all, at);
      if (state_->syntax == nullptr && at < all.size()) {
        return refuse(faults::kNotDicom, {}, at, ErrorCode::malformed_input, issues_);
      }
      if (state_->syntax == nullptr) state_->syntax = find_transfer_syntax(uids::kExplicitLittle);
      warn(faults::kNoTransferSyntax, {std::string(state_->syntax->name)}, at, issues_);
    }
    return {};
  }

  Result<> inflate() {
    const std::size_t at = state_->data_set_at;
    Result<std::string> inflated =
        internal::inflate(std::string_view(state_->bytes).substr(at), limits_.max_inflated_bytes);
    if (!inflated && inflated.error().code() == ErrorCode::too_large) {
      return refuse(faults::kTooMuch,
                    {std::to_string(limits_.max_inflated_bytes), "inflated bytes (max_inflated_bytes)"}, at,
                    ErrorCode::too_large, issues_);
    }
    if (!inflated) return refuse(faults::kBadDeflate, {}, at, ErrorCode::malformed_input, issues_);
    state_->inflated = std::move(*inflated);
    return {};
  }

  const Limits& limits_;
  Issues& issues_;
  std::unique_ptr<File::State> state_;
  std::size_t counted_ = 0;
};

Result<File> read_file(std::string bytes, const Limits& limits, Issues& issues) {
  return FileReading(std::move(bytes), limits, issues).whole();
}

Result<File> read_head(std::string bytes, const Limits& limits, Issues& issues) {
  return FileReading(std::move(bytes), limits, issues).head();
}

}  // namespace meridian::dicom
