#include "rest/fhirpath_operation.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/version.hpp"
#include "fhirpath/expression.hpp"
#include "fhirpath/ports.hpp"
#include "formats/fhir/json_writer.hpp"
#include "rest/messages.hpp"
#include "rest/parameters.hpp"
#include "rest/representation.hpp"
#include "rest/typed_value.hpp"
#include "validation/conformance.hpp"

namespace meridian::rest {
namespace {

using fhirpath::Collection;
using fhirpath::EvaluationContext;
using fhirpath::Expression;
using fhirpath::Value;

struct Asked {
  std::string expression;
  std::string context;
  fhir::Node resource;
  std::vector<fhir::Node> variables;  // parts
};

std::optional<Asked> read(const http::Request& request, const fhir::Document& document, Issues& issues) {
  Asked asked;
  if (const auto expression = request.query("expression")) {
    asked.expression = *expression;
    asked.context = request.query("context").value_or("");
    asked.resource = document.root();
  } else if (Parameters::is(document.root())) {
    const Parameters parameters(document.root());
    asked.expression = parameters.text("expression");
    asked.context = parameters.text("context");
    asked.resource = parameters.resource("resource");
    asked.variables = parameters.parts("variables");
  } else {
    issues.add({Severity::error, IssueType::invalid, kNotParameters});
    return std::nullopt;
  }
  if (asked.expression.empty()) {
    issues.add({Severity::error, IssueType::required, kParameterMissing, {"expression"}});
  }
  if (!asked.resource) issues.add({Severity::error, IssueType::required, kParameterMissing, {"resource"}});
  if (issues.has_errors()) return std::nullopt;
  return asked;
}

/// What trace() says, written down at once, since the values live only during the call.
class TraceParts final : public fhirpath::TraceSink {
 public:
  explicit TraceParts(const fhir::Schema& schema) : schema_(schema) {}
  void trace(std::string_view name, Collection values) override {
    constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
    if (bytes_ > kMaxBytes) return;
    fhir::JsonWriter json;
    json.begin_object();
    json.key("name").string("trace");
    json.key("valueString").string(name);
    write_parts(json, values, schema_);
    json.end_object();
    bytes_ += json.text().size();
    parts_.push_back(std::move(json).take());
  }
  std::vector<std::string> take() { return std::exchange(parts_, {}); }

 private:
  const fhir::Schema& schema_;
  std::vector<std::string> parts_;
  std::size_t bytes_ = 0;
};

class Evaluation {
 public:
  Evaluation(const Asked& asked, const fhir::Document& document, const OperationServices& services)
      : asked_(asked), schema_(asked.resource.schema()), trace_(schema_) {
    if (services.validator != nullptr) {
      conformance_.emplace(*services.validator);
      conformance_->look_at(document);
    }
    fhirpath::EvaluationLimits limits;
    limits.max_milliseconds = services.fhirpath_milliseconds;
    for (EvaluationContext* context : {&outer_, &inner_}) {
      context->set_limits(limits);
      context->set_resource(asked.resource);
      context->set_root_resource(asked.resource);
      context->set_terminology(services.terminology);
      context->set_subsumption(services.subsumption);
      if (conformance_) context->set_profile_check(&*conformance_);
    }
    inner_.set_trace_sink(&trace_);
    declare_variables();
  }

  /// Compiles both expressions; false with Issues when one is bad.
  bool compile(Issues& issues) {
    const fhir::TypeId type = asked_.resource.type();
    fhirpath::CompileOptions options;
    options.schema = &schema_;
    options.variables = declarations_;
    options.input_types = {&type, 1};
    if (!asked_.context.empty()) {
      context_ = Expression::compile(asked_.context, options, issues);
      options.input_types = {};
      if (!context_) return false;
    }
    expression_ = Expression::compile(asked_.expression, options, issues);
    return expression_.has_value();
  }

  /// The parameters `result`, one for each context item.
  Result<> write_results(fhir::JsonWriter& json) {
    if (!context_) return write_result(json, Value(asked_.resource), {});
    const Collection items = TRY(context_->evaluate(asked_.resource, outer_));
    for (const Value& item : items) TRY(write_result(json, item, item.is_node() ? place(item.node()) : std::string{}));
    return {};
  }

  std::string explain() const { return expression_->explain(); }

 private:
  void declare_variables() {
    for (const fhir::Node part : asked_.variables) {
      const fhir::Node value = Parameters::value_of(part);
      const fhir::Node node = value ? value : part.child("resource");
      declarations_.push_back({Parameters::name_of(part)});
      values_.push_back(node ? Value(node) : Value());
    }
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const Collection collection(&values_[i], values_[i] ? 1 : 0);
      outer_.set_variable(declarations_[i].name, collection);
      inner_.set_variable(declarations_[i].name, collection);
    }
  }

  /// `Patient.name[0]`, seen from the resource rather than from the Parameters that carry it.
  std::string place(fhir::Node node) const {
    std::string path = node.path();
    const std::string outer = asked_.resource.path();
    if (path.starts_with(outer)) path.replace(0, outer.size(), schema_.type(asked_.resource.type()).name);
    return path;
  }

  Result<> write_result(fhir::JsonWriter& json, const Value& item, const std::string& where) {
    const Collection values = TRY(expression_->evaluate(Collection(&item, 1), inner_));
    json.begin_object();
    json.key("name").string("result");
    if (!where.empty()) json.key("valueString").string(where);
    const std::vector<std::string> traces = trace_.take();
    if (!values.empty() || !traces.empty()) {
      json.key("part").begin_array();
      for (const Value& value : values) write_part(json, value, schema_);
      for (const std::string& trace : traces) json.raw(trace);
      json.end_array();
    }
    json.end_object();
    return {};
  }

  const Asked& asked_;
  const fhir::Schema& schema_;
  std::vector<fhirpath::VariableDeclaration> declarations_;
  std::vector<Value> values_;  // one a declaration; without a value it is empty
  TraceParts trace_;
  std::optional<validation::Conformance> conformance_;
  EvaluationContext outer_;
  EvaluationContext inner_;
  std::optional<Expression> context_;
  std::optional<Expression> expression_;
};

void write_parameter(fhir::JsonWriter& json, std::string_view name, std::string_view text) {
  json.begin_object().key("name").string(name).key("valueString").string(text).end_object();
}

}  // namespace

http::Response evaluate_fhirpath(const http::Request& request, const OperationServices& services) {
  const Representation representation = negotiate(request);
  if (!representation.acceptable) return not_acceptable(representation);
  const ReadBody body = read_body(request);
  if (body.unsupported_form) return unsupported_media_type(representation);
  if (!body.document.has_root()) return answer(body.issues, representation, 400);

  Issues issues(services.max_issues);
  const std::optional<Asked> asked = read(request, body.document, issues);
  if (!asked) return answer(issues, representation, 400);
  Evaluation evaluation(*asked, body.document, services);
  if (!evaluation.compile(issues)) return answer(issues, representation, 400);

  fhir::JsonWriter json;
  json.begin_object();
  json.key("resourceType").string("Parameters");
  json.key("parameter").begin_array();
  json.begin_object().key("name").string("parameters").key("part").begin_array();
  write_parameter(json, "evaluator", "Meridian " + std::string(kVersion) + " (R4)");
  write_parameter(json, "expression", asked->expression);
  if (!asked->context.empty()) write_parameter(json, "context", asked->context);
  write_parameter(json, "plan", evaluation.explain());
  json.end_array().end_object();
  const Result<> written = evaluation.write_results(json);
  if (!written) {
    issues.add({Severity::error, IssueType::processing, kExpressionFailed, {written.error().message()}});
    return answer(issues, representation, http_status(written.error().code()));
  }
  json.end_array();
  json.end_object();
  return answer(std::move(json).take(), representation);
}

}  // namespace meridian::rest
