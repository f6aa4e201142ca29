// The part of the evaluator that tells who and what: authorities, coding systems, ids.
#include <algorithm>

#include "mapping/internal/authority.hpp"
#include "mapping/internal/evaluator.hpp"
#include "mapping/internal/text_rules.hpp"

namespace meridian::mapping::internal {
namespace {

constexpr char kBetween = '\x1f';

}  // namespace

/// HD: https://hl7.org/v2: a universal id says more than a namespace, which only its own hospital understands.
std::string Evaluator::authority(std::string_view name, std::string_view universal, std::string_view kind) const {
  for (const AuthorityAlias& alias : context_.authorities) {
    if ((!name.empty() && alias.name == name) || (!universal.empty() && alias.name == universal)) return alias.system;
  }
  return authority_uri(name, universal, kind);
}

std::string Evaluator::authority(const Input& input, std::size_t first) const {
  std::string texts[3];
  for (std::size_t i = 0; i < 3; ++i) {
    const Input part = input.part(first + i);
    std::string buffer;
    if (part.has_value()) texts[i] = trimmed(part.text(buffer));
  }
  return authority(texts[0], texts[1], texts[2]);
}

const std::string& Evaluator::default_authority() {
  if (!default_authority_.empty()) return default_authority_;
  default_authority_ = context_.default_authority;
  if (message_ == nullptr) {
    if (default_authority_.empty()) default_authority_ = "urn:id:unknown";
    return default_authority_;
  }
  const hl7v2::Segment header = message_->segment("MSH");
  for (const std::size_t number : {4, 3}) {
    if (default_authority_.empty()) default_authority_ = authority(Input(header.field(number).repetition(1)), 1);
  }
  if (default_authority_.empty()) default_authority_ = "urn:id:unknown";
  return default_authority_;
}

/// Table 0396. A local system (`L`, `99…`) is its sender's.
std::string Evaluator::coding_system(std::string_view name) {
  if (name.empty()) return {};
  const auto found = plan_.systems.find(name);
  if (found != plan_.systems.end()) return found->second;
  if (name.starts_with("HL7") && name.size() == 7 &&
      name.find_first_not_of("0123456789", 3) == std::string_view::npos) {
    return "http://terminology.hl7.org/CodeSystem/v2-" + std::string(name.substr(3));
  }
  if (is_oid(name)) return "urn:oid:" + std::string(name);
  if (name.size() == 36) {
    if (const Result<Uuid> uuid = Uuid::parse(name)) return "urn:uuid:" + uuid->to_string();
  }
  if ((name.starts_with("http:") || name.starts_with("https:") || name.starts_with("urn:")) &&
      name.find_first_of(" \t\r\n") == std::string_view::npos) {
    return clean(name);
  }
  if (name == "L" || name.starts_with("99")) return local_system(name);
  return "urn:id:" + uri_part(name);
}

/// A system that only its sender knows.
std::string Evaluator::local_system(std::string_view name) const {
  if (message_ == nullptr) return "urn:id:" + uri_part(name);
  const hl7v2::Segment header = message_->segment("MSH");
  std::string sender(trimmed(header.field(4).component(1).text()));
  if (sender.empty()) sender = trimmed(header.field(3).component(1).text());
  return "urn:id:" + (sender.empty() ? std::string() : uri_part(sender) + ":") + uri_part(name);
}

Uuid Evaluator::make_id(fhir::TypeId type, const std::string& authority, const std::string& identifier) const {
  std::uint32_t epoch = 0;
  for (const ReuseEpoch& reuse : context_.epochs) {
    if (reuse.system == authority) epoch = reuse.epoch;
  }
  return ids_.id(plan_.schema->type(type).name, authority, identifier, epoch);
}

bool Evaluator::identify(int identity, fhir::TypeId type, const Scope& scope, Uuid& id) {
  const std::vector<IdentityTry>& tries = plan_.identities[static_cast<std::size_t>(identity)].tries;
  return std::any_of(tries.begin(), tries.end(),
                     [&](const IdentityTry& attempt) { return this->attempt(attempt, type, scope, id); });
}

bool Evaluator::attempt(const IdentityTry& attempt, fhir::TypeId type, const Scope& scope, Uuid& id) {
  const std::string kind =
      attempt.kind_text == kNone ? std::string() : plan_.texts[static_cast<std::size_t>(attempt.kind_text)] + kBetween;
  switch (attempt.kind) {
    case IdentityTry::Kind::message: {
      if (document_ != nullptr) {
        if (is_record_) {
          id = make_id(type, default_authority(),
                       "record" + (kBetween + std::string(record_id_)) + kBetween + kind +
                           std::to_string(scope.element.number()));
          return true;
        }
        const tree::Element whole = document_->root().child("id");
        id = make_id(type, default_authority(),
                     "document" + (kBetween + std::string(whole.attribute("root"))) + kBetween +
                         std::string(whole.attribute("extension")) + kBetween + kind +
                         std::to_string(scope.element.number()));
        return true;
      }
      std::string text = "message";
      for (const std::size_t number : {3, 4, 10}) text += kBetween + message_->segment("MSH").field(number).text();
      id = make_id(type, default_authority(),
                   text + kBetween + kind + scope.origin.segment + std::to_string(scope.origin.occurrence));
      return true;
    }
    case IdentityTry::Kind::cx:
      return attempt_cx(attempt, type, scope, kind, id);
    case IdentityTry::Kind::ii:
      return attempt_ii(attempt, type, scope, kind, id);
    case IdentityTry::Kind::value:
      return attempt_value(attempt, type, scope, kind, id);
    case IdentityTry::Kind::ei:
    case IdentityTry::Kind::hd: {
      Origin origin;
      const Input input = value(attempt.of, scope, origin);
      const bool is_ei = attempt.kind == IdentityTry::Kind::ei;
      std::string buffer;
      std::string number(input.part(1).has_value() ? trimmed(input.part(1).text(buffer)) : std::string_view());
      std::string whose = authority(input, is_ei ? 2 : 1);
      if (!is_ei) {
        if (whose.empty()) return false;
        number = whose;
        whose = "hd";
      }
      if (number.empty()) return false;
      id = make_id(type, whose.empty() ? default_authority() : whose, kind + number);
      return true;
    }
    case IdentityTry::Kind::parts:
      break;
  }
  std::string whose;
  if (attempt.within != kNone) {
    const int resource = grouping_.find_bound(scope.instance, attempt.within);
    if (resource < 0) return false;
    whose = "urn:uuid:" + builder_.at(static_cast<std::uint32_t>(resource)).id.to_string();
  } else if (attempt.authority) {
    Origin origin;
    whose = authority(value(*attempt.authority, scope, origin), 1);
  }
  if (whose.empty()) whose = default_authority();
  std::string text = kind;
  bool is_any = false;
  for (std::size_t i = 0; i < attempt.parts.size(); ++i) {
    const std::string part(trimmed(this->text(attempt.parts[i], scope)));
    if (i == 0 && part.empty() && attempt.needs_first) return false;
    is_any = is_any || !part.empty();
    text += part;
    text += kBetween;
  }
  if (!is_any && !attempt.parts.empty()) return false;
  if (attempt.occurrence) {
    const std::uint32_t number = ++occurrences_[whose + kBetween + text];
    if (number > 1) text += std::to_string(number);
  }
  id = make_id(type, whose, text);
  return true;
}

/// The repetition whose type is preferred most; among equals, the first.
bool Evaluator::attempt_cx(const IdentityTry& attempt, fhir::TypeId type, const Scope& scope, const std::string& kind,
                           Uuid& id) {
  Origin origin;
  Input best;
  std::size_t best_rank = attempt.prefer.size() + 1;
  const auto consider = [&](const Input& input) {
    if (!input.part(1).has_value()) return;
    std::string buffer;
    const std::string_view code = input.part(5).has_value() ? trimmed(input.part(5).text(buffer)) : std::string_view();
    const auto rank = static_cast<std::size_t>(std::find(attempt.prefer.begin(), attempt.prefer.end(), code) -
                                               attempt.prefer.begin());
    if (rank >= best_rank) return;
    best = input;
    best_rank = rank;
  };
  if (attempt.of.segment == 0) {
    consider(value(attempt.of, scope, origin));
  } else {
    for (const hl7v2::Repetition repetition : field(attempt.of, scope, origin).repetitions())
      consider(Input(repetition));
  }
  if (!best.has_value()) return false;
  std::string buffer;
  const std::string number(trimmed(best.part(1).text(buffer)));
  const std::string whose = authority(best.part(4), 1);
  id = make_id(type, whose.empty() ? default_authority() : whose, kind + number);
  return true;
}

}  // namespace meridian::mapping::internal
