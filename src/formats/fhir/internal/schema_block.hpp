// SchemaBlock: checked reading of the bytes that schema_format.hpp describes.
//
// open() checks all that can go wrong later: sections lie within the block, texts within the texts, and every
// index and run in every row points at something that is there. After it, access is unchecked.
// Threads: immutable. The bytes must outlive it; they need no alignment.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "formats/fhir/internal/schema_format.hpp"

namespace meridian::fhir::internal {

/// The rows of one section.
template <class Row>
class Rows {
 public:
  Rows() = default;
  Rows(const std::byte* data, std::uint32_t count) : data_(data), count_(count) {}

  std::uint32_t size() const { return count_; }
  const char* data() const { return reinterpret_cast<const char*>(data_); }
  Row operator[](std::uint32_t index) const {
    Row row;
    std::memcpy(&row, data_ + std::size_t{index} * sizeof(Row), sizeof(Row));
    return row;
  }

  class iterator {
   public:
    explicit iterator(const std::byte* at) : at_(at) {}
    Row operator*() const { return Rows(at_, 1)[0]; }
    iterator& operator++() {
      at_ += sizeof(Row);
      return *this;
    }
    bool operator==(const iterator&) const = default;

   private:
    const std::byte* at_;
  };
  iterator begin() const { return iterator(data_); }
  iterator end() const { return iterator(data_ + std::size_t{count_} * sizeof(Row)); }

 private:
  const std::byte* data_ = nullptr;
  std::uint32_t count_ = 0;
};

class SchemaBlock {
 public:
  /// Errors: malformed_input.
  static Result<SchemaBlock> open(std::span<const std::byte> bytes);

  std::string_view text(TextIndex index) const {
    const std::uint32_t begin = index == 0 ? 0 : text_ends[index - 1];
    return {text_bytes.data() + begin, text_ends[index] - begin};
  }

  Rows<char> text_bytes;
  Rows<std::uint32_t> text_ends;
  Rows<HeadRow> head;
  Rows<NameRow> names;
  Rows<TypeRow> types;
  Rows<ElementRow> elements;
  Rows<ElementTypeRow> element_types;
  Rows<TargetRow> targets;
  Rows<InvariantRow> invariants;
  Rows<CodeSystemRow> code_systems;
  Rows<CodeRow> codes;
  Rows<CodeOrderRow> code_order;
  Rows<MoreParentsRow> more_parents;
  Rows<ValueSetRow> value_sets;
  Rows<MemberRow> members;
  Rows<UnknownSystemRow> unknown_systems;
  Rows<SearchParameterRow> search_parameters;
  Rows<SearchComponentRow> search_components;
  Rows<CompartmentRow> compartments;
  Rows<CompartmentMemberRow> compartment_members;
};

}  // namespace meridian::fhir::internal
