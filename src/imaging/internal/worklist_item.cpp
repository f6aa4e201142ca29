#include "imaging/internal/worklist_item.hpp"

#include "imaging/internal/worklist_patient.hpp"
#include "imaging/internal/worklist_text.hpp"
#include "imaging/orders.hpp"

namespace meridian::imaging::internal {
namespace {

using dicom::Tag;

constexpr std::size_t kLong = 64;   // characters of LO
constexpr std::size_t kShort = 16;  // of SH and CS
constexpr Tag kStartDate{0x0040, 0x0002};
constexpr Tag kStartTime{0x0040, 0x0003};

/// What a reference is to: "Location", as far as it says so.
std::string_view type_of(fhir::Node reference) {
  const std::string_view told = text_in(reference, "type");
  if (!told.empty()) return told;
  const std::string_view text = text_in(reference, "reference");
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return {};
  const std::size_t before = text.rfind('/', slash - 1);
  return text.substr(before == std::string_view::npos ? 0 : before + 1,
                     slash - (before == std::string_view::npos ? 0 : before + 1));
}

bool is_person(std::string_view type) {
  return type == "Practitioner" || type == "PractitionerRole";
}
bool is_place(std::string_view type) {
  return type.empty() || type == "Location" || type == "Device" || type == "HealthcareService";
}

/// Calls back with each actor of an appointment that takes part.
template <typename Visit>
void each_actor(fhir::Node appointment, Visit visit) {
  if (!appointment) return;
  for (const fhir::Node participant : appointment.children()) {
    if (participant.key() != "participant" || text_in(participant, "status") == "declined") continue;
    if (const fhir::Node actor = participant.child("actor")) visit(participant, actor);
  }
}

std::string display_of(fhir::Node reference, fhir::Node within, Records& records) {
  std::string text(text_in(reference, "display"));
  if (!text.empty()) return text;
  const fhir::Node target = records.target(reference, within);
  if (!target) return {};
  text = text_in(target, "name");
  if (text.empty() && target.child("deviceName")) text = text_in(target.child("deviceName"), "name");
  if (text.empty()) text = text_in(target, "description");
  return text;
}

struct Place {
  std::vector<std::string> names;  ///< all that it is called
  std::string shown;
};

void add_place(Place& place, fhir::Node reference, fhir::Node within, Records& records) {
  std::string shown = display_of(reference, within, records);
  for (const std::string_view name : {text_in(reference, "reference"), std::string_view(shown)}) {
    if (!name.empty()) place.names.emplace_back(name);
  }
  if (const fhir::Node identifier = reference.child("identifier")) {
    place.names.emplace_back(text_in(identifier, "value"));
  }
  if (const fhir::Node target = records.target(reference, within)) {
    for (const fhir::Node identifier : target.children()) {
      if (identifier.key() == "identifier") place.names.emplace_back(text_in(identifier, "value"));
    }
  }
  if (place.shown.empty() && type_of(reference) == "Location") place.shown = std::move(shown);
}

Place place_of(const StepSource& source, Records& records) {
  Place place;
  each_actor(source.appointment, [&](fhir::Node, fhir::Node actor) {
    if (is_place(type_of(actor))) add_place(place, actor, source.appointment, records);
  });
  for (const fhir::Node child : source.order.children()) {
    if (child.key() == "locationReference" || (child.key() == "performer" && type_of(child) == "Device")) {
      add_place(place, child, source.order, records);
    } else if (child.key() == "locationCode") {
      std::vector<Said> said;
      add_said(child, said);
      for (Said& one : said) {
        if (!one.code.empty()) place.names.push_back(std::move(one.code));
        if (!one.text.empty()) place.names.push_back(std::move(one.text));
      }
      if (place.shown.empty()) place.shown = concept_text(child);
    }
  }
  return place;
}

/// One who is there in a part of the appointment; else whom the order asks; else the only one of the appointment.
std::string performer_of(const StepSource& source, Records& records) {
  std::string with_part;
  std::string other;
  std::size_t others = 0;
  each_actor(source.appointment, [&](fhir::Node participant, fhir::Node actor) {
    if (!is_person(type_of(actor))) return;
    std::string name = practitioner_name(actor, source.appointment, records);
    if (participant.child("type")) {
      if (with_part.empty()) with_part = std::move(name);
    } else {
      other = std::move(name);
      ++others;
    }
  });
  if (!with_part.empty()) return with_part;
  for (const fhir::Node child : source.order.children()) {
    if (child.key() == "performer" && is_person(type_of(child))) {
      return practitioner_name(child, source.order, records);
    }
  }
  return others == 1 ? other : std::string();
}

std::vector<Said> said_of(const StepSource& source, std::vector<Said>& category) {
  std::vector<Said> said;
  for (const std::string_view element : {"orderDetail", "code", "category", "performerType"}) {
    for (const fhir::Node child : source.order.children()) {
      if (child.key() == element) add_said(child, element == "category" ? category : said);
    }
  }
  if (source.appointment) {
    for (const fhir::Node child : source.appointment.children()) {
      if (child.key() == "serviceType") add_said(child, said);
    }
  }
  said.insert(said.end(), category.begin(), category.end());
  return said;
}

struct Times {
  std::string_view start;
  std::string_view end;
};

Times times_of(const StepSource& source) {
  if (source.appointment) return {text_in(source.appointment, "start"), text_in(source.appointment, "end")};
  // A choice of types is one element of FHIR's own tree.
  const fhir::Node timing = source.order.child("occurrence");
  if (!timing) return {};
  if (timing.has_value()) return {timing.text(), {}};
  if (timing.key() == "occurrencePeriod") return {text_in(timing, "start"), text_in(timing, "end")};
  if (const fhir::Node event = timing.child("event")) return {event.text(), {}};
  const fhir::Node repeat = timing.child("repeat");
  const fhir::Node bounds = repeat ? repeat.child("bounds") : fhir::Node();
  return bounds && bounds.key() == "boundsPeriod" ? Times{text_in(bounds, "start"), text_in(bounds, "end")} : Times{};
}

/// The codes of the protocol: details of the order that are no modality, else what is ordered.
std::vector<Item> protocol_of(fhir::Node order) {
  std::vector<Item> items;
  for (const fhir::Node child : order.children()) {
    if (child.key() != "orderDetail") continue;
    std::vector<Said> said;
    add_said(child, said);
    if (!modality_of(WorklistRules(), said).empty()) continue;
    for (Item& item : code_items(child)) items.push_back(std::move(item));
  }
  if (items.empty() && order.child("code")) items = code_items(order.child("code"));
  return items;
}

std::string step_number(const StepSource& source, const StepSettings& settings) {
  const fhir::Node of = source.appointment ? source.appointment : source.order;
  for (const fhir::Node identifier : of.children()) {
    if (!source.appointment || identifier.key() != "identifier") continue;
    const std::string_view value = text_in(identifier, "value");
    if (!value.empty() && value.size() <= kShort && limited(value, kShort) == value) return std::string(value);
  }
  return made_number(source.appointment ? "Appointment" : "ServiceRequest", text_in(of, "id"), settings.ids);
}

std::string status_of(fhir::Node appointment) {
  const std::string_view status = appointment ? text_in(appointment, "status") : std::string_view();
  return status == "arrived" || status == "checked-in" ? "ARRIVED" : "SCHEDULED";
}

}  // namespace

bool Step::operator<(const Step& other) const {
  const auto start = [](const Step& step) {
    return std::pair(step.item.attributes.value(kStartDate), step.item.attributes.value(kStartTime));
  };
  return start(*this) < start(other);
}

std::optional<Step> step_of(const StepSource& source, const StepSettings& settings, Records& records) {
  const Times times = times_of(source);
  const std::optional<LocalTime> start = local_time_of(times.start, settings.zone);
  if (!start) return std::nullopt;
  std::vector<Said> category;
  const std::vector<Said> said = said_of(source, category);
  Step step;
  step.modality = modality_of(settings.rules, said);
  const Place place = place_of(source, records);
  const std::vector<const Station*> stations = stations_at(settings.rules, step.modality, place.names);
  if (step.modality.empty() && !stations.empty()) step.modality = stations[0]->modality;
  if (step.modality.empty() && !is_of_imaging(category)) return std::nullopt;
  if (step.modality.empty()) step.modality = "OT";

  Attributes& out = step.item.attributes;
  std::string titles;
  std::string names;
  for (const Station* station : stations) {
    step.stations.push_back(station->title);
    titles += (titles.empty() ? "" : "\\") + station->title;
    if (!station->name.empty()) names += (names.empty() ? "" : "\\") + limited(station->name, kShort);
  }
  out.set({0x0008, 0x0060}, step.modality);
  out.set({0x0032, 0x1070}, "");  // Requested Contrast Agent
  out.set({0x0040, 0x0001}, titles);
  out.set(kStartDate, start->day);
  out.set(kStartTime, start->time);
  const std::optional<LocalTime> end = local_time_of(times.end, settings.zone);
  out.set({0x0040, 0x0004}, end ? end->day : "");
  out.set({0x0040, 0x0005}, end ? end->time : "");
  out.set({0x0040, 0x0006}, performer_of(source, records));
  std::string description = concept_text(source.order.child("code"));
  if (description.empty() && source.appointment) description = text_in(source.appointment, "description");
  out.set({0x0040, 0x0007}, limited(description, kLong));
  out.set({0x0040, 0x0009}, step_number(source, settings));
  out.set({0x0040, 0x0010}, names);
  out.set({0x0040, 0x0011}, limited(place.shown, kShort));
  out.set({0x0040, 0x0012}, "");  // Pre-Medication
  out.set({0x0040, 0x0020}, status_of(source.appointment));
  step.item.set({0x0040, 0x0008}, protocol_of(source.order));
  return step;
}

Item worklist_item(Step step, const StepSource& source, const WorklistKeys& keys, const StepSettings& settings,
                   Records& records) {
  Item item;
  describe_patient(item, source.order, keys, settings, records);
  const fhir::Node order = source.order;
  const OrderNumbers numbers = numbers_of(order, settings.ids);
  Attributes& out = item.attributes;
  out.set({0x0008, 0x0050}, numbers.accession);
  const fhir::Node requester = order.child("requester");
  const std::string physician = requester ? practitioner_name(requester, order, records) : std::string();
  out.set({0x0008, 0x0090}, physician);  // Referring Physician's Name
  out.set({0x0032, 0x1032}, physician);  // Requesting Physician
  out.set({0x0020, 0x000D}, numbers.study);
  const fhir::Node code = order.child("code");
  std::string description = concept_text(code);
  if (description.empty()) description = step.item.attributes.value({0x0040, 0x0007});
  out.set({0x0032, 0x1060}, limited(description.empty() ? step.modality : description, kLong));
  out.set({0x0040, 0x1001}, numbers.procedure);
  const fhir::Node reason = order.child("reasonCode");
  out.set({0x0040, 0x1002}, limited(concept_text(reason), kLong));
  const std::string_view priority = text_in(order, "priority");
  out.set({0x0040, 0x1003}, priority == "stat"                           ? "STAT"
                            : priority == "asap" || priority == "urgent" ? "HIGH"
                                                                         : "ROUTINE");
  out.set({0x0040, 0x1004}, "");  // Patient Transport Arrangements
  const fhir::Node note = order.child("note");
  out.set({0x0040, 0x1400}, note ? limited(text_in(note, "text"), 1024) : "");
  out.set({0x0040, 0x2016}, limited(numbers.placer, kLong));
  out.set({0x0040, 0x2017}, limited(numbers.filler, kLong));
  out.set({0x0040, 0x3001}, "");   // Confidentiality Constraint on Patient Data
  item.set({0x0008, 0x1110}, {});  // Referenced Study Sequence
  item.set({0x0008, 0x1120}, {});  // Referenced Patient Sequence
  item.set({0x0032, 0x1064}, code ? code_items(code) : std::vector<Item>());
  item.set(kStepSequence, {std::move(step.item)});
  return item;
}

}  // namespace meridian::imaging::internal
