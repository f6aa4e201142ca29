// What every Kv, every Log and every Blobs must do, as parametrised tests. An implementation passes them by
//
//   INSTANTIATE_TEST_SUITE_P(Rocks, KvContract, ::testing::Values(KvCase{"rocks", &make_rocks}), kv_case_name);
//
// in a test of its own that links kv_testing. Nothing here knows of any one implementation.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>

#include "kv/blobs.hpp"
#include "kv/kv.hpp"
#include "kv/log.hpp"

namespace meridian::testing {

/// A place for one Kv, empty when it is made and gone when it goes.
class KvUnderTest {
 public:
  virtual ~KvUnderTest() = default;
  /// Again and again, after the Kv opened before has gone: the same content.
  virtual Result<std::unique_ptr<kv::Kv>> open(std::span<const kv::SpaceDefinition> spaces) = 0;
  /// A folder for a checkpoint that does not exist yet, another one each time.
  virtual std::string new_folder() = 0;
  virtual Result<std::unique_ptr<kv::Kv>> open_checkpoint(std::span<const kv::SpaceDefinition> spaces,
                                                          const std::string& folder) = 0;
};

struct KvCase {
  const char* name;
  std::unique_ptr<KvUnderTest> (*make)();
};

class KvContract : public ::testing::TestWithParam<KvCase> {
 protected:
  KvContract();
  ~KvContract() override;
  void SetUp() override;
  void reopen();

  /// Three spaces: one that says nothing of itself, one of point reads within prefixes of four bytes, one that is cold.
  static constexpr kv::SpaceId kPlain{0};
  static constexpr kv::SpaceId kPrefixed{1};
  static constexpr kv::SpaceId kCold{2};
  static std::span<const kv::SpaceDefinition> spaces();

  kv::Kv& kv() { return *kv_; }
  KvUnderTest& place() { return *place_; }
  void put(kv::SpaceId space, std::string_view key, std::string_view value);
  void put_all(kv::SpaceId space, std::initializer_list<std::string> keys);
  std::string get(kv::SpaceId space, std::string_view key);  ///< "absent" when it is not there

 private:
  std::unique_ptr<KvUnderTest> place_;
  std::unique_ptr<kv::Kv> kv_;
};

/// A place for one Log or one Blobs.
template <typename Interface>
class PlaceUnderTest {
 public:
  virtual ~PlaceUnderTest() = default;
  virtual Result<std::unique_ptr<Interface>> open() = 0;
};

struct LogCase {
  const char* name;
  std::unique_ptr<PlaceUnderTest<kv::Log>> (*make)();
};

class LogContract : public ::testing::TestWithParam<LogCase> {
 protected:
  void SetUp() override;
  void reopen();
  kv::Log& log() { return *log_; }

 private:
  std::unique_ptr<PlaceUnderTest<kv::Log>> place_;
  std::unique_ptr<kv::Log> log_;
};

struct BlobsCase {
  const char* name;
  std::unique_ptr<PlaceUnderTest<kv::Blobs>> (*make)();
};

class BlobsContract : public ::testing::TestWithParam<BlobsCase> {
 protected:
  void SetUp() override;
  void reopen();
  kv::Blobs& blobs() { return *blobs_; }

 private:
  std::unique_ptr<PlaceUnderTest<kv::Blobs>> place_;
  std::unique_ptr<kv::Blobs> blobs_;
};

// Names for the cases; using one links the contract's tests in.
std::string kv_case_name(const ::testing::TestParamInfo<KvCase>& info);
std::string log_case_name(const ::testing::TestParamInfo<LogCase>& info);
std::string blobs_case_name(const ::testing::TestParamInfo<BlobsCase>& info);

}  // namespace meridian::testing
