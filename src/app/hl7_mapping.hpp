// What `meridian hl7 to-fhir` and `meridian cda to-fhir` make: the catalogue's mappings, run over one message or
// document after another.
#pragma once

#include <memory>
#include <string>

#include "app/options.hpp"
#include "base/issue.hpp"
#include "base/result.hpp"

namespace meridian::tree {
class Document;
}
namespace meridian::hl7v2 {
class Message;
}

namespace meridian::mapping {
struct Mapped;
}

namespace meridian::app {

class Hl7Mapping {
 public:
  /// With the folder and the zone that the options name. What is wrong with the mappings is told on standard error.
  static Result<std::unique_ptr<Hl7Mapping>> open(const MappingOptions& options, Language language);
  ~Hl7Mapping();

  /// One Bundle on a line, or a resource a line; nothing when no mapping is for the message.
  std::string convert(const hl7v2::Message& message, Issues& issues);
  std::string convert(const tree::Document& document, Issues& issues);
  /// Which fields of all these messages were mapped, and which dropped.
  std::string coverage() const;

 private:
  struct State;
  std::string written(mapping::Mapped mapped, Issues& issues);
  explicit Hl7Mapping(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::app
