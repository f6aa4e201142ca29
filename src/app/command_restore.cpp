// restore: a data folder from a back-up. The copy is made beside, opened once to see that it is whole, and then named.
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "app/commands.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "base/file_system.hpp"
#include "store/store.hpp"

namespace meridian::app {
namespace {

namespace fs = std::filesystem;

Result<> copy_folder(const std::string& from, const std::string& to) {
  std::error_code problem;
  fs::copy(from, to, fs::copy_options::recursive, problem);
  if (problem) return fail(ErrorCode::io_failure, "copying " + from + ": " + problem.message());
  // What was copied is to be there after a loss of power too.
  for (fs::recursive_directory_iterator entry(to, problem), end; entry != end && !problem; entry.increment(problem)) {
    if (entry->is_directory()) {
      TRY(system_files().sync_directory(entry->path().string()));
    } else if (entry->is_regular_file()) {
      TRY(TRY(system_files().open_writable(entry->path().string(), WriteMode::append))->sync());
    }
  }
  if (problem) return fail(ErrorCode::io_failure, "reading " + to + ": " + problem.message());
  return system_files().sync_directory(to);
}

Result<store::StoreStatistics> restore(const RestoreOptions& options) {
  if (!TRY(system_files().exists(options.from))) {
    return fail(ErrorCode::not_found, "there is no copy " + options.from);
  }
  if (TRY(system_files().exists(options.data))) {
    return fail(ErrorCode::conflict, options.data + " exists already; move it away, or name another folder");
  }
  const std::string beside = options.data + ".restoring";
  std::error_code ignored;
  fs::remove_all(beside, ignored);
  TRY(copy_folder(options.from, beside));
  store::StoreStatistics found;
  {
    store::StoreOptions open;
    open.folder = beside;
    open.create_if_missing = false;
    const auto store = TRY(store::Store::open(std::move(open)));
    found = TRY(store->statistics(store::local_reader()));
  }
  TRY(system_files().rename(beside, options.data));
  const std::string parent = fs::path(options.data).parent_path().string();
  TRY(system_files().sync_directory(parent.empty() ? "." : parent));
  return found;
}

}  // namespace

int run_restore(const RestoreOptions& options, const CommonOptions&) {
  const Result<store::StoreStatistics> done = restore(options);
  if (!done) {
    complain(done.error().message());
    return kFailed;
  }
  Output output;
  output.line(fmt::format("{} as of commit {} in {}", counted(done->resources, "resource"),
                          human_count(done->last_commit.value()), options.data));
  return output.finish() ? kOk : kFailed;
}

}  // namespace meridian::app
