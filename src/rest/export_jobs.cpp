#include "rest/export_jobs.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include "base/file_system.hpp"
#include "base/log.hpp"
#include "rest/export_writer.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"
#include "rest/view.hpp"
#include "search/query.hpp"

namespace meridian::rest {
namespace {

constexpr std::size_t kMaxRecord = std::size_t{1} << 20;

store::ReadContext reader_of(const ExportJob& job, StopToken stop) {
  store::ReadContext reader = store::local_reader();
  reader.tenant = store::TenantId(job.tenant);
  reader.at = store::CommitNumber(job.commit);
  reader.stop = std::move(stop);
  return reader;
}

bool is_in(const std::vector<std::string>& list, std::string_view one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

/// Calls `visit` for each resource that the search finds, page by page.
Result<> visit_found(const FhirServer& server, const store::ReadContext& reader, std::string_view filter,
                     const Callback<Result<>(store::Version&&)>& visit) {
  const std::size_t mark = filter.find('?');
  Pairs pairs;
  for (http::QueryParameter& pair : TRY(http::parse_query(filter.substr(mark + 1)))) {
    pairs.emplace_back(std::move(pair.name), std::move(pair.value));
  }
  Issues issues;
  search::QueryRules rules;
  rules.strict = true;
  const auto known = server.store().parameters(reader.tenant);
  search::Query query = search::parse_query(*known, resource_type(filter.substr(0, mark)), pairs, rules, issues);
  if (issues.has_errors()) return fail(ErrorCode::invalid_argument, text(issues.all().front(), Language::english));
  query.count = server.services.max_page;
  query.includes.clear();
  do {
    store::ResultPage page = TRY(server.store().search(reader, query));
    for (store::Found& found : page.entries) TRY(visit(std::move(found.version)));
    query.cursor = std::move(page.next);
    TRY(keep_going(reader.deadline, reader.stop));
  } while (!query.cursor.empty());
  return {};
}

/// The patients among a group's members.
Result<std::vector<std::string>> members_of_group(const FhirServer& server, const store::ReadContext& reader,
                                                  const std::string& id) {
  store::Version group = TRY(server.store().read(reader, {"Group", id}));
  Issues issues;
  const fhir::Document document = fhir::DocumentParser().parse(std::move(group.json), issues);
  std::vector<std::string> patients;
  if (!document.has_root()) return patients;
  const fhir::Node root = document.root();
  for (const fhir::Node member : root.children(root.schema().find_name("member"))) {
    const fhir::Node inactive = member.child("inactive");
    if (inactive && inactive.text() == "true") continue;
    const fhir::Node entity = member.child("entity");
    const fhir::Node reference = entity ? entity.child("reference") : fhir::Node();
    if (!reference) continue;
    const std::string_view link = reference.text();
    if (link.starts_with("Patient/") && is_id(link.substr(8))) patients.emplace_back(link.substr(8));
  }
  return patients;
}

}  // namespace

ExportJobs::ExportJobs(FhirServer& server, FileSystem& files, std::string folder)
    : server_(server), files_(files), folder_(std::move(folder)) {
  load();
  thread_ = std::thread([this] { run(); });
}

ExportJobs::~ExportJobs() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    for (auto& [id, job] : jobs_) job->stop.request_stop();
    changed_.notify_all();
  }
  thread_.join();
}

void ExportJobs::load() {
  const Result<> made = files_.create_directory(folder_);
  if (!made) return log_error("no folder for exports", {{"why", made.error().message()}});
  const Result<std::vector<std::string>> names = files_.list(folder_);
  if (!names) return log_error("exports cannot be listed", {{"why", names.error().message()}});
  for (const std::string& name : *names) {
    Result<std::string> record = read_whole_file(files_, folder_ + "/" + name + "/job.json", kMaxRecord);
    Result<ExportJob> job = record ? ExportJob::parse(std::move(*record)) : fail(record.error());
    if (!job || job->id != name) {
      log_warning("an export's record cannot be read");
      continue;
    }
    auto work = std::make_shared<Job>();
    work->job = std::move(*job);
    if (work->job.state == ExportState::waiting) waiting_.push_back(work);
    jobs_.emplace(work->job.id, std::move(work));
  }
}

Result<> ExportJobs::start(ExportJob job) {
  TRY(files_.create_directory(folder_of(job)));
  TRY(replace_file(files_, folder_of(job) + "/job.json", job.to_json()));
  TRY(files_.sync_directory(folder_));
  auto work = std::make_shared<Job>();
  work->job = std::move(job);
  const std::lock_guard lock(mutex_);
  jobs_.emplace(work->job.id, work);
  waiting_.push_back(std::move(work));
  changed_.notify_all();
  return {};
}

std::optional<ExportJob> ExportJobs::find(std::uint32_t tenant, std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || found->second->job.tenant != tenant) return std::nullopt;
  return found->second->job;
}

bool ExportJobs::remove(std::uint32_t tenant, std::string_view id) {
  std::shared_ptr<Job> work;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end() || found->second->job.tenant != tenant) return false;
    work = found->second;
    jobs_.erase(found);
    work->stop.request_stop();
    // One that is being written is cleared away by its writer.
    const bool is_under_way =
        work->job.state == ExportState::waiting && std::find(waiting_.begin(), waiting_.end(), work) == waiting_.end();
    std::erase(waiting_, work);
    if (is_under_way) return true;
  }
  delete_files(work->job);
  return true;
}

void ExportJobs::delete_files(const ExportJob& job) {
  const std::string folder = folder_of(job);
  const Result<std::vector<std::string>> names = files_.list(folder);
  if (!names) return;
  for (const std::string& name : *names) {
    const std::string path = std::string(folder).append("/").append(name);
    if (!files_.remove(path)) log_warning("a file of an export is not removed");
  }
  if (!files_.remove_directory(folder)) log_warning("the folder of an export is not removed");
}

std::string ExportJobs::file_path(const ExportJob& job, std::string_view type) const {
  return folder_of(job) + "/" + std::string(type) + ".ndjson.zst";
}

void ExportJobs::run() {
  for (;;) {
    std::shared_ptr<Job> work;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return is_stopping_ || !waiting_.empty(); });
      if (is_stopping_) return;
      work = waiting_.front();
      waiting_.pop_front();
    }
    write(work);
  }
}

template <typename Change>
Result<> ExportJobs::change(Job& work, Change&& change) {
  const std::lock_guard order(record_mutex_);
  std::string record;
  {
    const std::lock_guard lock(mutex_);
    change(work.job);
    record = work.job.to_json();
  }
  return replace_file(files_, folder_of(work.job) + "/job.json", record);
}

void ExportJobs::write(const std::shared_ptr<Job>& work) {
  const auto write_all = [&]() -> Result<> {
    return work->job.level == ExportLevel::group ? write_patients(work) : write_types(work);
  };
  const Result<> written = write_all();
  {
    const std::lock_guard lock(mutex_);
    // The next start goes on with it.
    if (is_stopping_) return;
  }
  if (work->stop.stop_requested()) return delete_files(work->job);
  const Result<> kept = change(*work, [&](ExportJob& job) {
    job.state = written ? ExportState::done : ExportState::failed;
    if (!written) job.error = written.error().message();
  });
  if (!written) log_error("an export failed", {{"why", written.error().message()}});
  if (!kept) log_error("an export's record is not kept", {{"why", kept.error().message()}});
}

Result<> ExportJobs::write_types(const std::shared_ptr<Job>& work) {
  std::vector<std::string> types;
  for (const std::string& type : work->job.types) {
    if (!work->job.has_written(type)) types.push_back(type);
  }
  std::atomic<std::size_t> next = 0;
  const auto write_some = [&]() -> Result<> {
    for (std::size_t i = next++; i < types.size(); i = next++) {
      Result<> written = write_type(work, types[i]);
      if (!written) next = types.size();
      TRY(std::move(written));
    }
    return {};
  };
  Result<> beside;
  std::thread other([&] { beside = write_some(); });
  Result<> here = write_some();
  other.join();
  TRY(std::move(here));
  return beside;
}

Result<> ExportJobs::write_type(const std::shared_ptr<Job>& work, const std::string& type) {
  const ExportJob& job = work->job;
  ExportWriter writer = TRY(ExportWriter::create(files_, file_path(job, type)));
  const View view{search::Summary::none, job.elements};
  const store::ReadContext reader = reader_of(job, work->stop.token());
  std::vector<std::string> filters;
  for (const std::string& filter : job.filters) {
    if (filter.starts_with(type + "?")) filters.push_back(filter);
  }
  if (filters.empty()) {
    Result<> added;
    TRY(server_.store().scan(reader, type, job.since, [&](store::Version&& version) {
      added = writer.add(shown(std::move(version.json), view));
      return added && !work->stop.stop_requested();
    }));
    TRY(std::move(added));
  }
  std::set<std::string> seen;
  for (const std::string& filter : filters) {
    TRY(visit_found(server_, reader, filter, [&](store::Version&& version) -> Result<> {
      if (job.since && version.last_updated < *job.since) return {};
      if (filters.size() > 1 && !seen.insert(version.key.id).second) return {};
      return writer.add(shown(std::move(version.json), view));
    }));
  }
  TRY(keep_going(Deadline(), work->stop.token()));
  TRY(writer.finish());
  return change(*work, [&](ExportJob& changed) { changed.files.push_back({type, writer.count()}); });
}

Result<> ExportJobs::write_patients(const std::shared_ptr<Job>& work) {
  const ExportJob& job = work->job;
  const store::ReadContext reader = reader_of(job, work->stop.token());
  const View view{search::Summary::none, job.elements};
  // What the filters of a type find of all; of these the group's patients take theirs.
  std::map<std::string, std::set<std::string>> found;
  for (const std::string& filter : job.filters) {
    std::set<std::string>& ids = found[filter.substr(0, filter.find('?'))];
    TRY(visit_found(server_, reader, filter, [&](store::Version&& version) -> Result<> {
      ids.insert(std::move(version.key.id));
      return {};
    }));
  }
  std::map<std::string, ExportWriter> writers;
  std::set<std::pair<std::string, std::string>> seen;
  Result<> added;
  for (const std::string& patient : TRY(members_of_group(server_, reader, job.group))) {
    Result<> visited = server_.store().everything(reader, patient, [&](store::Version&& version) {
      const std::string type = version.key.type;
      if (!is_in(job.types, type) || (job.since && version.last_updated < *job.since)) return true;
      if (const auto some = found.find(type); some != found.end() && !some->second.contains(version.key.id))
        return true;
      if (!seen.emplace(type, version.key.id).second) return true;
      auto writer = writers.find(type);
      if (writer == writers.end()) {
        Result<ExportWriter> created = ExportWriter::create(files_, file_path(job, type));
        if (!created) {
          added = fail(created.error());
          return false;
        }
        writer = writers.emplace(type, std::move(*created)).first;
      }
      added = writer->second.add(shown(std::move(version.json), view));
      return added && !work->stop.stop_requested();
    });
    // A member that is no longer there has nothing to export.
    const bool is_gone =
        !visited && (visited.error().code() == ErrorCode::not_found || visited.error().code() == ErrorCode::gone);
    if (!visited && !is_gone) return visited;
    TRY(std::move(added));
    added = {};
    TRY(keep_going(Deadline(), work->stop.token()));
  }
  std::vector<ExportJob::File> files;
  for (auto& [type, writer] : writers) {
    TRY(writer.finish());
    files.push_back({type, writer.count()});
  }
  return change(*work, [&](ExportJob& changed) { changed.files = std::move(files); });
}

}  // namespace meridian::rest
