// BundleRequest: the entries of a batch or transaction as requests, and the order in which they are done.
// Specification: https://hl7.org/fhir/R4/http.html#transaction, https://hl7.org/fhir/R4/bundle.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "formats/fhir/document.hpp"
#include "http/method.hpp"
#include "http/request.hpp"

namespace meridian::rest {

/// The order of the specification: DELETE, POST, PUT and PATCH, GET and HEAD.
enum class Phase : std::uint8_t { remove, create, update, read };

struct BundleEntry {
  std::size_t index = 0;  ///< in the bundle
  http::Method method = http::Method::get;
  http::Target target;  ///< below the FHIR root: "/Patient/7"
  std::string full_url;
  fhir::Node resource;  ///< null when there is none; lives as long as the bundle's document
  std::string if_match;
  std::string if_none_match;
  std::string if_none_exist;
  std::string if_modified_since;

  Phase phase() const;
  /// The first and second segment of the path; "" when there is none.
  std::string_view type() const { return segment(0); }
  std::string_view id() const { return segment(1); }
  std::size_t depth() const { return target.segments.size(); }

 private:
  std::string_view segment(std::size_t i) const {
    return target.segments.size() > i ? std::string_view(target.segments[i]) : std::string_view{};
  }
};

struct BundleRequest {
  bool is_transaction = false;
  std::vector<BundleEntry> entries;  ///< in their order in the bundle
};

/// "Bundle.entry[3]"
std::string entry_path(std::size_t index);

/// An error, and the entry that is at fault where it is one.
struct BundleFault {
  Error error;
  std::string expression;
};
/// `base` in front of an entry's URL is taken off.
tl::expected<BundleRequest, BundleFault> read_bundle(const fhir::Document& bundle, std::string_view base);

/// The text of a resource within the bundle's.
std::string_view text_of(const fhir::Document& bundle, fhir::Node resource);

}  // namespace meridian::rest
