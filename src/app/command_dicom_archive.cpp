// dicom store, find, fetch, remove: the archive of the server that holds the data, or of one for as long as the command
// runs, by DICOMweb.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/dicom_answer.hpp"
#include "app/dicom_files.hpp"
#include "app/endpoint.hpp"
#include "app/json_answer.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "base/file_system.hpp"
#include "base/input.hpp"
#include "http/target.hpp"

namespace meridian::app {
namespace {

constexpr std::string_view kRoot = "/dicomweb/";
constexpr const char* kAsStored = "?accept=application%2Fdicom%3Btransfer-syntax%3D*";
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

/// What an answer to a request to store says of the one object in it; empty: it is safe.
std::string refusal_in(const http::ClientResponse& answer) {
  if (answer.status == 200) return {};
  const fhir::Document document = read_answer(answer.body);
  if (document.has_root()) {
    if (const fhir::Node comment = find_below(document.root(), "00000902")) return member(comment, "Value");
    if (const std::string detail = member(document.root(), "detail"); !detail.empty()) return detail;
  }
  return "the server answered " + std::to_string(answer.status);
}

/// A file as the body of a request, piece by piece; remembers a fault in reading it.
struct FileBody {
  std::unique_ptr<ByteSource> source;
  Result<> fault;

  std::string next() {
    std::string piece(kPieceBytes, '\0');
    const Result<std::size_t> read = source->read(piece);
    if (!read) fault = fail(read.error());
    piece.resize(read ? *read : 0);
    return piece;
  }
};

class Storing {
 public:
  Storing(Endpoint endpoint, const std::vector<std::string>& files, const CommonOptions& common)
      : endpoint_(std::move(endpoint)),
        files_(files),
        progress_("storing", total_size(files), common.quiet ? Progress::Show::never : Progress::Show::when_watched) {}

  Result<int> run(Output& output) {
    std::uint64_t stored = 0;
    std::uint64_t refused = 0;
    for (const std::string& file : files_) {
      const Result<std::string> reason = store(file);
      if (!reason || !reason->empty()) {
        const Progress::Pause pause(progress_);
        complain_of(file, reason ? Error(ErrorCode::malformed_input, *reason) : reason.error());
        ++refused;
      } else {
        ++stored;
      }
      if (is_lost_) return kFailed;
    }
    const Progress::Pause pause(progress_);
    output.line(fmt::format("{} stored, {} refused", counted(stored, "object"), human_count(refused)));
    return refused > 0 ? kFound : kOk;
  }

 private:
  /// Why it is not in the archive; empty: it is.
  Result<std::string> store(const std::string& file) {
    const auto body = std::make_shared<FileBody>();
    body->source = TRY(open_input(file));
    Endpoint::Request request;
    request.method = http::Method::post;
    request.path = std::string(kRoot) + "studies";
    request.content_type = "application/dicom";
    request.next_piece = [body] { return body->next(); };
    const Result<http::ClientResponse> answer = endpoint_.send(std::move(request));
    progress_.end_file(body->source->consumed());
    if (!body->fault) return fail(body->fault.error());
    if (!answer) {
      is_lost_ = true;
      return fail(answer.error());
    }
    return refusal_in(*answer);
  }

  Endpoint endpoint_;
  const std::vector<std::string>& files_;
  Progress progress_;
  bool is_lost_ = false;  // nobody answers any more
};

Result<int> store(const DicomStoreOptions& options, const CommonOptions& common, Output& output) {
  const std::vector<std::string> files = TRY(dicom_files(options.paths));
  if (files.empty()) return fail(ErrorCode::not_found, "there are no files");
  return Storing(TRY(Endpoint::open(options.place, common, Missing::create)), files, common).run(output);
}

/// All that a search finds, page by page.
class Pages {
 public:
  Pages(Endpoint& endpoint, std::string target, std::uint64_t limit)
      : endpoint_(endpoint), target_(std::move(target)), limit_(limit) {}

  /// A JSON array; empty text when there is no more.
  Result<std::string> next() {
    if (is_done_ || (limit_ != 0 && offset_ >= limit_)) return std::string();
    std::string path =
        target_ + (target_.find('?') == std::string::npos ? '?' : '&') + "offset=" + std::to_string(offset_);
    if (limit_ != 0) path += "&limit=" + std::to_string(limit_ - offset_);
    http::ClientResponse answer = TRY(endpoint_.call({.path = std::move(path)}));
    is_done_ = !answer.headers.contains("Warning");  // which says that there is more
    return answer.status == 204 ? std::string() : std::move(answer.body);
  }
  void count(std::uint64_t found) { offset_ += found; }

 private:
  Endpoint& endpoint_;
  const std::string target_;
  const std::uint64_t limit_;
  std::uint64_t offset_ = 0;
  bool is_done_ = false;
};

struct Column {
  const char* title;
  const char* tag;
};
constexpr Column kOfStudies[] = {{"DATE", "00080020"},      {"TIME", "00080030"},        {"PATIENT", "00100010"},
                                 {"ID", "00100020"},        {"MODALITIES", "00080061"},  {"SERIES", "00201206"},
                                 {"INSTANCES", "00201208"}, {"DESCRIPTION", "00081030"}, {"STUDY", "0020000D"}};
constexpr Column kOfSeries[] = {{"NUMBER", "00200011"},      {"MODALITY", "00080060"}, {"INSTANCES", "00201209"},
                                {"DESCRIPTION", "0008103E"}, {"STUDY", "0020000D"},    {"SERIES", "0020000E"}};
constexpr Column kOfInstances[] = {{"NUMBER", "00200013"}, {"ROWS", "00280010"},   {"COLUMNS", "00280011"},
                                   {"FRAMES", "00280008"}, {"SERIES", "0020000E"}, {"INSTANCE", "00080018"}};

std::vector<Column> columns_of(std::string_view level) {
  if (level == "study") return {std::begin(kOfStudies), std::end(kOfStudies)};
  if (level == "series") return {std::begin(kOfSeries), std::end(kOfSeries)};
  return {std::begin(kOfInstances), std::end(kOfInstances)};
}

Result<std::string> search_target(const DicomFindOptions& options) {
  const std::string& level = options.level;
  if (level != "study" && level != "series" && level != "instance") {
    return fail(ErrorCode::invalid_argument, "--level takes study, series or instance, not \"" + level + "\"");
  }
  std::string target = std::string(kRoot) + (level == "study" ? "studies" : level == "series" ? "series" : "instances");
  target += "?includefield=StudyDescription";
  if (options.format == Table::json) target += "&includefield=all";
  for (const std::string& key : options.keys) {
    const std::size_t equals = key.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return fail(ErrorCode::invalid_argument, "what to look for is KEY=VALUE, not \"" + key + "\"");
    }
    target += '&' + http::percent_encode(key.substr(0, equals)) + '=' + http::percent_encode(key.substr(equals + 1));
  }
  return target;
}

Result<int> find(const DicomFindOptions& options, const CommonOptions& common, Output& output) {
  const std::string target = TRY(search_target(options));
  Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::refuse));
  Pages pages(endpoint, target, options.limit);
  const std::vector<Column> columns = columns_of(options.level);
  std::vector<std::vector<std::string>> rows(1);
  for (const Column& column : columns) rows[0].emplace_back(column.title);
  std::string json;
  while (true) {
    const std::string page = TRY(pages.next());
    if (page.empty()) break;
    const fhir::Document document = read_page(page);
    if (!document.has_root()) return fail(ErrorCode::malformed_input, "the server's answer cannot be read");
    std::uint64_t found = 0;
    for (const fhir::Node object : document.root().children()) {
      ++found;
      if (options.format == Table::json) continue;
      std::vector<std::string> row;
      row.reserve(columns.size());
      for (const Column& column : columns) row.push_back(plain(value_of(object, column.tag)));
      rows.push_back(std::move(row));
    }
    pages.count(found);
    if (options.format == Table::json) json += (json.empty() ? "[" : ",") + page.substr(1, page.size() - 2);
  }
  if (options.format == Table::json) {
    output.line(json.empty() ? "[]" : json + ']');
    return json.empty() ? kFound : kOk;
  }
  if (rows.size() == 1) {
    complain("nothing matches");
    return kFound;
  }
  output.write(table(rows));
  return kOk;
}

bool is_uid(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos &&
         text.find_first_not_of('.') != std::string_view::npos;
}

template <typename Options>
Result<std::string> path_of(const Options& options) {
  for (const std::string* uid : {&options.study, &options.series, &options.instance}) {
    if (!uid->empty() && !is_uid(*uid)) return fail(ErrorCode::invalid_argument, "\"" + *uid + "\" is no UID");
  }
  std::string path = std::string(kRoot) + "studies/" + options.study;
  if (!options.series.empty()) path += "/series/" + options.series;
  if (!options.instance.empty()) path += "/instances/" + options.instance;
  return path;
}

Result<> make_folders(const std::string& path) {
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at == path.size() || path[at] == '/') TRY(system_files().create_directory(path.substr(0, at)));
  }
  return {};
}

/// One object into its file.
Result<> fetch_one(Endpoint& endpoint, const std::string& out, const fhir::Node object) {
  const std::string study = value_of(object, "0020000D");
  const std::string series = value_of(object, "0020000E");
  const std::string instance = value_of(object, "00080018");
  // They become names of folders.
  if (!is_uid(study) || !is_uid(series) || !is_uid(instance)) {
    return fail(ErrorCode::malformed_input, "the server's answer names an object without UIDs");
  }
  const std::string folder = out + '/' + study + '/' + series;
  TRY(make_folders(folder));
  Output file = TRY(Output::to_file(folder + '/' + instance + ".dcm"));
  const http::ClientResponse answer = TRY(endpoint.call({
      .path = std::string(kRoot) + "studies/" + study + "/series/" + series + "/instances/" + instance + kAsStored,
      .on_body =
          [&file](std::string_view bytes) {
            file.write(bytes);
            return !file.is_broken();
          },
  }));
  return file.finish();
}

Result<int> fetch(const DicomFetchOptions& options, const CommonOptions& common, Output& output) {
  TRY(path_of(options));
  Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::refuse));
  std::string target = std::string(kRoot) + "instances?StudyInstanceUID=" + options.study;
  if (!options.series.empty()) target += "&SeriesInstanceUID=" + options.series;
  if (!options.instance.empty()) target += "&SOPInstanceUID=" + options.instance;
  Pages pages(endpoint, target, 0);
  std::uint64_t all = 0;
  while (true) {
    const std::string page = TRY(pages.next());
    if (page.empty()) break;
    const fhir::Document document = read_page(page);
    if (!document.has_root()) return fail(ErrorCode::malformed_input, "the server's answer cannot be read");
    std::uint64_t found = 0;
    for (const fhir::Node object : document.root().children()) {
      TRY(fetch_one(endpoint, options.out, object));
      ++found;
    }
    pages.count(found);
    all += found;
  }
  if (all == 0) {
    complain("the archive has nothing of that name");
    return kFound;
  }
  output.line(counted(all, "object") + " fetched");
  return kOk;
}

Result<int> remove(const DicomRemoveOptions& options, const CommonOptions& common, Output& output) {
  const std::string path = TRY(path_of(options));
  Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::refuse));
  const Result<http::ClientResponse> answer = endpoint.call({.method = http::Method::delete_, .path = path});
  if (!answer && answer.error().code() == ErrorCode::not_found) {
    complain(answer.error().message());
    return kFound;
  }
  if (!answer) return fail(answer.error());
  output.line("removed");
  return kOk;
}

template <typename Options, typename Work>
int run(const Options& options, const CommonOptions& common, Work work) {
  Output output;
  const Result<int> done = work(options, common, output);
  const Result<> written = output.finish();
  if (!done) {
    complain(done.error().message());
    return done.error().code() == ErrorCode::invalid_argument ? kUsage : kFailed;
  }
  return written ? *done : kFailed;
}

}  // namespace

int run_dicom_store(const DicomStoreOptions& options, const CommonOptions& common) {
  return run(options, common, store);
}

int run_dicom_find(const DicomFindOptions& options, const CommonOptions& common) {
  return run(options, common, find);
}

int run_dicom_fetch(const DicomFetchOptions& options, const CommonOptions& common) {
  return run(options, common, fetch);
}

int run_dicom_remove(const DicomRemoveOptions& options, const CommonOptions& common) {
  return run(options, common, remove);
}

}  // namespace meridian::app
