#include "ingest/sql_connector.hpp"

#include <chrono>
#include <utility>

#include "base/file_system.hpp"
#include "base/log.hpp"
#include "connect/postgres.hpp"
#include "formats/fhir/json_writer.hpp"
#include "ingest/feed.hpp"
#include "ingest/intake.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kLongestState = 64 << 10;
constexpr std::size_t kLongestPassword = 4096;

std::string json_of(const connect::SqlRow& row) {
  fhir::JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] : row) {
    if (value) json.key(name).string(*value);
  }
  json.end_object();
  return std::move(json).take();
}

}  // namespace

SqlConnector::SqlConnector(Intake& intake) : intake_(intake) {}
SqlConnector::~SqlConnector() {
  close();
}

/// Named by the column too: a query that goes by another one begins anew.
std::string SqlConnector::state_file() const {
  const Feed& feed = intake_.feed();
  return intake_.services().state_folder + '/' + feed.name + '.' + feed.sql.watermark + ".watermark";
}

Result<> SqlConnector::open(net::Io& /*io*/) {
  const Feed& feed = intake_.feed();
  watermark_ = feed.sql.from;
  if (!feed.sql.watermark.empty()) {
    FileSystem& files = system_files();
    if (!TRY(files.exists(intake_.services().state_folder))) {
      TRY(files.create_directory(intake_.services().state_folder));
    }
    if (TRY(files.exists(state_file()))) watermark_ = TRY(read_whole_file(files, state_file(), kLongestState));
  }
  log_info("feed asks a database", {{"feed", feed.name}, {"database", connect::without_password(feed.sql.database)}});
  thread_ = std::thread([this] { keep_asking(); });
  return {};
}

void SqlConnector::keep_asking() {
  const auto pause = std::chrono::microseconds(intake_.feed().sql.every.microseconds());
  std::unique_lock lock(mutex_);
  while (!is_closing_) {
    if (!is_paused_) {
      lock.unlock();
      Result<> asked = ask();
      lock.lock();
      std::string told = asked ? std::string() : asked.error().message();
      if (!told.empty() && told != fault_ && !is_closing_) {
        log_error("database cannot be asked", {{"feed", intake_.feed().name}, {"reason", told}});
      }
      fault_ = std::move(told);
      if (!asked) {
        asking_ = nullptr;
        connection_.reset();
      }
    }
    changed_.wait_for(lock, pause, [this] { return is_closing_; });
  }
}

Result<> SqlConnector::ask() {
  const SqlSource& source = intake_.feed().sql;
  if (connection_ == nullptr) {
    auto made = TRY(connect::PostgresConnection::open(
        {.database = source.database, .password = TRY(read_password(intake_.feed().password_file, kLongestPassword))}));
    const std::lock_guard lock(mutex_);
    connection_ = std::move(made);
    asking_ = connection_.get();
    if (is_closing_) return {};
  }
  std::string reached = watermark_;
  std::uint64_t rows = 0;
  bool has_column = source.watermark.empty();
  Callback<Result<>(const connect::SqlRow&)> use = [&](const connect::SqlRow& row) -> Result<> {
    for (const auto& [name, value] : row) {
      if (source.watermark.empty() || name != source.watermark) continue;
      has_column = true;
      if (value) reached = *value;
    }
    if (!has_column) {
      return fail(ErrorCode::invalid_argument, "the query gives no column \"" + source.watermark + "\"");
    }
    ++rows;
    intake_.take(json_of(row), "sql " + connect::without_password(source.database));
    return {};
  };
  std::vector<std::string> parameters;
  if (!source.watermark.empty()) parameters.push_back(watermark_);
  Result<> asked = connection_->query(source.query, parameters, use);
  TRY(intake_.settle());  // what came before a fault is kept too, and comes again
  if (!asked) return asked;
  if (reached == watermark_) return {};
  TRY(replace_file(system_files(), state_file(), reached));
  watermark_ = std::move(reached);
  log_info("rows taken", {{"feed", intake_.feed().name}, {"rows", rows}});
  return {};
}

void SqlConnector::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
    if (asking_ != nullptr) asking_->cancel();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SqlConnector::pause() {
  const std::lock_guard lock(mutex_);
  is_paused_ = true;
}
void SqlConnector::resume() {
  const std::lock_guard lock(mutex_);
  is_paused_ = false;
}

std::string SqlConnector::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

}  // namespace meridian::ingest
