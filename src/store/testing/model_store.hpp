// A Store on a Kv in memory, for tests of whoever stands on a Store.
//
//   ModelStore model;                                      // empty
//   model.put(R"({"resourceType":"Patient","id":"7"})");   // as a PUT would
//   model->read(local_reader(), {"Patient", "7"});
//   model.crash();                                         // what was not safe is gone; open again
#pragma once

#include <memory>
#include <string>

#include "kv/testing/model_kv.hpp"
#include "store/store.hpp"

namespace meridian::testing {

class ModelStore {
 public:
  explicit ModelStore(store::StoreOptions options = {});
  ~ModelStore();

  store::Store& operator*() { return *store_; }
  store::Store* operator->() { return store_.get(); }
  ModelDisk& disk() { return *disk_; }
  std::shared_ptr<ModelDisk> shared_disk() { return disk_; }

  /// Closes it and opens it again.
  void reopen();
  /// Loses power and opens it again.
  void crash();

  using Outcome = tl::expected<store::CommitOutcome, store::CommitFailure>;
  /// One update under the id that it has in it.
  Outcome put(std::string json);
  Outcome remove(const std::string& type, const std::string& id);
  Outcome commit(store::Write write);

 private:
  store::StoreOptions options_;
  std::shared_ptr<ModelDisk> disk_;
  std::unique_ptr<store::Store> store_;
};

/// A document of a resource that is right; stops the test's program otherwise.
fhir::Document document_of(std::string json);
/// An update of the resource under its own id.
store::Write update_of(std::string json);

}  // namespace meridian::testing
