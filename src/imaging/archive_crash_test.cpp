// The power goes at any call that changes the disk: what was acknowledged is there, whole, and the rest is not half
// there.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/testing/fault_file_system.hpp"
#include "imaging/archive.hpp"
#include "imaging/testing/objects.hpp"

namespace meridian::imaging {
namespace {

using meridian::testing::Fault;
using meridian::testing::FaultFileSystem;
using testing::ct_slice;

Result<std::unique_ptr<Archive>> open(FileSystem& files) {
  ArchiveOptions options;
  options.folder = "/archive";
  options.files = &files;
  options.key = "tests";
  options.held_bytes = 2048;  // some objects are held, some pass by
  return Archive::open(std::move(options));
}

testing::Slice slice(int number) {
  testing::Slice one;
  one.study = "1.2." + std::to_string(number % 3);
  one.series = one.study + ".1";
  one.instance = one.series + "." + std::to_string(number);
  one.pixels = number % 2 == 0 ? 64 : 8192;
  return one;
}

/// Puts until the disk fails; how many were acknowledged.
int put_until_fault(Archive& archive, int objects) {
  for (int i = 0; i < objects; ++i) {
    if (!archive.put(ct_slice(slice(i)), "test")) return i;
  }
  return objects;
}

TEST(ArchiveCrash, loses_nothing_that_was_acknowledged_wherever_the_power_fails) {
  constexpr int kObjects = 8;
  SeededRandom random(7);
  for (std::size_t call = 1; call < 400; call += 3) {
    FaultFileSystem files;
    int acknowledged = 0;
    bool is_over = false;
    {
      ASSERT_TRUE(open(files));  // the first opening is not what is tried here
      files.fail_at(call, Fault::power_off);
      const auto archive = open(files);
      if (archive) acknowledged = put_until_fault(**archive, kObjects);
      is_over = acknowledged == kObjects;
    }
    files.crash(random);
    const auto again = open(files);
    ASSERT_TRUE(again) << "call " << call << ": " << again.error().message();
    for (int i = 0; i < acknowledged; ++i) {
      const auto stored = (*again)->instance(store::local_reader(), slice(i).instance);
      ASSERT_TRUE(stored) << "call " << call << ": object " << i << " of " << acknowledged;
      const auto file = (*again)->file(*stored);
      ASSERT_TRUE(file);
      ASSERT_EQ(file->bytes(), ct_slice(slice(i)));
    }
    ASSERT_TRUE((*again)->verify([](std::string_view) {})->empty()) << "call " << call;
    const ArchiveCounts counts = (*again)->counts();
    ASSERT_GE(counts.instances, static_cast<std::uint64_t>(acknowledged));
    ASSERT_LE(counts.instances, static_cast<std::uint64_t>(acknowledged) + 1);
    // What was not acknowledged comes again, and all is there.
    ASSERT_EQ(put_until_fault(**again, kObjects), kObjects);
    ASSERT_EQ((*again)->counts().instances, kObjects);
    if (is_over) break;
  }
}

}  // namespace
}  // namespace meridian::imaging
