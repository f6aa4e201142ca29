// The compiled form of a catalogue: what the evaluator runs. Made by loader.cpp, immutable afterwards.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhirpath/expression.hpp"
#include "formats/fhir/schema.hpp"
#include "mapping/internal/place.hpp"
#include "mapping/internal/template_plan.hpp"
#include "mapping/write.hpp"

namespace meridian::mapping {
class MergeRules;
}

namespace meridian::mapping::internal {

/// A three-letter segment name as a number, so that it can be compared and switched on.
using SegmentCode = std::uint32_t;
constexpr SegmentCode segment_code(std::string_view name) {
  SegmentCode code = 0;
  for (const char c : name.substr(0, 3)) code = code << 8 | static_cast<unsigned char>(c);
  return code;
}

constexpr int kNone = -1;

/// Where a value comes from: `PID-3.1` in a segment, `CX.4.1` within the value at hand; or a place in a document.
struct SourcePath {
  SegmentCode segment = 0;  ///< 0: relative to the value at hand
  std::uint16_t field = 0;
  std::uint16_t repetition = 0;  ///< 0: the first, or each in turn
  std::uint8_t part = 0;         ///< component, or the first number after a type's name; 0: all of it
  std::uint8_t subpart = 0;
  int place = kNone;  ///< index in Plan::places; then the rest is not used
};

/// A condition as a small tree; nodes refer to each other by index.
struct ConditionNode {
  enum class Kind : std::uint8_t {
    valued,
    equal,
    count_above,
    number,
    measured,
    longer,
    bound,
    fhirpath,
    both,
    either,
    negated
  };
  Kind kind = Kind::valued;
  SourcePath path;
  std::vector<std::string> values;  // equal: any of them
  int number = 0;                   // count_above, longer: the bound; bound: the name; fhirpath: the expression
  int left = kNone;
  int right = kNone;
};

/// FHIRPath over a few values of the message: `%`OBX-5.1` + ' ' + %`OBX-5.2``.
struct Computation {
  fhirpath::Expression expression;
  std::vector<std::pair<std::string, SourcePath>> variables;
};

enum class Convert : std::uint8_t {
  automatic,      ///< by the type of the target
  coding_system,  ///< name of a coding system (table 0396) to its URI
  authority,      ///< HD (or the last three parts of EI) to a URI
  text,           ///< all parts, separators in place
  identity_card,  ///< GB 11643: a Chinese identity card number that has its check digit
  card_birth,     ///< … the date of birth in it
  card_gender,    ///< … the gender in it
  scaled_gender,  ///< GB/T 2261.1: 0, 1, 2, 9
  system_of_contact,
  base64,
  // Of records.
  day_first,    ///< a time written 31/12/2024 …
  month_first,  ///< … or 12/31/2024
  epoch,        ///< a time as seconds or milliseconds since 1970
  comparator,   ///< of `<0.5`: `<` …
  measured,     ///< … and the number; nothing when there is none
  words,        ///< what is no such number
  whose,        ///< the authority whose numbers stand without one
  // Of elements of documents.
  ii_system,    ///< an II's Identifier.system …
  ii_value,     ///< … and its value
  narrative,    ///< an ED's text, its own or that of the narrative it refers to
  xhtml,        ///< a narrative as FHIR has it
  ucum,         ///< a unit, if UCUM has it …
  ucum_system,  ///< … and UCUM's URI then
  telecom,      ///< a TEL's address without its scheme
  media_type,   ///< of what an ED embeds …
  bytes,        ///< … and the bytes, as base64
};

/// One step of a target path.
struct Step {
  std::string_view key;  ///< "valueQuantity"; the schema's
  fhir::NameId element = fhir::NameId::none;
  fhir::TypeId type = fhir::TypeId::none;
  bool is_list = false;
  bool is_choice = false;
  int label = kNone;               ///< list: items of the same label within one application of a map are the same item
  bool is_per_repetition = false;  ///< … of each repetition of the source, `#label*`
  int extension = kNone;           ///< index of its URL in Plan::texts
};

struct Target {
  std::vector<Step> steps;  ///< empty: the container itself (`$this`)
  fhir::TypeId type = fhir::TypeId::none;
  fhir::Primitive primitive = fhir::Primitive::none;
  fhir::ValueSetId required = fhir::ValueSetId::none;
  int last_list = kNone;  ///< index of the last step that is a list
};

struct With {
  Target target;  ///< from the last list item, or from the leaf
  int text = kNone;
};

struct Row {
  std::vector<SourcePath> from;  ///< the first that holds something
  Target target;
  std::vector<With> with;
  int when = kNone;
  int map = kNone;
  int codes = kNone;
  int table = kNone;  ///< system of codes without one
  int constant = kNone;
  int compute = kNone;
  int reference = kNone;  ///< name of a resource bound by the message map
  bool all = false;       ///< … of all bound so in this group and those below
  bool others = false;    ///< … of all bound so in the message, but the resource itself
  bool remove = false;
  bool is_fallback = false;
  Convert convert = Convert::automatic;
};

struct Choice {
  int when = kNone;
  int map = kNone;
};

/// How the id of a resource is found: the first that gives something.
struct IdentityTry {
  enum class Kind : std::uint8_t { cx, ei, hd, ii, value, parts, message };
  Kind kind = Kind::cx;
  SourcePath of;                        // cx, ei, hd, ii, value
  int system = kNone;                   // value: whose numbers they are, if not the default authority's
  std::optional<SourcePath> authority;  // parts: an HD
  std::vector<std::string> prefer;      // cx: identifier types, best first
  std::vector<SourcePath> parts;
  bool needs_first = true;  // parts: the first must be valued
  bool occurrence = false;  // parts: the n-th with the same parts in the message
  int within = kNone;       // name of a bound resource whose id is the authority
  int kind_text = kNone;    // parts, cx: something that tells these from others of the type
};
struct Identity {
  std::string name;
  std::vector<IdentityTry> tries;
};

struct Map {
  std::string name;  ///< "CX/Identifier", "PID/Patient"
  fhir::TypeId type = fhir::TypeId::none;
  bool is_resource = false;
  std::vector<Row> rows;
  std::vector<Choice> choices;
  int identity = kNone;
  std::vector<SourcePath> display;
};

struct Code {
  std::string code, display, system;
};
struct CodeMap {
  enum class Unmapped : std::uint8_t { omit, silent, keep, other };  // silent: left out without a word
  std::string name;
  std::unordered_map<std::string, Code> codes;
  Unmapped unmapped = Unmapped::omit;
  Code other;
};

struct Action {
  SegmentCode segment = 0;
  std::string element;   ///< instead, in a map of documents
  bool is_skip = false;  ///< of documents: nothing is made of the element …
  bool is_said = false;  ///< … and that is an Issue
  bool is_also = false;  ///< of documents: not instead of the actions behind it
  int when = kNone;
  fhir::TypeId make = fhir::TypeId::none;  ///< none: into `name`
  int name = kNone;
  int identity = kNone;
  Rank rank = Rank::copy;
  bool is_transient = false;
  std::vector<int> maps;
  std::vector<Row> rows;
};

struct Group {
  std::string name;
  std::vector<SegmentCode> begins;
  std::vector<Action> actions;
  std::vector<int> children;
  int parent = kNone;
};

struct MessageMap {
  std::string name;
  bool is_document = false;  ///< one group; the first action of an element whose condition holds is its only one
  bool is_record = false;    ///< … of a record, which says by these paths what it is called,
  std::vector<SourcePath> record_id;
  std::vector<SourcePath> record_order;  ///< what order is kept by,
  std::vector<SourcePath> record_time;   ///< and when it was said
  std::vector<Group> groups;             ///< the first is the message
};

struct Plan {
  const fhir::Schema* schema = nullptr;
  std::vector<std::string> texts;
  std::vector<std::string> names;  ///< of bound resources
  std::vector<Place> places;
  std::vector<ConditionNode> conditions;
  std::vector<Computation> computations;
  std::vector<Map> maps;
  std::vector<CodeMap> code_maps;
  std::vector<Identity> identities;
  std::vector<MessageMap> messages;
  std::map<std::string, int, std::less<>> triggers;         ///< "ADT^A01", "ADT", "CDA" → message map
  std::map<std::string, int, std::less<>> records;          ///< "lab-results" → message map
  std::map<std::string, std::string, std::less<>> systems;  ///< "LN" → URI
  std::shared_ptr<const MergeRules> merge_rules;
  Templates templates;
  /// Fields that some map takes, by segment: bit n of the set is field n.
  std::unordered_map<SegmentCode, std::vector<bool>> taken;
};

}  // namespace meridian::mapping::internal
