// feeds test: a declaration read as the server would read it, and what its messages would become. Touches nothing.
#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "app/commands.hpp"
#include "app/hl7_files.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "base/file_system.hpp"
#include "base/input.hpp"
#include "ingest/feed.hpp"
#include "ingest/hl7_header.hpp"
#include "ingest/hl7_mapper.hpp"
#include "ingest/record_writer.hpp"
#include "mapping/catalogue.hpp"

namespace meridian::app {
namespace {

constexpr std::uint64_t kLargestFile = 1 << 20;
/// Ids are the same in every trial. A store has a key of its own.
constexpr const char* kOpenKey = "meridian feeds test";

std::string folder_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? std::string(".") : file.substr(0, slash);
}

class Trial {
 public:
  Trial(const FeedTestOptions& options, Language language, Output& output)
      : options_(options), language_(language), output_(output) {}

  Result<int> run() {
    TRY(read_feed());
    if (!feed_) return kFound;
    TRY(check_files());
    const std::unique_ptr<ingest::Hl7Mapper> mapper = TRY(open_mapper());
    if (mapper == nullptr) return kFound;
    output_.line(fmt::format("feed {} listens at {}:{}{}, mapping {}, acknowledges when {}", feed_->name,
                             feed_->mllp.host, feed_->mllp.port, feed_->mllp.tls ? " with TLS" : "", feed_->mapping,
                             feed_->acknowledge == ingest::AcknowledgeWhen::inbox ? "safe" : "committed"));
    for (const std::string& file : options_.messages) {
      for (const std::string& message : TRY(read_messages(file))) try_message(*mapper, message);
    }
    if (messages_ > 0) output_.line(fmt::format("{} messages, {} would become dead letters", messages_, dead_));
    return dead_ > 0 || is_faulty_ ? kFound : kOk;
  }

 private:
  Result<> read_feed() {
    const auto source = TRY(open_input(options_.file, {.max_bytes = kLargestFile}));
    const std::string yaml = TRY(read_all(*source, kLargestFile));
    std::vector<std::string> faults;
    const std::size_t slash = options_.file.rfind('/');
    feed_ =
        ingest::parse_feed(yaml, slash == std::string::npos ? options_.file : options_.file.substr(slash + 1), faults);
    for (const std::string& fault : faults) output_.line(fault);
    return {};
  }

  Result<> check_files() {
    const net::TlsServerOptions& tls = feed_->mllp.certificates;
    for (const std::string* path : {&tls.certificate_chain, &tls.private_key, &tls.client_authorities}) {
      if (path->empty() || path->starts_with("-----BEGIN")) continue;
      const std::string whole = path->starts_with('/') ? *path : folder_of(options_.file) + '/' + *path;
      if (TRY(system_files().exists(whole))) continue;
      output_.line("there is no file " + whole);
      is_faulty_ = true;
    }
    return {};
  }

  /// Null when what it stands on has faults.
  Result<std::unique_ptr<ingest::Hl7Mapper>> open_mapper() {
    if (feed_->mapping != "hl7v2") {
      output_.line("there is no mapping \"" + feed_->mapping + "\"");
      return std::unique_ptr<ingest::Hl7Mapper>();
    }
    std::string overlay = options_.mappings;
    const std::string beside = folder_of(options_.file) + "/../mappings";
    if (overlay.empty() && TRY(system_files().exists(beside))) overlay = beside;
    Issues faults;
    auto catalogue = mapping::Catalogue::open(overlay, faults);
    for (const Issue& fault : faults.all()) output_.line(issue_line(fault.path, fault, language_));
    if (!catalogue) return std::unique_ptr<ingest::Hl7Mapper>();
    return std::make_unique<ingest::Hl7Mapper>(*std::move(catalogue), TRY(ingest::context_of(*feed_, kOpenKey)),
                                               ingest::charset_of(*feed_));
  }

  void try_message(const ingest::Hl7Mapper& mapper, const std::string& text) {
    ingest::Message message;
    message.header = ingest::Hl7HeaderReader().read(text);
    message.content = text;
    ++messages_;
    const std::string name = message.header.control_id + ' ' + message.header.type;
    if (!ingest::is_type_wanted(feed_->types, message.header.type)) {
      return output_.line(name + ": kept, and means nothing to this feed");
    }
    Issues issues;
    const ingest::Writes writes = mapper.map(message, issues);
    if (issues.has_errors()) {
      ++dead_;
      output_.line(name + ": would become a dead letter");
    } else {
      std::map<std::string, std::size_t> counts;
      for (const mapping::Write& write : writes) {
        if (!write.is_transient()) ++counts[ingest::key_of(write).type];
      }
      std::string made;
      for (const auto& [type, count] : counts) made += fmt::format("{} {} {}", made.empty() ? "" : ",", count, type);
      output_.line(name + ':' + (made.empty() ? " nothing" : made));
    }
    for (const Issue& issue : issues.all()) {
      if (issue.severity <= Severity::warning || options_.verbose)
        output_.line("  " + issue_line(name, issue, language_));
    }
  }

  const FeedTestOptions& options_;
  const Language language_;
  Output& output_;
  std::optional<ingest::Feed> feed_;
  std::size_t messages_ = 0;
  std::size_t dead_ = 0;
  bool is_faulty_ = false;
};

}  // namespace

int run_feed_test(const FeedTestOptions& options, const CommonOptions& common) {
  Output output;
  const Result<int> done = Trial(options, common.language, output).run();
  const Result<> written = output.finish();
  if (!done) complain(done.error().message());
  return done && written ? *done : kFailed;
}

}  // namespace meridian::app
