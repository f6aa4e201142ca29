#include "rest/administration.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "http/router.hpp"
#include "store/store.hpp"

namespace meridian::rest {
namespace {

constexpr std::int64_t kLongestJobMs = 6LL * 3600 * 1000;

bool is_local(const http::Request& request) {
  return request.peer.address == "unix";
}

http::Response only_local() {
  return http::Response::problem(
      Error(ErrorCode::forbidden, "this is taken only through the socket in the data folder: meridian … --data DIR"));
}

http::Response stats(store::Store& store) {
  const Result<store::StoreStatistics> found = store.statistics(store::local_reader());
  if (!found) return http::Response::problem(found.error());
  std::string types;
  for (const auto& [type, count] : found->by_type) {
    types += fmt::format("{}\"{}\":{}", types.empty() ? "" : ",", type, count);
  }
  return http::Response::json(
      fmt::format(R"({{"by_type":{{{}}},"resources":{},"versions":{},"last_commit":{},"disk_bytes":{}}})", types,
                  found->resources, found->versions, found->last_commit.value(), found->disk_bytes));
}

http::Response report(std::string text, std::size_t faults) {
  return http::Response::text(std::move(text)).with("Meridian-Faults", std::to_string(faults));
}

http::Response verify(store::Store& store) {
  const auto faults = store.verify([](std::string_view) {});
  if (!faults) return http::Response::problem(faults.error());
  std::string text;
  for (const std::string& fault : *faults) text += fault + "\n";
  if (faults->empty()) text = "everything is as it should be\n";
  return report(std::move(text), faults->size());
}

http::Response backup(store::Store& store, const http::Request& request) {
  const std::string folder(request.query("to").value_or(""));
  if (folder.empty() || folder.front() != '/') {
    return http::Response::problem(400, "say where to: ?to=/an/absolute/folder");
  }
  const Result<store::CommitNumber> through = store.backup(folder);
  if (!through) return http::Response::problem(through.error());
  return report(fmt::format("through commit {} in {}\n", through->value(), folder), 0);
}

http::Response reindex(store::Store& store) {
  const Result<> done = store.reindex(store::kDefaultTenant, [](std::string_view) {});
  if (!done) return http::Response::problem(done.error());
  return report("the index is made anew\n", 0);
}

}  // namespace

void mount_administration(http::Router& router, store::Store& store) {
  router.add(http::Method::get, "/api/v1/stats", [&store](const http::Request&) { return stats(store); })
      .summary("What is in the store: resources by type, versions, bytes")
      .responds(200, "The counts", "application/json")
      .tag("administration");
  const auto job = [&](std::string_view pattern, std::string summary, auto work) {
    router
        .add(http::Method::post, pattern,
             [work](const http::Request& request) { return is_local(request) ? work(request) : only_local(); })
        .time_limit_milliseconds(kLongestJobMs)
        .summary(std::move(summary))
        .responds(200, "What was done, in words", "text/plain")
        .tag("administration");
  };
  job("/api/v1/verify", "Read everything and compare it", [&store](const http::Request&) { return verify(store); });
  job("/api/v1/backup", "Copy the data folder, consistent, to another (`to`)",
      [&store](const http::Request& request) { return backup(store, request); });
  job("/api/v1/reindex", "Make the search index anew", [&store](const http::Request&) { return reindex(store); });
}

}  // namespace meridian::rest
