// Layouts, byte for byte. 00, 01 and 02 are bytes, `fold` is folded text or code (internal/fold.hpp), texts are UTF-8,
// numbers big-endian. A row has each term once.
//
//   field     = hash64 of  type '?' code '#' number-of-the-facet        "Observation?code#1"
//
//   present   = (nothing)                                               a row that has any value
//   several   = (nothing)                                               its column cannot say it
//   cut       = (nothing)                                               it has a value longer than terms are
//   all       = (nothing)                                               of code "", each row of the type
//   contained = (nothing)                                               of code "" and the type of what is contained
//
//   value of
//     token     = fold(code) 00 system                                  "8480-6" 00 "http://loinc.org"
//               | fold(code) 00 01 system                               the element's binding implies the system
//                 (of _id: the id as it stands)
//     string    = fold(text) 00                                         "chen" 00        was written "chen"
//               | fold(text) 00 text                                    "chen" 00 "Chen"
//               | fold(text) 00 02                                      the text is too long to stand here (and cut)
//               | first 480 bytes of fold(text)                         so is its folded form (and cut)
//     reference = id 00 type                                            "7" 00 "Patient"
//               | 01 url 00 version                                     01 "urn:uuid:…" 00
//     uri       = uri 00 version
//     date      = interval                                              internal/intervals.hpp
//     number    = interval
//     quantity  = 'v' interval                                          the number, whatever its unit
//               | 'u' unit 00 interval                                  a term for the unit's code, one for its name
//               | 's' system 00 code 00 interval                        unless it has a
//               | 'c' dimension 00 interval                             in base units: "c" "m.g" …
//     composite = 'a' fold(code) 00 second                              a token of any system, then the second
//     component
//               | 'b' fold(code) 00 system 00 second
//               | 'a' id 00 second | 'b' id 00 type 00 second           … of a reference
//               | 'b' url 00 00 second
//       second  = as `value` of its kind; of quantities without 'u'; of strings fold(text) 00
//     near      = latitude+90 (2 bytes) longitude+180 (2 bytes)         whole degrees, downwards
//     _text, _content = fold(word) or two ideographs, or the last ideograph of a run
//
//   by_system = system                                                  also of Reference.identifier
//   text      = fold(display) 00                                        as strings, without the text as it stands
//   identifier= of tokens: fold(value) 00 type-system 00 fold(type-code);  of references: as token
//   column    = date: coordinates of low and of the last microsecond; number, quantity: coordinates (canonical where
//   UCUM
//               knows the unit); reference: reference_key twice, when there is exactly one relative reference;
//               _id: reference_key of the resource
//   raw       = quantity: coordinates of the number as it stands
#include "search/terms.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/hash.hpp"
#include "search/internal/fold.hpp"
#include "search/internal/intervals.hpp"
#include "search/internal/term_bytes.hpp"
#include "search/values.hpp"

namespace meridian::search {
namespace {

using fhir::SearchType;
using index::Entries;
using index::FieldId;
using internal::Interval;
using internal::is_plain;
using internal::kEnd;
using internal::Scale;

constexpr std::size_t kFacets = 9;  // of a parameter; the others are of types
static_assert(static_cast<std::size_t>(Facet::all) == kFacets);

/// A parameter with its fields.
struct Plan {
  const Parameter* parameter = nullptr;
  std::array<FieldId, kFacets> fields{};
  FieldId at(Facet facet) const { return fields[static_cast<std::size_t>(facet)]; }
};

struct TypePlan {
  bool is_made = false;
  FieldId all{};
  FieldId contained{};
  std::vector<Plan> plans;
};

Interval date_interval(const DateValue& date) {
  const bool is_open = date.high == DateValue::kForever;
  return {internal::date_coordinate(date.low), internal::date_coordinate(is_open ? date.high : date.high - 1)};
}

Interval number_interval(const NumberValue& number) {
  return {number.low ? internal::number_coordinate(*number.low) : 0,
          number.high ? internal::number_coordinate(*number.high) : UINT64_MAX};
}

bool is_told_apart(const NumberValue& number) {
  return (!number.low || internal::is_told_apart(*number.low)) &&
         (!number.high || internal::is_told_apart(*number.high));
}

/// Writes what one resource has of one parameter.
class Writer {
 public:
  Writer(const Plan& plan, internal::Arena& arena, std::string& buffer, Entries& out)
      : plan_(plan), arena_(arena), buffer_(buffer), out_(out) {}

  void add(const Values& values);
  void add_words(std::span<const std::string_view> words);
  void add_tuple(std::span<const Values> components);
  void add_key(std::uint64_t key) { out_.add_column(plan_.at(Facet::column), key, key); }
  /// The terms that stand for the whole of what was added.
  void finish();
  void set_present() { is_present_ = true; }

 private:
  void add_token(const TokenValue& token);
  void add_of_type(const TokenValue& token);
  void add_text(std::string_view text);
  void add_string(std::string_view text);
  void add_reference(const ReferenceValue& reference);
  void add_uri(const UriValue& uri);
  void add_quantity(const QuantityValue& quantity);
  void add_columns(const Values& values);
  void put(Facet facet, std::string_view term) { out_.add_term(plan_.at(facet), term); }
  void put_buffer(Facet facet, std::size_t limit = internal::kMaxTerm);
  template <typename Put>
  void each_first(const Values& first, Put&& put_second);
  void add_second(const Values& second);

  const Plan& plan_;
  internal::Arena& arena_;
  std::string& buffer_;
  Entries& out_;
  bool is_present_ = false;
  bool is_cut_ = false;
  bool is_several_ = false;
};

void Writer::put_buffer(Facet facet, std::size_t limit) {
  if (buffer_.size() <= limit) {
    put(facet, buffer_);
  } else {
    is_cut_ = true;
  }
}

void Writer::add(const Values& values) {
  is_present_ = is_present_ || !values.empty();
  for (const std::string_view text : values.strings) add_string(text);
  for (const TokenValue& token : values.tokens) add_token(token);
  for (const ReferenceValue& reference : values.references) add_reference(reference);
  for (const UriValue& uri : values.uris) add_uri(uri);
  const auto put_value = [&](std::string_view term) { put(Facet::value, term); };
  buffer_.clear();
  for (const DateValue& date : values.dates) {
    internal::interval_terms(Scale::date, date_interval(date), buffer_, put_value);
  }
  for (const NumberValue& number : values.numbers) {
    internal::interval_terms(Scale::number, number_interval(number), buffer_, put_value);
  }
  for (const QuantityValue& quantity : values.quantities) add_quantity(quantity);
  for (const PositionValue& position : values.positions) {
    buffer_.clear();
    const auto down = [](double degrees) { return static_cast<int>(degrees) - (degrees < static_cast<int>(degrees)); };
    internal::append_cell(buffer_, down(position.latitude), down(position.longitude));
    put(Facet::value, buffer_);
  }
  add_columns(values);
}

void Writer::add_token(const TokenValue& token) {
  if (!token.text.empty()) add_text(token.text);
  if (token.identifier_type) add_of_type(token);
  if (!is_plain(token.system)) {
    is_cut_ = true;
    return;
  }
  if (!token.system.empty()) {
    if (token.system.size() <= internal::kMaxTerm) {
      put(Facet::by_system, token.system);
    } else {
      is_cut_ = true;
    }
  }
  if (token.code.empty()) return;
  const std::string_view code = token.is_case_bound ? token.code : internal::fold_code(token.code, arena_);
  buffer_.clear();
  internal::append_token(buffer_, code, token.system, token.is_implied && !token.system.empty());
  put_buffer(Facet::value);
}

// https://hl7.org/fhir/R4/search.html#token: system and code are those of Identifier.type.coding.
void Writer::add_of_type(const TokenValue& token) {
  const fhir::Schema& schema = token.identifier_type.schema();
  for (const fhir::Node coding : token.identifier_type.children(schema.find_name("coding"))) {
    const fhir::Node system = coding.child("system");
    const fhir::Node code = coding.child("code");
    if (!system || !code) continue;
    if (!is_plain(system.text())) {
      is_cut_ = true;
      continue;
    }
    buffer_.clear();
    buffer_.append(internal::fold_code(token.code, arena_)).push_back(kEnd);
    buffer_.append(system.text()).push_back(kEnd);
    buffer_.append(internal::fold_code(code.text(), arena_));
    put_buffer(Facet::identifier);
  }
}

void Writer::add_text(std::string_view text) {
  const std::string_view folded = internal::fold_text(text, arena_);
  if (folded.empty()) return;
  buffer_.assign(internal::cut_text(folded, internal::kMaxFolded));
  if (buffer_.size() == folded.size()) {
    buffer_.push_back(kEnd);
  } else {
    is_cut_ = true;
  }
  put(Facet::text, buffer_);
}

void Writer::add_string(std::string_view text) {
  const std::string_view folded = internal::fold_text(text, arena_);
  buffer_.assign(internal::cut_text(folded, internal::kMaxFolded));
  if (buffer_.size() < folded.size()) {
    is_cut_ = true;
  } else {
    buffer_.push_back(kEnd);
    if (buffer_.size() + text.size() > internal::kMaxTerm) {
      is_cut_ = true;
      buffer_.push_back(internal::kLong);
    } else if (text != folded) {
      buffer_.append(text);
    }
  }
  put(Facet::value, buffer_);
}

void Writer::add_reference(const ReferenceValue& reference) {
  if (!reference.text.empty()) add_text(reference.text);
  if (reference.identifier) {
    const TokenValue& token = *reference.identifier;
    const bool fits = is_plain(token.system) && token.system.size() <= internal::kMaxTerm;
    is_cut_ = is_cut_ || !fits;
    if (fits && !token.system.empty()) put(Facet::by_system, token.system);
    if (fits && !token.code.empty()) {
      buffer_.clear();
      internal::append_token(buffer_, internal::fold_code(token.code, arena_), token.system, false);
      put_buffer(Facet::identifier);
    }
  }
  if (reference.id.empty() && reference.url.empty()) return;
  if (!is_plain(reference.id) || !is_plain(reference.url) || !is_plain(reference.version)) {
    is_cut_ = true;
    return;
  }
  buffer_.clear();
  internal::append_reference(buffer_, reference);
  put_buffer(Facet::value);
}

void Writer::add_uri(const UriValue& uri) {
  if (!is_plain(uri.uri) || !is_plain(uri.version)) {
    is_cut_ = true;
    return;
  }
  buffer_.assign(uri.uri).push_back(kEnd);
  buffer_.append(uri.version);
  put_buffer(Facet::value);
}

void Writer::add_quantity(const QuantityValue& quantity) {
  const bool fits = is_plain(quantity.system) && is_plain(quantity.code) && is_plain(quantity.unit) &&
                    quantity.system.size() + quantity.code.size() <= internal::kMaxTerm / 2 &&
                    quantity.unit.size() <= internal::kMaxTerm / 2;
  const Interval interval = number_interval(quantity.number);
  const auto put_value = [&](std::string_view term) { put(Facet::value, term); };
  const auto put_interval = [&](const Interval& of) {
    internal::interval_terms(Scale::number, of, buffer_, put_value);
  };
  buffer_.clear();
  internal::append_any_unit(buffer_);
  put_interval(interval);
  if (!fits) {
    is_cut_ = true;
    return;
  }
  for (const std::string_view unit : {quantity.code, quantity.unit}) {
    if (unit.empty() || (unit.data() == quantity.unit.data() && unit == quantity.code)) continue;
    buffer_.clear();
    internal::append_unit(buffer_, unit);
    put_interval(interval);
  }
  buffer_.clear();
  if (!quantity.dimension.empty()) {
    internal::append_dimension(buffer_, quantity.dimension);
    put_interval(number_interval(quantity.canonical));
  } else if (!quantity.system.empty() && !quantity.code.empty()) {
    internal::append_system_unit(buffer_, quantity.system, quantity.code);
    put_interval(interval);
  }
}

/// A column says one value; the rest stands under `several`.
void Writer::add_columns(const Values& values) {
  if (values.dates.size() == 1) {
    const Interval interval = date_interval(values.dates.front());
    out_.add_column(plan_.at(Facet::column), interval.low, interval.high);
  }
  if (values.numbers.size() == 1 && is_told_apart(values.numbers.front())) {
    const Interval interval = number_interval(values.numbers.front());
    out_.add_column(plan_.at(Facet::column), interval.low, interval.high);
  } else if (!values.numbers.empty()) {
    is_several_ = true;
  }
  if (values.quantities.size() == 1 && is_told_apart(values.quantities.front().number)) {
    const QuantityValue& quantity = values.quantities.front();
    const Interval raw = number_interval(quantity.number);
    const Interval column = quantity.dimension.empty() ? raw : number_interval(quantity.canonical);
    out_.add_column(plan_.at(Facet::column), column.low, column.high);
    out_.add_column(plan_.at(Facet::raw), raw.low, raw.high);
  } else if (!values.quantities.empty()) {
    is_several_ = true;
  }
  is_several_ = is_several_ || values.dates.size() > 1;
  if (values.references.size() == 1 && !values.references.front().id.empty()) {
    const ReferenceValue& reference = values.references.front();
    add_key(reference_key(reference.type, reference.id));
  }
  is_several_ = is_several_ || values.references.size() > 1;
}

void Writer::add_words(std::span<const std::string_view> words) {
  is_present_ = is_present_ || !words.empty();
  for (const std::string_view word : words) {
    if (word.size() <= internal::kMaxWord) {
      put(Facet::value, word);
    } else {
      is_cut_ = true;
    }
  }
}

/// Puts the beginning of each term that the first component makes into the buffer, and calls `put_second`.
template <typename Put>
void Writer::each_first(const Values& first, Put&& put_second) {
  const auto put_one = [&](char tag, std::string_view name, std::string_view space, bool has_space) {
    if (!is_plain(space) || name.size() + space.size() > internal::kMaxComposite) {
      is_cut_ = true;
      return;
    }
    buffer_.assign(1, tag);
    buffer_.append(name).push_back(kEnd);
    if (has_space) buffer_.append(space).push_back(kEnd);
    put_second();
  };
  for (const TokenValue& token : first.tokens) {
    if (token.code.empty()) continue;
    const std::string_view code = internal::fold_code(token.code, arena_);
    put_one('a', code, {}, false);
    if (!token.system.empty()) put_one('b', code, token.system, true);
  }
  for (const ReferenceValue& reference : first.references) {
    if (!is_plain(reference.id) || !is_plain(reference.url)) {
      is_cut_ = true;
    } else if (!reference.id.empty()) {
      put_one('a', reference.id, {}, false);
      put_one('b', reference.id, reference.type, true);
    } else if (!reference.url.empty()) {
      put_one('b', reference.url, {}, true);
    }
  }
}

/// The second component's terms after what stands in the buffer.
void Writer::add_second(const Values& second) {
  const std::size_t prefix = buffer_.size();
  const auto put_one = [&] {
    if (buffer_.size() - prefix <= internal::kMaxComposite) {
      put(Facet::value, buffer_);
    } else {
      is_cut_ = true;
    }
    buffer_.resize(prefix);
  };
  const auto put_value = [&](std::string_view term) { put(Facet::value, term); };
  for (const TokenValue& token : second.tokens) {
    if (token.code.empty()) continue;
    is_cut_ = is_cut_ || !is_plain(token.system);
    if (!is_plain(token.system)) continue;
    internal::append_token(buffer_, internal::fold_code(token.code, arena_), token.system,
                           token.is_implied && !token.system.empty());
    put_one();
  }
  for (const std::string_view text : second.strings) {
    const std::string_view folded = internal::fold_text(text, arena_);
    const std::string_view kept = internal::cut_text(folded, internal::kMaxComposite - 1);
    is_cut_ = is_cut_ || kept.size() < folded.size();
    buffer_.append(kept);
    if (kept.size() == folded.size()) buffer_.push_back(kEnd);
    put_one();
  }
  for (const ReferenceValue& reference : second.references) {
    const bool fits = is_plain(reference.id) && is_plain(reference.url) && is_plain(reference.version);
    is_cut_ = is_cut_ || !fits;
    if (!fits || (reference.id.empty() && reference.url.empty())) continue;
    internal::append_reference(buffer_, reference);
    put_one();
  }
  for (const UriValue& uri : second.uris) {
    is_cut_ = is_cut_ || !is_plain(uri.uri) || !is_plain(uri.version);
    if (!is_plain(uri.uri) || !is_plain(uri.version)) continue;
    buffer_.append(uri.uri).push_back(kEnd);
    buffer_.append(uri.version);
    put_one();
  }
  for (const DateValue& date : second.dates) {
    internal::interval_terms(Scale::date, date_interval(date), buffer_, put_value);
  }
  for (const NumberValue& number : second.numbers) {
    internal::interval_terms(Scale::number, number_interval(number), buffer_, put_value);
  }
  for (const QuantityValue& quantity : second.quantities) {
    internal::append_any_unit(buffer_);
    internal::interval_terms(Scale::number, number_interval(quantity.number), buffer_, put_value);
    buffer_.resize(prefix);
    const bool fits = is_plain(quantity.system) && is_plain(quantity.code) &&
                      quantity.system.size() + quantity.code.size() <= internal::kMaxComposite - 16;
    if (!fits) {
      is_cut_ = true;
    } else if (!quantity.dimension.empty()) {
      internal::append_dimension(buffer_, quantity.dimension);
      internal::interval_terms(Scale::number, number_interval(quantity.canonical), buffer_, put_value);
    } else if (!quantity.system.empty() && !quantity.code.empty()) {
      internal::append_system_unit(buffer_, quantity.system, quantity.code);
      internal::interval_terms(Scale::number, number_interval(quantity.number), buffer_, put_value);
    }
    buffer_.resize(prefix);
  }
}

void Writer::add_tuple(std::span<const Values> components) {
  const bool is_whole = std::ranges::none_of(components, [](const Values& values) { return values.empty(); });
  if (!is_whole || components.size() < 2) return;
  is_present_ = true;
  each_first(components[0], [&] { add_second(components[1]); });
}

void Writer::finish() {
  if (is_present_) put(Facet::present, {});
  if (is_several_) put(Facet::several, {});
  if (is_cut_) put(Facet::cut, {});
}

}  // namespace

FieldId field(fhir::TypeId type, const fhir::Schema& schema, std::string_view code, Facet facet) {
  std::string name(schema.type(type).name);
  name.append("?").append(code).append("#").append(std::to_string(static_cast<int>(facet)));
  const std::uint64_t hash = hash64(name);
  return FieldId{hash == 0 ? 1 : hash};  // 0 stands for no field
}

std::uint64_t reference_key(std::string_view type, std::string_view id) {
  std::array<char, 128> bytes;
  if (type.size() + 1 + id.size() > bytes.size()) return hash64(std::string(type).append("/").append(id));
  char* at = std::ranges::copy(type, bytes.data()).out;
  *at++ = '/';
  at = std::ranges::copy(id, at).out;
  return hash64({bytes.data(), static_cast<std::size_t>(at - bytes.data())});
}

struct Extractor::State {
  State(std::shared_ptr<const Parameters> of, const TimeZone& zone)
      : parameters(std::move(of)),
        reader(parameters->schema(), zone),
        types(parameters->schema().types().size()),
        contained(parameters->schema().find_name("contained")) {}

  std::shared_ptr<const Parameters> parameters;
  ValueReader reader;
  internal::Arena arena;
  std::string buffer;
  std::vector<std::string_view> words;
  std::vector<TypePlan> types;
  fhir::NameId contained;

  const TypePlan& plan(fhir::TypeId type);
  void write(const Plan& plan, fhir::Node resource, std::string_view id, Entries& out);
};

const TypePlan& Extractor::State::plan(fhir::TypeId type) {
  TypePlan& made = types[static_cast<std::size_t>(type)];
  if (made.is_made) return made;
  const fhir::Schema& schema = parameters->schema();
  made.all = field(type, schema, {}, Facet::all);
  made.contained = field(type, schema, {}, Facet::contained);
  for (const Parameter* parameter : parameters->of(type)) {
    if (parameter->code == "_lastUpdated") continue;  // the store's records say it
    Plan& one = made.plans.emplace_back();
    one.parameter = parameter;
    for (std::size_t facet = 0; facet < kFacets; ++facet) {
      one.fields[facet] = field(type, schema, parameter->code, static_cast<Facet>(facet));
    }
  }
  made.is_made = true;
  return made;
}

void Extractor::State::write(const Plan& plan, fhir::Node resource, std::string_view id, Entries& out) {
  const Parameter& parameter = *plan.parameter;
  Writer writer(plan, arena, buffer, out);
  if (parameter.kind == SearchType::composite) {
    const std::size_t count = reader.read_items(parameter);
    for (std::size_t i = 0; i < count; ++i) writer.add_tuple(reader.read_item(parameter, i));
  } else if (!parameter.compiled && (parameter.code == "_text" || parameter.code == "_content")) {
    words.clear();
    const std::vector<std::string_view>& texts = reader.texts(parameter.code == "_text");
    for (const std::string_view text : texts) internal::split_words(text, arena, words);
    std::ranges::sort(words);
    words.erase(std::unique(words.begin(), words.end()), words.end());
    writer.add_words(words);
    if (!texts.empty()) writer.set_present();
  } else {
    writer.add(reader.read(parameter));
    if (parameter.code == "_id") writer.add_key(reference_key(resource.schema().type(resource.type()).name, id));
  }
  writer.finish();
}

Extractor::Extractor(std::shared_ptr<const Parameters> parameters, const TimeZone& zone)
    : state_(std::make_unique<State>(std::move(parameters), zone)) {}
Extractor::~Extractor() = default;
Extractor::Extractor(Extractor&&) noexcept = default;

void Extractor::extract(fhir::Node resource, std::string_view id, Entries& out) {
  State& state = *state_;
  if (!resource || static_cast<std::size_t>(resource.type()) >= state.types.size()) return;
  const TypePlan& plan = state.plan(resource.type());
  state.arena.clear();
  state.reader.begin(resource, id);
  out.add_term(plan.all, {});
  for (const fhir::Node contained : resource.children(state.contained)) {
    if (static_cast<std::size_t>(contained.type()) >= state.types.size()) continue;
    out.add_term(state.plan(contained.type()).contained, {});
  }
  for (const Plan& one : plan.plans) state.write(one, resource, id, out);
}

}  // namespace meridian::search
