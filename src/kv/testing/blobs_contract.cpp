#include <map>
#include <thread>
#include <vector>

#include "base/hash.hpp"
#include "kv/testing/contract.hpp"

namespace meridian::testing {

using kv::BlobName;
using kv::Blobs;

namespace {

std::string code(const auto& result) {
  return result ? "ok" : std::string(name(result.error().code()));
}

BlobName name_for(std::string_view bytes) {
  return sha256(bytes);
}

std::string content(const Blobs& blobs, const BlobName& name) {
  const auto file = blobs.open(name);
  if (!file) return code(file);
  std::string bytes(static_cast<std::size_t>(blobs.size(name).value()), '\0');
  return (*file)->read_at(0, bytes).value() == bytes.size() ? bytes : "cut short";
}

std::size_t count(const Blobs& blobs) {
  std::size_t seen = 0;
  EXPECT_TRUE(blobs.visit([&](const BlobName&, std::uint64_t) { return ++seen > 0; }));
  return seen;
}

}  // namespace

std::string blobs_case_name(const ::testing::TestParamInfo<BlobsCase>& info) {
  return info.param.name;
}

void BlobsContract::SetUp() {
  place_ = GetParam().make();
  reopen();
}

void BlobsContract::reopen() {
  blobs_.reset();
  auto opened = place_->open();
  ASSERT_TRUE(opened) << opened.error().message();
  blobs_ = std::move(*opened);
}

TEST_P(BlobsContract, gives_back_what_was_put) {
  const std::string bytes("any\0bytes\xff", 10);
  ASSERT_EQ(code(blobs().put(name_for(bytes), bytes)), "ok");
  ASSERT_EQ(code(blobs().put(name_for(""), "")), "ok");
  EXPECT_EQ(content(blobs(), name_for(bytes)), bytes);
  EXPECT_EQ(content(blobs(), name_for("")), "");
  EXPECT_EQ(blobs().size(name_for(bytes)).value(), 10u);
  EXPECT_TRUE(blobs().exists(name_for(bytes)).value());
}

TEST_P(BlobsContract, says_not_found_of_what_is_not_there) {
  EXPECT_EQ(code(blobs().open(name_for("x"))), "not_found");
  EXPECT_EQ(code(blobs().size(name_for("x"))), "not_found");
  EXPECT_FALSE(blobs().exists(name_for("x")).value());
}

TEST_P(BlobsContract, takes_a_blob_in_pieces_under_a_name_known_at_the_end) {
  std::string all;
  const auto writer = blobs().writer().value();
  for (int i = 0; i < 100; ++i) {
    const std::string piece(10'000, static_cast<char>('a' + i % 26));
    ASSERT_EQ(code(writer->append(piece)), "ok");
    all += piece;
  }
  EXPECT_EQ(count(blobs()), 0u);
  ASSERT_EQ(code(writer->commit(name_for(all))), "ok");
  EXPECT_EQ(content(blobs(), name_for(all)), all);
  EXPECT_EQ(count(blobs()), 1u);
}

TEST_P(BlobsContract, leaves_nothing_of_a_writer_that_is_dropped) {
  ASSERT_EQ(code(blobs().writer().value()->append("lost")), "ok");
  EXPECT_EQ(count(blobs()), 0u);
  reopen();
  EXPECT_EQ(count(blobs()), 0u);
}

TEST_P(BlobsContract, stores_the_same_twice_as_once) {
  ASSERT_EQ(code(blobs().put(name_for("a"), "a")), "ok");
  ASSERT_EQ(code(blobs().put(name_for("a"), "a")), "ok");
  const auto writer = blobs().writer().value();
  ASSERT_EQ(code(writer->append("a")), "ok");
  ASSERT_EQ(code(writer->commit(name_for("a"))), "ok");
  EXPECT_EQ(count(blobs()), 1u);
  EXPECT_EQ(content(blobs(), name_for("a")), "a");
}

TEST_P(BlobsContract, reads_in_the_middle) {
  ASSERT_EQ(code(blobs().put(name_for("0123456789"), "0123456789")), "ok");
  const auto file = blobs().open(name_for("0123456789")).value();
  std::string part(4, '\0');
  EXPECT_EQ(file->read_at(5, part).value(), 4u);
  EXPECT_EQ(part, "5678");
  EXPECT_EQ(file->read_at(8, part).value(), 2u);
  EXPECT_EQ(file->read_at(10, part).value(), 0u);
}

TEST_P(BlobsContract, removes_and_does_not_mind_absent_ones) {
  ASSERT_EQ(code(blobs().put(name_for("a"), "a")), "ok");
  EXPECT_EQ(code(blobs().remove(name_for("a"))), "ok");
  EXPECT_EQ(code(blobs().remove(name_for("a"))), "ok");
  EXPECT_FALSE(blobs().exists(name_for("a")).value());
  EXPECT_EQ(count(blobs()), 0u);
}

TEST_P(BlobsContract, visits_every_one_once_until_told_to_stop) {
  std::map<BlobName, std::uint64_t> expected;
  for (std::size_t i = 0; i < 50; ++i) {
    const std::string bytes(i, 'x');
    ASSERT_EQ(code(blobs().put(name_for(bytes), bytes)), "ok");
    expected[name_for(bytes)] = i;
  }
  reopen();
  std::map<BlobName, std::uint64_t> seen;
  ASSERT_TRUE(blobs().visit([&](const BlobName& name, std::uint64_t size) { return seen.emplace(name, size).second; }));
  EXPECT_EQ(seen, expected);
  std::size_t some = 0;
  ASSERT_TRUE(blobs().visit([&](const BlobName&, std::uint64_t) { return ++some < 3; }));
  EXPECT_EQ(some, 3u);
}

TEST_P(BlobsContract, takes_many_at_once) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string own = std::to_string(t) + "/" + std::to_string(i);
        const std::string shared = "shared" + std::to_string(i);
        EXPECT_TRUE(blobs().put(name_for(own), own));
        EXPECT_TRUE(blobs().put(name_for(shared), shared));
        EXPECT_EQ(content(blobs(), name_for(shared)), shared);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count(blobs()), 8u * 20 + 20);
}

}  // namespace meridian::testing
