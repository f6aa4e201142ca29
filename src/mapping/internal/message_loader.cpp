#include "mapping/internal/message_loader.hpp"

#include <algorithm>

#include "mapping/messages.hpp"

namespace meridian::mapping::internal {
namespace {

constexpr int kDeepestFragments = 8;
constexpr std::string_view kActionMembers[] = {"make", "into", "as",        "identity", "rank", "maps",
                                               "rows", "when", "transient", "comment",  "skip", "also"};
constexpr std::string_view kTryMembers[] = {"cx",         "ei",     "hd",   "ii",    "value",     "parts", "within",
                                            "occurrence", "prefer", "kind", "needs", "authority", "system"};

bool is_segment_name(const std::string& text) {
  return text.size() == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

}  // namespace

void MessageLoader::identities(const YamlTree& tree) {
  for (const auto& [name, body] : tree.members) {
    if (rows_.find_identity(name) != kNone) compiler_.complain(body.line, kDuplicateName, {name});
    Identity identity;
    identity.name = name;
    for (const YamlTree& item : body.items) this->identity(item, identity);
    plan_.identities.push_back(std::move(identity));
  }
}

void MessageLoader::identity(const YamlTree& tree, Identity& identity) {
  IdentityTry attempt;
  if (tree.is_text() && tree.text == "message") {
    attempt.kind = IdentityTry::Kind::message;
    identity.tries.push_back(std::move(attempt));
    return;
  }
  for (const auto& [name, value] : tree.members) {
    if (name == "cx" || name == "ei" || name == "hd" || name == "ii" || name == "value") {
      attempt.kind = name == "cx"   ? IdentityTry::Kind::cx
                     : name == "ei" ? IdentityTry::Kind::ei
                     : name == "ii" ? IdentityTry::Kind::ii
                     : name == "hd" ? IdentityTry::Kind::hd
                                    : IdentityTry::Kind::value;
      if (const auto path = compiler_.path(value.text, value.line)) attempt.of = *path;
    } else if (name == "parts") {
      attempt.kind = IdentityTry::Kind::parts;
      for (const std::string& text : value.texts()) {
        if (const auto path = compiler_.path(text, value.line)) attempt.parts.push_back(*path);
      }
    } else if (name == "authority") {
      attempt.authority = compiler_.path(value.text, value.line);
    } else if (name == "system") {
      attempt.system = compiler_.text(value.text);
    } else if (name == "prefer") {
      attempt.prefer = value.texts();
    } else if (name == "within") {
      attempt.within = compiler_.name(value.text);
    } else if (name == "kind") {
      attempt.kind_text = compiler_.text(value.text);
    } else if (name == "occurrence") {
      attempt.occurrence = value.text == "true";
    } else if (name == "needs") {
      attempt.needs_first = value.text != "any";
    }
    if (std::find(std::begin(kTryMembers), std::end(kTryMembers), name) == std::end(kTryMembers)) {
      compiler_.complain(value.line, kUnknownMember, {name});
    }
  }
  identity.tries.push_back(std::move(attempt));
}

void MessageLoader::fragments(const YamlTree& tree) {
  for (const auto& [name, body] : tree.members) fragments_[name] = body;
}

/// What a map does; null, and said, where it does nothing.
const YamlTree* MessageLoader::steps_of(const YamlTree& file) {
  const YamlTree* steps = file.find("do");
  if (steps == nullptr) compiler_.complain(1, kMissingMember, {"do"});
  return steps;
}

void MessageLoader::message(const YamlTree& file) {
  MessageMap message;
  message.name = file.find("message")->text;
  types_.clear();
  message.groups.emplace_back();
  const YamlTree* steps = steps_of(file);
  if (steps == nullptr) return;
  this->steps(*steps, message, 0, 0);
  triggers(file, std::move(message));
}

void MessageLoader::document(const YamlTree& file) {
  MessageMap message;
  message.name = file.find("document")->text;
  element_actions(file, message);
  triggers(file, std::move(message));
}

void MessageLoader::record(const YamlTree& file) {
  const YamlTree* name = file.find("record");
  MessageMap message;
  message.name = name->text;
  message.is_record = true;
  element_actions(file, message);
  message.record_id = paths(file, "id");
  message.record_order = paths(file, "order");
  message.record_time = paths(file, "time");
  if (!plan_.records.emplace(message.name, static_cast<int>(plan_.messages.size())).second) {
    compiler_.complain(name->line, kDuplicateName, {message.name});
  }
  plan_.messages.push_back(std::move(message));
}

std::vector<SourcePath> MessageLoader::paths(const YamlTree& file, std::string_view member) {
  std::vector<SourcePath> paths;
  const YamlTree* tree = file.find(member);
  if (tree == nullptr) return paths;
  for (const std::string& text : tree->texts()) {
    if (const auto path = compiler_.path(text, tree->line)) paths.push_back(*path);
  }
  return paths;
}

void MessageLoader::element_actions(const YamlTree& file, MessageMap& message) {
  message.is_document = true;
  types_.clear();
  message.groups.emplace_back();
  const YamlTree* steps = steps_of(file);
  if (steps == nullptr) return;
  for (const YamlTree& tree : steps->items) {
    for (const auto& [element, body] : tree.members) action(element, body, message.groups[0]);
  }
}

void MessageLoader::triggers(const YamlTree& file, MessageMap message) {
  const int index = static_cast<int>(plan_.messages.size());
  if (const YamlTree* triggers = file.find("triggers")) {
    for (const std::string& trigger : triggers->texts()) {
      if (!plan_.triggers.emplace(trigger, index).second) compiler_.complain(triggers->line, kDuplicateName, {trigger});
    }
  }
  plan_.messages.push_back(std::move(message));
}

void MessageLoader::steps(const YamlTree& list, MessageMap& message, int group, int depth) {
  for (const YamlTree& tree : list.items) {
    if (const YamlTree* include = tree.find("include")) {
      const auto found = fragments_.find(include->text);
      if (found == fragments_.end() || depth > kDeepestFragments) {
        compiler_.complain(include->line, kUnknownName, {include->text});
      } else {
        steps(found->second, message, group, depth + 1);
      }
      continue;
    }
    if (const YamlTree* name = tree.find("group")) {
      const int child = static_cast<int>(message.groups.size());
      message.groups[static_cast<std::size_t>(group)].children.push_back(child);
      Group added;
      added.name = name->text;
      added.parent = group;
      if (const YamlTree* begins = tree.find("begins")) {
        for (const std::string& segment : begins->texts()) added.begins.push_back(segment_code(segment));
      }
      if (added.begins.empty()) compiler_.complain(name->line, kMissingMember, {"begins"});
      message.groups.push_back(std::move(added));
      if (const YamlTree* inner = tree.find("do")) steps(*inner, message, child, depth);
      continue;
    }
    for (const auto& [segment, body] : tree.members) {
      if (is_segment_name(segment)) {
        action(segment, body, message.groups[static_cast<std::size_t>(group)]);
      } else {
        compiler_.complain(body.line, kUnknownMember, {segment});
      }
    }
  }
}

void MessageLoader::action(const std::string& segment, const YamlTree& tree, Group& group) {
  Action action;
  if (compiler_.is_document()) {
    action.element = segment;
  } else {
    action.segment = segment_code(segment);
  }
  for (const auto& [name, value] : tree.members) {
    if (std::find(std::begin(kActionMembers), std::end(kActionMembers), name) == std::end(kActionMembers)) {
      compiler_.complain(value.line, kUnknownMember, {name});
    }
  }
  if (const YamlTree* when = tree.find("when")) action.when = compiler_.condition(*when);
  if (const YamlTree* rank = tree.find("rank")) action.rank = rank->text == "owner" ? Rank::owner : Rank::copy;
  action.is_transient = tree.find("transient") != nullptr;
  action.is_also = tree.find("also") != nullptr;
  if (const YamlTree* skip = tree.find("skip")) {
    action.is_skip = true;
    action.is_said = skip->text == "said";
    group.actions.push_back(std::move(action));
    return;
  }
  fhir::TypeId type = fhir::TypeId::none;
  if (const YamlTree* make = tree.find("make")) {
    type = action.make = plan_.schema->find_type(make->text);
    if (type == fhir::TypeId::none) compiler_.complain(make->line, kUnknownType, {make->text});
    const YamlTree* as = tree.find("as");
    action.name = compiler_.name(as == nullptr ? make->text : as->text);
    types_[action.name] = type;
    const YamlTree* identity = tree.find("identity");
    action.identity = identity == nullptr ? kNone : rows_.find_identity(identity->text);
    if (action.identity == kNone) compiler_.complain(make->line, kMissingMember, {"identity"});
  } else if (const YamlTree* into = tree.find("into")) {
    action.name = compiler_.name(into->text);
    const auto found = types_.find(action.name);
    if (found == types_.end()) {
      compiler_.complain(into->line, kUnknownName, {into->text});
      return;
    }
    type = found->second;
  } else {
    compiler_.complain(tree.line, kMissingMember, {"make"});
    return;
  }
  if (type == fhir::TypeId::none) return;
  if (const YamlTree* maps = tree.find("maps")) {
    for (const std::string& name : maps->texts()) {
      const int map = rows_.find_map(name);
      if (map == kNone) {
        compiler_.complain(maps->line, kUnknownMap, {name});
      } else if (plan_.maps[static_cast<std::size_t>(map)].type != type) {
        compiler_.complain(maps->line, kTypesDoNotFit,
                           {name, std::string(plan_.schema->type(plan_.maps[static_cast<std::size_t>(map)].type).name),
                            segment, std::string(plan_.schema->type(type).name)});
      } else {
        action.maps.push_back(map);
      }
    }
  }
  if (const YamlTree* rows = tree.find("rows")) action.rows = rows_.rows(*rows, type);
  group.actions.push_back(std::move(action));
}

}  // namespace meridian::mapping::internal
