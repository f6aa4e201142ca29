#include "kv/rocks.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "kv/testing/contract.hpp"
#include "kv/testing/model_kv.hpp"

namespace meridian::testing {
namespace {

class RocksUnderTest final : public KvUnderTest {
 public:
  RocksUnderTest() {
    std::string made = (std::filesystem::temp_directory_path() / "meridian-kv-XXXXXX").string();
    folder_ = ::mkdtemp(made.data()) != nullptr ? made : "";
  }
  ~RocksUnderTest() override { std::filesystem::remove_all(folder_); }

  Result<std::unique_ptr<kv::Kv>> open(std::span<const kv::SpaceDefinition> spaces) override {
    return open_checkpoint(spaces, folder_ + "/kv");
  }
  std::string new_folder() override { return folder_ + "/copy" + std::to_string(++copies_); }
  Result<std::unique_ptr<kv::Kv>> open_checkpoint(std::span<const kv::SpaceDefinition> spaces,
                                                  const std::string& folder) override {
    return kv::open_rocks(spaces, {.folder = folder, .memory_bytes = 16 << 20});
  }

 private:
  std::string folder_;
  int copies_ = 0;
};

class ModelUnderTest final : public KvUnderTest {
 public:
  Result<std::unique_ptr<kv::Kv>> open(std::span<const kv::SpaceDefinition> spaces) override {
    return open_model(spaces, disk_);
  }
  std::string new_folder() override { return "copy" + std::to_string(++copies_); }
  Result<std::unique_ptr<kv::Kv>> open_checkpoint(std::span<const kv::SpaceDefinition> spaces,
                                                  const std::string& folder) override {
    return open_model(spaces, TRY(model_checkpoint(*disk_, folder)));
  }

 private:
  std::shared_ptr<ModelDisk> disk_ = std::make_shared<ModelDisk>();
  int copies_ = 0;
};

template <typename Place>
std::unique_ptr<KvUnderTest> make() {
  return std::make_unique<Place>();
}

INSTANTIATE_TEST_SUITE_P(Kv, KvContract,
                         ::testing::Values(KvCase{"rocks", &make<RocksUnderTest>},
                                           KvCase{"model", &make<ModelUnderTest>}),
                         case_name<KvCase>);

}  // namespace
}  // namespace meridian::testing
