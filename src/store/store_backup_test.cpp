// Back-ups: restore points that share their files, damage that is noticed, and what a crash leaves.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "base/hash.hpp"
#include "base/hex.hpp"
#include "base/testing/fault_file_system.hpp"
#include "kv/file_blobs.hpp"
#include "kv/rocks.hpp"
#include "store/backup.hpp"
#include "store/store.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::store {
namespace {

using meridian::testing::Fault;
using meridian::testing::FaultFileSystem;
using meridian::testing::update_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::unique_ptr<Store> open(FileSystem& files, const std::string& folder) {
  StoreOptions options;
  options.folder = folder;
  options.files = &files;
  options.memory_bytes = std::uint64_t{8} << 20;
  auto store = Store::open(std::move(options));
  EXPECT_TRUE(store) << (store ? "" : store.error().message());
  return store ? *std::move(store) : nullptr;
}

void put(Store& store, const std::string& id) {
  CommitRequest request;
  request.writes.push_back(update_of(R"({"resourceType":"Patient","id":")" + id + R"("})"));
  ASSERT_TRUE(store.commit(local_writer(), std::move(request)));
}

std::uint64_t resources(FileSystem& files, const std::string& folder) {
  const auto store = open(files, folder);
  if (store == nullptr) return 0;
  EXPECT_THAT(*store->verify({}), IsEmpty());
  return store->statistics(local_reader())->resources;
}

void write(FileSystem& files, const std::string& path, std::string_view bytes) {
  const auto file = files.open_writable(path, WriteMode::replace);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->append(bytes));
  ASSERT_TRUE((*file)->sync());
}

std::string read(FileSystem& files, const std::string& path) {
  return read_whole_file(files, path, std::size_t{64} << 20).value_or("");
}

std::vector<std::string> list(FileSystem& files, const std::string& folder) {
  return files.list(folder).value_or(std::vector<std::string>());
}

/// The largest of the files that a back-up keeps.
std::string largest(FileSystem& files, const std::string& backup) {
  std::string found;
  std::uint64_t most = 0;
  for (const std::string& name : list(files, backup + "/files")) {
    const std::string path = fmt::format("{}/files/{}", backup, name);
    if (const std::uint64_t bytes = *files.size(path); bytes > most) {
      most = bytes;
      found = path;
    }
  }
  return found;
}

/// A point's text, ended anew.
std::string with_checksum(const std::string& text) {
  const std::string body = text.substr(0, text.rfind("end "));
  return body + fmt::format("end {:08x}\n", crc32c(body));
}

struct StoreBackup : ::testing::Test {
  FaultFileSystem files;
  std::unique_ptr<Store> store;
  void SetUp() override {
    store = open(files, "/data");
    ASSERT_NE(store, nullptr);
    put(*store, "p1");
  }
  Result<BackupMade> back_up(std::string folder = "/copy") {
    return store->backup({.folder = std::move(folder), .incremental = true, .beside = {"terminology"}});
  }
  Result<BackupPoint> restore(std::string_view at, const std::string& to, const std::string& folder = "/copy") {
    return restore_point(files, folder, at, to);
  }
};

TEST_F(StoreBackup, keeps_earlier_points_and_copies_only_what_is_new) {
  const auto first = back_up();
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_EQ(first->copied_files, first->point.files);
  EXPECT_EQ(first->point.commit, CommitNumber(1));
  put(*store, "p2");
  const auto second = back_up();
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_EQ(second->point.number, 2U);
  EXPECT_EQ(second->point.commit, CommitNumber(2));
  EXPECT_LT(second->copied_files, second->point.files);
  EXPECT_LT(second->copied_bytes, second->point.bytes);
  EXPECT_EQ(second->mended_files, 0U);

  const auto points = backup_points(files, "/copy");
  ASSERT_TRUE(points);
  EXPECT_THAT(points->points, SizeIs(2));
  EXPECT_THAT(points->damaged, IsEmpty());
  ASSERT_TRUE(restore("1", "/one"));
  ASSERT_TRUE(restore("latest", "/two"));
  EXPECT_EQ(resources(files, "/one"), 1U);
  EXPECT_EQ(resources(files, "/two"), 2U);
  EXPECT_EQ(restore("3", "/three").error().code(), ErrorCode::not_found);
  EXPECT_FALSE(*files.exists("/data/backing-up"));
}

TEST_F(StoreBackup, a_restored_store_goes_on_in_the_same_back_up) {
  ASSERT_TRUE(back_up());
  ASSERT_TRUE(restore("latest", "/again"));
  store = open(files, "/again");
  put(*store, "other");
  const auto second = back_up();
  ASSERT_TRUE(second) << second.error().message();
  ASSERT_TRUE(restore("2", "/two"));
  EXPECT_EQ(resources(files, "/two"), 2U);
}

TEST_F(StoreBackup, keeps_the_folders_beside_the_kv) {
  ASSERT_TRUE(files.create_directory("/data/terminology"));
  write(files, "/data/terminology/a.codes", "one");
  write(files, "/data/terminology/b.part", "half");
  ASSERT_TRUE(back_up());
  write(files, "/data/terminology/a.codes", "two");
  ASSERT_TRUE(back_up());
  ASSERT_TRUE(restore("1", "/one"));
  ASSERT_TRUE(restore("2", "/two"));
  EXPECT_EQ(read(files, "/one/terminology/a.codes"), "one");
  EXPECT_EQ(read(files, "/two/terminology/a.codes"), "two");
  EXPECT_FALSE(*files.exists("/one/terminology/b.part"));
}

TEST_F(StoreBackup, keeps_folders_in_folders_under_any_name) {
  const std::string inner = "/data/catalog/feeds";
  ASSERT_TRUE(files.create_directory("/data/catalog"));
  ASSERT_TRUE(files.create_directory(inner));
  write(files, "/data/catalog/read me%.txt", "one");
  write(files, inner + "/化验.yaml", "two");
  const BackupRequest request{.folder = "/copy", .beside = {"catalog", "catalog/feeds"}};
  ASSERT_TRUE(store->backup(request));
  ASSERT_TRUE(restore("1", "/one"));
  EXPECT_EQ(read(files, "/one/catalog/read me%.txt"), "one");
  EXPECT_EQ(read(files, "/one/catalog/feeds/化验.yaml"), "two");
}

TEST_F(StoreBackup, reads_points_of_the_format_before) {
  ASSERT_TRUE(back_up());
  for (const std::string& path : {std::string("/copy/MERIDIAN-BACKUP"), std::string("/copy/points/1")}) {
    std::string text = read(files, path);
    text.replace(text.find("back-up 2"), 9, "back-up 1");
    write(files, path, path.ends_with("/1") ? with_checksum(text) : text);
  }
  ASSERT_TRUE(restore("1", "/one"));
  EXPECT_EQ(resources(files, "/one"), 1U);
  put(*store, "p2");
  ASSERT_TRUE(back_up());
  EXPECT_EQ(read(files, "/copy/MERIDIAN-BACKUP"), "meridian back-up 2\n");
  ASSERT_TRUE(restore("1", "/one-again"));
  ASSERT_TRUE(restore("2", "/two"));
  EXPECT_EQ(resources(files, "/two"), 2U);
}

/// A part with a Kv that names blobs.
struct StoreBackupOfParts : StoreBackup {
  std::unique_ptr<kv::Kv> kv;
  std::unique_ptr<kv::Blobs> blobs;
  static constexpr kv::SpaceDefinition kSpaces[] = {{.name = "names"}};

  void SetUp() override {
    StoreBackup::SetUp();
    ASSERT_TRUE(files.create_directory("/data/images"));
    kv = open_kv("/data");
    blobs = *kv::open_file_blobs(files, "/data/images/objects");
  }
  std::unique_ptr<kv::Kv> open_kv(const std::string& data) {
    kv::RocksOptions options;
    options.folder = data + "/images/index";
    options.files = &files;
    options.memory_bytes = std::uint64_t{8} << 20;
    return *kv::open_rocks(kSpaces, options);
  }
  static kv::BlobName name_of(std::string_view bytes) {
    kv::BlobName name;
    const auto digest = sha256(bytes);
    std::memcpy(name.data(), digest.data(), name.size());
    return name;
  }
  void add(const std::string& bytes) {
    ASSERT_TRUE(blobs->put(name_of(bytes), bytes));
    kv::Batch batch;
    batch.put(kv::SpaceId{0}, bytes, "");
    ASSERT_TRUE(kv->commit(batch, kv::Durability::synced));
  }
  Result<BackupMade> back_up() {
    BackupRequest request{.folder = "/copy", .incremental = true};
    request.parts.push_back({.folder = "images/index",
                             .checkpoint = [this](const std::string& to) { return kv->checkpoint(to); },
                             .blobs = blobs.get(),
                             .blobs_folder = "images/objects"});
    return store->backup(request);
  }
  /// What a restored Kv names, each with its blob.
  std::vector<std::string> names(const std::string& data) {
    std::vector<std::string> found;
    const auto restored = open_kv(data);
    const auto objects = *kv::open_file_blobs(files, data + "/images/objects");
    const auto view = restored->view();
    for (const auto cursor = view->scan(kv::SpaceId{0}, {"", ""}); cursor->valid(); cursor->next()) {
      EXPECT_EQ(objects->size(name_of(cursor->key())).value_or(0), cursor->key().size()) << cursor->key();
      found.emplace_back(cursor->key());
    }
    return found;
  }
};

TEST_F(StoreBackupOfParts, keeps_each_blob_once_and_what_names_them_as_it_was) {
  add("one");
  add("second");
  const auto first = back_up();
  ASSERT_TRUE(first) << first.error().message();
  add("third one");
  ASSERT_TRUE(blobs->remove(name_of("one")));
  put(*store, "p2");
  const auto second = back_up();
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_LT(second->copied_files, second->point.files);
  ASSERT_TRUE(restore("1", "/one"));
  ASSERT_TRUE(restore("2", "/two"));
  EXPECT_THAT(names("/one"), ElementsAre("one", "second"));
  EXPECT_EQ(resources(files, "/two"), 2U);
  const auto objects = *kv::open_file_blobs(files, "/two/images/objects");
  EXPECT_TRUE(*objects->exists(name_of("third one")));
  // What is listed says how many there are.
  EXPECT_EQ(backup_points(files, "/copy")->points.front().files, first->point.files);
}

TEST_F(StoreBackupOfParts, notices_missing_blobs_and_mends_damaged_ones) {
  add("one");
  add("second");
  ASSERT_TRUE(back_up());
  const auto path_of = [](std::string_view bytes) {
    const std::string hex = to_hex(std::span<const std::byte>(name_of(bytes)));
    return "/copy/images/objects/" + hex.substr(0, 2) + "/" + hex.substr(2);
  };
  ASSERT_TRUE(files.remove(path_of("one")));
  EXPECT_EQ(restore("1", "/one").error().code(), ErrorCode::io_failure);
  write(files, path_of("second"), "sec");
  const auto again = back_up();
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(again->mended_files, 1U);
  ASSERT_TRUE(restore("1", "/whole"));
  EXPECT_THAT(names("/whole"), ElementsAre("one", "second"));
}

TEST_F(StoreBackup, a_damaged_file_is_noticed_and_copied_anew) {
  ASSERT_TRUE(back_up());
  const std::string path = largest(files, "/copy");
  std::string bytes = read(files, path);
  bytes[bytes.size() / 2] ^= 1;
  write(files, path, bytes);
  const auto broken = restore("1", "/one");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message(), HasSubstr(path));
  const auto second = back_up();
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_EQ(second->mended_files, 1U);
  ASSERT_TRUE(restore("1", "/whole"));  // which shares the file
  EXPECT_EQ(resources(files, "/whole"), 1U);
}

TEST_F(StoreBackup, a_table_that_changed_under_its_name_makes_no_point) {
  ASSERT_TRUE(back_up());
  for (const std::string& name : list(files, "/copy/files")) ASSERT_TRUE(files.remove("/copy/files/" + name));
  std::uint64_t changed = 0;
  for (const std::string& name : list(files, "/data/kv")) {
    if (!name.ends_with(".sst")) continue;
    std::string bytes = read(files, "/data/kv/" + name);
    bytes[bytes.size() / 2] ^= 1;
    write(files, "/data/kv/" + name, bytes);
    ++changed;
  }
  ASSERT_GT(changed, 0U);
  const auto second = back_up();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::io_failure);
  EXPECT_THAT(second.error().message(), HasSubstr(".sst"));
  EXPECT_THAT(backup_points(files, "/copy")->points, SizeIs(1));
}

TEST_F(StoreBackup, a_damaged_point_is_named_and_the_others_stay) {
  ASSERT_TRUE(back_up());
  put(*store, "p2");
  ASSERT_TRUE(back_up());
  std::string bytes = read(files, "/copy/points/2");
  bytes[bytes.size() / 2] ^= 1;
  write(files, "/copy/points/2", bytes);
  EXPECT_THAT(backup_points(files, "/copy")->damaged, ::testing::ElementsAre("/copy/points/2"));
  EXPECT_THAT(restore("latest", "/two").error().message(), HasSubstr("/copy/points/2"));
  ASSERT_TRUE(restore("1", "/one"));
  EXPECT_EQ(resources(files, "/one"), 1U);
  const auto third = back_up();
  ASSERT_TRUE(third);
  EXPECT_EQ(third->point.number, 3U);
}

TEST_F(StoreBackup, nobody_elses_folder_is_taken) {
  ASSERT_TRUE(files.create_directory("/mine"));
  write(files, "/mine/letter", "dear");
  EXPECT_EQ(back_up("/mine").error().code(), ErrorCode::conflict);
  EXPECT_EQ(backup_points(files, "/mine").error().code(), ErrorCode::not_found);
  EXPECT_EQ(store->backup({.folder = "/mine"}).error().code(), ErrorCode::conflict);
  ASSERT_TRUE(back_up());
  write(files, "/copy/MERIDIAN-BACKUP", "meridian back-up 3\n");
  EXPECT_EQ(back_up().error().code(), ErrorCode::unsupported);
}

TEST_F(StoreBackup, paths_that_lead_elsewhere_are_no_point) {
  ASSERT_TRUE(back_up());
  const std::string text = read(files, "/copy/points/1");
  for (const char* path : {"../x/", "/kv/", "kv/../../", "kv/./", "kv//", "%2e%2e/", "kv/%00/", "kv/%2/", "kv "}) {
    std::string changed = text;
    changed.replace(changed.find("kv/"), 3, path);
    write(files, "/copy/points/1", with_checksum(changed));
    EXPECT_EQ(restore("1", "/one").error().code(), ErrorCode::io_failure) << path;
    EXPECT_FALSE(*files.exists("/one")) << path;
  }
  write(files, "/copy/points/1", with_checksum(text));
  EXPECT_TRUE(restore("1", "/one"));
}

TEST_F(StoreBackup, is_consistent_while_commits_go_on) {
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i) put(*store, "w" + std::to_string(i));
  });
  std::vector<BackupPoint> points;
  for (int i = 0; i < 3; ++i) {
    const auto made = back_up();
    ASSERT_TRUE(made) << made.error().message();
    points.push_back(made->point);
  }
  writer.join();
  for (const BackupPoint& point : points) {
    const std::string folder = "/restored" + std::to_string(point.number);
    ASSERT_TRUE(restore(std::to_string(point.number), folder));
    const auto restored = open(files, folder);
    ASSERT_NE(restored, nullptr);
    EXPECT_EQ(restored->last_commit(kDefaultTenant), point.commit);  // exactly, though commits went on
    EXPECT_EQ(restored->statistics(local_reader())->resources, point.commit.value());
    EXPECT_THAT(*restored->verify({}), IsEmpty());
  }
}

/// A back-up of two points, the second cut off at its n-th call, if it has so many. How many calls it made.
std::size_t survives_a_loss_of_power(std::size_t n) {
  FaultFileSystem files;
  auto store = open(files, "/data");
  put(*store, "p1");
  EXPECT_TRUE(store->backup({.folder = "/copy"}));
  put(*store, "p2");
  const std::size_t before = files.calls();
  files.fail_at(n, Fault::power_off);
  const auto second = store->backup({.folder = "/copy", .incremental = true});
  const std::size_t calls = files.calls() - before;
  store.reset();
  files.crash();

  const auto points = backup_points(files, "/copy");
  EXPECT_TRUE(points) << "at call " << n;
  if (!points) return calls;
  EXPECT_THAT(points->damaged, IsEmpty()) << "at call " << n;
  EXPECT_GE(points->points.size(), second ? 2U : 1U) << "at call " << n;
  EXPECT_TRUE(restore_point(files, "/copy", "1", "/one")) << "at call " << n;
  EXPECT_EQ(resources(files, "/one"), 1U) << "at call " << n;

  store = open(files, "/data");
  const auto again = store->backup({.folder = "/copy", .incremental = true});
  EXPECT_TRUE(again) << "at call " << n;
  EXPECT_TRUE(restore_point(files, "/copy", "latest", "/last")) << "at call " << n;
  EXPECT_EQ(resources(files, "/last"), 2U) << "at call " << n;
  return calls;
}

TEST(StoreBackupCrash, leaves_earlier_points_as_they_were_wherever_it_comes) {
  const std::size_t all = survives_a_loss_of_power(1'000'000);
  ASSERT_GT(all, 100U);
  // First the checkpoint is made, which is RocksDB's and slow to fail; then the files are brought.
  for (std::size_t n = 1; n <= all && !HasFailure(); n += n < all / 2 ? all / 8 : 3) survives_a_loss_of_power(n);
}

}  // namespace
}  // namespace meridian::store
