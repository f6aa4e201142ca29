// ExportJobs: bulk exports under way and done: one after another is written, two files at a time.
//
// Each has a folder: `job.json` and a file a type. What a restart finds unfinished goes on with the types that were
// not written whole, on the same snapshot. Any thread may ask.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/stop.hpp"
#include "rest/export_job.hpp"

namespace meridian {
class FileSystem;
}

namespace meridian::rest {

class ExportJobs {
 public:
  /// Reads what is in the folder, made where it is not there, and goes on with it.
  ExportJobs(FhirServer& server, FileSystem& files, std::string folder);
  ~ExportJobs();
  ExportJobs(const ExportJobs&) = delete;
  ExportJobs& operator=(const ExportJobs&) = delete;

  /// Kept when it returns.
  Result<> start(ExportJob job);
  /// Of that tenant.
  std::optional<ExportJob> find(std::uint32_t tenant, std::string_view id) const;
  /// Ends it and takes its files away; false when there is none.
  bool remove(std::uint32_t tenant, std::string_view id);
  std::string file_path(const ExportJob& job, std::string_view type) const;

 private:
  struct Job {
    ExportJob job;
    StopSource stop;
  };
  void load();
  void run();
  void write(const std::shared_ptr<Job>& work);
  /// Two at a time.
  Result<> write_types(const std::shared_ptr<Job>& work);
  Result<> write_type(const std::shared_ptr<Job>& work, const std::string& type);
  Result<> write_patients(const std::shared_ptr<Job>& work);
  /// Puts the change into the job and onto the disk.
  template <typename Change>
  Result<> change(Job& work, Change&& change);
  std::string folder_of(const ExportJob& job) const { return folder_ + "/" + job.id; }
  void delete_files(const ExportJob& job);

  FhirServer& server_;
  FileSystem& files_;
  std::string folder_;
  mutable std::mutex mutex_;
  std::mutex record_mutex_;  // records go to the disk in the order of their changes; before mutex_
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<Job>, std::less<>> jobs_;
  std::deque<std::shared_ptr<Job>> waiting_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace meridian::rest
