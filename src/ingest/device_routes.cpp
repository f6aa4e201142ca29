#include "ingest/device_routes.hpp"

#include <string>
#include <utility>

#include "base/hash.hpp"
#include "base/hex.hpp"
#include "formats/fhir/json_writer.hpp"
#include "http/router.hpp"
#include "ingest/device_format.hpp"
#include "ingest/feeds.hpp"
#include "ingest/quarantine.hpp"
#include "mapping/device_kind.hpp"

namespace meridian::ingest {
namespace {

using http::Method;
using http::Request;
using http::Response;

void write(fhir::JsonWriter& out, const RegisteredDevice& device) {
  out.begin_object().key("number").string(device.number).key("kind").string(device.kind);
  out.key("where").string(device.where).key("enabled").boolean(device.is_enabled);
  out.key("proof").string(!device.certificate_sha256.empty() ? "certificate"
                          : !device.key_sha256.empty()       ? "key"
                          : !device.topic.empty()            ? "topic"
                                                             : "number");
  out.end_object();
}

void write(fhir::JsonWriter& out, const Quarantined& one) {
  out.begin_object().key("device").string(one.device).key("feed").string(one.feed).key("reason").string(one.reason);
  out.key("source").string(one.source).key("messages").number(one.messages).key("last").number(one.last);
  out.key("first_arrived").string(one.first_arrived.to_string());
  out.key("last_arrived").string(one.last_arrived.to_string()).end_object();
}

void write(fhir::JsonWriter& out, const mapping::DeviceKind& kind) {
  out.begin_object().key("kind").string(kind.name).key("title").string(kind.title_english);
  out.key("title_zh").string(kind.title_chinese).key("mdc").string(kind.mdc);
  out.key("values").begin_array();
  for (const mapping::DeviceValue& value : kind.values) {
    out.begin_object().key("name").string(value.name).key("display").string(value.display);
    out.key("loinc").string(value.loinc).key("mdc").string(value.mdc).key("unit").string(value.unit);
    if (value.low) out.key("low").number(value.low->to_string());
    if (value.high) out.key("high").number(value.high->to_string());
    if (value.rate) out.key("samples_a_second").number(value.rate->to_string());
    out.end_object();
  }
  out.end_array().end_object();
}

Response show(const Feeds& feeds) {
  fhir::JsonWriter out;
  out.begin_object().key("devices").begin_array();
  const std::shared_ptr<const DeviceList> list = feeds.devices().list();
  for (const RegisteredDevice& device : list->all()) write(out, device);
  out.end_array().key("quarantine").begin_array();
  for (const std::shared_ptr<FeedService>& feed : feeds.all()) {
    if (feed->feed().mapping != kDeviceMapping) continue;
    const Result<std::vector<Quarantined>> found = quarantined(*feed);
    if (!found) return Response::problem(found.error());
    for (const Quarantined& one : *found) write(out, one);
  }
  out.end_array().end_object();
  return Response::json(std::move(out).take());
}

Response show_kinds(const Feeds& feeds) {
  const std::shared_ptr<const mapping::Catalogue> mappings = feeds.mappings();
  if (mappings == nullptr) return Response::problem(503, "the mappings have faults");
  fhir::JsonWriter out;
  out.begin_object().key("kinds").begin_array();
  for (const mapping::DeviceKind& kind : mappings->device_kinds()) write(out, kind);
  out.end_array().end_object();
  return Response::json(std::move(out).take());
}

Response admit(const Request& request, Feeds& feeds) {
  const auto form = request.form();
  if (!form) return Response::problem(form.error());
  RegisteredDevice device;
  for (const http::QueryParameter& parameter : *form) {
    if (parameter.name == "number") {
      device.number = parameter.value;
    } else if (parameter.name == "kind") {
      device.kind = parameter.value;
    } else if (parameter.name == "where") {
      device.where = parameter.value;
    } else if (parameter.name == "topic") {
      device.topic = parameter.value;
    } else if (parameter.name == "key") {
      device.key_sha256 = to_hex(sha256(parameter.value));
    } else if (parameter.name == "key_sha256") {
      device.key_sha256 = parameter.value;
    } else if (parameter.name == "certificate_sha256") {
      device.certificate_sha256 = parameter.value;
    } else {
      return Response::problem(400, "\"" + parameter.name + "\" is nothing that is known of a device");
    }
  }
  if (device.number.empty() || device.kind.empty()) return Response::problem(400, "a device has a number and a kind");
  const Result<std::uint64_t> admitted = feeds.admit(device);
  if (!admitted) return Response::problem(admitted.error());
  fhir::JsonWriter out;
  out.begin_object().key("number").string(device.number).key("kind").string(device.kind);
  out.key("messages").number(*admitted).end_object();
  return Response::json(std::move(out).take());
}

}  // namespace

void mount_devices(http::Router& router, Feeds& feeds) {
  router.add(Method::get, "/api/v1/devices", [&feeds](const Request&) { return show(feeds); })
      .summary("List the devices that are registered, and those in quarantine")
      .responds(200, "Devices", "application/json")
      .tag("Devices");
  router.add(Method::get, "/api/v1/devices/kinds", [&feeds](const Request&) { return show_kinds(feeds); })
      .summary("List the kinds of devices that are understood, value by value")
      .responds(200, "Kinds", "application/json")
      .tag("Devices");
  router.add(Method::post, "/api/v1/devices", [&feeds](const Request& request) { return admit(request, feeds); })
      .summary("Register a device, and work again on its messages in quarantine")
      .responds(200, "It is registered", "application/json")
      .responds(409, "Its number is registered already")
      .tag("Devices");
}

}  // namespace meridian::ingest
