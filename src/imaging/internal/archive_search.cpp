#include "imaging/internal/archive_search.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "formats/dicom/dictionary.hpp"
#include "imaging/internal/archive_layout.hpp"

namespace meridian::imaging::internal {
namespace {

using dicom::Tag;

constexpr Tag kStudyUid{0x0020, 0x000D};
constexpr Tag kInstanceUid{0x0008, 0x0018};
constexpr Tag kStudyDate{0x0008, 0x0020};
constexpr Tag kAccession{0x0008, 0x0050};
constexpr Tag kPatientId{0x0010, 0x0020};
constexpr Tag kIssuer{0x0010, 0x0021};
constexpr Tag kModalitiesInStudy{0x0008, 0x0061};
constexpr Tag kClassesInStudy{0x0008, 0x0062};
constexpr Tag kAvailability{0x0008, 0x0056};
constexpr Tag kSeriesOfStudy{0x0020, 0x1206};
constexpr Tag kInstancesOfStudy{0x0020, 0x1208};
constexpr Tag kInstancesOfSeries{0x0020, 0x1209};
constexpr Tag kSeriesNumber{0x0020, 0x0011};
constexpr Tag kInstanceNumber{0x0020, 0x0013};
constexpr Tag kStudyCounted[] = {kModalitiesInStudy, kClassesInStudy, kAvailability, kSeriesOfStudy, kInstancesOfStudy};
constexpr Tag kSeriesCounted[] = {kInstancesOfSeries};
constexpr std::size_t kMaxPatients = 1'000'000;  // that are told apart in one answer

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : "\\") + word;
  return out;
}

/// The values of a key that must be one of them; empty when the key asks for something else.
std::vector<std::string> values_of(const Query& query, Tag tag) {
  const Attribute* const key = query.keys.find(tag);
  if (key == nullptr || key->value.empty() || key->value.find_first_of("*?") != std::string::npos) return {};
  std::vector<std::string> values;
  for (std::size_t at = 0; at <= key->value.size();) {
    const std::size_t end = std::min(key->value.find('\\', at), key->value.size());
    if (end > at) values.push_back(key->value.substr(at, end - at));
    at = end + 1;
  }
  return values;
}

std::int64_t number_of(const Attributes& attributes, Tag tag) {
  const std::string text(attributes.value(tag));
  return text.empty() ? INT64_MAX : std::strtoll(text.c_str(), nullptr, 10);
}

/// Which studies may match: those that the query names, or of one patient or accession number, or by their days.
class Candidates {
 public:
  static Result<Candidates> of(const kv::View& view, std::string_view secret, const Query& query) {
    Candidates out;
    if (const auto studies = values_of(query, kStudyUid); !studies.empty()) {
      out.named_.assign(studies.begin(), studies.end());
      return out;
    }
    for (const Tag tag : {kPatientId, kAccession}) {
      const auto values = values_of(query, tag);
      if (values.empty()) continue;
      for (const std::string& value : values) {
        const std::string prefix = tag == kPatientId ? patient_prefix(secret, value) : accession_prefix(secret, value);
        const auto cursor = view.scan(kEntries, kv::Range::prefix(prefix));
        for (; cursor->valid(); cursor->next()) out.named_.emplace_back(study_in(cursor->key()));
        TRY(cursor->status());
      }
      return out;
    }
    kv::Range range = kv::Range::prefix("d");
    if (const Attribute* const day = query.keys.find(kStudyDate); day != nullptr && !day->value.empty()) {
      if (const Result<DayRange> days = day_range(day->value)) {
        if (!days->first.empty()) range.begin = "d" + days->first;
        if (!days->last.empty()) range.end = kv::Range::prefix("d" + days->last).end;
      }
    }
    out.by_day_ = view.scan(kEntries, range, kv::Direction::backward);
    return out;
  }

  Result<std::optional<std::string>> next() {
    if (by_day_) {
      if (!by_day_->valid()) {
        TRY(by_day_->status());
        return std::nullopt;
      }
      std::string study(study_in(by_day_->key()));
      by_day_->next();
      return study;
    }
    if (named_.empty()) return std::nullopt;
    std::string study = std::move(named_.front());
    named_.pop_front();
    return study;
  }

 private:
  std::deque<std::string> named_;
  std::unique_ptr<kv::Cursor> by_day_;
};

class Search final : public Matches {
 public:
  Search(std::unique_ptr<kv::View> view, const ArchiveOptions& options, store::ReadContext context, Query query,
         Candidates candidates)
      : view_(std::move(view)),
        options_(options),
        context_(std::move(context)),
        query_(std::move(query)),
        candidates_(std::move(candidates)) {}

  Result<std::optional<Match>> next() override {
    while (true) {
      if (!found_.empty()) {
        Match match = std::move(found_.front());
        found_.pop_front();
        return match;
      }
      if (context_.stop.stop_requested()) return fail(ErrorCode::cancelled, "the search was stopped");
      if (context_.deadline.has_passed()) return fail(ErrorCode::timeout, "the search took too long");
      const std::optional<std::string> study = TRY(candidates_.next());
      if (!study) return std::nullopt;
      TRY(look_into(*study));
    }
  }

 private:
  Result<> look_into(const std::string& uid) {
    const auto stored = TRY(view_->get(kStudies, uid));
    if (!stored) return {};
    const StudyRow row = TRY(decode_study(*stored));
    Attributes known = row.patient;
    known.add(row.study);
    known.set(kModalitiesInStudy, joined(row.modalities));
    known.set(kClassesInStudy, joined(row.classes));
    known.set(kAvailability, "ONLINE");
    known.set(kSeriesOfStudy, std::to_string(row.series));
    known.set(kInstancesOfStudy, std::to_string(row.instances));
    if (!holds(known, Level::patient, {}) || !holds(known, Level::study, kStudyCounted)) return {};
    if (options_.guard != nullptr && !TRY(options_.guard->may_see(context_, uid))) return {};
    if (query_.level == Level::patient) {
      std::string person = std::string(row.patient.value(kPatientId)).append(1, '\0');
      person += row.patient.value(kIssuer);
      if (people_.size() >= kMaxPatients) return fail(ErrorCode::too_large, "too many patients match");
      if (people_.insert(person).second) give({}, row.patient);
      return {};
    }
    if (query_.level == Level::study) {
      give({uid}, known);
      return {};
    }
    return look_into_series(uid, known);
  }

  Result<> look_into_series(const std::string& study, const Attributes& above) {
    struct Found {
      std::int64_t number;
      InstanceKey key;
      Attributes attributes;
    };
    std::vector<Found> series;
    const auto cursor = view_->scan(kSeries, kv::Range::prefix(prefix_of({study})));
    for (; cursor->valid(); cursor->next()) {
      const SeriesRow row = TRY(decode_series(cursor->value()));
      Attributes known = row.attributes;
      known.set(kInstancesOfSeries, std::to_string(row.instances));
      if (!holds(known, Level::series, kSeriesCounted)) continue;
      known.add(above);
      series.push_back({number_of(known, kSeriesNumber), read_key(cursor->key()), std::move(known)});
    }
    TRY(cursor->status());
    std::ranges::stable_sort(series, {}, &Found::number);
    for (Found& one : series) {
      if (query_.level == Level::series) {
        give(std::move(one.key), one.attributes);
      } else {
        TRY(look_into_instances(one.key, one.attributes));
      }
    }
    return {};
  }

  // All instances of a series are held for the sake of their order: some hundred bytes each.
  Result<> look_into_instances(const InstanceKey& series, const Attributes& above) {
    std::vector<std::pair<std::int64_t, Match>> instances;
    const auto cursor = view_->scan(kInstances, kv::Range::prefix(prefix_of(series)));
    for (; cursor->valid(); cursor->next()) {
      InstanceRow row = TRY(decode_instance(cursor->key(), cursor->value()));
      if (!holds(row.attributes, Level::instance, {})) continue;
      const std::int64_t number = number_of(row.attributes, kInstanceNumber);
      row.attributes.add(above);
      instances.emplace_back(number, Match{row.stored.key, asked(row.attributes)});
    }
    TRY(cursor->status());
    std::ranges::stable_sort(instances, {}, [](const auto& one) { return one.first; });
    for (auto& [number, match] : instances) found_.push_back(std::move(match));
    return {};
  }

  bool holds(const Attributes& known, Level level, std::span<const Tag> counted) const {
    return matches(query_, known, tags_of(level)) && matches(query_, known, counted);
  }

  void give(InstanceKey key, const Attributes& known) { found_.push_back({std::move(key), asked(known)}); }

  /// What the answer says: all, or each key.
  Attributes asked(const Attributes& known) const {
    if (query_.returns_all) return known;
    Attributes out;
    for (const Attribute& key : query_.keys.all()) {
      const Attribute* const value = known.find(key.tag);
      out.set(key.tag, key.vr, value == nullptr ? std::string() : value->value);
    }
    return out;
  }

  const std::unique_ptr<kv::View> view_;
  const ArchiveOptions& options_;
  const store::ReadContext context_;
  const Query query_;
  Candidates candidates_;
  std::deque<Match> found_;
  std::set<std::string> people_;
};

}  // namespace

Result<std::unique_ptr<Matches>> search(const kv::Kv& kv, const ArchiveOptions& options,
                                        const store::ReadContext& context, Query query) {
  // Where only a series or an instance is named, their study is looked up.
  std::unique_ptr<kv::View> view = kv.view();
  if (query.level == Level::instance && values_of(query, kStudyUid).empty()) {
    std::set<std::string> studies;
    const auto instances = values_of(query, kInstanceUid);
    for (const std::string& uid : instances) {
      if (const auto key = TRY(view->get(kEntries, instance_entry(uid)))) studies.insert(read_key(*key).study);
    }
    if (!instances.empty()) query.keys.set(kStudyUid, studies.empty() ? "0" : joined({studies.begin(), studies.end()}));
  }
  Candidates candidates = TRY(Candidates::of(*view, options.key, query));
  return std::make_unique<Search>(std::move(view), options, context, std::move(query), std::move(candidates));
}

}  // namespace meridian::imaging::internal
