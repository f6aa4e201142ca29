// Emitter: a data set as bytes of an encoding.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "formats/dicom/data_set.hpp"
#include "formats/dicom/internal/scanner.hpp"

namespace meridian::dicom::internal {

/// What stands in place of a set's own elements: little endian, its bytes its own.
struct Replacement {
  Vr vr = Vr::un;
  std::string value;
  std::vector<std::string> fragments;  ///< encapsulated
  bool is_removed = false;
};
using Replacements = std::map<Tag, Replacement>;

class Emitter {
 public:
  /// Asked for each set, items too.
  using Replace = std::function<Result<Replacements>(const DataSet& set)>;
  Emitter(Encoding encoding, Replace replace) : encoding_(encoding), replace_(std::move(replace)) {}

  Result<> append(const DataSet& set);
  std::string take() && { return std::move(out_); }

 private:
  Result<> append(const DataSet& set, const Element& element);
  Result<> append(Tag tag, const Replacement& element);
  Result<> append_value(Tag tag, Vr vr, std::string_view value, ByteOrder order);
  void append_fragments(Tag tag, const std::vector<std::string_view>& fragments);
  void header(Tag tag, Vr vr, std::uint32_t length);
  void put_tag(Tag tag);
  void put_16(std::uint16_t value);
  void put_32(std::uint32_t value);
  Result<> patch_length(std::size_t at);

  Encoding encoding_;
  Replace replace_;
  std::string out_;
};

}  // namespace meridian::dicom::internal
