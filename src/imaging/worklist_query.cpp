#include "imaging/worklist_query.hpp"

#include <algorithm>

#include "formats/dicom/dictionary.hpp"
#include "formats/dicom/file.hpp"
#include "formats/dicom/values.hpp"
#include "imaging/dialect.hpp"

namespace meridian::imaging {
namespace {

using dicom::Tag;
using dicom::Vr;

constexpr std::size_t kMaxKeys = 300;
constexpr std::size_t kMaxKeyBytes = 16 * 1024;
constexpr std::size_t kMaxDepth = 4;
constexpr std::size_t kMaxElements = 10'000;

// Attributes of the Scheduled Procedure Step Sequence (PS3.4, table K.6-1) that are asked for by name.
constexpr Tag kStepTags[] = {
    {0x0008, 0x0060}, {0x0040, 0x0001}, {0x0040, 0x0002}, {0x0040, 0x0003}, {0x0040, 0x0004}, {0x0040, 0x0005},
    {0x0040, 0x0006}, {0x0040, 0x0007}, {0x0040, 0x0009}, {0x0040, 0x0010}, {0x0040, 0x0011}, {0x0040, 0x0020},
};

Result<> check(const Attribute& key) {
  if (key.vr == Vr::da && !key.value.empty() && key.value.find_first_of("*?") == std::string::npos) {
    TRY(day_range(key.value));
  }
  return {};
}

/// Whether every value will do.
bool asks_nothing(const WorklistKeys& keys) {
  return std::ranges::all_of(keys.query.keys.all(),
                             [](const Attribute& key) { return key.value.empty() || key.value == "*"; }) &&
         std::ranges::all_of(keys.sequences, [](const WorklistKeySequence& one) { return asks_nothing(one.keys); });
}

class Reading {
 public:
  /// `set` as it came, `meant` as a dialect has it; keys are those that came.
  Result<WorklistKeys> read(const dicom::DataSet& set, const dicom::DataSet& meant) {
    WorklistKeys keys;
    keys.query.combines_day_and_time = true;
    for (const dicom::Element& came : set.elements) {
      if (came.tag.is_group_length() || came.tag == dicom::tags::kCharacterSet) continue;
      const dicom::Element* const element = meant.find(came.tag);
      if (element == nullptr) continue;
      if (element->value.size() > kMaxKeyBytes || ++seen_ > kMaxKeys) {
        return fail(ErrorCode::too_large, "an identifier has at most 300 keys of 16 KB");
      }
      const bool is_told = element->vr != Vr::un && element->vr != Vr::none;
      const Vr vr = is_told ? element->vr : dicom::vr_of(element->tag);
      if (vr == Vr::sq || dicom::vr_of(element->tag) == Vr::sq) {  // whatever the peer calls it
        if (came.items.size() > 1 || element->items.size() > 1) {
          return fail(ErrorCode::malformed_input, "a sequence of an identifier has one item (PS3.4, C.2.2.2.6)");
        }
        WorklistKeys& below = keys.in(element->tag);
        if (!came.items.empty() && !element->items.empty()) below = TRY(read(came.items[0], element->items[0]));
      } else {
        Attribute key{element->tag, vr, value_of(meant, *element, vr)};
        TRY(check(key));
        keys.query.keys.set(key.tag, key.vr, std::move(key.value));
      }
    }
    return keys;
  }

 private:
  static std::string value_of(const dicom::DataSet& set, const dicom::Element& element, Vr vr) {
    std::string value;
    if (dicom::is_text(vr)) {
      for (const std::string& one : dicom::texts(set, element)) value += (value.empty() ? "" : "\\") + one;
    } else if (const auto number = dicom::integer(set, element.tag)) {
      value = std::to_string(*number);
    }
    return value;
  }

  std::size_t seen_ = 0;
};

}  // namespace

const WorklistKeys* WorklistKeys::find(Tag sequence) const {
  const auto at = std::ranges::find(sequences, sequence, &WorklistKeySequence::tag);
  return at == sequences.end() ? nullptr : &at->keys;
}

WorklistKeys& WorklistKeys::in(Tag sequence) {
  const auto at = std::ranges::find(sequences, sequence, &WorklistKeySequence::tag);
  if (at != sequences.end()) return at->keys;
  WorklistKeys& keys = sequences.emplace_back(WorklistKeySequence{sequence, {}}).keys;
  keys.query.combines_day_and_time = true;
  return keys;
}

Result<WorklistKeys> read_worklist_keys(std::string_view identifier, bool is_explicit, const Dialects* dialects) {
  if (identifier.empty()) return WorklistKeys();
  dicom::Limits limits;
  limits.max_elements = kMaxElements;
  limits.max_depth = kMaxDepth;
  Issues issues;
  const dicom::File file = TRY(connect::read_data_set(
      identifier, is_explicit ? dicom::uids::kExplicitLittle : dicom::uids::kImplicitLittle, limits, issues));
  const dicom::DataSet& set = file.data_set();
  if (dialects == nullptr) return Reading().read(set, set);
  return Reading().read(set, dialects->corrected(set));
}

Result<WorklistKeys> worklist_keys(std::span<const std::pair<std::string, std::string>> pairs) {
  WorklistKeys keys;
  keys.query.combines_day_and_time = true;
  for (const auto& [name, value] : pairs) {
    const auto tag = dicom::parse_tag(name);
    if (!tag || dicom::vr_of(*tag) == Vr::un || dicom::vr_of(*tag) == Vr::sq) {
      return fail(ErrorCode::invalid_argument, "\"" + name + "\" is no attribute that a worklist is asked for");
    }
    if (value.size() > kMaxKeyBytes) return fail(ErrorCode::too_large, "a key has at most 16 KB");
    const bool is_of_step = std::ranges::find(kStepTags, *tag) != std::end(kStepTags);
    const Attribute key{*tag, dicom::vr_of(*tag), value};
    if (const Result<> checked = check(key); !checked) {
      return fail(ErrorCode::invalid_argument, checked.error().message());
    }
    (is_of_step ? keys.in(kStepSequence) : keys).set(*tag, value);
  }
  return keys;
}

bool matches(const WorklistKeys& keys, const Item& item) {
  std::vector<Tag> known;
  known.reserve(item.attributes.all().size());
  for (const Attribute& attribute : item.attributes.all()) known.push_back(attribute.tag);
  if (!matches(keys.query, item.attributes, known)) return false;
  return std::ranges::all_of(keys.sequences, [&](const WorklistKeySequence& asked) {
    const Sequence* const sequence = item.find(asked.tag);
    if (sequence == nullptr || asked.keys.empty()) return true;
    if (sequence->items.empty()) return asks_nothing(asked.keys);
    return std::ranges::any_of(sequence->items, [&](const Item& one) { return matches(asked.keys, one); });
  });
}

Item answer(const WorklistKeys& keys, const Item& item) {
  if (keys.empty()) return item;
  Item out;
  for (const Attribute& key : keys.query.keys.all()) {
    const Attribute* const said = item.attributes.find(key.tag);
    if (said != nullptr) {
      out.attributes.set(said->tag, said->vr, said->value);
    } else if (item.find(key.tag) == nullptr) {
      out.attributes.set(key.tag, key.vr, {});
    }
  }
  for (const WorklistKeySequence& asked : keys.sequences) {
    std::vector<Item> items;
    if (const Sequence* const sequence = item.find(asked.tag)) {
      for (const Item& one : sequence->items) items.push_back(answer(asked.keys, one));
    }
    out.set(asked.tag, std::move(items));
  }
  return out;
}

std::string single_value(const WorklistKeys* keys, Tag tag) {
  const std::string_view value = keys == nullptr ? std::string_view() : keys->query.keys.value(tag);
  return value.find_first_of("*?\\") == std::string_view::npos ? std::string(value) : std::string();
}

}  // namespace meridian::imaging
