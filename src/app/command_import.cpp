#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/endpoint.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "base/deadline.hpp"
#include "base/file_system.hpp"
#include "base/input.hpp"
#include "formats/fhir/json.hpp"
#include "formats/fhir/resource_reader.hpp"
#include "http/response.hpp"

namespace meridian::app {
namespace {

/// After so many bytes an import is finished and the next begun: how much is stored is known then at the latest.
constexpr std::uint64_t kImportBytes = std::uint64_t{1} << 30;
/// What one request carries of resources out of Bundles.
constexpr std::size_t kPieceBytes = std::size_t{64} << 20;

/// What went in and what did not, of all files.
struct Tally {
  std::uint64_t resources = 0;
  std::uint64_t refused = 0;
};

bool is_folder(const std::string& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

/// The files that are meant, those of folders by their names.
Result<std::vector<std::string>> files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  std::vector<std::string> open(paths.rbegin(), paths.rend());
  while (!open.empty()) {
    const std::string path = std::move(open.back());
    open.pop_back();
    if (path == "-" || !is_folder(path)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> names = TRY(system_files().list(path));
    for (const std::string& name : std::views::reverse(names)) {
      if (!name.starts_with('.')) open.push_back(path + "/" + name);
    }
  }
  return files;
}

class Importer {
 public:
  Importer(Endpoint endpoint, const ImportOptions& options, const CommonOptions& common, std::vector<std::string> files)
      : endpoint_(std::move(endpoint)),
        common_(common),
        progress_("importing", total_size(files), common.quiet ? Progress::Show::never : Progress::Show::when_watched),
        files_(std::move(files)),
        errors_file_(options.errors) {}

  Result<Tally> run() {
    if (!errors_file_.empty()) {
      errors_.emplace(TRY(Output::to_file(errors_file_)));
    }
    while (open_next()) {
      const bool is_lines = reader_->form() == fhir::FileForm::ndjson;
      const Result<> done = is_lines ? send_files() : import_single(*reader_);
      if (!done) give_up(done.error());
      // Lines close their files themselves; what is open after them is the next file.
      if (reader_ && (!done || !is_lines)) close();
    }
    if (errors_) TRY(errors_->finish());
    if (failed_) return fail(ErrorCode::io_failure, "not everything could be read or written");
    return tally_;
  }
  const Tally& tally() const { return tally_; }

 private:
  /// Where lines that were sent come from.
  struct Place {
    std::uint64_t sent;  ///< lines before it in the request
    std::size_t file;
    std::uint64_t line;  ///< its first one in the file
  };

  /// Stays with the file at hand, or opens the next one that can be opened; false when there is none.
  bool open_next() {
    while (!reader_ && next_file_ < files_.size()) {
      Result<fhir::ResourceReader> opened = fhir::ResourceReader::open(files_[next_file_++]);
      if (opened) {
        reader_.emplace(std::move(*opened));
      } else {
        give_up(opened.error());
      }
    }
    return reader_.has_value();
  }

  const std::string& file() const { return files_[next_file_ - 1]; }

  void give_up(const Error& error) {
    const Progress::Pause pause(progress_);
    complain_of(file(), error);
    failed_ = true;
  }

  void close() {
    progress_.end_file(reader_->size().value_or(reader_->consumed()));
    reader_.reset();
  }

  /// NDJSON goes out as it stands, file after file as one body; the server says which lines it refuses.
  Result<> send_files() {
    places_.clear();
    sent_lines_ = sent_bytes_ = 0;
    Endpoint::Request request{
        .method = http::Method::post, .path = "/fhir/$import", .content_type = "application/fhir+ndjson"};
    request.next_piece = [this] { return next_piece(); };
    return note_answer(TRY(endpoint_.call(std::move(request))));
  }

  /// Empty at the end of the request: where a file follows that is no NDJSON, at the latest.
  std::string next_piece() {
    std::string piece;
    while (piece.empty() && sent_bytes_ < kImportBytes && open_next() && reader_->form() == fhir::FileForm::ndjson) {
      Issues issues;
      const Result<bool> more = reader_->chunks().next(chunk_, issues);
      refuse_all(issues);
      if (!more) give_up(more.error());
      if (!more || !*more) {
        close();
        continue;
      }
      piece = chunk_.text();
      if (piece.empty()) continue;
      if (!piece.ends_with('\n')) piece += '\n';
      places_.push_back({sent_lines_, next_file_ - 1, chunk_.first_line()});
      sent_lines_ += static_cast<std::uint64_t>(std::count(piece.begin(), piece.end(), '\n'));
      sent_bytes_ += piece.size();
      progress_.advance(reader_->consumed(), tally_.resources + sent_lines_);
    }
    return piece;
  }

  /// One resource; a transaction or batch is carried out, another Bundle is taken apart.
  Result<> import_single(fhir::ResourceReader& reader) {
    fhir::ReadResource resource;
    Issues issues;
    while (TRY(reader.next(resource, issues))) {
      const fhir::Document& document = resource.document();
      const fhir::Schema& schema = document.schema();
      const fhir::Node root = document.root();
      if (schema.type(root.type()).name != "Bundle") {
        TRY(send_lines(fhir::write_json(document) + "\n"));
        continue;
      }
      const fhir::Node kind = root.child("type");
      if (kind && (kind.text() == "transaction" || kind.text() == "batch")) {
        TRY(send_bundle(document));
        continue;
      }
      std::string piece;
      for (const fhir::Node entry : root.children(schema.find_name("entry"))) {
        if (const fhir::Node inside = entry.child("resource")) piece += fhir::write_json(inside) + "\n";
        if (piece.size() > kPieceBytes) TRY(send_lines(std::exchange(piece, {})));
      }
      if (!piece.empty()) TRY(send_lines(std::move(piece)));
    }
    refuse_all(issues);
    return {};
  }

  Result<> send_bundle(const fhir::Document& document) {
    std::uint64_t entries = 0;
    for ([[maybe_unused]] const fhir::Node entry : document.root().children(document.schema().find_name("entry")))
      ++entries;
    Endpoint::Request request{.method = http::Method::post, .path = "/fhir", .content_type = "application/fhir+json"};
    request.body = fhir::write_json(document);
    request.prefer = "return=minimal";
    const Result<http::ClientResponse> response = endpoint_.call(std::move(request));
    if (response) {
      tally_.resources += entries;
      return {};
    }
    if (response.error().code() == ErrorCode::io_failure) return fail(response.error());
    tally_.refused += entries;
    const Progress::Pause pause(progress_);
    complain(file() + ": the transaction was refused: " + response.error().message());
    return {};
  }

  Result<> send_lines(std::string lines) {
    places_.assign(1, {0, next_file_ - 1, 1});
    Endpoint::Request request{
        .method = http::Method::post, .path = "/fhir/$import", .content_type = "application/fhir+ndjson"};
    request.body = std::move(lines);
    return note_answer(TRY(endpoint_.call(std::move(request))));
  }

  /// An import manifest: output[].count, error[].count and error[].url.
  Result<> note_answer(const http::ClientResponse& response) {
    Issues ignored;
    const fhir::Document manifest = parser_.parse_as(fhir::TypeId::none, response.body, ignored);
    if (!manifest.has_root()) return fail(ErrorCode::malformed_input, "the server's answer cannot be read");
    for (const fhir::Node part : manifest.root().children()) {
      if (part.key() == "output") tally_.resources += count_of(part);
      if (part.key() != "error") continue;
      tally_.refused += count_of(part);
      for (const fhir::Node member : part.children()) {
        if (member.key() == "url") TRY(tell_refused(endpoint_.path_of(member.text())));
      }
    }
    return {};
  }

  static std::uint64_t count_of(fhir::Node part) {
    for (const fhir::Node member : part.children()) {
      if (member.key() == "count") return std::strtoull(std::string(member.text()).c_str(), nullptr, 10);
    }
    return 0;
  }

  /// The server's OperationOutcomes, one a line, whose places are those of what was sent.
  Result<> tell_refused(const std::string& path) {
    const http::ClientResponse response = TRY(endpoint_.call({.path = path}));
    std::string_view rest = response.body;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.empty()) continue;
      Issues ignored;
      const fhir::Document outcome = parser_.parse(std::string(line), ignored);
      if (outcome.has_root()) tell(outcome.root());
    }
    return {};
  }

  void tell(fhir::Node outcome) {
    for (const fhir::Node issue : outcome.children(outcome.schema().find_name("issue"))) {
      const fhir::Node details = issue.child("details");
      const fhir::Node words = details ? details.child("text") : issue.child("diagnostics");
      const std::uint64_t sent = line_of(issue) - 1;
      const auto after = std::upper_bound(places_.begin(), places_.end(), sent,
                                          [](std::uint64_t line, const Place& place) { return line < place.sent; });
      if (after == places_.begin()) continue;
      const Place& place = *std::prev(after);
      const std::string& name = files_[place.file];
      const std::uint64_t line = place.line + sent - place.sent;
      if (errors_) {
        errors_->line(fmt::format(
            R"({{"resourceType":"OperationOutcome","issue":[{{"severity":"error","code":"processing","diagnostics":"{}","expression":["{}:{}"]}}]}})",
            http::json_escaped(words ? words.text() : "refused"), http::json_escaped(name), line));
        continue;
      }
      const Progress::Pause pause(progress_);
      complain(fmt::format("{}:{}: {}", name, line, words ? words.text() : "refused"));
    }
  }

  /// Of the extension that says where in the text an issue lies.
  static std::uint64_t line_of(fhir::Node issue) {
    for (const fhir::Node extension : issue.children(issue.schema().find_name("extension"))) {
      const fhir::Node url = extension.child("url");
      const fhir::Node value = extension.child("value");
      if (url && value && url.text().ends_with("operationoutcome-issue-line")) {
        return std::strtoull(std::string(value.text()).c_str(), nullptr, 10);
      }
    }
    return 1;
  }

  void refuse_all(const Issues& issues) {
    if (issues.empty()) return;
    tally_.refused += issues.errors();
    const Progress::Pause pause(progress_);
    complain_of(file(), issues, common_.language);
  }

  Endpoint endpoint_;
  const CommonOptions& common_;
  Progress progress_;
  std::vector<std::string> files_;
  std::string errors_file_;
  std::optional<Output> errors_;
  fhir::DocumentParser parser_;
  std::size_t next_file_ = 0;
  std::optional<fhir::ResourceReader> reader_;  // of the file before
  Tally tally_;
  // Of the request at hand. While it is sent, its pieces are read by the endpoint's thread and nobody else is here.
  fhir::NdjsonChunk chunk_;
  std::vector<Place> places_;
  std::uint64_t sent_lines_ = 0;
  std::uint64_t sent_bytes_ = 0;
  bool failed_ = false;
};

}  // namespace

int run_import(const ImportOptions& options, const CommonOptions& common) {
  Result<std::vector<std::string>> files = files_of(options.paths);
  if (!files) {
    complain(files.error().message());
    return kFailed;
  }
  Result<Endpoint> endpoint = Endpoint::open(options.place, common, Missing::create);
  if (!endpoint) {
    complain(endpoint.error().message());
    return kFailed;
  }
  const std::int64_t start = steady_nanoseconds();
  Importer importer(std::move(*endpoint), options, common, std::move(*files));
  const Result<Tally> done = importer.run();
  const Tally& tally = importer.tally();
  const double seconds = static_cast<double>(steady_nanoseconds() - start) / 1e9;
  std::string summary = fmt::format(
      "{} in {:.1f} s ({} a second)", counted(tally.resources, "resource"), seconds,
      human_count(static_cast<std::uint64_t>(static_cast<double>(tally.resources) / std::max(seconds, 0.001))));
  if (tally.refused > 0) summary += ", " + human_count(tally.refused) + " refused";
  Output output;
  output.line(summary);
  if (const Result<> written = output.finish(); !written || !done) return kFailed;
  return tally.refused > 0 ? kFound : kOk;
}

}  // namespace meridian::app
