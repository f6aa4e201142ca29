#include "imaging/dicom_nodes.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "http/executor.hpp"
#include "net/io.hpp"

namespace meridian::imaging {
namespace {

/// One node; nothing in it moves while its server runs.
struct Running {
  explicit Running(DicomNode declared) : node(std::move(declared)) {}

  Result<> listen(net::Io& io, const DicomNodesOptions& options, const DicomNodesServices& services) {
    if (!node.is_enabled) return {};
    const bool has_worklist = services.worklist && node.worklist;
    handler = std::make_unique<ArchiveHandler>(*services.archive, node,
                                               has_worklist ? services.worklist(node) : FindWorklist());
    executor = http::make_pool(options.threads, node.server.associations);
    server.emplace(TRY(connect::DicomServer::start(node.server, io, *executor, *handler)));
    return {};
  }
  DicomNodeState state() const {
    DicomNodeState out{node, 0, {}};
    if (server) {
      out.port = server->port();
      out.counts = server->counts();
    }
    return out;
  }

  const DicomNode node;
  std::unique_ptr<ArchiveHandler> handler;
  std::unique_ptr<http::Executor> executor;
  std::optional<connect::DicomServer> server;
};

constexpr std::int64_t kReloadMilliseconds = 5'000;

}  // namespace

struct DicomNodes::State {
  DicomNodesOptions options;
  DicomNodesServices services;
  net::Io* io = nullptr;
  mutable std::mutex mutex;
  std::vector<std::unique_ptr<Running>> nodes;
};

DicomNodes::DicomNodes(std::unique_ptr<State> state) : state_(std::move(state)) {}
DicomNodes::~DicomNodes() = default;

Result<std::unique_ptr<DicomNodes>> DicomNodes::start(DicomNodesOptions options, DicomNodesServices services) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->services = std::move(services);
  for (DicomNode& node : TRY(read_dicom_nodes(state->options.catalog + "/dicom"))) {
    state->nodes.push_back(std::make_unique<Running>(std::move(node)));
  }
  return std::unique_ptr<DicomNodes>(new DicomNodes(std::move(state)));
}

Result<> DicomNodes::listen(net::Io& io) {
  const std::lock_guard lock(state_->mutex);
  state_->io = &io;
  for (const std::unique_ptr<Running>& one : state_->nodes) {
    TRY(one->listen(io, state_->options, state_->services));
  }
  return {};
}

Result<std::vector<std::string>> DicomNodes::reload() {
  std::vector<DicomNode> declared = TRY(read_dicom_nodes(state_->options.catalog + "/dicom"));
  const std::lock_guard lock(state_->mutex);
  std::vector<std::string> changed;
  std::erase_if(state_->nodes, [&](const std::unique_ptr<Running>& one) {
    const auto same = std::ranges::find(declared, one->node);
    if (same != declared.end()) {
      declared.erase(same);
      return false;
    }
    if (one->server) one->server->drain(kReloadMilliseconds);
    changed.push_back(one->node.name);
    return true;
  });
  Result<> listening;
  for (DicomNode& node : declared) {
    if (std::ranges::find(changed, node.name) == changed.end()) changed.push_back(node.name);
    auto& one = state_->nodes.emplace_back(std::make_unique<Running>(std::move(node)));
    Result<> listens = state_->io == nullptr ? Result<>() : one->listen(*state_->io, state_->options, state_->services);
    if (!listens) listening = std::move(listens);
  }
  std::ranges::sort(state_->nodes, {}, [](const std::unique_ptr<Running>& one) { return one->node.name; });
  if (!listening) return fail(listening.error());
  return changed;
}

std::vector<DicomNodeState> DicomNodes::all() const {
  const std::lock_guard lock(state_->mutex);
  std::vector<DicomNodeState> out;
  out.reserve(state_->nodes.size());
  for (const std::unique_ptr<Running>& one : state_->nodes) out.push_back(one->state());
  return out;
}

bool DicomNodes::drain(std::int64_t milliseconds) {
  const std::lock_guard lock(state_->mutex);
  bool is_whole = true;
  for (const std::unique_ptr<Running>& one : state_->nodes) {
    if (one->server) is_whole = one->server->drain(milliseconds) && is_whole;
  }
  return is_whole;
}

}  // namespace meridian::imaging
