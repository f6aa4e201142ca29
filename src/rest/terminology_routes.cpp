#include "rest/terminology_routes.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "formats/fhir/json_writer.hpp"
#include "http/router.hpp"
#include "terminology/folder.hpp"
#include "terminology/image.hpp"
#include "terminology/library.hpp"

namespace meridian::rest {
namespace {

constexpr const char* kPath = "/api/v1/terminology/systems";
constexpr std::uint64_t kMaxImage = std::uint64_t{2} << 30;
constexpr std::int64_t kLoadMilliseconds = 600'000;

void write(fhir::JsonWriter& json, const terminology::CodeSystem& system) {
  json.begin_object();
  json.key("url").string(system.about().url);
  json.key("version").string(system.about().version);
  json.key("name").string(system.about().name);
  json.key("codes").number(static_cast<std::int64_t>(system.size()));
  json.key("memory_bytes").number(static_cast<std::int64_t>(system.memory_bytes()));
  json.end_object();
}

class LoadedSystems {
 public:
  LoadedSystems(terminology::Library& library, terminology::Folder& folder) : library_(library), folder_(folder) {}

  http::Response list() const {
    fhir::JsonWriter json;
    json.begin_array();
    for (const terminology::CodeSystemPtr& system : library_.loaded()) write(json, *system);
    json.end_array();
    return http::Response::json(std::move(json).take());
  }

  http::Response put(const http::Request& request) {
    Result<terminology::CodeSystemPtr> system = terminology::read_image(request.body);
    if (!system) return http::Response::problem(system.error());
    if ((*system)->about().url.empty()) return http::Response::problem(422, "the code system has no url");
    fhir::JsonWriter json;
    write(json, **system);
    const std::lock_guard lock(mutex_);
    if (const Result<> kept = folder_.put(**system); !kept) return http::Response::problem(kept.error());
    library_.put_loaded(*std::move(system));
    library_.publish();
    return http::Response::json(std::move(json).take());
  }

  http::Response remove(const http::Request& request) {
    const std::string url(request.query("url").value_or(""));
    const std::string version(request.query("version").value_or(""));
    const std::lock_guard lock(mutex_);
    const Result<bool> removed = folder_.remove(url, version);
    if (!removed) return http::Response::problem(removed.error());
    if (!library_.remove_loaded(url, version) && !*removed) {
      return http::Response::problem(404, "no such code system was loaded");
    }
    library_.publish();
    return http::Response::json("{}");
  }

 private:
  terminology::Library& library_;
  terminology::Folder& folder_;
  std::mutex mutex_;
};

}  // namespace

void mount_terminology(http::Router& router, terminology::Library& library, terminology::Folder& folder) {
  auto systems = std::make_shared<LoadedSystems>(library, folder);
  router.add(http::Method::get, kPath, [systems](const http::Request&) { return systems->list(); })
      .summary("Which code systems were loaded from files")
      .responds(200, "Their URLs, versions and sizes", "application/json")
      .tag("terminology");
  router.add(http::Method::post, kPath, [systems](const http::Request& request) { return systems->put(request); })
      .max_body(kMaxImage)
      .time_limit_milliseconds(kLoadMilliseconds)
      .summary("Take a code system in, as an image that `meridian terminology load` makes")
      .responds(200, "What was taken in", "application/json")
      .tag("terminology");
  router.add(http::Method::delete_, kPath, [systems](const http::Request& request) { return systems->remove(request); })
      .summary("Take a loaded code system out (`url`, `version`)")
      .responds(200, "Nothing", "application/json")
      .tag("terminology");
}

}  // namespace meridian::rest
