#include "rest/administration.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/router.hpp"
#include "rest/context.hpp"
#include "store/backup.hpp"
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

http::Response stats(store::Store& store, const http::Request& request) {
  const Result<Context> context = context_of(request);
  if (!context) return http::Response::problem(context.error());
  const Result<store::StoreStatistics> found = store.statistics(context->reader);
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

http::Response verify(store::Store& store, const http::Request& request) {
  std::optional<store::TenantId> only;
  if (!request.path_parameter("tenant").empty()) {
    const Result<Context> context = context_of(request);
    if (!context) return http::Response::problem(context.error());
    only = context->reader.tenant;
  }
  const auto faults = store.verify([](std::string_view) {}, only);
  if (!faults) return http::Response::problem(faults.error());
  std::string text;
  for (const std::string& fault : *faults) text += fault + "\n";
  if (faults->empty()) text = "everything is as it should be\n";
  return report(std::move(text), faults->size());
}

using AddBeside = Callback<void(store::BackupRequest&)>;

http::Response backup(store::Store& store, const AddBeside& add_beside, const http::Request& request) {
  store::BackupRequest asked;
  asked.folder = request.query("to").value_or("");
  asked.incremental = request.query("incremental") == "true";
  if (asked.folder.empty() || asked.folder.front() != '/') {
    return http::Response::problem(400, "say where to: ?to=/an/absolute/folder");
  }
  if (add_beside) add_beside(asked);
  const Result<store::BackupMade> made = store.backup(asked);
  if (!made) return http::Response::problem(made.error());
  std::string text = fmt::format("restore point {} through commit {} in {}: {} of {} files new, {} of {} bytes\n",
                                 made->point.number, made->point.commit.value(), asked.folder, made->copied_files,
                                 made->point.files, made->copied_bytes, made->point.bytes);
  if (made->mended_files > 0) {
    text += fmt::format("{} of them had been damaged in the back-up and are whole again\n", made->mended_files);
  }
  return report(std::move(text), 0);
}

http::Response reindex(store::Store& store, const http::Request& request) {
  const Result<Context> context = context_of(request);
  if (!context) return http::Response::problem(context.error());
  const Result<> done = store.reindex(context->writer.tenant, [](std::string_view) {});
  if (!done) return http::Response::problem(done.error());
  return report("the index is made anew\n", 0);
}

}  // namespace

void mount_administration(http::Router& router, store::Store& store, AddBeside add_beside) {
  const std::string of_tenant = "/t/{tenant}";
  for (const std::string& root : {std::string(), of_tenant}) {
    router
        .add(http::Method::get, root + "/api/v1/stats",
             [&store](const http::Request& request) { return stats(store, request); })
        .summary("What is in the store: resources by type, versions, bytes")
        .responds(200, "The counts", "application/json")
        .tag("administration");
  }
  const auto job = [&](std::string_view pattern, std::string summary, auto work) {
    router
        .add(http::Method::post, pattern,
             [work](const http::Request& request) { return is_local(request) ? work(request) : only_local(); })
        .time_limit_milliseconds(kLongestJobMs)
        .summary(std::move(summary))
        .responds(200, "What was done, in words", "text/plain")
        .tag("administration");
  };
  for (const std::string& root : {std::string(), of_tenant}) {
    job(root + "/api/v1/verify", "Read everything and compare it",
        [&store](const http::Request& request) { return verify(store, request); });
    job(root + "/api/v1/reindex", "Make the search index anew",
        [&store](const http::Request& request) { return reindex(store, request); });
  }
  job("/api/v1/backup",
      "Make a restore point in another folder (`to`), a new one or, with `incremental=true`, a back-up that is there",
      [&store, add = std::make_shared<const AddBeside>(std::move(add_beside))](const http::Request& request) {
        return backup(store, *add, request);
      });
}

}  // namespace meridian::rest
