#include "store/internal/preparation.hpp"

#include <unordered_set>

#include "base/hash.hpp"
#include "base/uuid.hpp"

namespace meridian::store {

namespace {

bool writes_content(WriteKind kind) {
  return kind == WriteKind::create || kind == WriteKind::update;
}

/// What a write costs in the batch beside its value: keys, pointer, row.
constexpr std::size_t kWriteOverhead = 256;

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
  std::unordered_set<std::string> keys;
  for (std::size_t i = 0; i < request.writes.size(); ++i) {
    PreparedWrite& out = prepared->writes[i];
    Issues issues;
    Result<> going_on = keep_going(context.deadline, context.stop);
    if (going_on) going_on = prepare_write(context, request.writes[i], out, issues);
    if (going_on && !out.key.id.empty() && !keys.insert(out.key.type + '/' + out.key.id).second) {
      going_on = fail(ErrorCode::invalid_argument, "a commit writes a resource at most once");
    }
    if (!going_on) return tl::unexpected(CommitFailure(std::move(going_on).error(), i, std::move(issues)));
    prepared->bytes += out.value.size() + kWriteOverhead;
  }
  return prepared;
}

Result<> Preparation::prepare_write(const WriteContext& context, Write& write, PreparedWrite& out, Issues& issues) {
  out.kind = write.kind;
  out.key = std::move(write.key);
  out.condition = std::move(write.condition);
  const bool finds_target = out.condition.search && write.kind != WriteKind::create;
  if (out.key.id.empty() ? write.kind != WriteKind::create && !finds_target : !is_resource_id(out.key.id)) {
    return fail(ErrorCode::invalid_argument, "an id has 1 to 64 letters, digits, '-' or '.'");
  }
  if (!writes_content(write.kind)) {
    const fhir::Schema& schema = fhir::Schema::r4();
    const fhir::TypeId type = schema.find_type(out.key.type);
    if (type == fhir::TypeId::none || schema.type(type).kind != fhir::TypeKind::resource) {
      return fail(ErrorCode::invalid_argument, "no such resource type");
    }
    return {};
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
  if (out.key.id.empty()) {
    out.key.id = ids_.next().to_string();
    out.has_new_id = true;
  }
  if (check_ != nullptr) {
    check_->check(context, write.document, issues);
    if (issues.has_errors()) return fail(ErrorCode::unprocessable, "the resource has faults");
  }
  auto text = ValueText::of(write.document.source());
  if (!text) return fail(ErrorCode::unprocessable, text.error().message());
  out.hash = hash64(text->text);
  out.home = homes_.home(root, out.key.id);
  out.value = TRY(codec_.encode(context.tenant, out.home, *text));
  out.document = std::move(write.document);
  return {};
}

}  // namespace meridian::store
