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

Result<File> read_file(std::string bytes, const Limits& limits, Issues& issues) {
  if (bytes.size() > limits.max_bytes) {
    return refuse(faults::kTooMuch, {std::to_string(limits.max_bytes), "bytes (max_bytes)"}, 0, ErrorCode::too_large,
                  issues);
  }
  auto state = std::make_unique<File::State>();
  state->bytes = std::move(bytes);
  const std::string_view all = state->bytes;
  std::size_t counted = 0;
  std::size_t at = 0;
  if (const auto meta = find_meta(all)) {
    if (*meta < kPreambleBytes) warn(faults::kNoPreamble, {}, 0, issues);
    Scanner scanner(all, limits, counted, issues);
    const Encoding encoding{has_vr_at(all, *meta + 4) || all.size() < *meta + 8, ByteOrder::little};
    at = TRY(scanner.group(kMetaGroup, *meta, encoding, state->meta));
    check_meta_length(state->meta, at, issues);
    state->syntax_uid = text(state->meta, tags::kTransferSyntax);
    state->syntax = find_transfer_syntax(state->syntax_uid);
  } else {
    state->syntax = guess(all, 0);
    if (state->syntax == nullptr) return refuse(faults::kNotDicom, {}, 0, ErrorCode::malformed_input, issues);
    warn(faults::kNoMeta, {std::string(state->syntax->name)}, 0, issues);
  }
  if (state->syntax == nullptr && !state->syntax_uid.empty()) {
    warn(faults::kUnknownTransferSyntax, {state->syntax_uid}, at, issues);
    static constexpr TransferSyntax kUnknown{"", "unknown", true, ByteOrder::little, false, true, Codec::other};
    state->syntax = &kUnknown;
  } else if (state->syntax == nullptr) {
    state->syntax = guess(all, at);
    if (state->syntax == nullptr && at < all.size()) {
      return refuse(faults::kNotDicom, {}, at, ErrorCode::malformed_input, issues);
    }
    if (state->syntax == nullptr) state->syntax = find_transfer_syntax(uids::kExplicitLittle);
    warn(faults::kNoTransferSyntax, {std::string(state->syntax->name)}, at, issues);
  }
  std::string_view body = all;
  if (state->syntax->is_deflated) {
    Result<std::string> inflated = internal::inflate(all.substr(at), limits.max_inflated_bytes);
    if (!inflated && inflated.error().code() == ErrorCode::too_large) {
      return refuse(faults::kTooMuch,
                    {std::to_string(limits.max_inflated_bytes), "inflated bytes (max_inflated_bytes)"}, at,
                    ErrorCode::too_large, issues);
    }
    if (!inflated) return refuse(faults::kBadDeflate, {}, at, ErrorCode::malformed_input, issues);
    state->inflated = std::move(*inflated);
    body = state->inflated;
    at = 0;
  }
  Scanner scanner(body, limits, counted, issues);
  TRY(scanner.all(at, {state->syntax->is_explicit, state->syntax->order}, state->data_set));
  return File(std::move(state));
}

}  // namespace meridian::dicom
