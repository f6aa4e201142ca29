#include "store/internal/preparation.hpp"

#include <unordered_set>

#include "base/hash.hpp"
#include "base/uuid.hpp"
#include "store/internal/nodes.hpp"
#include "store/internal/parameter_sets.hpp"

namespace meridian::store {

namespace {

bool writes_content(WriteKind kind) {
  return kind == WriteKind::create || kind == WriteKind::update;
}

/// What a write costs in the batch beside its value: keys, pointer, row.
constexpr std::size_t kWriteOverhead = 256;

/// What a search takes for itself, escaped. https://hl7.org/fhir/R4/search.html#escaping
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ',' || c == '|' || c == '$' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// Every reference to a resource of this server; the depth of a document is bounded.
void find_references(fhir::Node node, std::vector<ResourceKey>& found) {
  static const fhir::TypeId kReference = fhir::Schema::r4().find_type("Reference");
  if (node.type() == kReference) {
    if (const auto local = parse_local_reference(child_text(node, "reference"))) {
      found.push_back({std::string(local->type), std::string(local->id)});
    }
  }
  for (const fhir::Node child : node.children()) find_references(child, found);
}

}  // namespace

tl::expected<std::unique_ptr<Prepared>, CommitFailure> Preparation::prepare(const WriteContext& context,
                                                                            CommitRequest request) {
  auto prepared = std::make_unique<Prepared>();
  prepared->context = context;
  if (request.writes.size() > kMaxWrites) {
    return tl::unexpected(
        CommitFailure(Error(ErrorCode::too_large, "a commit has at most " + std::to_string(kMaxWrites) + " writes")));
  }
  prepared->writes.resize(request.writes.size());
  for (std::size_t i = 0; i < request.writes.size(); ++i) {
    PreparedWrite& out = prepared->writes[i];
    Issues issues;
    Result<> going_on = keep_going(context.deadline, context.stop);
    if (going_on) going_on = prepare_write(context, request.writes[i], out, issues);
    if (going_on && !out.key.id.empty() && !prepared->keys.insert(out.key.type + '/' + out.key.id).second) {
      going_on = fail(ErrorCode::invalid_argument, "a commit writes a resource at most once");
    }
    if (!going_on) return tl::unexpected(CommitFailure(std::move(going_on).error(), i, std::move(issues)));
    prepared->bytes += out.value.size() + out.note.size() + kWriteOverhead;
  }
  return prepared;
}

Result<> Preparation::prepare_write(const WriteContext& context, Write& write, PreparedWrite& out,
                                    Issues& issues) const {
  out.kind = write.kind;
  out.key = std::move(write.key);
  out.condition = std::move(write.condition);
  out.note = std::move(write.note);
  out.is_id_given = !out.key.id.empty();
  const bool finds_target = out.condition.search && write.kind != WriteKind::create;
  if (out.is_id_given ? !is_resource_id(out.key.id) : write.kind != WriteKind::create && !finds_target) {
    return fail(ErrorCode::invalid_argument, "an id has 1 to 64 letters, digits, '-' or '.'");
  }
  if (!writes_content(write.kind)) {
    const fhir::Schema& schema = fhir::Schema::r4();
    const fhir::TypeId type = schema.find_type(out.key.type);
    if (type == fhir::TypeId::none || schema.type(type).kind != fhir::TypeKind::resource) {
      return fail(ErrorCode::invalid_argument, "no such resource type");
    }
    return prepare_conditions(context, out, issues);
  }
  if (!write.document.has_root()) return fail(ErrorCode::invalid_argument, "there is no resource to write");
  const fhir::Node root = write.document.root();
  const fhir::Schema& schema = write.document.schema();
  const std::string_view type = root.type() == fhir::TypeId::none ? std::string_view() : schema.type(root.type()).name;
  if (type.empty() || schema.type(root.type()).kind != fhir::TypeKind::resource) {
    return fail(ErrorCode::unprocessable, "the resource's type is not known");
  }
  if (out.key.type.empty()) out.key.type = type;
  if (out.key.type != type) return fail(ErrorCode::invalid_argument, "the resource is of another type than its key");
  if (options_.check != nullptr) {
    options_.check->check(context, write.document, issues);
    if (issues.has_errors()) return fail(ErrorCode::unprocessable, "the resource has faults");
  }
  TRY(prepare_conditions(context, out, issues));
  if (!out.is_id_given) {
    out.key.id = new_id();
    out.has_new_id = true;
  }
  out.document = std::move(write.document);
  if (options_.check_references) find_references(out.document.root(), out.references);
  TRY(find_unique_identifiers(context.tenant, out));
  return prepare_content(context.tenant, out);
}

Result<> Preparation::prepare_conditions(const WriteContext& context, PreparedWrite& out, Issues& issues) const {
  if (!out.condition.search) return {};
  out.search = TRY(searching_.parse(context.tenant, out.key.type, *out.condition.search, issues));
  return {};
}

/// Whatever depends on the id, too.
Result<> Preparation::prepare_content(TenantId tenant, PreparedWrite& out) const {
  auto text = ValueText::of(out.document.source());
  if (!text) return fail(ErrorCode::unprocessable, text.error().message());
  const fhir::Node root = out.document.root();
  out.hash = hash64(text->text);
  out.home = homes_.home(root, out.key.id);
  out.value = TRY(codec_.encode(tenant, out.home, *text));
  out.entries.clear();
  extract_entries(parameters_.of(tenant), root, out.key.id, out.entries);
  return {};
}

Result<> Preparation::retarget(TenantId tenant, PreparedWrite& write, std::string id) const {
  write.key.id = std::move(id);
  write.has_new_id = false;
  return write.document.has_root() ? prepare_content(tenant, write) : Result<>();
}

std::string Preparation::new_id() const {
  return ids_.next().to_string();
}

Result<> Preparation::find_unique_identifiers(TenantId tenant, PreparedWrite& out) const {
  for (const UniqueIdentifier& rule : options_.unique_identifiers) {
    if (rule.type != out.key.type) continue;
    for (const fhir::Node identifier : out.document.root().children(out.document.schema().find_name("identifier"))) {
      const std::string_view value = child_text(identifier, "value");
      if (child_text(identifier, "system") != rule.system || value.empty()) continue;
      Issues issues;
      std::string text = escaped(rule.system) + '|' + escaped(value);
      search::Filter filter = TRY(searching_.parse(tenant, out.key.type, {{"identifier", text}}, issues));
      out.identifiers.push_back({std::move(text), std::move(filter)});
    }
  }
  return {};
}

}  // namespace meridian::store
