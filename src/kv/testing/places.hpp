// Places where a Kv can live in a test: a temporary folder for RocksDB, a ModelDisk.
#pragma once

#include <memory>
#include <string>

#include "base/testing/temporary_folder.hpp"
#include "kv/rocks.hpp"
#include "kv/testing/contract.hpp"
#include "kv/testing/model_kv.hpp"

namespace meridian::testing {

class RocksPlace final : public KvUnderTest {
 public:
  Result<std::unique_ptr<kv::Kv>> open(std::span<const kv::SpaceDefinition> spaces) override {
    return open_checkpoint(spaces, folder_.path() + "/kv");
  }
  std::string new_folder() override { return folder_.path() + "/copy" + std::to_string(++copies_); }
  Result<std::unique_ptr<kv::Kv>> open_checkpoint(std::span<const kv::SpaceDefinition> spaces,
                                                  const std::string& folder) override {
    return kv::open_rocks(spaces, {.folder = folder, .memory_bytes = 16 << 20});
  }

 private:
  TemporaryFolder folder_;
  int copies_ = 0;
};

class ModelPlace final : public KvUnderTest {
 public:
  Result<std::unique_ptr<kv::Kv>> open(std::span<const kv::SpaceDefinition> spaces) override {
    return open_model(spaces, disk_);
  }
  std::string new_folder() override { return "copy" + std::to_string(++copies_); }
  Result<std::unique_ptr<kv::Kv>> open_checkpoint(std::span<const kv::SpaceDefinition> spaces,
                                                  const std::string& folder) override {
    return open_model(spaces, TRY(model_checkpoint(*disk_, folder)));
  }
  ModelDisk& disk() { return *disk_; }

 private:
  std::shared_ptr<ModelDisk> disk_ = std::make_shared<ModelDisk>();
  int copies_ = 0;
};

}  // namespace meridian::testing
