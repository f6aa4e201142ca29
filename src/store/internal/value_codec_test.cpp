#include "store/internal/value_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include "base/hash.hpp"
#include "store/internal/dictionaries.hpp"
#include "store/internal/layout.hpp"
#include "store/internal/tuple.hpp"

namespace meridian::store {
namespace {

constexpr std::string_view kObservation =
    R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},)"
    R"("subject":{"reference":"Patient/7"},"effectiveDateTime":"2024-03-01T08:30:00Z",)"
    R"("valueQuantity":{"value":120,"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"}})";

std::string zstd_form(std::uint64_t dictionary, std::string_view text, std::string_view packed) {
  std::string value("\x04");
  put_varint(value, dictionary);
  put_varint(value, text.size());
  put_varint(value, 0);
  put_varint(value, 0);
  return value.append(packed);
}

TEST(ValueCodec, reads_what_it_wrote) {
  const ValueCodec codec(null_sealer());
  const std::string large(5'000'000, 'x');
  for (const std::string_view text : {std::string_view("{}"), kObservation, std::string_view(large)}) {
    const auto value = codec.encode(kDefaultTenant, "Patient/7", {std::string(text), 1, 2});
    ASSERT_TRUE(value);
    const auto back = codec.decode(kDefaultTenant, "Patient/7", *value);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->text, text);
    EXPECT_EQ(back->id_at, 1U);
    EXPECT_EQ(back->meta_at, 2U);
  }
}

TEST(ValueCodec, reads_values_from_before_there_was_a_dictionary) {
  std::string packed(ZSTD_compressBound(kObservation.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), kObservation.data(), kObservation.size(), 3));
  const ValueCodec codec(null_sealer());
  const auto back = codec.decode(kDefaultTenant, "Patient/7", zstd_form(0, kObservation, packed));
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(back->text, kObservation);
}

TEST(ValueCodec, packs_a_small_resource_well_because_of_the_dictionary) {
  const ValueCodec codec(null_sealer());
  const auto value = codec.encode(kDefaultTenant, "Patient/7", {std::string(kObservation), 0, 0});
  ASSERT_TRUE(value);
  EXPECT_LT(value->size(), kObservation.size() / 3);
}

TEST(ValueCodec, says_when_a_value_needs_a_later_release_or_is_damaged) {
  const ValueCodec codec(null_sealer());
  const auto later =
      codec.decode(kDefaultTenant, "Patient/7", zstd_form(dictionaries().size() + 1, kObservation, "1234"));
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code(), ErrorCode::unsupported);
  for (const std::string& bytes : {std::string(), std::string("\x09"), zstd_form(1, kObservation, "1234")}) {
    const auto damaged = codec.decode(kDefaultTenant, "Patient/7", bytes);
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().code(), ErrorCode::io_failure);
  }
}

// Stores hold values that need exactly these bytes. When this fails, put the old bytes back and add a dictionary.
TEST(Dictionaries, that_were_released_never_change) {
  ASSERT_GE(dictionaries().size(), 1U);
  EXPECT_EQ(dictionaries()[0].number, 1U);
  EXPECT_EQ(hash64(dictionaries()[0].bytes), 15199993055942500912U);
}

}  // namespace
}  // namespace meridian::store
