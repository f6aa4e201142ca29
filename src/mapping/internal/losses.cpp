#include "mapping/internal/losses.hpp"

#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "mapping/messages.hpp"

namespace meridian::mapping::internal {
namespace {

class Losses {
 public:
  Losses(const fhir::Document& bundle, const Taken& taken) : bundle_(bundle), taken_(taken) {}

  void run(Issues& issues) {
    const fhir::Schema& schema = bundle_.schema();
    for (const fhir::Node entry : bundle_.root().children(schema.find_name("entry"))) {
      const fhir::Node resource = entry.child("resource");
      if (resource && has_said(resource)) told_.insert(resource.order());
    }
    for (const fhir::Node child : bundle_.root().children()) {
      const fhir::Node resource = child.name() == schema.find_name("entry") ? child.child("resource") : fhir::Node();
      if (resource) {
        this->resource(resource);
      } else if (find(child, "Bundle") == Found::nothing) {
        add(child, "Bundle." + std::string(child.key()));
      }
    }
    for (const Loss& loss : losses_) {
      std::vector<std::string> arguments{loss.name};
      if (loss.message == &kNoOid) arguments.push_back(loss.system);
      arguments.push_back(std::to_string(loss.times));
      issues.add({Severity::information, IssueType::informational, *loss.message, std::move(arguments),
                  loss.first.path(), loss.first.position()});
    }
  }

 private:
  enum class Found : std::uint8_t { nothing, passed, some, all };
  struct Loss {
    const Message* message;
    std::string name;
    std::string system;
    fhir::Node first;
    std::size_t times;
  };

  static bool is_in(const std::vector<bool>& set, fhir::Node node) {
    return node.order() < set.size() && set[node.order()];
  }
  bool has_said(fhir::Node node) const {
    if (is_in(taken_.said, node)) return true;
    for (const fhir::Node child : node.children()) {
      if (has_said(child)) return true;
    }
    return false;
  }
  /// Whether it is a reference to what the document says.
  bool leads_to_said(fhir::Node node) const {
    const fhir::Node reference = node.child("reference");
    if (!reference) return false;
    const fhir::Node target = taken_.references.resolve(reference.text(), node);
    return target && told_.contains(target.order());
  }

  void resource(fhir::Node resource) {
    const std::string type(bundle_.schema().type(resource.type()).name);
    if (find(resource, type) == Found::nothing) count(kResourceNotSaid, resource, type, {});
  }

  /// How much of it was said. What was not, within something that was in part, is counted at once.
  Found find(fhir::Node node, const std::string& name) {
    if (is_in(taken_.said, node)) return Found::all;
    if (is_in(taken_.passed, node) || leads_to_said(node)) return Found::passed;
    bool has_said = false;
    bool has_passed = false;
    std::vector<std::pair<fhir::Node, std::string>> missed;
    for (const fhir::Node child : node.children()) {
      std::string child_name = name + '.' + std::string(child.key().empty() ? "value" : child.key());
      const Found found = find(child, child_name);
      has_passed = has_passed || found == Found::passed;
      has_said = has_said || found == Found::some || found == Found::all;
      if (found == Found::nothing) missed.emplace_back(child, std::move(child_name));
    }
    if (!has_said) return has_passed && missed.empty() ? Found::passed : Found::nothing;
    for (const auto& [child, child_name] : missed) add(child, child_name);
    return Found::some;
  }

  void add(fhir::Node node, const std::string& name) {
    const fhir::Node system = node.child("system");
    const bool is_coding = node.type() == bundle_.schema().find_type("Coding");
    if (is_coding && system && !taken_.oids.contains(system.text()) && !system.text().starts_with("urn:oid:"))
      return count(kNoOid, node, name, std::string(system.text()));
    count(kNotSaid, node, name, {});
  }

  void count(const Message& message, fhir::Node node, const std::string& name, const std::string& system) {
    const auto [at, is_new] = index_.try_emplace(name + '\0' + system, losses_.size());
    if (is_new) losses_.push_back({&message, name, system, node, 0});
    ++losses_[at->second].times;
  }

  const fhir::Document& bundle_;
  const Taken& taken_;
  std::unordered_set<std::uint32_t> told_;  // resources of which the document says something
  std::vector<Loss> losses_;
  std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace

void tell_losses(const fhir::Document& bundle, const Taken& taken, Issues& issues) {
  Losses(bundle, taken).run(issues);
}

}  // namespace meridian::mapping::internal
