#include "rest/bundle_writer.hpp"

#include <utility>

#include "http/response.hpp"
#include "rest/version_headers.hpp"

namespace meridian::rest {
namespace {

std::string status_line(int status) {
  const std::string_view phrase = http::reason_phrase(status);
  return std::to_string(status) + (phrase.empty() ? "" : " ") + std::string(phrase);
}

}  // namespace

BundleWriter::BundleWriter(std::string_view type, std::string base, std::optional<Instant> timestamp)
    : base_(std::move(base)) {
  json_.begin_object();
  json_.key("resourceType").string("Bundle");
  json_.key("type").string(type);
  if (timestamp) json_.key("timestamp").string(timestamp->to_string());
}

void BundleWriter::total(std::uint64_t count) {
  json_.key("total").number(static_cast<std::int64_t>(count));
}

void BundleWriter::link(std::string_view relation, std::string_view url) {
  if (!std::exchange(has_links_, true)) json_.key("link").begin_array();
  json_.begin_object();
  json_.key("relation").string(relation);
  json_.key("url").string(url);
  json_.end_object();
}

void BundleWriter::begin_entry() {
  if (!std::exchange(has_entries_, true)) {
    if (std::exchange(has_links_, false)) json_.end_array();
    json_.key("entry").begin_array();
  }
  json_.begin_object();
}

void BundleWriter::found(const store::ResourceKey& key, std::string_view json, std::string_view mode) {
  begin_entry();
  json_.key("fullUrl").string(base_ + "/" + key.type + "/" + key.id);
  json_.key("resource").raw(json);
  json_.key("search").begin_object();
  json_.key("mode").string(mode);
  json_.end_object().end_object();
}

void BundleWriter::outcome(std::string_view json) {
  begin_entry();
  json_.key("resource").raw(json);
  json_.key("search").begin_object();
  json_.key("mode").string("outcome");
  json_.end_object().end_object();
}

void BundleWriter::version(const store::Version& version) {
  const std::string path = version.key.type + "/" + version.key.id;
  const bool is_deletion = version.change == store::Change::deleted;
  // Every id may be the client's choice, so each of them reads as an update.
  begin_entry();
  json_.key("fullUrl").string(base_ + "/" + path);
  if (!is_deletion && !version.json.empty()) json_.key("resource").raw(version.json);
  json_.key("request").begin_object();
  json_.key("method").string(is_deletion ? "DELETE" : "PUT");
  json_.key("url").string(path);
  json_.end_object();
  json_.key("response").begin_object();
  json_.key("status").string(status_line(is_deletion ? 204 : version.change == store::Change::created ? 201 : 200));
  json_.key("etag").string(etag(version.number));
  json_.key("lastModified").string(version.last_updated.to_string());
  json_.end_object().end_object();
}

void BundleWriter::answered(const Answered& answered) {
  begin_entry();
  if (!answered.resource.empty()) json_.key("resource").raw(answered.resource);
  json_.key("response").begin_object();
  json_.key("status").string(status_line(answered.status));
  if (!answered.location.empty()) json_.key("location").string(answered.location);
  if (!answered.etag.empty()) json_.key("etag").string(answered.etag);
  if (answered.last_modified) json_.key("lastModified").string(answered.last_modified->to_string());
  if (!answered.outcome.empty()) json_.key("outcome").raw(answered.outcome);
  json_.end_object().end_object();
}

std::string BundleWriter::take() && {
  if (has_links_ || has_entries_) json_.end_array();
  json_.end_object();
  return std::move(json_).take();
}

}  // namespace meridian::rest
