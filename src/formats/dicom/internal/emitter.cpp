#include "formats/dicom/internal/emitter.hpp"

#include "base/bytes.hpp"
#include "formats/dicom/internal/word_order.hpp"

namespace meridian::dicom::internal {
namespace {

constexpr std::uint32_t kUndefined = 0xFFFFFFFF;

}  // namespace

void Emitter::put_16(std::uint16_t value) {
  char bytes[2];
  encoding_.order == ByteOrder::little ? store_little(bytes, value) : store_big(bytes, value);
  out_.append(bytes, sizeof bytes);
}

void Emitter::put_32(std::uint32_t value) {
  char bytes[4];
  encoding_.order == ByteOrder::little ? store_little(bytes, value) : store_big(bytes, value);
  out_.append(bytes, sizeof bytes);
}

void Emitter::put_tag(Tag tag) {
  put_16(tag.group);
  put_16(tag.element);
}

void Emitter::header(Tag tag, Vr vr, std::uint32_t length) {
  put_tag(tag);
  if (!encoding_.is_explicit) return put_32(length);
  out_ += name(vr);
  if (has_long_length(vr)) {
    put_16(0);
    put_32(length);
  } else {
    put_16(static_cast<std::uint16_t>(length));
  }
}

/// The length of all that was written after its four bytes at `at`.
Result<> Emitter::patch_length(std::size_t at) {
  const std::size_t length = out_.size() - at - 4;
  if (length >= kUndefined) return fail(ErrorCode::too_large, "a sequence is longer than its length can say");
  const auto value = static_cast<std::uint32_t>(length);
  encoding_.order == ByteOrder::little ? store_little(out_.data() + at, value) : store_big(out_.data() + at, value);
  return {};
}

Result<> Emitter::append_value(Tag tag, Vr vr, std::string_view value, ByteOrder order) {
  constexpr std::size_t kMaxShort = 0xFFFE;
  if (vr == Vr::none) vr = Vr::un;
  std::string ordered = in_order(value, vr, order, encoding_.order);
  if (ordered.size() % 2 != 0) ordered += is_text(vr) && vr != Vr::ui ? ' ' : '\0';
  if (ordered.size() >= kUndefined) return fail(ErrorCode::too_large, "a value is longer than its length can say");
  if (encoding_.is_explicit && !has_long_length(vr) && ordered.size() > kMaxShort) {
    // PS3.5, 6.2.2: UN is in little endian.
    ordered = in_order(ordered, vr, encoding_.order, ByteOrder::little);
    vr = Vr::un;
  }
  header(tag, vr, static_cast<std::uint32_t>(ordered.size()));
  out_ += ordered;
  return {};
}

void Emitter::append_fragments(Tag tag, const std::vector<std::string_view>& fragments) {
  header(tag, Vr::ob, kUndefined);
  for (const std::string_view fragment : fragments) {
    put_tag(tags::kItem);
    put_32(static_cast<std::uint32_t>(fragment.size() + fragment.size() % 2));
    out_ += fragment;
    if (fragment.size() % 2 != 0) out_ += '\0';
  }
  put_tag(tags::kSequenceEnd);
  put_32(0);
}

Result<> Emitter::append(Tag tag, const Replacement& element) {
  if (element.is_removed) return {};
  if (element.fragments.empty()) return append_value(tag, element.vr, element.value, ByteOrder::little);
  append_fragments(tag, {element.fragments.begin(), element.fragments.end()});
  return {};
}

Result<> Emitter::append(const DataSet& set, const Element& element) {
  if (element.is_encapsulated()) {
    append_fragments(element.tag, element.fragments);
    return {};
  }
  if (element.vr != Vr::sq) return append_value(element.tag, element.vr, element.value, set.order);
  header(element.tag, Vr::sq, 0);
  const std::size_t begin = out_.size() - 4;
  for (const DataSet& item : element.items) {
    put_tag(tags::kItem);
    put_32(0);
    const std::size_t item_begin = out_.size() - 4;
    TRY(append(item));
    TRY(patch_length(item_begin));
  }
  return patch_length(begin);
}

Result<> Emitter::append(const DataSet& set) {
  const Replacements replacements = TRY(replace_(set));
  auto next = replacements.begin();
  for (const Element* element : set.ordered()) {
    if (element->tag.is_group_length() || element->tag == tags::kTrailingPadding) continue;
    for (; next != replacements.end() && next->first < element->tag; ++next) TRY(append(next->first, next->second));
    if (next != replacements.end() && next->first == element->tag) {
      TRY(append(next->first, next->second));
      ++next;
    } else {
      TRY(append(set, *element));
    }
  }
  for (; next != replacements.end(); ++next) TRY(append(next->first, next->second));
  return {};
}

}  // namespace meridian::dicom::internal
