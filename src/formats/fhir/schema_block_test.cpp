#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "formats/fhir/internal/schema_format.hpp"
#include "formats/fhir/schema.hpp"

extern "C" {
extern const std::byte meridian_fhir_r4_block[];
extern const std::byte meridian_fhir_r4_block_end[];
}

namespace meridian::fhir {
namespace {

using internal::Section;
using ::testing::HasSubstr;

std::vector<std::byte> r4_bytes() {
  return {meridian_fhir_r4_block, meridian_fhir_r4_block_end};
}

std::uint32_t u32_at(const std::vector<std::byte>& bytes, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}
void put_u32(std::vector<std::byte>& bytes, std::size_t offset, std::uint32_t value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}
/// Where a section's row of the directory stands.
std::size_t directory_row(Section section) {
  return sizeof(internal::BlockHead) + sizeof(internal::DirectoryRow) * static_cast<std::size_t>(section);
}
/// Where a section's first row stands.
std::size_t rows(const std::vector<std::byte>& bytes, Section section) {
  return u32_at(bytes, directory_row(section));
}

/// The message with which the bytes are refused; empty when they are not.
std::string refusal(const std::vector<std::byte>& bytes) {
  const auto opened = Schema::open(bytes);
  if (opened) return "";
  EXPECT_EQ(opened.error().code(), ErrorCode::malformed_input);
  return opened.error().message();
}

TEST(SchemaBlock, opens_wherever_it_lies) {
  std::vector<std::byte> shifted(1);
  const std::vector<std::byte> bytes = r4_bytes();
  shifted.insert(shifted.end(), bytes.begin(), bytes.end());
  const auto opened = Schema::open(std::span(shifted).subspan(1));
  ASSERT_TRUE(opened);
  EXPECT_EQ((*opened)->types().size(), Schema::r4().types().size());
}

TEST(SchemaBlock, is_refused_when_cut_short) {
  std::vector<std::byte> bytes = r4_bytes();
  bytes.pop_back();
  EXPECT_THAT(refusal(bytes), HasSubstr("length"));
  bytes.resize(20);
  EXPECT_THAT(refusal(bytes), HasSubstr("too short"));
  bytes.clear();
  EXPECT_THAT(refusal(bytes), HasSubstr("too short"));
}

TEST(SchemaBlock, is_refused_when_it_is_something_else) {
  std::vector<std::byte> bytes = r4_bytes();
  bytes[0] = std::byte{'X'};
  EXPECT_THAT(refusal(bytes), HasSubstr("does not begin as one"));
}

TEST(SchemaBlock, is_refused_when_of_another_layout) {
  std::vector<std::byte> bytes = r4_bytes();
  put_u32(bytes, 8, internal::kLayoutVersion + 1);
  EXPECT_THAT(refusal(bytes), HasSubstr("layout version"));
}

TEST(SchemaBlock, is_refused_when_a_section_does_not_fit) {
  for (const Section section : {Section::text_bytes, Section::elements, Section::compartment_members}) {
    std::vector<std::byte> bytes = r4_bytes();
    put_u32(bytes, directory_row(section), static_cast<std::uint32_t>(bytes.size()));
    EXPECT_THAT(refusal(bytes), HasSubstr("section"));
    bytes = r4_bytes();
    put_u32(bytes, directory_row(section) + 4, 0xFFFFFFFF);
    EXPECT_THAT(refusal(bytes), HasSubstr("section"));
    bytes = r4_bytes();
    put_u32(bytes, directory_row(section) + 8, 7);
    EXPECT_THAT(refusal(bytes), HasSubstr("section"));
  }
}

TEST(SchemaBlock, is_refused_when_texts_are_out_of_order) {
  std::vector<std::byte> bytes = r4_bytes();
  put_u32(bytes, rows(bytes, Section::text_ends) + 4 * 100, 0xFFFFFFFF);
  EXPECT_THAT(refusal(bytes), HasSubstr("texts"));
}

TEST(SchemaBlock, is_refused_when_a_row_points_at_nothing) {
  for (const Section section :
       {Section::head, Section::names, Section::types, Section::elements, Section::element_types, Section::targets,
        Section::invariants, Section::code_systems, Section::codes, Section::code_order, Section::more_parents,
        Section::value_sets, Section::members, Section::unknown_systems, Section::search_parameters,
        Section::search_components, Section::compartments, Section::compartment_members}) {
    std::vector<std::byte> bytes = r4_bytes();
    put_u32(bytes, rows(bytes, section), 0xFFFFFFFE);
    EXPECT_THAT(refusal(bytes), HasSubstr("points at what is not there")) << static_cast<int>(section);
  }
}

TEST(SchemaBlock, is_refused_when_a_type_would_be_its_own_base) {
  std::vector<std::byte> bytes = r4_bytes();
  const std::size_t base_of_second = rows(bytes, Section::types) + sizeof(internal::TypeRow) + 40;
  bytes[base_of_second] = std::byte{1};
  EXPECT_THAT(refusal(bytes), HasSubstr("points at what is not there"));
}

/// Asks everything that a schema answers.
std::size_t walk(const Schema& schema) {
  std::size_t sum = schema.fhir_version().size();
  for (const TypeInfo& type : schema.types()) {
    sum += type.name.size() + type.regex.size() + schema.is_a(type.id, TypeId::none);
    for (const ElementInfo& element : type.elements) {
      sum += element.path.size() + element.invariants.size();
      sum += schema.find_element(type.id, element.name) != nullptr;
      for (const ElementType& choice : element.types)
        sum += schema.find_key(type.id, schema.name(choice.json_key)).slot + schema.type(choice.type).name.size();
    }
  }
  for (const CodeSystemInfo& system : schema.code_systems()) {
    sum += schema.find_code(system.id, "active").has_value();
    for (std::uint32_t i = 0; i < system.code_count; i += 97) {
      sum += schema.code(system.id, i).display.size();
      sum += schema.subsumes(system.id, 0, i);
    }
  }
  for (const ValueSetInfo& set : schema.value_sets())
    sum += static_cast<std::size_t>(schema.contains(set.id, "", "active"));
  for (const SearchParameterInfo& parameter : schema.search_parameters()) sum += parameter.expression.size();
  return sum;
}

TEST(SchemaBlock, damaged_anywhere_is_refused_or_harmless) {
  const std::vector<std::byte> whole = r4_bytes();
  const std::size_t first_row = rows(whole, Section::text_ends);
  std::mt19937 random(1);
  for (int i = 0; i < 60; ++i) {
    std::vector<std::byte> bytes = whole;
    const std::size_t place = first_row + random() % (bytes.size() - first_row);
    bytes[place] ^= std::byte{static_cast<unsigned char>(1 + random() % 255)};
    const auto opened = Schema::open(bytes);
    if (opened) {
      EXPECT_GT(walk(**opened), 0U);
    }
  }
}

}  // namespace
}  // namespace meridian::fhir
