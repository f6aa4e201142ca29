#include "base/uuid.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "base/testing/manual_clock.hpp"

namespace meridian {
namespace {

TEST(Uuid, is_read_in_either_case_and_written_in_lower) {
  EXPECT_EQ(Uuid::parse("0190163D-8694-739B-AEA5-966C26F8AD91")->to_string(), "0190163d-8694-739b-aea5-966c26f8ad91");
  EXPECT_EQ(Uuid::parse("0190163d-8694-739b-aea5-966c26f8ad91")->version(), 7);
  EXPECT_TRUE(Uuid::parse("00000000-0000-0000-0000-000000000000")->is_nil());
}

TEST(Uuid, refuses_other_text) {
  for (const char* text : {"", "0190163d8694739baea5966c26f8ad91", "0190163d-8694-739b-aea5-966c26f8ad9",
                           "{0190163d-8694-739b-aea5-966c26f8ad9}", "0190163g-8694-739b-aea5-966c26f8ad91",
                           "0190163d-8694-739b-aea5+966c26f8ad91"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

TEST(UuidMaker, puts_the_time_first_and_marks_version_and_variant) {
  testing::ManualClock clock(Instant::from_milliseconds(0x017F22E279B0));
  SeededRandom random(1);
  UuidMaker maker(clock, random);
  const Uuid uuid = maker.next();
  EXPECT_EQ(uuid.to_string().substr(0, 15), "017f22e2-79b0-7");
  EXPECT_EQ(uuid.bytes()[8] >> 6, 2);
}

TEST(UuidMaker, goes_up_while_the_clock_stands_and_when_it_goes_back) {
  testing::ManualClock clock;
  SeededRandom random(1);
  UuidMaker maker(clock, random);
  Uuid last = maker.next();
  for (int i = 0; i < 100'000; ++i) {
    if (i % 1000 == 0) clock.advance(Duration::milliseconds(i % 3000 == 0 ? 1 : -5));
    const Uuid next = maker.next();
    ASSERT_LT(last, next);
    last = next;
  }
}

/// All bits set, always.
class Extreme final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    for (std::byte& byte : bytes) byte = std::byte{0xFF};
  }
};

TEST(UuidMaker, carries_into_the_time_when_it_runs_out_of_numbers) {
  testing::ManualClock clock;
  Extreme random;
  UuidMaker maker(clock, random);
  Uuid last = maker.next();
  for (int i = 0; i < 5000; ++i) {
    const Uuid next = maker.next();
    ASSERT_LT(last, next);
    ASSERT_EQ(next.version(), 7);
    last = next;
  }
}

TEST(UuidMaker, gives_each_thread_its_own) {
  testing::ManualClock clock;
  UuidMaker maker(clock, system_random());
  std::vector<std::vector<Uuid>> made(4);
  std::vector<std::thread> threads;
  for (std::vector<Uuid>& mine : made) {
    threads.emplace_back([&maker, &mine] {
      for (int i = 0; i < 1000; ++i) mine.push_back(maker.next());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<Uuid> all;
  for (const std::vector<Uuid>& some : made) all.insert(some.begin(), some.end());
  EXPECT_EQ(all.size(), 4000u);
}

TEST(Uuid, of_a_digest_is_of_version_8_and_has_its_bits) {
  std::array<std::byte, 32> digest{};
  digest.fill(std::byte{0xff});
  EXPECT_EQ(Uuid::of_digest(digest).to_string(), "ffffffff-ffff-8fff-bfff-ffffffffffff");
  digest.fill(std::byte{0});
  EXPECT_EQ(Uuid::of_digest(digest).to_string(), "00000000-0000-8000-8000-000000000000");
}

}  // namespace
}  // namespace meridian
