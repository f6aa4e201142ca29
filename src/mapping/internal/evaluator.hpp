// Evaluator: runs a message map over one message, or a document map over one document or record, and leaves resources
// in a Builder. Rows are the same for both; what differs is how a path finds values (evaluator_values.cpp for messages,
// evaluator_document.cpp for documents) and what stands around them (groups of segments, statements in sections).
//
// Three passes: segments into groups; resources made and named, so that rows may refer to what comes later; rows. A
// resource that two groups make alike (the same patient twice) is filled by the first.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/issue.hpp"
#include "fhirpath/evaluation_context.hpp"
#include "formats/cda/narrative.hpp"
#include "mapping/internal/builder.hpp"
#include "mapping/internal/grouping.hpp"
#include "mapping/internal/plan.hpp"
#include "mapping/internal/values.hpp"
#include "mapping/mapper.hpp"
#include "mapping/stable_id.hpp"

namespace meridian::mapping::internal {

class Evaluator {
 public:
  Evaluator(const Plan& plan, const MappingContext& context, const MappingLimits& limits);

  /// Returns what was wrong in `issues`; the resources are in builder() until the next run.
  void run(const MessageMap& map, const hl7v2::Message& message, Issues& issues);
  void run(const MessageMap& map, const tree::Document& document, Issues& issues);
  /// `id`: what the record is called, for what it makes that has no other name.
  void run_record(const MessageMap& map, const tree::Document& record, std::string_view id, Issues& issues);
  const Builder& builder() const { return builder_; }
  const Grouping& grouping() const { return grouping_; }

 private:
  /// Where rows are applied: a segment in its group, and the value at hand within it.
  struct Scope {
    int instance = kNone;
    hl7v2::Segment segment;
    SegmentCode code = 0;
    tree::Element element;  // of a document, instead of a segment: where paths begin
    Input input;            // of a data type's map
    Origin origin;          // of the input
  };
  /// One application of a map: what its labels stand for.
  struct Frame {
    std::uint32_t resource = 0;
    NodeIndex container = kNoNode;
    int table = kNone;
    std::size_t labels = 0;  // where its labels begin
    bool is_top = false;     // the container is the resource
    bool is_fallback = false;
  };
  struct Label {
    NodeIndex container;
    const char* key;
    int label;
    std::uint32_t repetition;
    NodeIndex item;
  };
  /// A value that a row is applied to, and where it stands.
  struct Source {
    Input input;
    Origin origin;
    std::uint32_t repetition = 1;
    hl7v2::Presence presence = hl7v2::Presence::absent;
  };

  struct Made {
    std::size_t segment;
    const Action* action;
    std::uint32_t resource;
    bool fills;
  };

  void begin(Issues& issues);
  Scope scope_of(std::size_t index) const;
  Scope scope_of(tree::Element element) const;
  Scope within(const Scope& scope, const Source& source) const;
  bool is_within(int instance, int outer) const;
  void make_resources(const MessageMap& map);
  void fill_resources(const MessageMap& map);
  Origin origin_at(tree::Element element) const;
  void place_elements();
  void place_parts(const MessageMap& map);
  void make_from_elements(const MessageMap& map);
  bool make_from(const Action& action, const Scope& scope);
  void fill_from_elements();
  bool has_room(const Scope& scope);
  void run_map(int index, const Scope& scope, Frame frame);
  void run_rows(const std::vector<Row>& rows, const Scope& scope, const Frame& frame);
  void run_row(const Row& row, const Scope& scope, const Frame& frame);
  bool apply_repetitions(const Row& row, const SourcePath& path, const hl7v2::Field& field, const Origin& origin,
                         const Scope& scope, const Frame& frame);
  bool apply_places(const Row& row, const SourcePath& path, const Scope& scope, const Frame& frame);
  void apply(const Row& row, const Source& source, const Scope& scope, const Frame& frame);
  bool content(const Row& row, const Source& source, const Scope& scope, const Frame& frame, std::string& out,
               bool& is_literal);
  bool apply_complex(const Row& row, const Source& source, const Scope& scope, const Frame& frame, NodeIndex node);
  void apply_with(const Row& row, const Frame& frame, const Source& source, NodeIndex anchor);
  void remove(const Row& row, const Origin& origin, const Frame& frame);
  bool put_reference(NodeIndex node, std::uint32_t resource, const Origin& origin);
  void put_references(const Row& row, const Scope& scope, const Frame& frame, const Source& source);
  bool resource_reference(int index, const Source& source, const Scope& scope, NodeIndex node);

  // Targets.
  NodeIndex step(NodeIndex at, const Step& step, const Frame& frame, std::uint32_t repetition);
  bool put_text(NodeIndex parent, const Step& step, std::string_view text, bool is_literal, const Origin& origin,
                bool is_fallback);
  void put(NodeIndex object, std::string_view key, std::string_view text, const Origin& origin);

  // Sources.
  hl7v2::Field field(const SourcePath& path, const Scope& scope, Origin& origin) const;
  Input value(const SourcePath& path, const Scope& scope, Origin& origin);
  std::string text(const SourcePath& path, const Scope& scope);
  bool holds(int condition, const Scope& scope);
  bool compute(int computation, const Scope& scope, std::string& out);
  bool convert(const Row& row, const Source& source, const Scope& scope, const Frame& frame, std::string& out,
               bool& is_literal);
  std::vector<PlaceValue> places(const SourcePath& path, const Scope& scope);
  bool convert_element(const Row& row, const Source& source, std::string& out);
  std::string system_of_code(const SourcePath& name, std::string_view text, const Scope& scope, const Frame& frame);
  const Code* map_code(const Row& row, const Source& source);
  bool put_codings(const Row& row, const Source& source, const Frame& frame, NodeIndex node, const Code& code);
  void tidy_codings(NodeIndex concept_node);

  // Identities.
  bool identify(int identity, fhir::TypeId type, const Scope& scope, Uuid& id);
  bool attempt(const IdentityTry& attempt, fhir::TypeId type, const Scope& scope, Uuid& id);
  bool attempt_ii(const IdentityTry& attempt, fhir::TypeId type, const Scope& scope, const std::string& kind, Uuid& id);
  bool attempt_value(const IdentityTry& attempt, fhir::TypeId type, const Scope& scope, const std::string& kind,
                     Uuid& id);
  std::optional<bool> convert_of_record(const Row& row, std::string_view text, std::string& out, bool& is_literal);
  std::string authority_of_root(std::string_view root) const;
  void find_shared_ids();
  bool attempt_cx(const IdentityTry& attempt, fhir::TypeId type, const Scope& scope, const std::string& kind, Uuid& id);
  Uuid make_id(fhir::TypeId type, const std::string& authority, const std::string& identifier) const;
  std::string authority(std::string_view name, std::string_view universal, std::string_view kind) const;
  std::string authority(const Input& input, std::size_t first) const;
  const std::string& default_authority();
  std::string coding_system(std::string_view name);
  std::string local_system(std::string_view name) const;

  void complain(Severity severity, const Message& message, std::vector<std::string> arguments, const Origin& origin);

  const Plan& plan_;
  const MappingContext& context_;
  const MappingLimits& limits_;
  StableIds ids_;
  Builder builder_;
  Grouping grouping_;
  const hl7v2::Message* message_ = nullptr;
  // Of a document: instead of the message.
  const tree::Document* document_ = nullptr;
  cda::NarrativeIndex narrative_;
  bool is_record_ = false;  // the document is one
  std::string_view record_id_;
  std::vector<int> instance_of_;  // of each element, the instance that it stands in
  /// What a path from around found there: every entry of a section asks for its code.
  struct Seen {
    tree::Element around;
    std::vector<PlaceValue> found;
  };
  std::vector<Seen> seen_around_;                            // by place
  std::unordered_map<std::string, std::string> identified_;  // id → what first had it; empty: several things had
  Issues* issues_ = nullptr;
  std::vector<Label> labels_;
  std::unordered_map<std::string, std::uint32_t> occurrences_;
  std::vector<Made> made_;
  std::unordered_map<std::uint32_t, int> makers_;  // resource → the instance that made it first
  std::string default_authority_;
  Code kept_code_;
  fhirpath::EvaluationContext fhirpath_;
  bool is_full_ = false;
};

}  // namespace meridian::mapping::internal
