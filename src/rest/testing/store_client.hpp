// StoreClient: asks the interactions on a store of its own, in memory, without sockets; for tests. What runs beside
// requests has a folder that goes with it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "http/router.hpp"
#include "kv/testing/model_kv.hpp"
#include "rest/store_routes.hpp"
#include "rest/testing/operation_client.hpp"
#include "store/store.hpp"

namespace meridian::rest::testing {

class StoreClient {
 public:
  using Fields = OperationClient::Fields;
  StoreClient();
  ~StoreClient();
  StoreClient(const StoreClient&) = delete;
  StoreClient& operator=(const StoreClient&) = delete;

  /// Waits for the answer. A body that comes from a source is read to its end, or until it has to wait.
  Reply ask(http::Method method, std::string_view target, std::string body = {}, const Fields& fields = {});
  Reply get(std::string_view target, const Fields& fields = {}) { return ask(http::Method::get, target, {}, fields); }
  Reply put(std::string_view target, std::string body, const Fields& fields = {}) {
    return ask(http::Method::put, target, std::move(body), fields);
  }
  Reply post(std::string_view target, std::string body, const Fields& fields = {}) {
    return ask(http::Method::post, target, std::move(body), fields);
  }
  Reply patch(std::string_view target, std::string_view form, std::string body, Fields fields = {});
  Reply remove(std::string_view target, const Fields& fields = {}) {
    return ask(http::Method::delete_, target, {}, fields);
  }

  store::Store& store() { return *store_; }
  http::Router& router() { return router_; }
  const std::string& folder() const { return folder_.path(); }
  meridian::testing::ManualClock& clock() { return clock_; }
  /// Ends what runs beside requests, and the store, and begins again on what they left.
  void restart();

 private:
  void open();
  meridian::testing::ManualClock clock_;
  meridian::testing::TemporaryFolder folder_;
  std::shared_ptr<meridian::testing::ModelDisk> disk_ = std::make_shared<meridian::testing::ModelDisk>();
  struct Terminology;
  std::unique_ptr<Terminology> terminology_;
  std::unique_ptr<store::Store> store_;
  http::Router router_;
  std::shared_ptr<void> running_;
};

}  // namespace meridian::rest::testing
