#include "validation/profiles.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "base/input.hpp"
#include "base/tar.hpp"
#include "formats/fhir/xml_reader.hpp"

namespace meridian::validation {
namespace {

using fhir::Node;

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{512} << 20U;
constexpr std::uint64_t kMaxPackageBytes = std::uint64_t{2} << 30U;

std::string_view text_of(Node node, std::string_view child) {
  const Node found = node.child(child);
  return found && found.has_value() ? found.text() : std::string_view();
}

// Newer or not, as people number versions: part by part, numbers as numbers.
bool is_newer(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const std::string_view x = a.substr(0, a.find_first_of(".-"));
    const std::string_view y = b.substr(0, b.find_first_of(".-"));
    if (x != y) {
      const auto is_number = [](std::string_view part) {
        return !part.empty() && std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
      };
      if (is_number(x) && is_number(y) && x.size() != y.size()) return x.size() > y.size();
      if (x.empty() || y.empty()) return !is_number(x) && !is_number(y) ? x.empty() : !x.empty() && is_number(x);
      return x > y;
    }
    a.remove_prefix(std::min(x.size() + 1, a.size()));
    b.remove_prefix(std::min(y.size() + 1, b.size()));
  }
  return false;
}

// Definitions of one kind by URL; of one URL the newest version first.
class Shelf {
 public:
  void add(Node node) {
    const std::string_view url = text_of(node, "url");
    if (url.empty()) return;
    const std::string_view version = text_of(node, "version");
    std::vector<Node>& versions = by_url_[std::string(url)];
    const auto same = std::ranges::find_if(versions, [&](Node n) { return text_of(n, "version") == version; });
    if (same != versions.end()) {
      *same = node;  // the last one loaded wins
      return;
    }
    const auto at = std::ranges::find_if(versions, [&](Node n) { return is_newer(version, text_of(n, "version")); });
    versions.insert(at, node);
    ++count_;
  }

  Node find(std::string_view canonical) const {
    const std::size_t bar = canonical.find('|');
    const auto found = by_url_.find(canonical.substr(0, bar));
    if (found == by_url_.end()) return {};
    if (bar == std::string_view::npos) return found->second.front();
    const std::string_view version = canonical.substr(bar + 1);
    for (const Node node : found->second) {
      const std::string_view own = text_of(node, "version");
      // `|1.2` means any 1.2.x
      if (own == version || (own.starts_with(version) && own.substr(version.size()).starts_with('.'))) return node;
    }
    return {};
  }

  std::size_t size() const { return count_; }

 private:
  std::map<std::string, std::vector<Node>, std::less<>> by_url_;
  std::size_t count_ = 0;
};

}  // namespace

struct Profiles::Impl {
  const fhir::Schema& schema;
  std::vector<fhir::Document> documents;
  Shelf structures;
  Shelf value_sets;
  Shelf code_systems;

  bool shelve(Node node) {
    const std::string_view type = schema.type(node.type()).name;
    if (type == "StructureDefinition") {
      structures.add(node);
    } else if (type == "ValueSet") {
      value_sets.add(node);
    } else if (type == "CodeSystem") {
      code_systems.add(node);
    } else if (type == "Bundle") {
      bool any = false;
      for (const Node entry : node.children()) {
        if (entry.key() != "entry") continue;
        if (const Node resource = entry.child("resource"))
          any |= resource.type() != fhir::TypeId::none && shelve(resource);
      }
      return any;
    } else {
      return false;
    }
    return true;
  }

  bool add(fhir::Document document) {
    if (!document.has_root() || !shelve(document.root())) return false;
    documents.push_back(std::move(document));  // nodes stay valid: the tape does not move
    return true;
  }

  fhir::Document parse(std::string text, Issues& issues) const {
    const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first != std::string::npos && text[first] == '<') return fhir::XmlReader(schema).read(text, issues);
    return fhir::DocumentParser(schema).parse(std::move(text), issues);
  }
};

Profiles::Profiles(const fhir::Schema& schema) : impl_(new Impl{schema, {}, {}, {}, {}}) {}
Profiles::~Profiles() = default;
Profiles::Profiles(Profiles&&) noexcept = default;
Profiles& Profiles::operator=(Profiles&&) noexcept = default;

Result<> Profiles::load_file(const std::string& path, Issues& issues) {
  // A package is recognised by what it holds: a tar archive has "ustar" in its first block.
  auto source = TRY(open_input(path, {.max_bytes = kMaxPackageBytes, .max_ratio = InputLimits::kNoLimit}));
  std::string text = TRY(read_all(*source, kMaxPackageBytes));
  if (text.size() > 512 && std::string_view(text).substr(257, 5) == "ustar") return load_package(text, issues);
  return load_resource(std::move(text), issues);
}

Result<> Profiles::load_resource(std::string text, Issues& issues) {
  if (text.size() > kMaxFileBytes) return fail(ErrorCode::too_large, "the definition is larger than 512 MB");
  fhir::Document document = impl_->parse(std::move(text), issues);
  if (!document.has_root()) return fail(ErrorCode::malformed_input, "the definition could not be read");
  if (!impl_->add(std::move(document))) {
    return fail(
        ErrorCode::malformed_input,
        "there is no StructureDefinition, ValueSet or CodeSystem in it; give the file of one, or a package (.tgz)");
  }
  return {};
}

Result<> Profiles::load_package(std::string_view package, Issues& issues) {
  auto source =
      TRY(decompress(memory_source(package), {.max_bytes = kMaxPackageBytes, .max_ratio = InputLimits::kNoLimit}));
  TarReader tar(*source);
  std::size_t used = 0;
  while (auto entry = TRY(tar.next())) {
    const std::string& name = entry->name;
    // package/X.json; examples and other folders are not part of the definitions.
    if (!name.starts_with("package/") || name.find('/', 8) != std::string::npos || !name.ends_with(".json")) continue;
    if (name == "package/package.json" || name == "package/.index.json") continue;
    std::string text = TRY(tar.read_entry());
    // Only conformance resources are parsed; their type stands near the front or not at all.
    Issues own;
    fhir::Document document = impl_->parse(std::move(text), own);
    if (document.has_root() && impl_->add(std::move(document))) {
      ++used;
    } else {
      issues.add_all(std::move(own));
    }
  }
  if (used == 0) {
    return fail(ErrorCode::malformed_input,
                "the package holds no StructureDefinition, ValueSet or CodeSystem that can be read");
  }
  return {};
}

void Profiles::add(fhir::Document document) {
  impl_->add(std::move(document));
}

Node Profiles::structure(std::string_view canonical) const {
  return impl_->structures.find(canonical);
}
Node Profiles::value_set(std::string_view canonical) const {
  return impl_->value_sets.find(canonical);
}
Node Profiles::code_system(std::string_view canonical) const {
  return impl_->code_systems.find(canonical);
}
std::size_t Profiles::structure_count() const {
  return impl_->structures.size();
}
std::size_t Profiles::value_set_count() const {
  return impl_->value_sets.size();
}
std::size_t Profiles::code_system_count() const {
  return impl_->code_systems.size();
}
const fhir::Schema& Profiles::schema() const {
  return impl_->schema;
}

}  // namespace meridian::validation
