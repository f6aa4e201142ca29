#include "imaging/internal/worklist_search.hpp"

#include <algorithm>
#include <utility>

#include "imaging/internal/worklist_text.hpp"
#include "search/query.hpp"

namespace meridian::imaging::internal {
namespace {

using dicom::Tag;

constexpr std::uint32_t kPage = 500;
constexpr Tag kStation{0x0040, 0x0001};
constexpr Tag kStartDate{0x0040, 0x0002};
constexpr Tag kPatientId{0x0010, 0x0020};
constexpr Tag kAccession{0x0008, 0x0050};
constexpr const char* kBooked = "booked,arrived,checked-in";

/// The first moment of a day (`20260105`) in the zone, `days` later. A resource that says only a day has the UTC day in
/// the index, which shares some hours with the zone's: nothing is lost, and the day is held against the step again.
std::string first_moment(const std::string& day, std::int64_t days, const TimeZone& zone) {
  const std::string text = day.substr(0, 4) + '-' + day.substr(4, 2) + '-' + day.substr(6, 2);
  const Result<Date> date = Date::parse(text);
  const Result<Date> moved = date ? add(*date, Decimal(days), CalendarUnit::day) : date;
  return moved ? instant_range(*moved, zone).start.to_string() : std::string();
}

/// A value that a resource has exactly so.
std::string exact(const WorklistKeys& keys, Tag tag) {
  return single_value(&keys, tag);
}

/// Orders, or appointments; found page by page.
class Candidates {
 public:
  Candidates(search::Query query, const store::Store& store, const store::ReadContext& context)
      : query_(std::move(query)), store_(store), context_(context) {}

  /// Nothing after the last.
  Result<std::optional<fhir::Document>> next() {
    while (at_ == page_.size()) {
      if (is_last_) return std::nullopt;
      store::ResultPage page = TRY(store_.search(context_, query_));
      page_ = std::move(page.entries);
      at_ = 0;
      query_.cursor = std::move(page.next);
      is_last_ = query_.cursor.empty();
    }
    Issues ignored;
    return parser_.parse(std::move(page_[at_++].version.json), ignored);
  }

 private:
  search::Query query_;
  const store::Store& store_;
  const store::ReadContext& context_;
  fhir::DocumentParser parser_;
  std::vector<store::Found> page_;
  std::size_t at_ = 0;
  bool is_last_ = false;
};

class Steps final : public WorklistSteps {
 public:
  Steps(const WorklistSearch& search, store::ReadContext context, WorklistRequest request)
      : search_(search),
        request_(std::move(request)),
        records_(search.store, std::move(context)),
        settings_{*search_.rules, search_.zone, search_.ids, search_.default_authority},
        station_(single_value(request_.keys.find(kStepSequence), kStation)) {
    if (station_.empty()) station_ = request_.caller;
  }

  Result<> begin() {
    const WorklistKeys* const step = request_.keys.find(kStepSequence);
    SearchPairs of_orders{{"status", "active"}, {"_sort", "occurrence"}};
    SearchPairs of_appointments{{"status", kBooked}, {"_sort", "date"}};
    const std::string patient = exact(request_.keys, kPatientId);
    const std::string accession = exact(request_.keys, kAccession);
    if (!patient.empty()) {
      of_orders.emplace_back("patient.identifier", escaped(patient));
      of_appointments.emplace_back("based-on:ServiceRequest.patient.identifier", escaped(patient));
    }
    if (!accession.empty()) {
      of_orders.emplace_back("identifier", escaped(accession));
      of_appointments.emplace_back("based-on:ServiceRequest.identifier", escaped(accession));
    }
    days_ = TRY(days_of(step, !patient.empty() || !accession.empty()));
    const std::string from = days_.first.empty() ? std::string() : first_moment(days_.first, 0, search_.zone);
    const std::string before = days_.last.empty() ? std::string() : first_moment(days_.last, 1, search_.zone);
    if (!from.empty()) {
      of_orders.emplace_back("occurrence", "ge" + from);
      of_appointments.emplace_back("date", "ge" + from);
    }
    if (!before.empty()) {
      of_orders.emplace_back("occurrence", "lt" + before);
      of_appointments.emplace_back("date", "lt" + before);
    }
    search::Query orders = TRY(query("ServiceRequest", of_orders));
    TRY(leave_out(orders, {"_has:Appointment:based-on:status", kBooked}));
    if (search_.rules->hides_archived) {
      TRY(leave_out(orders, {"_has:ImagingStudy:basedon:status", "available"}));
    }
    orders_.emplace(std::move(orders), search_.store, records_.context());
    appointments_.emplace(TRY(query("Appointment", of_appointments)), search_.store, records_.context());
    return {};
  }

  Result<std::optional<Item>> next() override {
    if (!appointment_.step && !appointment_.is_last) appointment_ = TRY(next_appointment());
    if (!order_.step && !order_.is_last) order_ = TRY(next_order());
    if (!appointment_.step && !order_.step) return std::nullopt;
    const bool takes_order = !appointment_.step || (order_.step && *order_.step < *appointment_.step);
    Head& first = takes_order ? order_ : appointment_;
    if (++given_ > search_.rules->limit) {
      return fail(ErrorCode::too_costly, "more steps match than \"limit\" of worklist.yaml allows");
    }
    std::optional<Item> item = std::move(first.item);
    first.step.reset();
    first.item.reset();
    return item;
  }

 private:
  struct Head {
    std::optional<Step> step;  ///< its start
    std::optional<Item> item;
    bool is_last = false;
  };

  Result<search::Query> query(std::string_view type, const SearchPairs& pairs) {
    search::Query query = TRY(query_of(search_.store, records_.context(), type, pairs));
    query.count = kPage;
    return query;
  }

  Result<> leave_out(search::Query& query, const std::pair<std::string, std::string>& pair) {
    search::Query other = TRY(query_of(search_.store, records_.context(), "ServiceRequest", {pair}));
    other.filter.kind = search::Filter::Kind::none;
    query.filter.filters.push_back(std::move(other.filter));
    return {};
  }

  /// Those asked for; where nobody says which, and whose, those that the rules show.
  Result<DayRange> days_of(const WorklistKeys* step, bool is_narrow) const {
    const std::string_view asked = step == nullptr ? std::string_view() : step->query.keys.value(kStartDate);
    const bool is_asked = !asked.empty() && asked.find_first_of("*?") == std::string_view::npos;
    if (is_asked) return day_range(asked);
    if (is_narrow) return DayRange{};
    const auto day = [&](std::int64_t days) {
      return local_time_of((search_.now + Duration::days(days)).to_string(), search_.zone)->day;
    };
    return DayRange{day(-std::int64_t{search_.rules->days_before}), day(search_.rules->days_after)};
  }

  bool is_within_days(const Step& step) const {
    const std::string_view day = step.item.attributes.value(kStartDate);
    return (days_.first.empty() || days_.first <= day) && (days_.last.empty() || day <= days_.last);
  }

  bool may_be_seen(const Step& step) const {
    const WorklistView& view = request_.view;
    if (!view.modalities.empty() && std::ranges::find(view.modalities, step.modality) == view.modalities.end()) {
      return false;
    }
    return view.stations.empty() || step.stations.empty() ||
           std::ranges::any_of(step.stations, [&](const std::string& title) {
             return std::ranges::find(view.stations, title) != view.stations.end();
           });
  }

  /// The candidate as a step that matches, or nothing.
  Result<std::optional<Head>> match(const StepSource& source) {
    std::optional<Step> step = step_of(source, settings_, records_);
    TRY(records_.fault());
    if (!step || !is_within_days(*step) || !may_be_seen(*step)) return std::nullopt;
    if (step->stations.empty()) step->item.attributes.set(kStation, station_);
    const WorklistKeys* const asked = request_.keys.find(kStepSequence);
    if (asked != nullptr && !matches(*asked, step->item)) return std::nullopt;
    if (source.appointment && search_.rules->hides_archived &&
        TRY(records_.any("ImagingStudy", {{"basedon", "ServiceRequest/" + std::string(text_in(source.order, "id"))},
                                          {"status", "available"}}))) {
      return std::nullopt;
    }
    Step start;
    start.item.attributes = step->item.attributes;
    Item item = worklist_item(*std::move(step), source, request_.keys, settings_, records_);
    TRY(records_.fault());
    if (!matches(request_.keys, item)) return std::nullopt;
    if (!request_.returns_all) item = answer(request_.keys, item);
    return Head{std::move(start), std::move(item), false};
  }

  Result<std::optional<fhir::Document>> next_of(Candidates& candidates) {
    std::optional<fhir::Document> document = TRY(candidates.next());
    if (document && ++looked_at_ > search_.rules->candidates) {
      return fail(ErrorCode::too_costly, "more orders are in question than \"candidates\" of worklist.yaml allows");
    }
    records_.forget();
    return document;
  }

  Result<Head> next_order() {
    while (const std::optional<fhir::Document> document = TRY(next_of(*orders_))) {
      if (!document->has_root()) continue;
      if (std::optional<Head> head = TRY(match({document->root(), {}}))) return *std::move(head);
    }
    return Head{{}, {}, true};
  }

  Result<Head> next_appointment() {
    while (waiting_.empty()) {
      const std::optional<fhir::Document> document = TRY(next_of(*appointments_));
      if (!document) return Head{{}, {}, true};
      if (document->has_root()) TRY(match_orders_of(document->root()));
    }
    Head head = std::move(waiting_.back());
    waiting_.pop_back();
    return head;
  }

  /// An appointment may be for several orders: a step each.
  Result<> match_orders_of(fhir::Node appointment) {
    for (const fhir::Node reference : appointment.children()) {
      if (reference.key() != "basedOn") continue;
      const fhir::Node order = records_.target(reference, appointment);
      if (!order || order.type() != order.schema().find_type("ServiceRequest")) continue;
      if (text_in(order, "status") != "active") continue;
      if (std::optional<Head> head = TRY(match({order, appointment}))) waiting_.push_back(*std::move(head));
    }
    std::ranges::reverse(waiting_);
    return records_.fault();
  }

  const WorklistSearch search_;
  const WorklistRequest request_;
  Records records_;
  const StepSettings settings_;
  std::string station_;
  DayRange days_;
  std::optional<Candidates> orders_;
  std::optional<Candidates> appointments_;
  Head appointment_;
  Head order_;
  std::vector<Head> waiting_;
  std::uint32_t looked_at_ = 0;
  std::uint32_t given_ = 0;
};

}  // namespace

Result<std::unique_ptr<WorklistSteps>> search(const WorklistSearch& search, store::ReadContext context,
                                              WorklistRequest request) {
  if (!context.at) context.at = search.store.last_commit(context.tenant);
  auto steps = std::make_unique<Steps>(search, std::move(context), std::move(request));
  TRY(steps->begin());
  return steps;
}

}  // namespace meridian::imaging::internal
