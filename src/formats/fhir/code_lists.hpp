// CodeLists: the members of the specification's value sets and the parents of its codes, one by one.
//
// Schema answers whether a code is in a set; this lists what is, for those who make sets of their own from it. A second
// view on the same block. Threads: immutable; lives as long as the program. Ids are those of Schema::r4().
// Specification: https://hl7.org/fhir/R4/terminologies.html
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "formats/fhir/schema.hpp"

namespace meridian::fhir {

class CodeLists {
 public:
  struct Member {
    std::string_view system;
    std::string_view code;
  };

  static const CodeLists& r4();
  ~CodeLists();

  /// One of the set's `member_count` members.
  Member member(ValueSetId set, std::uint32_t index) const;
  /// All parents of a code: a few codes of v3 have several. Indexes within the system.
  std::vector<std::uint32_t> parents(CodeSystemId system, std::uint32_t code) const;

 private:
  struct Block;
  explicit CodeLists(std::unique_ptr<Block> block);
  std::unique_ptr<Block> block_;
};

}  // namespace meridian::fhir
