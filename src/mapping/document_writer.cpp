#include "mapping/document_writer.hpp"

#include <utility>

#include "base/hash.hpp"
#include "base/uuid.hpp"
#include "formats/fhir/json_writer.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/internal/losses.hpp"
#include "mapping/internal/plan.hpp"
#include "mapping/internal/template_evaluator.hpp"
#include "mapping/internal/template_values.hpp"

namespace meridian::mapping {
namespace {

constexpr std::size_t kMostIssues = 5000;

/// The one whose document it is.
Result<fhir::Node> patient_of(const fhir::Document& bundle, std::string_view wanted) {
  const fhir::Schema& schema = bundle.schema();
  if (!bundle.has_root() || bundle.root().type() != schema.find_type("Bundle"))
    return fail(ErrorCode::unprocessable, "a document is made of a Bundle");
  fhir::Node found;
  for (const fhir::Node entry : bundle.root().children(schema.find_name("entry"))) {
    const fhir::Node resource = entry.child("resource");
    if (!resource || resource.type() != schema.find_type("Patient")) continue;
    if (!wanted.empty() && internal::child_text(resource, "id") != wanted) continue;
    if (found) return fail(ErrorCode::unprocessable, "the Bundle has several Patients: say whose document it is");
    found = resource;
  }
  if (!found) return fail(ErrorCode::unprocessable, "the Bundle has no such Patient");
  return found;
}

}  // namespace

DocumentWriter::DocumentWriter(std::shared_ptr<const Catalogue> catalogue) : catalogue_(std::move(catalogue)) {}
DocumentWriter::~DocumentWriter() = default;
DocumentWriter::DocumentWriter(DocumentWriter&&) noexcept = default;
DocumentWriter& DocumentWriter::operator=(DocumentWriter&&) noexcept = default;

std::vector<std::string_view> DocumentWriter::kinds() const {
  std::vector<std::string_view> out;
  for (const auto& [name, plan] : catalogue_->plan().templates.exports) out.push_back(name);
  return out;
}

Result<WrittenDocument> DocumentWriter::write(std::string_view kind, const fhir::Document& bundle,
                                              const DocumentOptions& options) {
  const auto& exports = catalogue_->plan().templates.exports;
  const auto plan = exports.find(kind);
  if (plan == exports.end()) return fail(ErrorCode::not_found, "no document is called " + std::string(kind));
  const fhir::Node patient = TRY(patient_of(bundle, options.patient));
  if (!options.id.empty()) TRY(Uuid::parse(options.id));
  const std::string id =
      options.id.empty()
          ? Uuid::of_digest(sha256(std::string(kind) + '\0' + options.time + '\0' + std::string(bundle.source())))
                .to_string()
          : options.id;
  WrittenDocument written{{}, Issues(kMostIssues)};
  internal::TemplateEvaluator evaluator(catalogue_->plan(), bundle, written.issues, options.max_elements);
  evaluator.set("patient", patient);
  evaluator.set("id", id);
  evaluator.set("time", options.time);
  written.document = TRY(evaluator.run(plan->second));
  internal::tell_losses(
      bundle, {evaluator.said(), evaluator.passed(), evaluator.references(), catalogue_->plan().templates.oids},
      written.issues);
  return written;
}

std::string collection_of(const std::vector<std::string>& resources) {
  fhir::JsonWriter json;
  json.begin_object().key("resourceType").string("Bundle").key("type").string("collection").key("entry").begin_array();
  for (const std::string& resource : resources) json.begin_object().key("resource").raw(resource).end_object();
  json.end_array().end_object();
  return std::move(json).take();
}

}  // namespace meridian::mapping
