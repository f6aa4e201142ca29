#include "kv/file_blobs.hpp"

#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/random.hpp"
#include "base/testing/fault_file_system.hpp"
#include "kv/testing/places.hpp"

namespace meridian::testing {
namespace {

using kv::BlobName;
using kv::Blobs;

class FolderPlace final : public PlaceUnderTest<Blobs> {
 public:
  Result<std::unique_ptr<Blobs>> open() override {
    return kv::open_file_blobs(system_files(), folder_.path() + "/blobs");
  }

 private:
  TemporaryFolder folder_;
};

class FaultPlace final : public PlaceUnderTest<Blobs> {
 public:
  Result<std::unique_ptr<Blobs>> open() override { return kv::open_file_blobs(files_, "/blobs"); }

 private:
  FaultFileSystem files_;
};

template <typename Place>
std::unique_ptr<PlaceUnderTest<Blobs>> make() {
  return std::make_unique<Place>();
}

INSTANTIATE_TEST_SUITE_P(Files, BlobsContract,
                         ::testing::Values(BlobsCase{"machine", &make<FolderPlace>},
                                           BlobsCase{"model", &make<FaultPlace>}),
                         blobs_case_name);

std::string content_of(int number) {
  return std::string(static_cast<std::size_t>(100 * number), static_cast<char>('a' + number));
}

/// How many blobs were acknowledged before the first failure.
int store_some(FileSystem& files) {
  const auto blobs = kv::open_file_blobs(files, "/blobs");
  if (!blobs) return 0;
  for (int i = 0; i < 6; ++i) {
    if (!(*blobs)->put(sha256(content_of(i)), content_of(i))) return i;
  }
  return 6;
}

TEST(FileBlobs, are_whole_or_not_there_wherever_the_power_fails) {
  FaultFileSystem all;
  ASSERT_EQ(store_some(all), 6);
  for (const Fault fault : {Fault::fail, Fault::tear, Fault::power_off}) {
    for (std::size_t n = 1; n <= all.calls(); ++n) {
      FaultFileSystem files;
      SeededRandom random(n);
      files.fail_at(n, fault);
      const int acknowledged = store_some(files);
      files.crash(random);
      const auto blobs = kv::open_file_blobs(files, "/blobs");
      ASSERT_TRUE(blobs) << n << ": " << blobs.error().message();
      for (int i = 0; i < acknowledged; ++i) {
        EXPECT_TRUE((*blobs)->exists(sha256(content_of(i))).value()) << "call " << n << ", blob " << i;
      }
      EXPECT_TRUE((*blobs)->visit([&](const BlobName& name, std::uint64_t size) {
        std::string bytes(static_cast<std::size_t>(size), '\0');
        EXPECT_EQ((*blobs)->open(name).value()->read_at(0, bytes).value(), size);
        EXPECT_EQ(sha256(bytes), name) << "call " << n;
        return true;
      }));
      EXPECT_TRUE(files.list("/blobs/incoming")->empty());
    }
  }
}

TEST(FileBlobs, have_one_holder_at_a_time) {
  FaultFileSystem files;
  const auto first = kv::open_file_blobs(files, "/blobs");
  EXPECT_EQ(kv::open_file_blobs(files, "/blobs").error().code(), ErrorCode::conflict);
}

TEST(FileBlobs, are_busy_while_the_disk_is_full) {
  FaultFileSystem files;
  const auto blobs = kv::open_file_blobs(files, "/blobs").value();
  ASSERT_TRUE(blobs->put(sha256("a"), "a"));
  files.set_room(0);
  EXPECT_EQ(blobs->put(sha256("b"), "b").error().code(), ErrorCode::busy);
  EXPECT_TRUE(blobs->exists(sha256("a")).value());
  files.set_room(1'000'000);
  EXPECT_TRUE(blobs->put(sha256("b"), "b"));
}

}  // namespace
}  // namespace meridian::testing
