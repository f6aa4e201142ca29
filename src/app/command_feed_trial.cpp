// feeds test: a declaration read as the server would read it, and what its messages would become. Touches nothing.
#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "app/commands.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/input.hpp"
#include "connect/postgres.hpp"
#include "ingest/device_register.hpp"
#include "ingest/feed.hpp"
#include "ingest/message_format.hpp"
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
    const std::optional<ingest::MessageFormat> format = TRY(open_format());
    if (!format) return kFound;
    output_.line(what_it_does());
    for (const std::string& file : options_.messages) TRY(try_file(*format, file));
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

  std::string what_it_does() const {
    if (feed_->kind == ingest::ConnectorKind::mqtt) {
      return fmt::format("feed {} listens to the broker {}:{}, mapping {}", feed_->name, feed_->mqtt.host,
                         feed_->mqtt.port, feed_->mapping);
    }
    if (feed_->kind == ingest::ConnectorKind::sql) {
      return fmt::format("feed {} asks {}, mapping {}", feed_->name, connect::without_password(feed_->sql.database),
                         feed_->mapping);
    }
    if (feed_->kind == ingest::ConnectorKind::http) {
      return fmt::format("feed {} takes POST /api/v1/feeds/{}/messages, mapping {}", feed_->name, feed_->name,
                         feed_->mapping);
    }
    if (feed_->kind == ingest::ConnectorKind::folder) {
      return fmt::format("feed {} looks into {}, mapping {}", feed_->name, feed_->folder, feed_->mapping);
    }
    return fmt::format("feed {} listens at {}:{}{}, mapping {}, acknowledges when {}", feed_->name, feed_->mllp.host,
                       feed_->mllp.port, feed_->mllp.tls ? " with TLS" : "", feed_->mapping,
                       feed_->acknowledge == ingest::AcknowledgeWhen::inbox ? "safe" : "committed");
  }

  /// Nothing when what it stands on has faults.
  Result<std::optional<ingest::MessageFormat>> open_format() {
    std::optional<ingest::MessageFormat> none;
    std::string overlay = options_.mappings;
    const std::string beside = folder_of(options_.file) + "/../mappings";
    if (overlay.empty() && TRY(system_files().exists(beside))) overlay = beside;
    std::vector<mapping::CatalogueFile> files = mapping::embedded_catalogue();
    if (!overlay.empty()) put_over(files, TRY(mapping::read_catalogue(overlay)));
    const std::string catalog = folder_of(options_.file) + "/..";
    put_over(files, TRY(mapping::read_device_kinds(catalog + "/devices")));
    devices_.put(TRY(ingest::read_register(TRY(ingest::read_register_text(catalog)))));
    Issues faults;
    auto catalogue = mapping::Catalogue::from_files(files, faults);
    for (const Issue& fault : faults.all()) output_.line(issue_line(fault.path, fault, language_));
    if (!catalogue) return none;
    if (!has_mapping(*feed_, **catalogue)) {
      output_.line("there is no mapping \"" + feed_->mapping + "\"");
      return none;
    }
    return std::optional(TRY(ingest::format_of(*feed_, *std::move(catalogue), kOpenKey, &devices_)));
  }

  Result<> try_file(const ingest::MessageFormat& format, const std::string& file) {
    ingest::TakeMessage take = [&](std::string content, std::string_view place) {
      try_message(format, std::move(content), place);
    };
    Result<> done = format.files->split(file, file, take);
    if (done) return done;
    return fail(std::move(done).error().within(file));
  }

  void try_message(const ingest::MessageFormat& format, std::string content, std::string_view place) {
    ingest::Message message;
    message.header = format.reader->read(content);
    message.content = std::move(content);
    message.source = "edit of a trial";  // devices need not prove that it is they
    message.arrived = system_clock().now();
    ++messages_;
    std::string name(place);
    if (name.empty()) name = message.header.control_id;
    if (!message.header.is_readable) {
      ++dead_;
      return output_.line(name + ": cannot be read, and would become a dead letter");
    }
    name += ' ' + message.header.type;
    if (!ingest::is_type_wanted(feed_->types, message.header.type)) {
      return output_.line(name + ": kept, and means nothing to this feed");
    }
    Issues issues;
    const ingest::Writes writes = format.mapper->map(message, issues);
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
  ingest::DeviceRegister devices_;
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
