// First pages of searches over 10^5, 10^6 and (MERIDIAN_BENCH_LARGE=1) 5*10^6 Observations at 10, 10^3 and 10^5
// matches, exact total included: p50 and p99 in microseconds, so that it shows that cost grows with the answer.
//
// The world is made straight into chunks: what is extracted from one resource with that code and value, one with that
// day, one of that patient is put together row by row. A load of a document makes and parses its JSON.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "base/deadline.hpp"
#include "base/random.hpp"
#include "base/testing/temporary_folder.hpp"
#include "kv/rocks.hpp"
#include "search/engine.hpp"
#include "search/terms.hpp"

namespace meridian::search {
namespace {

using index::Entries;
using index::Row;
using index::Rows;

constexpr index::Tenant kTenant = 1;
constexpr std::uint64_t kChunkRows = 32'768;
constexpr std::uint64_t kObservationsOfOne = 100;  // of each patient
constexpr std::uint64_t kDays = 3650;
constexpr std::int64_t kFirstDay = 1'262'304'000'000'000;  // 2010-01-01
constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::uint64_t kValues = 1000;

template <typename T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message().c_str());
    std::abort();
  }
  return *std::move(result);
}

std::string day_text(std::uint64_t day) {
  return Instant::from_microseconds(kFirstDay + static_cast<std::int64_t>(day) * kDay).to_string().substr(0, 10);
}

/// Codes by how many observations have them: ten, a thousand, then shares of all.
struct Code {
  std::string code;
  double share;
};

class BenchWorld final : public Documents {
 public:
  explicit BenchWorld(std::uint64_t observations)
      : observations_(observations),
        patients_(observations / kObservationsOfOne),
        extractor_(Parameters::r4()),
        schema_(Parameters::r4()->schema()) {
    const double all = static_cast<double>(observations);
    codes_ = {{"c10", 10 / all}, {"c1000", 1000 / all}, {"half-percent", .005},
              {"tenth", .1},     {"half", .5},          {"rest", 1}};
    const kv::SpaceDefinition spaces[] = {{"terms"}, {"columns"}, {"state"}};
    kv_ = must(kv::open_rocks(spaces, {.folder = folder_.path() + "/kv", .memory_bytes = std::uint64_t{512} << 20}));
    index_ = must(index::Index::open(*kv_, {kv::SpaceId{0}, kv::SpaceId{1}, kv::SpaceId{2}}));
    fill();
  }
  ~BenchWorld() override {
    index_.reset();
    kv_.reset();
  }

  index::IndexView view() const { return must(index_->view(kTenant, kv_->view(), {patients_ + observations_, {}})); }
  std::uint64_t observations() const { return observations_; }

  Result<Identity> identify(Row row) override {
    if (row < patients_) return Identity{type("Patient"), "p" + std::to_string(row)};
    return Identity{type("Observation"), "o" + std::to_string(row)};
  }
  Result<std::optional<fhir::Document>> load(Row row) override {
    return parse(row < patients_ ? patient_json(row) : observation_json(what(row)));
  }
  Result<Rows> updated_between(std::int64_t, std::int64_t) override {
    return Rows::range(0, patients_ + observations_);
  }
  Result<std::int64_t> updated_at(Row row) override { return static_cast<std::int64_t>(row); }

  /// A family with so many patients: of 1, 10, a tenth of all.
  static std::string family(std::uint64_t patient, std::uint64_t patients) {
    if (patient < 1) return "Unique";
    if (patient < 11) return "Tenfold";
    if (patient % 10 == 3) return "Tenth";
    return "Family" + std::to_string(patient % std::max<std::uint64_t>(patients / 7, 1));
  }

 private:
  struct What {
    std::uint64_t patient, code, value, day;
    std::uint64_t second;
  };

  fhir::TypeId type(std::string_view name) const { return schema_.find_type(name); }

  /// The same each time it is asked.
  What what(Row row) const {
    SeededRandom random(row * 7919 + 17);
    What what{};
    what.patient = random.below(patients_);
    const double at = static_cast<double>(random.below(1'000'000'000)) / 1e9;
    double sum = 0;
    while (what.code + 1 < codes_.size() && at >= sum + codes_[what.code].share) sum += codes_[what.code++].share;
    what.value = random.below(kValues);
    what.day = random.below(kDays);
    what.second = random.below(86'400);
    return what;
  }

  std::string patient_json(std::uint64_t patient) const {
    return R"({"resourceType":"Patient","gender":")" + std::string(patient % 2 == 0 ? "male" : "female") +
           R"(","name":[{"family":")" + family(patient, patients_) + R"(","given":["Ann"]}],"birthDate":")" +
           day_text(patient % kDays) + "\"}";
  }
  std::string observation_json(const What& what) const {
    return R"({"resourceType":"Observation","status":"final",)" + code_json(what.code) + "," + value_json(what.value) +
           R"(,"subject":{"reference":"Patient/p)" + std::to_string(what.patient) + R"("},"effectiveDateTime":")" +
           Instant::from_microseconds(kFirstDay + static_cast<std::int64_t>(what.day) * kDay +
                                      static_cast<std::int64_t>(what.second) * 1'000'000)
               .to_string() +
           "\"}";
  }
  std::string code_json(std::uint64_t code) const {
    return R"("code":{"coding":[{"system":"http://loinc.org","code":")" + codes_[code].code + R"("}]})";
  }
  static std::string value_json(std::uint64_t value) {
    return R"("valueQuantity":{"value":)" + std::to_string(value) +
           R"(,"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"})";
  }

  static std::optional<fhir::Document> parse(std::string json) {
    Issues issues;
    return fhir::DocumentParser().parse(std::move(json), issues);
  }
  Entries extract(const std::string& json, std::string_view id) {
    Entries entries;
    const auto document = parse(json);
    extractor_.extract(document->root(), id, entries);
    return entries;
  }
  static void join(const Entries& part, Entries& out, index::FieldId shifted, std::uint64_t shift) {
    for (const Entries::Term& term : part.terms()) out.add_term(term.field, part.term(term));
    for (const Entries::Column& column : part.columns()) {
      const std::uint64_t by = column.field == shifted ? shift : 0;
      out.add_column(column.field, column.low + by, column.high + by);
    }
  }
  /// Without what all resources of the type have, and without the id: parts that are put together.
  Entries part(const std::string& members) {
    const std::string json = R"({"resourceType":"Observation")" + members + "}";
    const Entries all = extract(json, "x");
    Entries out;
    const index::FieldId every = field(type("Observation"), schema_, "", Facet::all);
    for (const Entries::Term& term : all.terms()) {
      if (term.field != every && !is_id(term.field)) out.add_term(term.field, all.term(term));
    }
    for (const Entries::Column& column : all.columns()) {
      if (!is_id(column.field)) out.add_column(column.field, column.low, column.high);
    }
    return out;
  }
  bool is_id(index::FieldId which) const {
    for (const Facet facet : {Facet::present, Facet::value, Facet::column}) {
      if (which == field(type("Observation"), schema_, "_id", facet)) return true;
    }
    return false;
  }

  void fill() {
    const index::FieldId date = field(type("Observation"), schema_, "date", Facet::column);
    const index::FieldId every = field(type("Observation"), schema_, "", Facet::all);
    std::vector<Entries> days;
    for (std::uint64_t day = 0; day < kDays; ++day) {
      days.push_back(part(R"(,"effectiveDateTime":")" + day_text(day) + R"(T00:00:00Z")"));
    }
    std::map<std::pair<std::uint64_t, std::uint64_t>, Entries> measured;
    std::map<std::uint64_t, Entries> of_patient;
    Condition by_id;
    by_id.parameter = Parameters::r4()->find(type("Observation"), "_id");
    std::optional<index::ChunkBuilder> chunk;
    for (Row row = 0; row < patients_ + observations_; ++row) {
      if (row % kChunkRows == 0) {
        if (chunk) must_hold(index_->add_chunk(*std::move(chunk)));
        chunk.emplace(kTenant, row);
      }
      if (row < patients_) {
        chunk->add(row, extract(patient_json(row), "p" + std::to_string(row)));
        continue;
      }
      const What what = this->what(row);
      auto& value = measured[{what.code, what.value}];
      if (value.terms().empty()) {
        value = part(R"(,"status":"final",)" + code_json(what.code) + "," + value_json(what.value));
      }
      auto& patient = of_patient[what.patient];
      if (patient.terms().empty()) {
        patient = part(R"(,"subject":{"reference":"Patient/p)" + std::to_string(what.patient) + R"("})");
      }
      entries_.clear();
      join(value, entries_, {}, 0);
      join(patient, entries_, {}, 0);
      join(days[what.day], entries_, date, what.second * 1'000'000);
      const std::string id = "o" + std::to_string(row);
      by_id.operands = {{Prefix::eq, id, {}}};
      const Probe found = must(probe(*Parameters::r4(), by_id, nullptr));
      entries_.add_term(found.parts[0].field, found.parts[0].begin);
      entries_.add_term(field(type("Observation"), schema_, "_id", Facet::present), "");
      const std::uint64_t key = reference_key("Observation", id);
      entries_.add_column(field(type("Observation"), schema_, "_id", Facet::column), key, key);
      entries_.add_term(every, "");
      chunk->add(row, entries_);
    }
    must_hold(index_->add_chunk(*std::move(chunk)));
  }
  static void must_hold(const Result<>& result) {
    if (!result) std::abort();
  }

  std::uint64_t observations_;
  std::uint64_t patients_;
  Extractor extractor_;
  const fhir::Schema& schema_;
  std::vector<Code> codes_;
  testing::TemporaryFolder folder_;
  std::unique_ptr<kv::Kv> kv_;
  std::unique_ptr<index::Index> index_;
  Entries entries_;
};

/// One at a time. It goes before the statics that it made others make.
BenchWorld& world(std::uint64_t observations) {
  static BenchWorld* kept = nullptr;
  struct Guard {
    ~Guard() { delete kept; }
  };
  if (kept == nullptr || kept->observations() != observations) {
    delete std::exchange(kept, nullptr);
    kept = new BenchWorld(observations);
  }
  static const Guard guard;
  return *kept;
}

/// "Observation?code=x&_sort=-date"
Query query_of(const std::string& text) {
  const std::size_t mark = text.find('?');
  std::vector<std::pair<std::string, std::string>> request;
  for (std::size_t at = mark; at != std::string::npos;) {
    const std::size_t end = text.find('&', at + 1);
    const std::string pair = text.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    const std::size_t equals = pair.find('=');
    request.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    at = end;
  }
  Issues issues;
  const Parameters& parameters = *Parameters::r4();
  Query query = parse_query(parameters, parameters.schema().find_type(text.substr(0, mark)), request, {}, issues);
  if (!issues.empty()) std::abort();
  return query;
}

void run(benchmark::State& state, std::uint64_t observations, const std::string& text) {
  BenchWorld& in = world(observations);
  static const Engine engine(Parameters::r4(), nullptr);
  const Query query = query_of(text);
  const index::IndexView view = in.view();
  std::vector<std::int64_t> times;
  std::uint64_t total = 0;
  for (auto _ : state) {
    const std::int64_t begin = steady_nanoseconds();
    const SearchPage page = must(engine.search(view, in, query, nullptr, {}));
    times.push_back(steady_nanoseconds() - begin);
    total = *page.total;
  }
  std::sort(times.begin(), times.end());
  const auto at = [&](double share) {
    return static_cast<double>(times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))]) / 1e3;
  };
  state.counters["matches"] = static_cast<double>(total);
  state.counters["p50_us"] = at(.5);
  state.counters["p99_us"] = at(.99);
  if (std::getenv("MERIDIAN_BENCH_EXPLAIN") != nullptr) {
    Query explained = query;
    explained.explain = true;
    std::fprintf(stderr, "%s\n%s\n", text.c_str(),
                 must(engine.search(view, in, explained, nullptr, {})).explanation.c_str());
  }
}

struct Case {
  const char* name;
  std::string query;
};

/// Of a million: few are about 10 matches, more about 1000, a tenth 100,000.
std::vector<Case> cases() {
  return {
      {"token/10", "Observation?code=c10"},
      {"token/1000", "Observation?code=c1000"},
      {"token/tenth", "Observation?code=http://loinc.org|tenth"},
      {"token_date/few", "Observation?code=half-percent&date=ge2013-03-01&date=lt2013-03-08"},
      {"token_date/more", "Observation?code=half&date=ge2013-03-01&date=lt2013-03-08"},
      {"token_date/tenth", "Observation?code=half&date=ge2013&date=lt2015"},
      {"token_quantity/few", "Observation?code=half-percent&value-quantity=gt997"},
      {"token_quantity/more", "Observation?code=half&value-quantity=gt997|http://unitsofmeasure.org|mm[Hg]"},
      {"token_quantity/tenth", "Observation?code=half&value-quantity=gt800"},
      {"date/few", "Observation?date=ge2013-03-01T10:00:00Z&date=lt2013-03-01T11:00:00Z"},
      {"date/more", "Observation?date=ge2013-03-01&date=lt2013-03-05"},
      {"date/tenth", "Observation?date=ge2013&date=lt2014"},
      {"chain/few", "Observation?subject:Patient.family=Unique&code=tenth"},
      {"chain/more", "Observation?subject:Patient.family=Tenfold"},
      {"chain/tenth", "Observation?subject:Patient.family=Tenth"},
      {"has/few", "Patient?_has:Observation:patient:code=c10"},
      {"has/more", "Patient?_has:Observation:patient:code=c1000"},
      {"has/all", "Patient?_has:Observation:patient:code=tenth"},
      {"sort_date/10", "Observation?code=c10&_sort=-date&_total=accurate"},
      {"sort_date/1000", "Observation?code=c1000&_sort=-date&_total=accurate"},
      {"sort_date/tenth", "Observation?code=tenth&_sort=-date&_total=accurate"},
      {"sort_date/half", "Observation?code=half&_sort=-date&_total=accurate"},
      {"sort_code/tenth", "Observation?date=ge2013&date=lt2014&_sort=code"},
      {"everything", "Observation?_sort=-date"},
  };
}

[[maybe_unused]] const bool kRegistered = [] {
  std::vector<std::uint64_t> sizes{100'000, 1'000'000};
  if (std::getenv("MERIDIAN_BENCH_LARGE") != nullptr) sizes.push_back(5'000'000);
  for (const std::uint64_t size : sizes) {
    for (const Case& one : cases()) {
      benchmark::RegisterBenchmark(("search/" + std::to_string(size) + "/" + one.name).c_str(),
                                   [size, query = one.query](benchmark::State& state) { run(state, size, query); })
          ->Unit(benchmark::kMicrosecond)
          ->MinTime(0.3);
    }
  }
  return true;
}();

}  // namespace
}  // namespace meridian::search
