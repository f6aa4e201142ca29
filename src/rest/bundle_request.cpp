#include "rest/bundle_request.hpp"

#include <utility>

#include "rest/internal/members.hpp"

namespace meridian::rest {
namespace {

using fhir::Node;

std::string_view text_in(Node node, std::string_view name) {
  const Node child = node ? node.child(name) : Node();
  return child ? child.text() : std::string_view{};
}

tl::unexpected<BundleFault> fault(std::size_t index, ErrorCode code, const char* what) {
  return tl::unexpected<BundleFault>({Error(code, what), entry_path(index)});
}

}  // namespace

Phase BundleEntry::phase() const {
  switch (method) {
    case http::Method::delete_:
      return Phase::remove;
    case http::Method::post:
      return Phase::create;
    case http::Method::put:
    case http::Method::patch:
      return Phase::update;
    default:
      return Phase::read;
  }
}

std::string entry_path(std::size_t index) {
  return "Bundle.entry[" + std::to_string(index) + "]";
}

std::string_view text_of(const fhir::Document& bundle, Node resource) {
  return value_at(bundle.source(), resource.offset());
}

tl::expected<BundleRequest, BundleFault> read_bundle(const fhir::Document& bundle, std::string_view base) {
  const Node root = bundle.root();
  const fhir::Schema& schema = root.schema();
  if (schema.type(root.type()).name != "Bundle") {
    return tl::unexpected<BundleFault>(
        {Error(ErrorCode::invalid_argument, "only a Bundle of type batch or transaction can be posted here"), {}});
  }
  BundleRequest request;
  const std::string_view type = text_in(root, "type");
  request.is_transaction = type == "transaction";
  if (!request.is_transaction && type != "batch") {
    return tl::unexpected<BundleFault>(
        {Error(ErrorCode::invalid_argument, "the Bundle must be of type batch or transaction"), "Bundle.type"});
  }
  for (const Node node : root.children(schema.find_name("entry"))) {
    BundleEntry entry;
    entry.index = request.entries.size();
    const Node asked = node.child("request");
    if (!asked) return fault(entry.index, ErrorCode::invalid_argument, "the entry has no request");
    const auto method = http::method_named(text_in(asked, "method"));
    if (!method || *method == http::Method::options) {
      return fault(entry.index, ErrorCode::invalid_argument, "the method is none of GET HEAD POST PUT PATCH DELETE");
    }
    entry.method = *method;
    std::string_view url = text_in(asked, "url");
    if (url.starts_with(base)) url.remove_prefix(base.size());
    if (url.starts_with('/')) url.remove_prefix(1);
    Result<http::Target> target = http::parse_target("/" + std::string(url));
    if (!target) return fault(entry.index, ErrorCode::invalid_argument, "request.url is not a URL of this server");
    entry.target = std::move(*target);
    entry.full_url = text_in(node, "fullUrl");
    entry.resource = node.child("resource");
    entry.if_match = text_in(asked, "ifMatch");
    entry.if_none_match = text_in(asked, "ifNoneMatch");
    entry.if_none_exist = text_in(asked, "ifNoneExist");
    entry.if_modified_since = text_in(asked, "ifModifiedSince");
    request.entries.push_back(std::move(entry));
  }
  return request;
}

}  // namespace meridian::rest
