#include "formats/cda/validate.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "formats/cda/data_type.hpp"
#include "formats/cda/faults.hpp"
#include "formats/cda/internal/model.hpp"
#include "formats/cda/narrative.hpp"
#include "formats/cda/section.hpp"

namespace meridian::cda {
namespace {

bool is_in(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const std::size_t exponent = text.find_first_of("eE");
  const std::string_view digits = text.substr(0, exponent);
  if (exponent != std::string_view::npos) {
    std::string_view power = text.substr(exponent + 1);
    if (!power.empty() && (power.front() == '-' || power.front() == '+')) power.remove_prefix(1);
    if (power.empty() || power.find_first_not_of("0123456789") != std::string_view::npos) return false;
  }
  return digits.find_first_of("0123456789") != std::string_view::npos &&
         digits.find_first_not_of("0123456789.") == std::string_view::npos &&
         std::count(digits.begin(), digits.end(), '.') <= 1;
}

bool is_null_flavor(std::string_view text) {
  return is_in(text, {"NI", "INV", "DER", "OTH", "NINF", "PINF", "UNC", "MSK", "NA", "UNK", "ASKU", "NAV", "NASK",
                      "NAVU", "QS", "TRC", "NP"});
}

class Check {
 public:
  Check(const Document& document, Issues& issues) : document_(document), issues_(issues), narrative_(document) {}

  void run() {
    if (is_whole(document_)) header();
    for (const Element duplicate : narrative_.duplicates()) {
      add(Severity::error, IssueType::duplicate, faults::kDuplicateId, {shortened(id_of(duplicate))}, duplicate);
    }
    for (std::uint32_t i = 1; i <= document_.element_count(); ++i) {
      const Element element = document_.element(i);
      if (!element.name().empty()) this->element(element);
    }
  }

 private:
  static std::string shortened(std::string_view text) { return std::string(text.substr(0, 60)); }
  static std::string_view id_of(Element element) {
    const std::string_view id = element.attribute("ID");
    return id.empty() ? element.attribute("id") : id;
  }

  void add(Severity severity, IssueType type, const Message& message, std::vector<std::string> arguments,
           Element element) {
    // A path costs something: not for what is only counted.
    std::string path = issues_.dropped() > 0 ? std::string() : element.path();
    issues_.add({severity, type, message, std::move(arguments), std::move(path), document_.position(element)});
  }

  void require(Element element, std::string_view child, Severity severity = Severity::error) {
    if (element.child(child)) return;
    add(severity, IssueType::required, faults::kMissing, {std::string(element.name()), std::string(child)}, element);
  }
  void at_most_one(Element element, std::string_view child) {
    if (element.child_count(child) < 2) return;
    add(Severity::error, IssueType::structure, faults::kTooMany, {std::string(element.name()), std::string(child)},
        element.child(child).next_same());
  }

  // CDA R2, 4.2: what every document says of itself.
  void header() {
    const Element root = document_.root();
    for (const char* part : {"typeId", "id", "code", "effectiveTime", "confidentialityCode", "recordTarget", "author",
                             "custodian", "component"}) {
      require(root, part);
    }
    for (const char* part : {"typeId", "id", "code", "title", "effectiveTime", "confidentialityCode", "languageCode",
                             "setId", "versionNumber", "custodian", "legalAuthenticator", "componentOf", "component"}) {
      at_most_one(root, part);
    }
    for (const Element target : all(root, "recordTarget")) {
      require(target, "patientRole");
      if (const Element role = target.child("patientRole")) require(role, "id");
    }
    for (const Element author : all(root, "author")) {
      require(author, "time");
      require(author, "assignedAuthor");
    }
    if (const Element custodian = root.child("custodian")) {
      const Element organization = custodian.child("assignedCustodian").child("representedCustodianOrganization");
      if (!organization) {
        add(Severity::error, IssueType::required, faults::kMissing, {"custodian", "representedCustodianOrganization"},
            custodian);
      } else {
        require(organization, "id");
      }
    }
    if (const Element encounter = root.child("componentOf").child("encompassingEncounter")) {
      require(encounter, "effectiveTime");
    }
    for (const Element related : all(root, "relatedDocument")) {
      require(related, "parentDocument");
      if (const Element parent = related.child("parentDocument")) require(parent, "id");
    }
    body(root.child("component"));
  }

  void body(Element component) {
    if (!component) return;
    const Element structured = component.child("structuredBody");
    const Element other = component.child("nonXMLBody");
    if (structured && other) add(Severity::error, IssueType::structure, faults::kTwoBodies, {}, component);
    if (!structured && !other) {
      add(Severity::error, IssueType::required, faults::kMissing, {"component", "structuredBody"}, component);
    }
    if (structured) require(structured, "component");
    if (!other) return;
    require(other, "text");
    if (const Element text = other.child("text")) read_attachment(document_, text, issues_);
  }

  void element(Element element) {
    const std::string_view name = element.name();
    if (const std::string_view flavor = element.attribute("nullFlavor"); !flavor.empty() && !is_null_flavor(flavor)) {
      add(Severity::error, IssueType::code_invalid, faults::kNullFlavor, {shortened(flavor)}, element);
    }
    known_children(element);
    if (name == "section") {
      if (!element.child("section")) require(element, "code", Severity::warning);
      if (!element.child("component") && !is_null(element)) require(element, "text", Severity::warning);
      at_most_one(element, "text");
      at_most_one(element, "code");
      return;
    }
    if (is_in(name, {"id", "setId", "templateId", "typeId"}) && element.attribute("ID").empty())
      return identifier(element);
    if (const std::optional<EntryKind> kind = entry_kind(name); kind && !element.parent().is("table")) {
      return entry(Entry(element, *kind));
    }
    if (name == "reference" && !element.attribute("value").empty()) return reference(element);
    if (!element.attribute("code").empty()) code(element);
    data(element);
  }

  void identifier(Element element) {
    const Identifier id = read_identifier(element);
    if (id.root.empty()) {
      if (id.null_flavor.empty()) {
        add(Severity::error, IssueType::required, faults::kMissing, {std::string(element.name()), "root"}, element);
      }
    } else if (!is_oid(id.root) && !is_uuid(id.root)) {
      add(Severity::error, IssueType::value, faults::kBadIdentifier, {}, element);
    }
  }

  void entry(const Entry& entry) {
    const Element element = entry.element();
    const std::string name(element.name());
    const internal::StatementModel& model = internal::model_of(entry.kind());
    if (entry.class_code().empty()) {
      add(Severity::error, IssueType::required, faults::kMissing, {name, "classCode"}, element);
    } else if (!model.allows_class(entry.class_code())) {
      add(Severity::error, IssueType::code_invalid, faults::kClass, {shortened(entry.class_code()), name}, element);
    }
    if (model.has_mood()) {
      if (entry.mood().empty()) {
        add(Severity::error, IssueType::required, faults::kMissing, {name, "moodCode"}, element);
      } else if (!model.allows_mood(entry.mood())) {
        add(Severity::error, IssueType::code_invalid, faults::kMood, {shortened(entry.mood()), name}, element);
      }
    }
    for (const std::string_view part : model.required) require(element, part);
    for (const Element value : entry.values()) {
      if (entry.kind() == EntryKind::observation && type_of(value) == DataType::none && !is_null(value)) {
        add(Severity::error, IssueType::required, faults::kNoType, {}, value);
      }
    }
  }

  void reference(Element element) {
    const std::string_view value = element.attribute("value");
    if (!value.starts_with('#') || value.size() < 2 || narrative_.find(value)) return;
    add(Severity::warning, IssueType::not_found, faults::kDangling, {shortened(value.substr(1))}, element);
  }

  void code(Element element) {
    const Code code = read_code(element);
    if (code.system.empty()) {
      // Of these the standard fixes the system.
      const bool is_fixed =
          is_in(element.name(), {"statusCode", "languageCode", "realmCode", "signatureCode", "event", "setId", "typeId",
                                 "sdtc:signatureCode", "priorityCode", "functionCode", "contextConductionInd",
                                 "interpretationCode", "independentInd"}) ||
          type_name(element) == "CS";
      if (!is_fixed) {
        add(Severity::warning, IssueType::required, faults::kNoCodeSystem, {}, element);
      }
    } else if (!is_oid(code.system) && !is_uuid(code.system)) {
      add(Severity::error, IssueType::value, faults::kBadCodeSystem, {shortened(code.system)}, element);
    }
  }

  void data(Element element) {
    const std::string_view name = element.name();
    const std::string_view value = element.attribute("value");
    DataType type = type_of(element);
    if (type == DataType::other && !internal::is_known_type(type_name(element))) {
      add(Severity::error, IssueType::code_invalid, faults::kUnknownType, {shortened(type_name(element))}, element);
      return;
    }
    if (type == DataType::none) {
      const bool is_time = is_in(name, {"effectiveTime", "time", "birthTime", "activityTime", "sdtc:deceasedTime",
                                        "sdtc:birthTime", "existenceTime"});
      const bool is_in_time = is_in(name, {"low", "high", "center"}) &&
                              (is_in(element.parent().name(), {"effectiveTime", "time", "phase", "useablePeriod"}) ||
                               type_of(element.parent()) == DataType::ivl_ts);
      type = is_time || is_in_time ? DataType::ivl_ts : DataType::none;
    }
    switch (type) {
      case DataType::pq_time:
      case DataType::ivl_ts:
        if (!value.empty() && !is_timestamp(value)) {
          add(Severity::error, IssueType::value, faults::kBadTime, {shortened(value)}, element);
        }
        order(element);
        break;
      case DataType::pq:
      case DataType::integer:
      case DataType::real:
      case DataType::mo:
        if (!value.empty() && !is_number(value)) {
          add(Severity::error, IssueType::value, faults::kBadNumber, {shortened(value)}, element);
        }
        break;
      case DataType::bl:
        if (!value.empty() && !read_boolean(element)) {
          add(Severity::error, IssueType::value, faults::kBadBoolean, {shortened(value)}, element);
        }
        break;
      case DataType::ivl_pq:
        for (const std::string_view bound : {"low", "high"}) {
          const std::string_view number = element.child(bound).attribute("value");
          if (!number.empty() && !is_number(number)) {
            add(Severity::error, IssueType::value, faults::kBadNumber, {shortened(number)}, element.child(bound));
          }
        }
        break;
      default:
        break;
    }
  }

  /// As far as both bounds are written: same places compare as texts, offsets apart.
  void order(Element element) {
    const Interval<Timestamp> times = read_times(element);
    const std::string_view low = times.low.value.substr(0, 14);
    const std::string_view high = times.high.value.substr(0, 14);
    const std::size_t size = std::min({low.size(), high.size(), low.find_first_of("+-"), high.find_first_of("+-")});
    // With offsets a day more or less is possible.
    if (size < 8 || low.substr(0, 8) <= high.substr(0, 8) || !is_timestamp(times.low.value)) return;
    add(Severity::warning, IssueType::business_rule, faults::kEmptyInterval, {}, element);
  }

  void known_children(Element element) {
    const internal::ClassModel* model = internal::class_of(element.name());
    if (model == nullptr || element.around("text")) return;
    for (Element child = element.first_child(); child; child = child.next()) {
      const std::string_view name = child.name();
      // Extensions are anybody's.
      if (name.empty() || name.find(':') != std::string_view::npos || model->knows(name)) continue;
      add(Severity::warning, IssueType::structure, faults::kUnknownElement,
          {shortened(name), std::string(element.name())}, child);
    }
  }

  const Document& document_;
  Issues& issues_;
  NarrativeIndex narrative_;
};

}  // namespace

void validate(const Document& document, Issues& issues) {
  if (document) Check(document, issues).run();
}

}  // namespace meridian::cda
