#include "rest/bundle_interaction.hpp"

#include <numeric>
#include <utility>

#include "rest/entry_requests.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/outcome.hpp"
#include "rest/transaction.hpp"

namespace meridian::rest {
namespace {

/// The Bundle with its entries, which the work on them keeps alive.
struct Posted {
  fhir::Document document;
  BundleRequest bundle;
};

void run_batch(const ExchangePtr& exchange, const std::shared_ptr<Posted>& posted) {
  std::vector<std::size_t> all(posted->bundle.entries.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  run_entries(exchange, posted->document, posted->bundle.entries, all, EntryAnswers(all.size()),
              [exchange, posted](EntryAnswers answers) { answer_bundle(*exchange, "batch-response", answers); });
}

}  // namespace

void answer_bundle(Exchange& exchange, std::string_view type, const EntryAnswers& answers) {
  BundleWriter bundle(type, exchange.base, exchange.server->clock.now());
  for (const BundleWriter::Answered& answered : answers) bundle.answered(answered);
  exchange.respond(answer(std::move(bundle).take(), exchange.representation));
}

void process_bundle(const ExchangePtr& exchange) {
  ReadBody body = read_body(exchange->request);
  if (body.unsupported_form) return exchange->respond(unsupported_media_type(exchange->representation));
  if (!body.document.has_root()) return exchange->respond(answer(body.issues, exchange->representation, 400));
  auto bundle = read_bundle(body.document, exchange->base);
  if (!bundle) {
    return exchange->respond(refuse(bundle.error().error, exchange->representation, bundle.error().expression));
  }
  // The entries' nodes stay good when the document moves.
  auto posted = std::make_shared<Posted>(Posted{std::move(body.document), std::move(*bundle)});
  if (!posted->bundle.is_transaction) return run_batch(exchange, posted);
  std::shared_ptr<const fhir::Document> document(posted, &posted->document);
  run_transaction(exchange, std::move(document), posted->bundle.entries);
}

}  // namespace meridian::rest
