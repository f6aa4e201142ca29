#include "formats/dicom/internal/scanner.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "formats/dicom/dictionary.hpp"
#include "formats/dicom/faults.hpp"

namespace meridian::dicom::internal {
namespace {

constexpr std::uint32_t kUndefined = 0xFFFFFFFF;
constexpr std::size_t kHeaderBytes = 8;
constexpr Encoding kImplicitLittle{false, ByteOrder::little};

std::uint16_t load_16(std::string_view bytes, std::size_t at, ByteOrder order) {
  const char* const from = bytes.data() + at;
  return order == ByteOrder::little ? load_little<std::uint16_t>(from) : load_big<std::uint16_t>(from);
}

std::uint32_t load_32(std::string_view bytes, std::size_t at, ByteOrder order) {
  const char* const from = bytes.data() + at;
  return order == ByteOrder::little ? load_little<std::uint32_t>(from) : load_big<std::uint32_t>(from);
}

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

}  // namespace

Tag Scanner::tag_at(std::size_t at, ByteOrder order) const {
  return {load_16(bytes_, at, order), load_16(bytes_, at + 2, order)};
}

std::uint32_t Scanner::length_at(std::size_t at, ByteOrder order) const {
  return load_32(bytes_, at, order);
}

std::string Scanner::path() const {
  std::string out;
  for (const Step& step : path_) {
    if (!out.empty()) out += '.';
    out += to_string(step.tag);
    if (step.has_item) out += '[' + std::to_string(step.item) + ']';
  }
  return out;
}

void Scanner::warn(const Message& message, std::vector<std::string> arguments, std::size_t offset) {
  issues_.add({Severity::warning, IssueType::structure, message, std::move(arguments), path(), {offset, 0, 0}});
}

tl::unexpected<Error> Scanner::refuse(const Message& message, std::vector<std::string> arguments, std::size_t offset,
                                      ErrorCode code) {
  Issue issue{Severity::fatal, code == ErrorCode::too_large ? IssueType::too_costly : IssueType::structure,
              message,         std::move(arguments),
              path(),          {offset, 0, 0}};
  std::string said = text(issue, Language::english);
  if (!issue.path.empty()) said = issue.path + ": " + said;
  issues_.add(std::move(issue));
  return fail(code, std::move(said));
}

Result<std::size_t> Scanner::group(std::uint16_t group, std::size_t at, Encoding encoding, DataSet& out) {
  at_ = at;
  only_group_ = group;
  TRY(elements(out, bytes_.size(), Until::other_group, encoding));
  return at_;
}

Result<> Scanner::all(std::size_t at, Encoding encoding, DataSet& out) {
  at_ = at;
  return elements(out, bytes_.size(), Until::end, encoding);
}

Result<std::size_t> Scanner::before_pixels(std::size_t at, Encoding encoding, DataSet& out) {
  at_ = at;
  TRY(elements(out, bytes_.size(), Until::pixels, encoding));
  return at_;
}

Result<> Scanner::count(std::size_t offset) {
  if (++counted_ <= limits_.max_elements) return {};
  return refuse(faults::kTooMuch, {std::to_string(limits_.max_elements), "elements (max_elements)"}, offset,
                ErrorCode::too_large);
}

/// Some writers fill the last block of a file with zeros.
bool Scanner::is_padding(std::size_t end) const {
  return std::all_of(bytes_.begin() + static_cast<std::ptrdiff_t>(at_),
                     bytes_.begin() + static_cast<std::ptrdiff_t>(end), [](char c) { return c == 0; });
}

Result<> Scanner::elements(DataSet& out, std::size_t end, Until until, Encoding encoding) {
  out.order = encoding.order;
  const bool is_last = until == Until::end || until == Until::pixels;
  while (at_ < end) {
    const bool is_short = end - at_ < kHeaderBytes;
    if (is_last && path_.empty() && (is_short || tag_at(at_, encoding.order) == Tag()) && is_padding(end)) {
      warn(faults::kTrailing, {std::to_string(end - at_)}, at_);
      at_ = end;
      break;
    }
    if (is_short && until == Until::other_group &&
        (end - at_ < 2 || load_16(bytes_, at_, encoding.order) != only_group_)) {
      return {};  // what follows may be deflated, and short
    }
    if (is_short) return refuse(faults::kCut, {"an element"}, at_);
    const Tag tag = tag_at(at_, encoding.order);
    if (until == Until::other_group && tag.group != only_group_) return {};
    if (until == Until::pixels && tag.group >= tags::kPixelData.group) return {};
    if (tag == tags::kItemEnd && (until == Until::delimiter || length_at(at_ + 4, encoding.order) == 0)) {
      if (until != Until::delimiter) warn(faults::kStrayDelimiter, {to_string(tag)}, at_);
      at_ += kHeaderBytes;
      if (until == Until::delimiter) return {};
      continue;
    }
    if (tag.group == tags::kItem.group) return refuse(faults::kStrayDelimiter, {to_string(tag)}, at_);
    TRY(count(at_));
    path_.push_back({tag});
    Element element;
    element.offset = at_;
    const Header header = TRY(this->header(end, encoding));
    element.tag = header.tag;
    element.vr = header.vr;
    TRY(value(header, element, out, end, encoding));
    note_order(out, element);
    take_context(out, element);
    path_.pop_back();
    out.elements.push_back(std::move(element));
  }
  if (until == Until::delimiter) return refuse(faults::kCut, {"an item"}, at_);
  return {};
}

void Scanner::note_order(DataSet& out, const Element& element) {
  if (out.elements.empty() || out.elements.back().tag < element.tag) return;
  if (out.elements.back().tag == element.tag) {
    warn(faults::kTwice, {}, element.offset);
  } else if (out.is_sorted) {
    warn(faults::kOrder, {to_string(element.tag), to_string(out.elements.back().tag)}, element.offset);
  }
  out.is_sorted = false;
}

void Scanner::take_context(DataSet& out, const Element& element) {
  if (element.tag == tags::kCharacterSet && element.items.empty()) {
    out.character_set = CharacterSet::of(element.value);
    if (out.character_set.has_unknown()) warn(faults::kUnknownCharacterSet, {}, element.offset);
  } else if (element.tag == tags::kPixelRepresentation && element.value.size() >= 2) {
    is_signed_ = load_16(element.value, 0, out.order) == 1;
  }
}

/// The tag has been seen to be there, and four bytes more.
Result<Scanner::Header> Scanner::header(std::size_t end, const Encoding& encoding) {
  Header header;
  header.tag = tag_at(at_, encoding.order);
  at_ += 4;
  if (!encoding.is_explicit) {
    header.vr = vr_of(header.tag, {is_signed_});
    header.length = length_at(at_, encoding.order);
    at_ += 4;
    return header;
  }
  const auto vr = vr_of(bytes_[at_], bytes_[at_ + 1]);
  if (!vr) {
    explicit_vr(header, end, encoding.order);
  } else {
    header.vr = *vr;
    if (!has_long_length(*vr)) {
      header.length = load_16(bytes_, at_ + 2, encoding.order);
      at_ += 4;
      return header;
    }
    if (end - at_ < 8) return refuse(faults::kCut, {"an element"}, at_);
    header.length = length_at(at_ + 4, encoding.order);
    at_ += 8;
  }
  if (header.is_unknown_vr) warn(faults::kUnknownVr, {}, at_);
  return header;
}

/// Letters that are no VR of the standard: a newer VR, which has a long length; an element written with implicit VR; or
/// a slip of the writer.
void Scanner::explicit_vr(Header& header, std::size_t end, ByteOrder order) {
  header.is_unknown_vr = true;
  const std::size_t left = end - at_;
  const bool has_letters = is_capital(bytes_[at_]) && is_capital(bytes_[at_ + 1]);
  const std::uint32_t implicit = length_at(at_, order);
  if (has_letters && left >= 8 && load_16(bytes_, at_ + 2, order) == 0 && length_at(at_ + 4, order) <= left - 8) {
    header.length = length_at(at_ + 4, order);
    at_ += 8;
    return;
  }
  if (!has_letters && (implicit <= left - 4 || implicit == kUndefined)) {
    header.vr = vr_of(header.tag, {is_signed_});
    header.length = implicit;
    at_ += 4;
    return;
  }
  header.length = load_16(bytes_, at_ + 2, order);
  at_ += 4;
}

Result<> Scanner::value(const Header& header, Element& element, DataSet& set, std::size_t end, Encoding encoding) {
  const std::size_t left = end - at_;
  if (header.length == kUndefined) {
    element.has_undefined_length = true;
    const bool is_bytes = header.vr == Vr::ob || header.vr == Vr::ow;
    if (encoding.is_explicit && (is_bytes || (header.vr == Vr::un && header.tag == tags::kPixelData))) {
      return fragments(element, end, encoding.order);
    }
    if (header.vr == Vr::un || header.vr == Vr::sq || (!encoding.is_explicit && !is_bytes)) {
      // UN of undefined length is a sequence in implicit VR little endian, whatever is around it (PS3.5, 6.2.2).
      const bool is_un = header.vr == Vr::un && encoding.is_explicit;
      element.vr = Vr::sq;
      return items(element, set, end, true, is_un ? kImplicitLittle : encoding);
    }
    return refuse(faults::kUndefinedLength, {std::string(name(header.vr))}, element.offset);
  }
  if (header.length > left) {
    return refuse(faults::kPastEnd, {std::to_string(header.length), std::to_string(left)}, element.offset);
  }
  if (header.length > limits_.max_value_bytes) {
    return refuse(faults::kTooMuch, {std::to_string(limits_.max_value_bytes), "bytes in a value (max_value_bytes)"},
                  element.offset, ErrorCode::too_large);
  }
  if (header.vr == Vr::sq) return items(element, set, at_ + header.length, false, encoding);
  if (header.length % 2 != 0) warn(faults::kOddLength, {std::to_string(header.length)}, element.offset);
  element.value = bytes_.substr(at_, header.length);
  at_ += header.length;
  return {};
}

Result<> Scanner::items(Element& element, const DataSet& around, std::size_t end, bool is_delimited,
                        Encoding encoding) {
  if (path_.size() > limits_.max_depth) {
    return refuse(faults::kTooDeep, {std::to_string(limits_.max_depth)}, element.offset, ErrorCode::too_large);
  }
  const std::size_t own_step = path_.size() - 1;
  while (is_delimited || at_ < end) {
    if (end - at_ < kHeaderBytes) return refuse(faults::kCut, {"a sequence"}, at_);
    const Tag tag = tag_at(at_, encoding.order);
    const std::uint32_t length = length_at(at_ + 4, encoding.order);
    if (tag == tags::kSequenceEnd) {
      at_ += kHeaderBytes;
      if (is_delimited) return {};
      warn(faults::kStrayDelimiter, {to_string(tag)}, at_ - kHeaderBytes);
      continue;
    }
    if (tag != tags::kItem) return refuse(faults::kNoItem, {to_string(tag)}, at_);
    TRY(count(at_));
    path_[own_step].item = element.items.size();
    path_[own_step].has_item = true;
    at_ += kHeaderBytes;
    if (length != kUndefined && length > end - at_) {
      return refuse(faults::kPastEnd, {std::to_string(length), std::to_string(end - at_)}, at_ - kHeaderBytes);
    }
    DataSet item;
    item.character_set = around.character_set;
    if (length == kUndefined) {
      TRY(elements(item, end, Until::delimiter, encoding));
    } else {
      TRY(elements(item, at_ + length, Until::end, encoding));
    }
    element.items.push_back(std::move(item));
  }
  path_[own_step].has_item = false;
  return {};
}

/// https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_A.4
Result<> Scanner::fragments(Element& element, std::size_t end, ByteOrder order) {
  for (;;) {
    if (end - at_ < kHeaderBytes) return refuse(faults::kCut, {"encapsulated pixels"}, at_);
    const Tag tag = tag_at(at_, order);
    const std::uint32_t length = length_at(at_ + 4, order);
    at_ += kHeaderBytes;
    if (tag == tags::kSequenceEnd) {
      // An offset table must stand there, were it empty.
      if (element.fragments.empty()) element.fragments.emplace_back();
      return {};
    }
    if (tag != tags::kItem) return refuse(faults::kNoItem, {to_string(tag)}, at_ - kHeaderBytes);
    TRY(count(at_));
    if (length > end - at_) {
      return refuse(faults::kPastEnd, {std::to_string(length), std::to_string(end - at_)}, at_ - kHeaderBytes);
    }
    element.fragments.push_back(bytes_.substr(at_, length));
    at_ += length;
  }
}

}  // namespace meridian::dicom::internal
