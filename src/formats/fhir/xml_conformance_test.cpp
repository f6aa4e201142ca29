// Every R4 example of the outside data, JSON -> XML -> JSON and XML -> JSON -> XML -> JSON: nothing may be lost.
//
// Looked at are the files of ../shared/data (skipped without it). In the archive of R4 examples each file must be
// read and come back whole; in the others, which hold faulty and foreign resources on purpose, those that are R4
// by the schema. What is left out is listed in testdata/xml_exclusions.txt, or counted by reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/input.hpp"
#include "base/testing/paths.hpp"
#include "base/testing/temporary_folder.hpp"
#include "formats/fhir/ndjson.hpp"
#include "formats/fhir/testing/content.hpp"
#include "formats/fhir/xml_reader.hpp"
#include "formats/fhir/xml_writer.hpp"

namespace meridian::fhir {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// A folder of its own that an archive is unpacked to.
class Unpacked {
 public:
  explicit Unpacked(const fs::path& archive) {
    const std::string command = "zstd -dcq '" + archive.string() + "' | tar -x -C '" + path_.string() + "'";
    is_whole_ = std::system(command.c_str()) == 0;
  }
  const fs::path& path() const { return path_; }
  bool is_whole() const { return is_whole_; }

  std::vector<fs::path> files(const std::string& extension) const {
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(path_)) {
      if (entry.is_regular_file() && entry.path().extension() == extension) out.push_back(entry.path());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  meridian::testing::TemporaryFolder folder_;
  fs::path path_ = folder_.path();
  bool is_whole_ = false;
};

/// Why a file is not counted: its path within the archive, then the reason.
std::map<std::string, std::string> exclusions() {
  std::map<std::string, std::string> out;
  std::ifstream in(meridian::testing::source_path("src/formats/fhir/testdata/xml_exclusions.txt"));
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find(": ");
    if (!line.starts_with('#') && tab != std::string::npos) out[line.substr(0, tab)] = line.substr(tab + 2);
  }
  return out;
}

std::string first(const Issues& issues) {
  if (issues.empty()) return "";
  const Issue& issue = issues.all().front();
  return issue.path + ": " + text(issue, Language::english);
}

/// Whether the schema knows all that a document says, in the JSON form that it demands.
std::string foreign(Node node) {
  for (const Node child : node.children()) {
    if (child.type() == TypeId::none) return "not R4: has members that R4 does not know";
    const TypeInfo& type = child.schema().type(child.type());
    if (type.kind == TypeKind::resource && type.is_abstract)
      return "not R4: contains a resource type that R4 does not know";
    if (std::string found = foreign(child); !found.empty()) return found;
  }
  return "";
}

enum class Strictness { every_file, what_is_r4 };

class RoundTrips {
 public:
  RoundTrips(std::string what, Strictness strictness) : what_(std::move(what)), strictness_(strictness) {}
  ~RoundTrips() {
    std::printf("%s: %zu passed, %zu failed, %zu skipped\n", what_.c_str(), passed_, failed_, skipped_);
    for (const auto& [reason, count] : reasons_) std::printf("  skipped %zu: %s\n", count, reason.c_str());
  }

  void json(const std::string& name, const std::string& text) {
    if (is_excluded(name)) return;
    Issues issues;
    const Document document = json_parser_.parse(text, issues);
    if (!document.has_root()) return unreadable(name, issues);
    round_trip(name, document);
  }

  void xml(const std::string& name, const std::string& text, const std::string* json_text = nullptr) {
    if (is_excluded(name)) return;
    Issues issues;
    const Document document = xml_reader_.read(text, issues);
    if (!issues.empty()) return unreadable(name, issues);
    if (json_text != nullptr && !is_excluded(name + " against its JSON")) {
      const Document other = json_parser_.parse(*json_text, issues);
      ++crossed_;
      const std::string found = testing::difference(document.root(), other.root());
      if (!found.empty()) return fail(name, "the JSON of the same name says something else: " + found);
    }
    round_trip(name, document);
  }

  std::size_t passed() const { return passed_; }
  std::size_t failed() const { return failed_; }
  std::size_t crossed() const { return crossed_; }

 private:
  void fail(const std::string& name, const std::string& why) {
    ++failed_;
    ADD_FAILURE() << name << ": " << why;
  }
  void skip(const std::string& name, const std::string& why) {
    ++skipped_;
    ++reasons_[why];
    if (std::getenv("MERIDIAN_VERBOSE") != nullptr) std::printf("  %s: %s\n", name.c_str(), why.c_str());
  }
  bool is_excluded(const std::string& name) {
    const auto found = exclusions_.find(name);
    if (found != exclusions_.end()) skip(name, found->second);
    return found != exclusions_.end();
  }
  void unreadable(const std::string& name, const Issues& issues) {
    constexpr std::string_view kNoResource[] = {"json-not-an-object", "json-no-resource-type", "xml-root-unknown"};
    const std::string_view id = issues.all().front().message->id;
    if (std::find(std::begin(kNoResource), std::end(kNoResource), id) != std::end(kNoResource)) {
      return skip(name, "no FHIR resource");
    }
    if (strictness_ == Strictness::every_file) return fail(name, first(issues));
    skip(name, "faulty on purpose, or of another FHIR version");
    if (std::getenv("MERIDIAN_VERBOSE") != nullptr) std::printf("    %s\n", first(issues).c_str());
  }

  void round_trip(const std::string& name, const Document& document) {
    if (strictness_ == Strictness::what_is_r4) {
      if (const std::string reason = foreign(document.root()); !reason.empty()) return skip(name, reason);
      if (!document.form_faults().empty()) return skip(name, "breaks the rules of FHIR's JSON format");
    }
    for (const XmlLayout layout : {XmlLayout::compact, XmlLayout::pretty}) {
      Issues issues;
      xml_.clear();
      write_xml(document, layout, xml_, issues);
      const Document back = xml_reader_.read(xml_, issues);
      if (strictness_ == Strictness::what_is_r4 && !issues.empty()) {
        const std::string_view id = issues.all().front().message->id;
        if (id == "xml-bad-div" || id == "xml-div-namespace") return skip(name, "the narrative is no XHTML div");
        if (id == "xml-cannot-hold") return skip(name, "has control characters, which XML cannot hold");
        if (id == "xml-value-kind") return skip(name, "breaks the rules of FHIR's JSON format");
      }
      if (issues.has_errors()) return fail(name, first(issues));
      const std::string found = testing::difference(document.root(), back.root());
      if (!found.empty()) return fail(name, found);
    }
    ++passed_;
  }

  std::string what_;
  Strictness strictness_;
  DocumentParser json_parser_;
  XmlReader xml_reader_;
  std::string xml_;
  std::map<std::string, std::string> exclusions_ = exclusions();
  std::map<std::string, std::size_t> reasons_;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
  std::size_t skipped_ = 0;
  std::size_t crossed_ = 0;
};

void run_archive(const std::string& archive, Strictness strictness, std::size_t least,
                 std::size_t most_files = SIZE_MAX) {
  const auto path = meridian::testing::shared_data(archive);
  if (!path) GTEST_SKIP() << "no outside data: " << archive;
  const Unpacked unpacked(*path);
  ASSERT_TRUE(unpacked.is_whole()) << archive;
  RoundTrips run(archive, strictness);
  const auto name = [&](const fs::path& file) { return fs::relative(file, unpacked.path()).string(); };
  std::size_t files = 0;
  for (const fs::path& file : unpacked.files(".json")) {
    if (++files > most_files) break;
    run.json(name(file), slurp(file));
  }
  for (const fs::path& file : unpacked.files(".xml")) {
    const fs::path twin = fs::path(file).replace_extension(".json");
    const bool has_twin = strictness == Strictness::every_file && fs::exists(twin);
    const std::string twin_text = has_twin ? slurp(twin) : "";
    run.xml(name(file), slurp(file), has_twin ? &twin_text : nullptr);
  }
  for (const fs::path& file : unpacked.files(".ndjson")) {
    auto source = open_input(file.string());
    ASSERT_TRUE(source.has_value());
    NdjsonReader lines(**source);
    Issues issues;
    for (;;) {
      auto line = lines.next(issues);
      ASSERT_TRUE(line.has_value());
      if (!*line) break;
      run.json(name(file) + ":" + std::to_string((*line)->number), std::string((*line)->text));
    }
  }
  if (run.crossed() > 0) std::printf("  %zu XML files compared with the JSON of the same name\n", run.crossed());
  EXPECT_GE(run.passed(), least);
  EXPECT_EQ(run.failed(), 0U);
}

TEST(XmlConformance, every_r4_example_goes_to_xml_and_back) {
  run_archive("fhir-validator/fhir-test-cases-r4-json-xml.tar.zst", Strictness::every_file, 101);
}

TEST(XmlConformance, every_sound_validator_case_goes_to_xml_and_back) {
  run_archive("fhir-validator/fhir-test-cases-validator.tar.zst", Strictness::what_is_r4, 2400);
}

TEST(XmlConformance, synthetic_patients_go_to_xml_and_back) {
  run_archive("synthea-fhir-r4/ms-anonymizer-r4-bundles.tar.zst", Strictness::every_file, 13);
  run_archive("synthea-fhir-r4/bulk-100-patients-part.tar.zst", Strictness::every_file, 3306);
  // 216 MB: a few of them, all when MERIDIAN_ALL_DATA is set.
  const std::size_t most = std::getenv("MERIDIAN_ALL_DATA") != nullptr ? SIZE_MAX : 4;
  run_archive("synthea-fhir-r4/blaze-synthea.tar.zst", Strictness::every_file, std::min<std::size_t>(most, 122), most);
}

TEST(XmlConformance, every_input_of_the_fhirpath_suite_goes_to_xml_and_back) {
  const auto folder = meridian::testing::shared_data("fhirpath/r4");
  if (!folder) GTEST_SKIP() << "no outside data: fhirpath/r4";
  RoundTrips run("fhirpath/r4", Strictness::every_file);
  for (const auto& entry : fs::directory_iterator(*folder)) {
    const std::string name = "fhirpath/r4/" + entry.path().filename().string();
    if (entry.path().extension() == ".json") run.json(name, slurp(entry.path()));
    if (entry.path().extension() == ".xml") run.xml(name, slurp(entry.path()));
  }
  EXPECT_GE(run.passed(), 10U);
}

}  // namespace
}  // namespace meridian::fhir
