#include "formats/fhir/document.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace meridian::fhir {

namespace internal {

RecordBuffer::RecordBuffer(RecordBuffer&& other) noexcept
    : records_(std::exchange(other.records_, nullptr)), capacity_(std::exchange(other.capacity_, 0)) {}

RecordBuffer& RecordBuffer::operator=(RecordBuffer&& other) noexcept {
  std::swap(records_, other.records_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

RecordBuffer::~RecordBuffer() {
  std::free(records_);
}

bool RecordBuffer::reserve(std::size_t count) {
  if (count <= capacity_) return true;
  std::free(records_);
  records_ = static_cast<Record*>(std::malloc(count * sizeof(Record)));
  capacity_ = records_ == nullptr ? 0 : count;
  return records_ != nullptr;
}

void RecordBuffer::shrink(std::size_t count) {
  if (count == 0 || count >= capacity_) return;
  if (void* smaller = std::realloc(records_, count * sizeof(Record)); smaller != nullptr) {
    records_ = static_cast<Record*>(smaller);
    capacity_ = count;
  }
}

std::uint32_t Tape::companion_of(std::uint32_t primitive) const {
  const auto found = std::lower_bound(companions.begin(), companions.end(), primitive,
                                      [](const Companion& pair, std::uint32_t node) { return pair.primitive < node; });
  return found->shadow;
}

std::uint32_t Tape::primitive_of(std::uint32_t shadow) const {
  for (const Companion& pair : companions) {
    if (pair.shadow == shadow) return pair.primitive;
  }
  return shadow;
}

std::string_view Tape::unknown_key(std::uint32_t node) const {
  const auto found = std::lower_bound(unknown_keys.begin(), unknown_keys.end(), node,
                                      [](const UnknownKey& key, std::uint32_t wanted) { return key.node < wanted; });
  return found != unknown_keys.end() && found->node == node ? view(*found) : std::string_view{};
}

std::uint32_t Tape::text_offset(std::uint32_t index) const {
  const Record& record = records[index];
  if (record.kind != JsonKind::string) return record.offset;
  std::uint32_t offset = record.offset;
  if ((record.flags & kEscaped) != 0) std::memcpy(&offset, unescaped.data() + offset - sizeof offset, sizeof offset);
  return offset - 1;  // the quote
}

std::size_t Tape::memory_bytes() const {
  const auto heap = [](const std::string& text) { return text.capacity() > 15 ? text.capacity() + 1 : 0; };
  return sizeof(Tape) + buffer.capacity() * sizeof(Record) + companions.capacity() * sizeof(Companion) +
         unknown_keys.capacity() * sizeof(UnknownKey) + faults.capacity() * sizeof(FormFault) + heap(unescaped) +
         heap(owned_text);
}

void Tape::clear() {
  records = nullptr;
  bases[0] = bases[1] = nullptr;
  count = skipped = 0;
  companions.clear();
  unknown_keys.clear();
  faults.clear();
  unescaped.clear();
  owned_text.clear();
  source = {};
}

namespace {

/// The containers on the way from the root to a node, itself last; arrays and companions too.
std::vector<std::uint32_t> way_to(const Tape& tape, std::uint32_t node) {
  std::vector<std::uint32_t> way{0};
  while (way.back() != node) {
    std::uint32_t at = way.back() + 1;
    while (tape.after(at) <= node) at = tape.after(at);
    way.push_back(at);
  }
  return way;
}

}  // namespace

}  // namespace internal

std::string_view Node::key() const {
  const internal::Record& record = tape_->records[index_];
  if (record.element == ElementId::none) return tape_->unknown_key(index_);
  const ElementInfo& element = schema().element(record.element);
  if (element.is_choice) {
    for (const ElementType& type : element.types) {
      if (type.type == record.type) return schema().name(type.json_key);
    }
  }
  return schema().name(record.name);
}

const internal::Record* internal::Tape::next_record(const Record* at, const Record* end, NameId wanted) const {
  return records +
         next_child(static_cast<std::uint32_t>(at - records), static_cast<std::uint32_t>(end - records), wanted);
}

// The members of a primitive's companion, and those of which a `_name` stands before its `name`.
Items Node::scattered_items(NameId name) const {
  const Children range = children(name);
  const internal::Record* const end = tape_->records + range.end_;
  Items items(tape_, tape_->next_record(tape_->records + range.first_, end, name), end);
  items.scattered_ = name;
  return items;
}

Node Node::child(std::string_view name) const {
  const NameId id = schema().find_name(name);
  return id == NameId::none ? Node{} : child(id);
}

Node Node::parent() const {
  const std::vector<std::uint32_t> way = internal::way_to(*tape_, index_);
  for (std::size_t i = way.size() - 1; i-- > 0;) {
    const internal::Record& record = tape_->records[way[i]];
    if (record.kind != JsonKind::object) continue;
    const bool is_companion = (record.flags & internal::kShadow) != 0 && (record.flags & internal::kHidden) != 0;
    return {tape_, is_companion ? tape_->primitive_of(way[i]) : way[i]};
  }
  return {};
}

int Node::index() const {
  const internal::Record& record = tape_->records[index_];
  const bool is_known = record.element != ElementId::none;
  const bool repeats = is_known ? schema().element(record.element).is_list() : is_in_json_array();
  if (!repeats || record.kind == JsonKind::array) return -1;
  int index = 0;
  for (const Node sibling : parent().children(record.name)) {
    if (sibling.index_ >= index_) break;
    if (is_known || sibling.key() == key()) ++index;
  }
  return index;
}

std::string Node::path() const {
  std::string path;
  std::vector<Node> way;
  for (Node node = *this; node; node = node.parent()) way.push_back(node);
  for (std::size_t i = way.size(); i-- > 0;) {
    const Node node = way[i];
    if (i + 1 == way.size()) {
      path = node.type() == TypeId::none ? std::string_view{} : schema().type(node.type()).name;
      continue;
    }
    if (!path.empty()) path += '.';
    path += node.name() == NameId::none ? node.key() : schema().name(node.name());
    if (const int index = node.index(); index >= 0) path += '[' + std::to_string(index) + ']';
  }
  return path;
}

std::size_t Node::offset() const {
  return std::size_t{tape_->text_offset(index_)} + tape_->skipped;
}
Position Node::position() const {
  return position_at(tape_->source, offset());
}

Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

const Schema& Document::schema() const {
  return tape_ != nullptr ? *tape_->schema : Schema::r4();
}
std::string_view Document::source() const {
  return tape_ != nullptr ? tape_->source : std::string_view{};
}
std::size_t Document::node_count() const {
  return tape_ != nullptr ? tape_->count : 0;
}
std::size_t Document::memory_bytes() const {
  return tape_ != nullptr ? tape_->memory_bytes() : 0;
}
std::span<const FormFault> Document::form_faults() const {
  return tape_ != nullptr ? std::span<const FormFault>(tape_->faults) : std::span<const FormFault>{};
}

}  // namespace meridian::fhir
