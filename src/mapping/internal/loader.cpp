#include "mapping/internal/loader.hpp"

#include <algorithm>
#include <unordered_map>

#include "mapping/internal/compiler.hpp"
#include "mapping/internal/message_loader.hpp"
#include "mapping/internal/row_loader.hpp"
#include "mapping/internal/template_loader.hpp"
#include "mapping/internal/yaml_tree.hpp"
#include "mapping/merge_rules.hpp"
#include "mapping/messages.hpp"

namespace meridian::mapping::internal {
namespace {

struct File {
  std::string path;
  YamlTree tree;
};

class Loader {
 public:
  Loader(Plan& plan, Issues& issues)
      : plan_(plan),
        compiler_(plan, issues),
        rows_(plan, compiler_),
        messages_(plan, compiler_, rows_),
        templates_(plan, issues) {}

  void load(const std::vector<File>& files) {
    // What others refer to by name comes first: then everything has its number before a row is read.
    each(files, "systems", [this](const YamlTree& tree) { systems(tree); });
    each(files, "codes", [this](const YamlTree& tree) { code_maps(tree); });
    each(files, "identities", [this](const YamlTree& tree) { messages_.identities(tree); });
    each(files, "maps", [this](const YamlTree& tree) { declare_maps(tree); });
    each(files, "maps", [this](const YamlTree& tree) { define_maps(tree); });
    each(files, "fragments", [this](const YamlTree& tree) { messages_.fragments(tree); });
    each(files, "merge", [this](const YamlTree& tree) { merge(tree); });
    each(files, "templates", [this](const YamlTree& tree) { templates_.declare(tree); });
    each(files, "variables", [this](const YamlTree& tree) { templates_.variables(tree); });
    each(files, "templates", [this](const YamlTree& tree) { templates_.define(tree); });
    for (const File& file : files) {
      compiler_.set_file(file.path);
      templates_.set_file(file.path);
      if (file.tree.find("message") != nullptr) messages_.message(file.tree);
      if (file.tree.find("document") != nullptr) messages_.document(file.tree);
      if (file.tree.find("record") != nullptr) messages_.record(file.tree);
      if (file.tree.find("export") != nullptr) templates_.document(file.tree);
      unknown_members(file);
    }
    plan_.merge_rules = std::make_shared<MergeRules>(std::move(merge_rules_));
    find_cycles();
    templates_.find_cycles();
  }

 private:
  template <typename Use>
  void each(const std::vector<File>& files, std::string_view member, Use use) {
    for (const File& file : files) {
      compiler_.set_file(file.path);
      templates_.set_file(file.path);
      if (const YamlTree* tree = file.tree.find(member)) use(*tree);
    }
  }

  void unknown_members(const File& file) {
    static constexpr std::string_view kKnown[] = {"systems",   "codes",     "identities", "maps",     "fragments",
                                                  "merge",     "about",     "message",    "triggers", "do",
                                                  "document",  "record",    "id",         "order",    "time",
                                                  "templates", "variables", "export",     "root",     "passed"};
    for (const auto& [name, tree] : file.tree.members) {
      if (std::find(std::begin(kKnown), std::end(kKnown), name) != std::end(kKnown)) continue;
      compiler_.complain(tree.line, kUnknownMember, {name});
    }
  }

  void systems(const YamlTree& tree) {
    for (const auto& [name, uri] : tree.members) {
      plan_.systems[name] = uri.text;
      // Of several OIDs of one system the one that stands first is written.
      if (name.find('.') != std::string::npos && name.find_first_not_of("0123456789.") == std::string::npos)
        plan_.templates.oids.emplace(uri.text, name);
    }
  }

  /// `male`, `[male, Male]` or `[male, Male, system]`.
  static Code code(const YamlTree& tree, const std::string& system) {
    const std::vector<std::string> texts = tree.texts();
    Code code;
    code.code = texts.empty() ? std::string() : texts[0];
    code.display = texts.size() > 1 ? texts[1] : std::string();
    code.system = texts.size() > 2 ? texts[2] : system;
    return code;
  }

  void code_maps(const YamlTree& tree) {
    for (const auto& [name, body] : tree.members) {
      CodeMap map;
      map.name = name;
      const YamlTree* system = body.find("to");
      const std::string to = system == nullptr ? std::string() : system->text;
      for (const auto& [member, value] : body.members) {
        if (member == "unmapped") {
          map.unmapped = value.text == "keep"     ? CodeMap::Unmapped::keep
                         : value.text == "omit"   ? CodeMap::Unmapped::omit
                         : value.text == "silent" ? CodeMap::Unmapped::silent
                                                  : CodeMap::Unmapped::other;
          if (map.unmapped == CodeMap::Unmapped::other) map.other = code(value, to);
          if (map.unmapped == CodeMap::Unmapped::keep) map.other.system = to;
        } else if (member == "codes") {
          for (const auto& [from, target] : value.members) map.codes[from] = code(target, to);
        } else if (member != "to" && member != "about") {
          compiler_.complain(value.line, kUnknownMember, {member});
        }
      }
      if (rows_.find_codes(name) != kNone) compiler_.complain(body.line, kDuplicateName, {name});
      plan_.code_maps.push_back(std::move(map));
    }
  }

  void declare_maps(const YamlTree& tree) {
    for (const auto& [name, body] : tree.members) {
      if (rows_.find_map(name) != kNone) compiler_.complain(body.line, kDuplicateName, {name});
      // "PL/Location-Bed" makes a Location.
      const std::size_t slash = name.find('/');
      const std::string_view after = slash == std::string::npos ? "" : std::string_view(name).substr(slash + 1);
      const std::string_view type = after.substr(0, after.find('-'));
      Map map;
      map.name = name;
      map.type = plan_.schema->find_type(type);
      if (map.type == fhir::TypeId::none) {
        compiler_.complain(body.line, kUnknownType, {std::string(type)});
      } else {
        map.is_resource = plan_.schema->type(map.type).kind == fhir::TypeKind::resource;
      }
      rows_.declare(std::move(map));
    }
  }

  void define_maps(const YamlTree& tree) {
    for (const auto& [name, body] : tree.members) rows_.define(rows_.find_map(name), body);
  }

  void merge(const YamlTree& tree) {
    for (const auto& [name, body] : tree.members) {
      const std::size_t dot = name.find('.');
      const fhir::TypeId type = plan_.schema->find_type(name.substr(0, dot));
      const fhir::ElementInfo* element = type == fhir::TypeId::none || dot == std::string::npos
                                             ? nullptr
                                             : plan_.schema->find_element(type, name.substr(dot + 1));
      if (element == nullptr) {
        compiler_.complain(body.line, kUnknownElement,
                           {name.substr(0, dot), name.substr(std::min(dot, name.size() - 1) + 1)});
        continue;
      }
      MergeRule rule;
      const std::string kind = body.is_text() ? body.text : body.members.empty() ? "" : body.members[0].name;
      if (kind == "members") {
        rule.kind = MergeKind::members;
      } else if (kind == "segment") {
        rule.kind = MergeKind::segment;
      } else if (kind == "item" || kind == "timeline") {
        rule.kind = kind == "item" ? MergeKind::item : MergeKind::timeline;
        for (const std::string& path :
             body.members.empty() ? std::vector<std::string>() : body.members[0].value.texts()) {
          rule.key.emplace_back();
          for (std::size_t at = 0; at <= path.size();) {
            const std::size_t end = std::min(path.find('.', at), path.size());
            rule.key.back().push_back(path.substr(at, end - at));
            at = end + 1;
          }
        }
      } else {
        compiler_.complain(body.line, kUnknownMember, {kind});
      }
      merge_rules_.set(type, element->name, std::move(rule));
    }
  }

  // A map that makes a resource may come back to itself (a location within a location): the value at hand gets
  // smaller no longer then, so that is a cycle too.
  void find_cycles() {
    std::vector<int> state(plan_.maps.size(), 0);
    for (std::size_t i = 0; i < plan_.maps.size(); ++i) visit(static_cast<int>(i), state);
  }
  /// Elements within elements end where the document does: a section may hold sections.
  bool descends(const Row& row) const {
    return !row.from.empty() && std::all_of(row.from.begin(), row.from.end(), [this](const SourcePath& path) {
      return path.place != kNone && plan_.places[static_cast<std::size_t>(path.place)].descends();
    });
  }
  void visit(int index, std::vector<int>& state) {
    if (index == kNone || state[static_cast<std::size_t>(index)] == 2) return;
    const Map& map = plan_.maps[static_cast<std::size_t>(index)];
    if (state[static_cast<std::size_t>(index)] == 1) {
      compiler_.complain(1, kCycle, {map.name});
      return;
    }
    state[static_cast<std::size_t>(index)] = 1;
    for (const Row& row : map.rows) {
      if (!descends(row)) visit(row.map, state);
    }
    for (const Choice& choice : map.choices) visit(choice.map, state);
    state[static_cast<std::size_t>(index)] = 2;
  }

  Plan& plan_;
  Compiler compiler_;
  RowLoader rows_;
  MessageLoader messages_;
  TemplateLoader templates_;
  MergeRules merge_rules_;
};

}  // namespace

std::unique_ptr<Plan> load_plan(const std::vector<CatalogueFile>& files, const fhir::Schema& schema, Issues& issues) {
  auto plan = std::make_unique<Plan>();
  plan->schema = &schema;
  std::vector<File> trees;
  for (const CatalogueFile& file : files) {
    if (file.path.find("/tests/") != std::string::npos || !file.path.ends_with(".yaml")) continue;
    if (std::optional<YamlTree> tree = read_yaml(file.path, file.text, issues)) {
      trees.push_back({file.path, std::move(*tree)});
    }
  }
  Loader(*plan, issues).load(trees);
  return plan;
}

}  // namespace meridian::mapping::internal
