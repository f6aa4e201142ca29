// Scanner: raw elements, one after another, each length held against what is left of what it lies in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/dicom/file.hpp"

namespace meridian::dicom::internal {

struct Encoding {
  bool is_explicit = true;
  ByteOrder order = ByteOrder::little;
  bool operator==(const Encoding&) const = default;
};

class Scanner {
 public:
  /// `counted` is shared by all scans of a file.
  Scanner(std::string_view bytes, const Limits& limits, std::size_t& counted, Issues& issues)
      : bytes_(bytes), limits_(limits), counted_(counted), issues_(issues) {}

  /// Elements of one group only, from `at`; gives where they end.
  Result<std::size_t> group(std::uint16_t group, std::size_t at, Encoding encoding, DataSet& out);
  /// All that is left from `at`.
  Result<> all(std::size_t at, Encoding encoding, DataSet& out);
  /// From `at` to the first element of a group from 7FE0 on, or to the end; gives where that is.
  Result<std::size_t> before_pixels(std::size_t at, Encoding encoding, DataSet& out);

 private:
  enum class Until : std::uint8_t { end, delimiter, other_group, pixels };
  struct Header {
    Tag tag;
    Vr vr = Vr::un;
    std::uint32_t length = 0;
    bool is_unknown_vr = false;
  };
  struct Step {
    Tag tag;
    std::size_t item = 0;
    bool has_item = false;
  };

  Result<> elements(DataSet& out, std::size_t end, Until until, Encoding encoding);
  Result<Header> header(std::size_t end, const Encoding& encoding);
  void explicit_vr(Header& header, std::size_t end, ByteOrder order);
  Result<> value(const Header& header, Element& element, DataSet& set, std::size_t end, Encoding encoding);
  Result<> items(Element& element, const DataSet& around, std::size_t end, bool is_delimited, Encoding encoding);
  Result<> fragments(Element& element, std::size_t end, ByteOrder order);
  Result<> count(std::size_t offset);
  void note_order(DataSet& out, const Element& element);
  void take_context(DataSet& out, const Element& element);

  Tag tag_at(std::size_t at, ByteOrder order) const;
  std::uint32_t length_at(std::size_t at, ByteOrder order) const;
  bool is_padding(std::size_t end) const;
  std::string path() const;
  void warn(const Message& message, std::vector<std::string> arguments, std::size_t offset);
  tl::unexpected<Error> refuse(const Message& message, std::vector<std::string> arguments, std::size_t offset,
                               ErrorCode code = ErrorCode::malformed_input);

  std::string_view bytes_;
  const Limits& limits_;
  std::size_t& counted_;
  Issues& issues_;
  std::size_t at_ = 0;
  std::uint16_t only_group_ = 0;
  bool is_signed_ = false;  // PixelRepresentation, of the set last seen to have one
  std::vector<Step> path_;
};

}  // namespace meridian::dicom::internal
