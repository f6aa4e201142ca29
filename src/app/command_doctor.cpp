// doctor: looks at an installation and says what is wrong with it and how to mend it.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "app/commands.hpp"
#include "app/endpoint.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "app/settings.hpp"
#include "base/file_system.hpp"
#include "base/version.hpp"
#include "store/store.hpp"

namespace meridian::app {
namespace {

enum class Health : std::uint8_t { good, poor, bad };

class Findings {
 public:
  void add(Health health, std::string_view what, std::string_view advice = {}) {
    constexpr std::string_view kWords[] = {"ok     ", "warning", "wrong  "};
    output_.line(fmt::format("{}  {}", kWords[static_cast<int>(health)], what));
    if (!advice.empty()) output_.line(fmt::format("           {}", advice));
    worst_ = std::max(worst_, health);
  }
  int finish() {
    if (!output_.finish()) return kFailed;
    return worst_ == Health::bad ? kFound : kOk;
  }

 private:
  Output output_;
  Health worst_ = Health::good;
};

void look_at_machine(Findings& findings, const std::string& folder) {
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) == 0) {
    const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    const std::string words = human_bytes(free) + " free where the data lie";
    if (free < 1'000'000'000) {
      findings.add(Health::bad, words, "make room: below about 1 GB compaction may stop and writes are refused");
    } else if (free < 10'000'000'000) {
      findings.add(Health::poor, words, "make room in time; `meridian stats` says how much the store takes");
    } else {
      findings.add(Health::good, words);
    }
  }
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const std::uint64_t memory = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  findings.add(memory < 2'000'000'000 ? Health::poor : Health::good, human_bytes(memory) + " of memory",
               memory < 2'000'000'000 ? "2 GB is the least to be quick with; see the setting store.memory" : "");
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    const bool few = files.rlim_cur < 4096;
    findings.add(few ? Health::poor : Health::good,
                 fmt::format("{} files may be open at once", human_count(files.rlim_cur)),
                 few ? "raise it: ulimit -n 65536, or LimitNOFILE= in the unit" : "");
  }
}

void look_at_settings(Findings& findings, const CommonOptions& common) {
  const Result<Config> config = load_config(common);
  if (config) {
    findings.add(Health::good, "the settings can be read");
  } else {
    findings.add(Health::bad, config.error().message(), "see: meridian config explain");
  }
}

void look_at_store(Findings& findings, const std::string& data, const CommonOptions& common) {
  store::StoreOptions options;
  options.folder = data;
  options.create_if_missing = false;
  const auto store = store::Store::open(std::move(options));
  if (!store) {
    if (store.error().code() == ErrorCode::conflict) {
      Place place;
      place.data = data;
      Result<Endpoint> endpoint = Endpoint::open(place, common, Missing::refuse);
      const Result<http::ClientResponse> ready =
          endpoint ? endpoint->call({.path = "/ready"}) : Result<http::ClientResponse>(fail(endpoint.error()));
      if (ready) return findings.add(Health::good, "a server holds the folder and is ready");
      return findings.add(Health::bad, "a process holds the folder and does not answer: " + ready.error().message(),
                          "look for it with: fuser -v " + data + "/*; end it, or wait if it is closing");
    }
    return findings.add(Health::bad, "the store does not open: " + store.error().message(),
                        store.error().code() == ErrorCode::not_found
                            ? "name the folder with --data, or start with `meridian serve`"
                            : "restore the last back-up: meridian restore COPY --data DIR");
  }
  const Result<store::StoreStatistics> found = (*store)->statistics(store::local_reader());
  if (!found)
    return findings.add(Health::bad, "the store cannot be counted: " + found.error().message(),
                        "meridian verify says more");
  findings.add(Health::good,
               fmt::format("the store opens: {}, {} on disk, last commit {}", counted(found->resources, "resource"),
                           human_bytes(found->disk_bytes), human_count(found->last_commit.value())));
}

}  // namespace

int run_doctor(const DoctorOptions& options, const CommonOptions& common) {
  Findings findings;
  findings.add(Health::good, "meridian " + std::string(kVersion));
  look_at_settings(findings, common);
  const Result<bool> exists = system_files().exists(options.data);
  look_at_machine(findings, exists && *exists ? options.data : ".");
  if (!exists || !*exists) {
    findings.add(Health::bad, "there is no data folder " + options.data,
                 "name it with --data DIR; `meridian serve --data DIR` makes one");
  } else if (::access(options.data.c_str(), R_OK | W_OK | X_OK) != 0) {
    findings.add(Health::bad, options.data + " cannot be written by this user",
                 "run as the user who owns it, or change its owner");
  } else {
    look_at_store(findings, options.data, common);
  }
  return findings.finish();
}

}  // namespace meridian::app
