#include "terminology/code_system.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "terminology/internal/code_system_tables.hpp"

namespace meridian::terminology {

CodeSystem::CodeSystem(std::unique_ptr<Tables> tables) : tables_(std::move(tables)) {}
CodeSystem::~CodeSystem() = default;

const SystemAbout& CodeSystem::about() const {
  return tables_->about;
}
std::uint32_t CodeSystem::size() const {
  return static_cast<std::uint32_t>(tables_->codes.size());
}

std::size_t CodeSystem::memory_bytes() const {
  const Tables& t = *tables_;
  return sizeof(Tables) + t.texts.memory_bytes() + t.index.memory_bytes() +
         t.codes.capacity() * sizeof(internal::CodeRow) + t.flags.capacity() + t.tree.capacity() * sizeof(Run) +
         t.beyond.memory_bytes() + t.parents.memory_bytes() + t.children.memory_bytes() +
         t.designations.memory_bytes() + t.properties.memory_bytes();
}

std::optional<CodeNumber> CodeSystem::find(std::string_view code) const {
  const Tables& t = *tables_;
  std::uint32_t found = internal::CodeIndex::kFree;
  if (t.about.is_case_sensitive) {
    found = t.index.find(code, hash64(code),
                         [&](std::uint32_t n, std::string_view text) { return t.texts.text(t.codes[n].code) == text; });
  } else {
    found = t.index.find(code, hash64(internal::folded(code)), [&](std::uint32_t n, std::string_view text) {
      return internal::equal_but_for_case(t.texts.text(t.codes[n].code), text);
    });
  }
  if (found == internal::CodeIndex::kFree) return std::nullopt;
  return found;
}

std::string_view CodeSystem::code(CodeNumber number) const {
  return tables_->texts.text(tables_->codes[number].code);
}
std::string_view CodeSystem::display(CodeNumber number) const {
  return tables_->texts.text(tables_->codes[number].display);
}
std::string_view CodeSystem::definition(CodeNumber number) const {
  return tables_->texts.text(tables_->codes[number].definition);
}
bool CodeSystem::is_active(CodeNumber number) const {
  return (tables_->flags[number] & Tables::kInactive) == 0;
}
bool CodeSystem::is_abstract(CodeNumber number) const {
  return (tables_->flags[number] & Tables::kAbstract) != 0;
}

std::size_t CodeSystem::designation_count(CodeNumber number) const {
  return tables_->designations.of(number).size();
}

Designation CodeSystem::designation(CodeNumber number, std::size_t index) const {
  const internal::DesignationRow row = tables_->designations.of(number)[index];
  const internal::TextPool& texts = tables_->texts;
  return {texts.text(row.language), texts.text(row.use), texts.text(row.value)};
}

std::size_t CodeSystem::property_count(CodeNumber number) const {
  return tables_->properties.of(number).size();
}

Property CodeSystem::property(CodeNumber number, std::size_t index) const {
  const internal::PropertyRow row = tables_->properties.of(number)[index];
  return {tables_->texts.text(row.name), static_cast<ValueType>(row.type), tables_->texts.text(row.value)};
}

bool CodeSystem::has_property(std::string_view name) const {
  return std::ranges::any_of(tables_->property_names,
                             [&](internal::TextId id) { return tables_->texts.text(id) == name; });
}

std::vector<std::string_view> CodeSystem::property_names() const {
  std::vector<std::string_view> names;
  for (const internal::TextId id : tables_->property_names) {
    const std::string_view name = tables_->texts.text(id);
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

std::span<const CodeNumber> CodeSystem::parents(CodeNumber number) const {
  return tables_->parents.of(number);
}
std::span<const CodeNumber> CodeSystem::children(CodeNumber number) const {
  return tables_->children.of(number);
}

std::span<const Run> CodeSystem::below(CodeNumber number) const {
  const std::span<const Run> beyond = tables_->beyond.of(number);
  return beyond.empty() ? std::span<const Run>(&tables_->tree[number], 1) : beyond;
}

bool CodeSystem::subsumes(CodeNumber ancestor, CodeNumber code) const {
  const Run tree = tables_->tree[ancestor];
  if (code >= tree.begin && code < tree.end) return true;
  return contains(tables_->beyond.of(ancestor), code);
}

Ranges CodeSystem::above(CodeNumber number) const {
  std::vector<CodeNumber> found{number};
  std::vector<bool> seen;
  for (std::size_t at = 0; at < found.size(); ++at) {
    for (const CodeNumber parent : parents(found[at])) {
      if (seen.empty()) seen.resize(size());
      if (seen[parent]) continue;
      seen[parent] = true;
      found.push_back(parent);
    }
  }
  return Ranges::of(std::move(found));
}

std::string_view CodeSystem::display_in(CodeNumber number, std::string_view language) const {
  const std::string_view plain = display(number);
  if (language.empty() || (!about().language.empty() && speaks(about().language, language))) return plain;
  for (const internal::DesignationRow& row : tables_->designations.of(number)) {
    if (speaks(tables_->texts.text(row.language), language)) return tables_->texts.text(row.value);
  }
  // zh-TW is asked for, zh or zh-CN is there: nearer than another language.
  const std::string_view main = language.substr(0, language.find('-'));
  for (const internal::DesignationRow& row : tables_->designations.of(number)) {
    if (speaks(tables_->texts.text(row.language), main)) return tables_->texts.text(row.value);
  }
  return plain;
}

bool speaks(std::string_view language, std::string_view wanted) {
  if (language.size() < wanted.size() || wanted.empty()) return false;
  if (!internal::equal_but_for_case(language.substr(0, wanted.size()), wanted)) return false;
  return language.size() == wanted.size() || language[wanted.size()] == '-';
}

}  // namespace meridian::terminology
