#include "validation/internal/bundle_rules.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "validation/internal/primitive_format.hpp"
#include "validation/internal/reference_rules.hpp"
#include "validation/internal/walk.hpp"
#include "validation/messages.hpp"

namespace meridian::validation::internal {

using fhir::Node;

namespace {

std::string_view text_of(Node parent, fhir::NameId name) {
  const Node child = parent.child(name);
  return child && child.has_value() ? child.text() : std::string_view();
}

class BundleCheck {
 public:
  BundleCheck(Walk& walk, const ReferenceIndex& index, std::uint32_t bundle)
      : walk_(walk),
        report_(walk.report()),
        names_(walk.names()),
        index_(index),
        bundle_(bundle),
        node_(walk.scopes()[bundle].resource),
        type_(text_of(node_, names_.type)) {}

  void run() {
    const auto& scopes = walk_.scopes();
    for (std::uint32_t scope = bundle_ + 1; scope < scopes[bundle_].end; ++scope) {
      if (scopes[scope].outer == bundle_ && scopes[scope].place == Place::bundle_entry) entries_.push_back(scope);
    }
    full_urls();
    links();
    if (type_ == "searchset") search_results();
    if (entries_.empty()) return;
    if (type_ == "document") {
      document();
      reachability("Composition", Severity::error);
    } else if (type_ == "message") {
      message();
      reachability("MessageHeader", Severity::warning);
    }
  }

 private:
  bool needs_full_urls() const { return type_ != "transaction" && type_ != "batch" && !type_.ends_with("-response"); }

  // https://hl7.org/fhir/R4/bundle.html#bundle-unique
  void full_urls() {
    for (const std::uint32_t index : entries_) {
      const Scope& scope = walk_.scopes()[index];
      const Node node = scope.entry.child(names_.fullUrl);
      if (!node || !node.has_value()) {
        if (needs_full_urls()) {
          report_.error(IssueType::required, kFullUrlMissing, scope.entry, {std::string(type_)});
        }
        continue;
      }
      const std::string_view url = node.text();
      if (!is_absolute_uri(url)) {
        report_.error(IssueType::value, kFullUrlNotAbsolute, node, {excerpt(url)});
        continue;
      }
      const ReferenceParts parts = take_apart(walk_.schema(), url);
      if (parts.type.empty() || !needs_full_urls()) continue;
      const std::string_view id = text_of(scope.resource, names_.id);
      const std::string_view type = walk_.schema().type(scope.resource.type()).name;
      if (id.empty()) {
        report_.error(IssueType::value, kFullUrlWithoutId, node, {excerpt(url)});
      } else if (parts.id != id || parts.type != type) {
        std::string expected("/");
        expected.append(type).append("/").append(id);
        report_.error(IssueType::value, kFullUrlNotOfResource, node, {excerpt(url), expected});
      }
    }
  }

  void links() {
    constexpr std::array<std::string_view, 5> kOfSearch{"first", "last", "next", "prev", "previous"};
    std::vector<std::string_view> seen;
    for (const Node link : node_.children(names_.link)) {
      const std::string_view relation = text_of(link, names_.relation);
      const bool is_of_search = std::ranges::find(kOfSearch, relation) != kOfSearch.end();
      if (is_of_search && type_ != "searchset" && type_ != "history") {
        report_.error(IssueType::invalid, kLinkNotForSearch, link, {excerpt(relation)});
      }
      if (is_of_search || relation == "self") {
        if (std::ranges::find(seen, relation) != seen.end()) {
          report_.error(IssueType::duplicate, kLinkRepeated, link, {excerpt(relation)});
        }
        seen.push_back(relation);
      }
      if (relation == "self") self_ = text_of(link, names_.url);
    }
  }

  // The types that the search asked for, from the link `self`: `…/Patient?…` or `…?_type=A,B`.
  std::vector<std::string_view> searched_types() const {
    std::vector<std::string_view> types;
    const std::size_t question = self_.find('?');
    const std::string_view path = self_.substr(0, question);
    const std::string_view last = path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1);
    const fhir::TypeId type = walk_.schema().find_type(last);
    if (type != fhir::TypeId::none && walk_.schema().type(type).kind == fhir::TypeKind::resource) {
      types.push_back(last);
      return types;
    }
    if (question == std::string_view::npos) return types;
    std::string_view query = self_.substr(question + 1);
    while (!query.empty()) {
      const std::string_view parameter = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(parameter.size() + 1, query.size()));
      if (!parameter.starts_with("_type=")) continue;
      std::string_view list = parameter.substr(6);
      while (!list.empty()) {
        const std::string_view one = list.substr(0, list.find(','));
        list.remove_prefix(std::min(one.size() + 1, list.size()));
        if (!one.empty()) types.push_back(one);
      }
    }
    return types;
  }

  // https://hl7.org/fhir/R4/http.html#search
  void search_results() {
    const std::vector<std::string_view> types = searched_types();
    std::string expected;
    for (const std::string_view type : types) expected.append(expected.empty() ? "" : ", ").append(type);
    for (const std::uint32_t index : entries_) {
      const Scope& scope = walk_.scopes()[index];
      const Node search = scope.entry.child(names_.search);
      const std::string_view mode = search ? text_of(search, names_.mode) : std::string_view();
      const std::string type(walk_.schema().type(scope.resource.type()).name);
      if (mode == "outcome") {
        if (type != "OperationOutcome") report_.error(IssueType::value, kSearchOutcomeType, scope.resource, {type});
        continue;
      }
      const bool is_outcome = type == "OperationOutcome" && mode.empty();
      if (is_outcome) continue;
      if (text_of(scope.resource, names_.id).empty()) {
        report_.error(IssueType::required, kSearchResultWithoutId, scope.resource);
      }
      if (mode == "include" || types.empty()) continue;
      if (std::ranges::find(types, type) == types.end() && !mode.empty()) {
        report_.error(IssueType::value, kSearchResultType, scope.resource, {type, expected});
      }
    }
  }

  // A reference that must lead to another entry.
  void must_be_here(Node reference, std::string_view what, std::uint32_t from) {
    const Node value = reference.child(names_.reference);
    if (!value || !value.has_value() || value.text().starts_with('#')) return;
    const std::string_view text = value.text();
    const ReferenceParts parts = take_apart(walk_.schema(), text);
    if (parts.form == ReferenceParts::Form::malformed) return;
    const ReferenceIndex::Target target = index_.resolve(text, from);
    if (target.scope != kNoScope) return;
    if (parts.form == ReferenceParts::Form::relative && walk_.scopes()[from].full_url.empty()) {
      report_.error(IssueType::not_found, kRelativeWithoutFullUrl, value, {excerpt(text)});
      return;
    }
    report_.error(IssueType::not_found, target.is_similar ? kNotInBundleButSimilar : kNotInBundle, value,
                  {excerpt(text), std::string(what)});
  }

  void each_must_be_here(Node parent, fhir::NameId name, std::string_view what) {
    for (const Node reference : parent.children(name)) must_be_here(reference, what, entries_.front());
  }

  // https://hl7.org/fhir/R4/documents.html: what the Composition refers to directly is in the Bundle.
  void document() {
    const Node composition = walk_.scopes()[entries_.front()].resource;
    if (walk_.schema().type(composition.type()).name != "Composition") return;  // bdl-11 says so
    each_must_be_here(composition, names_.subject, "Composition.subject");
    each_must_be_here(composition, names_.encounter, "Composition.encounter");
    each_must_be_here(composition, names_.author, "Composition.author");
    each_must_be_here(composition, names_.custodian, "Composition.custodian");
    for (const Node attester : composition.children(names_.attester)) {
      each_must_be_here(attester, names_.party, "Composition.attester.party");
    }
    sections(composition, 0);
  }

  void sections(Node parent, int depth) {
    if (depth > 64) return;
    for (const Node section : parent.children(names_.section)) {
      each_must_be_here(section, names_.author, "Composition.section.author");
      each_must_be_here(section, names_.focus, "Composition.section.focus");
      each_must_be_here(section, names_.entry, "Composition.section.entry");
      sections(section, depth + 1);
    }
  }

  void message() {
    const Node header = walk_.scopes()[entries_.front()].resource;
    if (walk_.schema().type(header.type()).name != "MessageHeader") return;  // bdl-12 says so
    each_must_be_here(header, names_.focus, "MessageHeader.focus");
  }

  // Every entry hangs together with the first by references in either direction.
  void reachability(std::string_view first, Severity severity) {
    const Scope& bundle = walk_.scopes()[bundle_];
    std::vector<std::uint32_t> group(bundle.end - bundle_);  // union-find over the scopes within
    for (std::uint32_t i = 0; i < group.size(); ++i) group[i] = i;
    const auto find = [&](std::uint32_t scope) {
      std::uint32_t at = scope - bundle_;
      while (group[at] != at) at = group[at] = group[group[at]];
      return at;
    };
    for (const ReferenceUse& use :
         std::span(walk_.references()).subspan(bundle.first_reference, bundle.end_reference - bundle.first_reference)) {
      const std::uint32_t from = index_.entry_of(use.scope);
      if (from == kNoScope || index_.bundle_of(use.scope) != bundle_) continue;
      const ReferenceIndex::Target target = index_.resolve(use.value.text(), use.scope);
      if (target.scope == kNoScope) continue;
      const std::uint32_t to = index_.entry_of(target.scope);
      if (to >= bundle_ && to < bundle.end) group[find(from)] = find(to);
    }
    for (const std::uint32_t entry : entries_) {
      if (find(entry) == find(entries_.front())) continue;
      const Scope& scope = walk_.scopes()[entry];
      report_.add(severity, IssueType::not_found, kEntryUnreachable, scope.entry,
                  {excerpt(scope.full_url), std::string(first)});
    }
  }

  Walk& walk_;
  Report& report_;
  const Names& names_;
  const ReferenceIndex& index_;
  std::uint32_t bundle_;
  Node node_;
  std::string_view type_;
  std::string_view self_;
  std::vector<std::uint32_t> entries_;
};

}  // namespace

void check_bundles(Walk& walk, const ReferenceIndex& index) {
  const auto count = static_cast<std::uint32_t>(walk.scopes().size());
  for (std::uint32_t scope = 0; scope < count; ++scope) {
    if (walk.scopes()[scope].resource.type() == walk.shared().bundle) BundleCheck(walk, index, scope).run();
  }
}

}  // namespace meridian::validation::internal
