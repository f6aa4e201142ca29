#include "imaging/internal/tail_check.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "connect/dicom_object.hpp"
#include "formats/dicom/file.hpp"

namespace meridian::imaging::internal {
namespace {

constexpr std::size_t kMaxRest = std::size_t{4} << 20;
constexpr std::uint32_t kUndefined = 0xFFFFFFFF;

tl::unexpected<Error> broken(const char* what) {
  return fail(ErrorCode::malformed_input, std::string("the pixels of the object do not hold together: ") + what);
}

}  // namespace

std::uint16_t TailCheck::number_16(std::size_t at) const {
  const char* const from = held_.data() + at;
  return syntax_.order == dicom::ByteOrder::little ? load_little<std::uint16_t>(from) : load_big<std::uint16_t>(from);
}

std::uint32_t TailCheck::number_32(std::size_t at) const {
  const char* const from = held_.data() + at;
  return syntax_.order == dicom::ByteOrder::little ? load_little<std::uint32_t>(from) : load_big<std::uint32_t>(from);
}

Result<> TailCheck::append(std::string_view bytes) {
  while (!bytes.empty()) {
    if (state_ == State::rest) {
      if (held_.size() + bytes.size() > kMaxRest) {
        return fail(ErrorCode::too_large, "the elements behind the pixels have more than 4 MB");
      }
      held_ += bytes;
      return {};
    }
    if (state_ == State::value || state_ == State::fragment_value) {
      const std::uint64_t taken = std::min<std::uint64_t>(skip_, bytes.size());
      skip_ -= taken;
      bytes.remove_prefix(taken);
      if (skip_ == 0) state_ = state_ == State::value ? State::element : State::fragment;
      continue;
    }
    bytes.remove_prefix(TRY(header(bytes)));
  }
  return {};
}

/// Takes what is missing of a header; gives how many bytes that were.
Result<std::size_t> TailCheck::header(std::string_view bytes) {
  const bool has_vr = syntax_.is_explicit && state_ == State::element;
  const std::size_t size = has_vr ? 12 : 8;
  const std::size_t taken = std::min(size - held_.size(), bytes.size());
  held_ += bytes.substr(0, taken);
  if (held_.size() < size) return taken;
  const dicom::Tag tag{number_16(0), number_16(2)};
  const std::uint32_t length = number_32(size - 4);
  if (state_ == State::fragment) {
    held_.clear();
    if (tag == dicom::tags::kSequenceEnd) {
      state_ = State::element;
      return taken;
    }
    if (tag != dicom::tags::kItem) return broken("something that is no fragment stands among the fragments");
    skip_ = length;
    if (length > 0) state_ = State::fragment_value;
    return taken;
  }
  const bool is_pixels = tag.group == dicom::tags::kPixelData.group;
  const auto vr = has_vr ? dicom::vr_of(held_[4], held_[5]) : dicom::Vr::ow;
  const bool is_long = vr && dicom::has_long_length(*vr);
  if (!is_pixels || !is_long || *vr == dicom::Vr::sq || (length == kUndefined && !syntax_.is_explicit)) {
    state_ = State::rest;  // a reader of elements knows what this is
    return taken;
  }
  held_.clear();
  skip_ = length == kUndefined ? 0 : length;
  state_ = length == kUndefined ? State::fragment : length > 0 ? State::value : State::element;
  return taken;
}

Result<> TailCheck::finish() const {
  if (state_ == State::value || state_ == State::fragment_value) return broken("they end too early");
  if (state_ == State::fragment) return broken("their fragments have no end");
  if (held_.empty()) return {};
  Issues issues;
  const Result<dicom::File> rest = connect::read_data_set(held_, syntax_.uid, dicom::Limits(), issues);
  if (!rest) return fail(rest.error());
  return {};
}

}  // namespace meridian::imaging::internal
