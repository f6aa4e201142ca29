#include "imaging/archive.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <thread>

#include "base/file_system.hpp"
#include "base/testing/temporary_folder.hpp"
#include "imaging/testing/objects.hpp"
#include "store/context.hpp"

namespace meridian::imaging {
namespace {

using testing::ct_slice;
using testing::Slice;

class Archives : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open(ArchiveOptions options = {}) {
    archive_.reset();
    options.folder = folder_.path() + "/archive";
    options.key = "a key of tests";
    auto opened = Archive::open(options);
    ASSERT_TRUE(opened) << opened.error().message();
    archive_ = std::move(*opened);
  }
  Received put(const Slice& slice, OnConflict on_conflict = OnConflict::refuse) {
    Result<Received> received = archive_->put(ct_slice(slice), "test", on_conflict);
    EXPECT_TRUE(received) << received.error().message();
    return received ? *received : Received();
  }
  static Result<Received> finish(Incoming& incoming) {
    std::promise<Result<Received>> promise;
    incoming.finish(OnConflict::refuse, [&](Result<Received> got) { promise.set_value(std::move(got)); });
    return promise.get_future().get();
  }
  std::vector<Match> find(Query query) {
    const auto matches = archive_->find(store::local_reader(), std::move(query));
    EXPECT_TRUE(matches);
    std::vector<Match> out;
    while (auto match = (*matches)->next().value()) out.push_back(*std::move(match));
    return out;
  }
  std::string bytes(const StoredInstance& instance) {
    const auto file = archive_->open(instance);
    std::string out(instance.bytes, '\0');
    EXPECT_TRUE(file && (*file)->read_at(0, out).value() == out.size());
    return out;
  }

  meridian::testing::TemporaryFolder folder_;
  std::unique_ptr<Archive> archive_;
};

Query query_of(Level level, std::vector<std::pair<dicom::Tag, std::string>> keys) {
  Query query;
  query.level = level;
  for (auto& [tag, value] : keys) query.keys.set(tag, value);
  return query;
}

constexpr dicom::Tag kName{0x0010, 0x0010};
constexpr dicom::Tag kPatientId{0x0010, 0x0020};
constexpr dicom::Tag kStudyUid{0x0020, 0x000D};
constexpr dicom::Tag kStudyDate{0x0008, 0x0020};
constexpr dicom::Tag kModality{0x0008, 0x0060};
constexpr dicom::Tag kInstanceNumber{0x0020, 0x0013};

TEST_F(Archives, keeps_an_object_bit_for_bit) {
  const std::string file = ct_slice({});
  const Received received = put({});
  EXPECT_EQ(received.reception, Reception::added);
  EXPECT_EQ(bytes(received.instance), file);
  open();  // anew
  const auto again = archive_->instance(store::local_reader(), received.instance.key.instance);
  ASSERT_TRUE(again);
  EXPECT_EQ(bytes(*again), file);
  EXPECT_EQ(again->key, received.instance.key);
  EXPECT_EQ(again->source, "test");
  EXPECT_EQ(archive_->counts().instances, 1);
  EXPECT_EQ(archive_->counts().bytes, file.size());
}

TEST_F(Archives, the_same_object_again_changes_nothing) {
  put({});
  const auto through = archive_->changes(0, 10)->through;
  EXPECT_EQ(put({}).reception, Reception::known);
  EXPECT_EQ(archive_->counts().instances, 1);
  EXPECT_EQ(archive_->changes(0, 10)->through, through);
}

TEST_F(Archives, another_object_under_its_uid_is_a_conflict) {
  const Received first = put({});
  const Slice other{.pixel = 'b'};
  const auto refused = archive_->put(ct_slice(other), "test");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::conflict);
  EXPECT_EQ(bytes(first.instance), ct_slice({}));

  const Received replaced = put(other, OnConflict::replace);
  EXPECT_EQ(replaced.reception, Reception::replaced);
  EXPECT_EQ(bytes(replaced.instance), ct_slice(other));
  while (archive_->open(first.instance)) std::this_thread::yield();  // its bytes go, once the sender has been told
  EXPECT_EQ(archive_->counts().instances, 1);
  EXPECT_EQ(archive_->counts().studies, 1);
}

TEST_F(Archives, the_same_object_with_another_head_at_the_same_time_is_one_and_whole) {
  for (int i = 0; i < 30; ++i) {
    const Slice slice{.instance = "1.2.1.1." + std::to_string(i)};
    const std::string first = ct_slice(slice);
    // Another version of the meta information: one element more.
    std::string second = first.substr(0, 132) +
                         dicom::testing::element(0x00020000, "UL", dicom::testing::little_32(0)) + first.substr(144);
    const std::size_t meta = dicom::read_file(first, {}, *std::make_unique<Issues>())->data_set_at();
    second.insert(meta, dicom::testing::element(0x00020016, "AE", "OTHER"));
    std::vector<std::future<Result<Received>>> both;
    for (const std::string* file : {&first, &std::as_const(second)}) {
      both.push_back(std::async(std::launch::async, [this, file] { return archive_->put(*file, "test"); }));
    }
    int added = 0;
    for (auto& one : both) added += one.get()->reception == Reception::added ? 1 : 0;
    EXPECT_EQ(added, 1);
    const auto stored = archive_->instance(store::local_reader(), slice.instance);
    const std::string kept = bytes(*stored);
    EXPECT_TRUE(kept == first || kept == second);
  }
  std::string said;
  EXPECT_TRUE(archive_->verify([&](std::string_view progress) { said = progress; })->empty());
  EXPECT_EQ(said, "");  // and nothing is left over
}

TEST_F(Archives, pieces_of_any_length_are_the_same_object) {
  const std::string file = ct_slice({.pixels = 4096});
  for (const std::size_t held : {std::size_t{16}, std::size_t{700}, std::size_t{1} << 20}) {
    for (const std::size_t piece : {1UL, 97UL, 4096UL}) {
      ArchiveOptions options;
      options.held_bytes = held;
      open(options);
      const auto incoming = archive_->receive("test").value();
      for (std::size_t at = 0; at < file.size(); at += piece) {
        ASSERT_TRUE(incoming->append(std::string_view(file).substr(at, piece)));
      }
      const Result<Received> received = finish(*incoming);
      ASSERT_TRUE(received) << received.error().message();
      EXPECT_EQ(bytes(received->instance), file);
    }
  }
  open();
  EXPECT_EQ(archive_->counts().instances, 1);
  EXPECT_TRUE(archive_->verify([](std::string_view) {})->empty());
}

TEST_F(Archives, large_objects_that_do_not_hold_together_are_refused) {
  ArchiveOptions options;
  options.held_bytes = 512;
  open(options);
  const std::string file = ct_slice({.pixels = 4096});
  for (const std::size_t cut : {1UL, 100UL, 4000UL}) {
    const auto received = archive_->put(std::string_view(file).substr(0, file.size() - cut), "test");
    ASSERT_FALSE(received) << cut;
    EXPECT_EQ(received.error().code(), ErrorCode::malformed_input);
  }
  EXPECT_FALSE(archive_->put("no DICOM at all, just words", "test"));
  EXPECT_EQ(archive_->counts().instances, 0);
}

TEST_F(Archives, heads_are_read_without_pixels) {
  const Received received = put({.pixels = 4096});
  const auto head = archive_->head(received.instance);
  ASSERT_TRUE(head);
  EXPECT_LT(head->bytes().size(), received.instance.bytes - 4096);
  EXPECT_EQ(head->data_set().find(dicom::tags::kPixelData), nullptr);
  EXPECT_NE(head->data_set().find(kName), nullptr);
  EXPECT_NE(archive_->file(received.instance)->data_set().find(dicom::tags::kPixelData), nullptr);
}

TEST_F(Archives, finds_by_what_is_said) {
  put({.study = "1.2.1",
       .series = "1.2.1.1",
       .instance = "1.2.1.1.1",
       .patient = "7",
       .name = "Li^Ming",
       .day = "20260105"});
  put({.study = "1.2.1",
       .series = "1.2.1.1",
       .instance = "1.2.1.1.2",
       .patient = "7",
       .name = "Li^Ming",
       .day = "20260105",
       .number = "2"});
  put({.study = "1.2.2",
       .series = "1.2.2.1",
       .instance = "1.2.2.1.1",
       .patient = "8",
       .name = "Wang^Fang",
       .day = "20260210"});

  const auto count = [&](Level level, std::vector<std::pair<dicom::Tag, std::string>> keys) {
    return find(query_of(level, std::move(keys))).size();
  };
  EXPECT_EQ(count(Level::study, {}), 2);
  EXPECT_EQ(count(Level::patient, {{kPatientId, ""}}), 2);
  EXPECT_EQ(count(Level::instance, {}), 3);
  EXPECT_EQ(count(Level::study, {{kPatientId, "7"}}), 1);
  EXPECT_EQ(count(Level::study, {{kPatientId, "9"}}), 0);
  EXPECT_EQ(count(Level::study, {{kName, "li*"}}), 1);
  EXPECT_EQ(count(Level::study, {{kName, "LI^MING"}}), 1);
  EXPECT_EQ(count(Level::study, {{kStudyDate, "20260101-20260131"}}), 1);
  EXPECT_EQ(count(Level::study, {{kStudyDate, "20260106-"}}), 1);
  EXPECT_EQ(count(Level::study, {{kStudyUid, "1.2.1\\1.2.2"}}), 2);
  EXPECT_EQ(count(Level::series, {{kStudyUid, "1.2.1"}, {kModality, "CT"}}), 1);
  EXPECT_EQ(count(Level::series, {{kStudyUid, "1.2.1"}, {kModality, "MR"}}), 0);
  EXPECT_EQ(count(Level::instance, {{kInstanceNumber, "2"}}), 1);

  const auto newest = find(query_of(Level::study, {{kStudyUid, ""}, {{0x0020, 0x1208}, ""}}));
  EXPECT_EQ(newest[0].key.study, "1.2.2");
  EXPECT_EQ(newest[1].attributes.value({0x0020, 0x1208}), "2");
  EXPECT_EQ(newest[1].attributes.all().size(), 2);  // what was asked for
}

TEST_F(Archives, narrow_a_study_to_the_series_that_are_left) {
  put({});
  put({.series = "1.2.1.2", .instance = "1.2.1.2.1", .modality = "SR"});
  put({.series = "1.2.1.3", .instance = "1.2.1.3.1", .modality = "SR"});
  constexpr dicom::Tag kModalities{0x0008, 0x0061};
  const auto modalities = [&] {
    return std::string(find(query_of(Level::study, {{kModalities, ""}}))[0].attributes.value(kModalities));
  };
  EXPECT_EQ(modalities(), "CT\\SR");
  ASSERT_TRUE(archive_->remove({testing::kStudy, "1.2.1.2"}));
  EXPECT_EQ(modalities(), "CT\\SR");  // another series says it too
  ASSERT_TRUE(archive_->remove({testing::kStudy, "1.2.1.3"}));
  EXPECT_EQ(modalities(), "CT");
  EXPECT_TRUE(archive_->verify([](std::string_view) {})->empty());
}

TEST_F(Archives, what_is_removed_is_gone) {
  put({.instance = "1.2.1.1.1"});
  const Received other = put({.study = "1.2.2", .series = "1.2.2.1", .instance = "1.2.2.1.1"});
  EXPECT_EQ(archive_->remove({testing::kStudy}).value(), 1);
  EXPECT_EQ(archive_->counts().studies, 1);
  EXPECT_EQ(find(query_of(Level::study, {})).size(), 1);
  EXPECT_EQ(archive_->instances(store::local_reader(), {testing::kStudy}).error().code(), ErrorCode::not_found);
  EXPECT_EQ(bytes(other.instance).size(), other.instance.bytes);
  const auto changes = archive_->changes(0, 10);
  EXPECT_NE(std::ranges::find(changes->studies, testing::kStudy), changes->studies.end());
  EXPECT_EQ(archive_->remove({"1.9"}).value(), 0);
  EXPECT_FALSE(archive_->remove({}));
}

TEST_F(Archives, changes_tell_each_study_once) {
  put({.instance = "1.2.1.1.1"});
  put({.instance = "1.2.1.1.2"});
  put({.study = "1.2.2", .series = "1.2.2.1", .instance = "1.2.2.1.1"});
  const auto all = archive_->changes(0, 10);
  EXPECT_EQ(all->studies, (std::vector<std::string>{testing::kStudy, "1.2.2"}));
  EXPECT_TRUE(all->is_current);
  const auto first = archive_->changes(0, 1);
  EXPECT_FALSE(first->is_current);
  EXPECT_EQ(archive_->changes(first->through, 10)->studies, std::vector<std::string>{"1.2.2"});
  ASSERT_TRUE(archive_->keep_cursor("record", all->through));
  open();
  EXPECT_EQ(archive_->cursor("record").value(), all->through);
  EXPECT_TRUE(archive_->changes(all->through, 10)->studies.empty());
}

class Blind final : public StudyGuard {
 public:
  Result<bool> may_see(const store::ReadContext&, const std::string& study) const override { return study != "1.2.2"; }
};

TEST_F(Archives, what_the_guard_hides_is_not_found) {
  const Blind guard;
  ArchiveOptions options;
  options.guard = &guard;
  open(options);
  put({});
  put({.study = "1.2.2", .series = "1.2.2.1", .instance = "1.2.2.1.1"});
  EXPECT_EQ(find(query_of(Level::study, {})).size(), 1);
  EXPECT_EQ(find(query_of(Level::instance, {{kStudyUid, "1.2.2"}})).size(), 0);
  EXPECT_FALSE(archive_->instance(store::local_reader(), "1.2.2.1.1"));
  EXPECT_FALSE(archive_->instances(store::local_reader(), {"1.2.2"}));
}

TEST_F(Archives, objects_without_uids_are_refused_with_a_reason) {
  const auto received = archive_->put(ct_slice({.series = ""}), "test");
  ASSERT_FALSE(received);
  EXPECT_NE(received.error().message().find("Series Instance UID"), std::string::npos);
  const auto other = archive_->receive("test", "9.9.9").value();
  ASSERT_TRUE(other->append(ct_slice({})));
  EXPECT_FALSE(finish(*other));
}

TEST_F(Archives, verify_names_what_was_damaged) {
  const Received received = put({.pixels = 4096});
  EXPECT_TRUE(archive_->verify([](std::string_view) {})->empty());
  std::string hex;
  for (const std::byte byte : received.instance.blob) {
    hex += "0123456789abcdef"[static_cast<int>(byte) >> 4];
    hex += "0123456789abcdef"[static_cast<int>(byte) & 15];
  }
  const std::string path = folder_.path() + "/archive/objects/" + hex.substr(0, 2) + "/" + hex.substr(2);
  std::string file = read_whole_file(system_files(), path, 1 << 20).value();
  file[file.size() - 10] ^= 1;
  ASSERT_TRUE(replace_file(system_files(), path, file));
  const auto faults = archive_->verify([](std::string_view) {});
  ASSERT_EQ(faults->size(), 1);
  EXPECT_NE(faults->front().find(received.instance.key.instance), std::string::npos);
}

}  // namespace
}  // namespace meridian::imaging
