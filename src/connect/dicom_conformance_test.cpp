// Our server and client against DCMTK's tools, run as programs: echoscu, storescu, findscu, movescu and getscu as peers
// of the server, storescp and dcmqrscp as peers of the client. Skipped where the package dcmtk is not installed.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include "base/testing/temporary_folder.hpp"
#include "connect/dicom_client.hpp"
#include "connect/dicom_server.hpp"
#include "connect/testing/dicom_shelf.hpp"
#include "connect/testing/program.hpp"
#include "formats/dicom/file.hpp"
#include "formats/dicom/testing/bytes.hpp"
#include "formats/dicom/values.hpp"
#include "http/executor.hpp"
#include "net/io.hpp"

namespace meridian::connect {
namespace {

using dicom::testing::element;
using testing::DicomShelf;
using testing::free_port;
using testing::Program;

constexpr const char* kCt = "1.2.840.10008.5.1.4.1.1.2";
constexpr const char* kExplicit = "1.2.840.10008.1.2.1";
constexpr const char* kJpeg2000 = "1.2.840.10008.1.2.4.90";
constexpr const char* kFind = "1.2.840.10008.5.1.4.1.2.2.1";
constexpr const char* kMove = "1.2.840.10008.5.1.4.1.2.2.2";
constexpr const char* kGet = "1.2.840.10008.5.1.4.1.2.2.3";

std::string head_of(const std::string& instance) {
  return element(0x00080016, "UI", kCt) + element(0x00080018, "UI", instance) + element(0x00080020, "DA", "20260102") +
         element(0x00080060, "CS", "CT") + element(0x00100010, "PN", "Doe^Jane") + element(0x00100020, "LO", "P1") +
         element(0x0020000D, "UI", "1.2.826.1") + element(0x0020000E, "UI", "1.2.826.1.1") +
         element(0x00200010, "SH", "S1");
}
std::string plain_image(const std::string& instance) {
  const auto number = [](std::uint32_t value) { return dicom::testing::little_16(value); };
  return head_of(instance) + element(0x00280002, "US", number(1)) + element(0x00280004, "CS", "MONOCHROME2") +
         element(0x00280010, "US", number(256)) + element(0x00280011, "US", number(256)) +
         element(0x00280100, "US", number(16)) + element(0x00280101, "US", number(16)) +
         element(0x00280102, "US", number(15)) + element(0x00280103, "US", number(0)) +
         element(0x7FE00010, "OW", std::string(256 * 256 * 2, '\7'));
}
std::string coded_image(const std::string& instance) {
  return head_of(instance) + element(0x7FE00010, "OB", "", dicom::testing::kUndefinedLength) +
         dicom::testing::item("") + dicom::testing::item(std::string(50'000, '\x11')) + dicom::testing::sequence_end();
}
std::string study_query(const std::string& level) {
  return element(0x00080052, "CS", level) + element(0x00100020, "LO", "P1") + element(0x0020000D, "UI", "1.2.826.1");
}

std::string contents(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

class DicomConformance : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* tool : {"echoscu", "storescu", "findscu", "movescu", "getscu", "storescp", "dcmqrscp"}) {
      if (!testing::has_program(tool)) GTEST_SKIP() << "DCMTK's tools are not installed (package dcmtk)";
    }
    server_ = std::make_unique<DicomServer>(*DicomServer::start(options_, io_, *pool_, shelf_));
  }
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::string file(const std::string& name, const DicomKind& kind, const std::string& instance,
                   const std::string& set) {
    std::ofstream(path(name), std::ios::binary) << part_10_head(kind, instance, {}) << set;
    return path(name);
  }
  /// A tool of DCMTK against our server; its exit code.
  int run(std::vector<std::string> words, const std::vector<std::string>& files = {}) {
    words.insert(words.end(), {"-aec", "ARCHIVE", "-aet", "DCMTK", "127.0.0.1", std::to_string(server_->port())});
    words.insert(words.end(), files.begin(), files.end());
    return Program(words, path("output")).wait();
  }
  std::string output() const { return contents(path("output")); }
  static void wait_for(Program& program, std::uint16_t port) {
    while (program.is_running() && !testing::listens(port)) std::this_thread::yield();
    ASSERT_TRUE(program.is_running());
  }
  std::unique_ptr<DicomClient> client(std::uint16_t port, std::vector<DicomProposal> proposals) {
    DicomClientOptions options;
    options.host = "127.0.0.1";
    options.port = port;
    options.called = "QR";
    auto opened = DicomClient::open(options, io_, std::move(proposals));
    EXPECT_TRUE(opened) << opened.error().message();
    return *std::move(opened);
  }
  /// The only file of a folder, its data set.
  static std::string received(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".dat" || !entry.is_regular_file()) continue;
      Issues issues;
      auto read = dicom::read_file(contents(entry.path()), {}, issues);
      if (read) return dicom::text(read->data_set(), dicom::tags::kSopInstance);
    }
    return {};
  }

  meridian::testing::TemporaryFolder folder_;
  net::Io io_{{.threads = 1, .tick_milliseconds = 5}};
  std::unique_ptr<http::Executor> pool_ = http::make_pool(2, 64);
  DicomServerOptions options_;
  DicomShelf shelf_;
  std::unique_ptr<DicomServer> server_;
};

TEST_F(DicomConformance, echoscu_is_answered) {
  EXPECT_EQ(run({"echoscu", "--repeat", "3"}), 0) << output();
  EXPECT_EQ(server_->counts().operations, 3U);
}

TEST_F(DicomConformance, echoscu_is_answered_when_it_proposes_all_it_can) {
  EXPECT_EQ(run({"echoscu", "-pts", "38", "-ppc", "128"}), 0) << output();
}

TEST_F(DicomConformance, storescu_stores_objects_bit_for_bit) {
  const std::string first = file("a.dcm", {kCt, kExplicit}, "1.2.826.1.1.1", plain_image("1.2.826.1.1.1"));
  const std::string second = file("b.dcm", {kCt, kExplicit}, "1.2.826.1.1.2", plain_image("1.2.826.1.1.2"));
  EXPECT_EQ(run({"storescu"}, {first, second}), 0) << output();
  EXPECT_EQ(shelf_.kept().at("1.2.826.1.1.1").bytes, plain_image("1.2.826.1.1.1"));
  EXPECT_EQ(shelf_.kept().at("1.2.826.1.1.2").bytes, plain_image("1.2.826.1.1.2"));
  EXPECT_EQ(shelf_.last_peer().calling, "DCMTK");
}

TEST_F(DicomConformance, storescu_stores_compressed_objects_as_they_are) {
  const std::string name = file("a.dcm", {kCt, kJpeg2000}, "1.2.826.1.1.1", coded_image("1.2.826.1.1.1"));
  EXPECT_EQ(run({"storescu", "-xv"}, {name}), 0) << output();
  EXPECT_EQ(shelf_.kept().at("1.2.826.1.1.1").kind.transfer_syntax, kJpeg2000);
}

TEST_F(DicomConformance, findscu_prints_what_matches) {
  shelf_.matches = {study_query("STUDY") + element(0x00200010, "SH", "S1"),
                    study_query("STUDY") + element(0x00200010, "SH", "S2")};
  EXPECT_EQ(run({"findscu", "-v", "-S", "-k", "0008,0052=STUDY", "-k", "StudyID"}), 0) << output();
  EXPECT_NE(output().find("[S1]"), std::string::npos) << output();
  EXPECT_NE(output().find("[S2]"), std::string::npos);
  EXPECT_EQ(shelf_.pulled, 2);
}

TEST_F(DicomConformance, findscu_may_cancel) {
  shelf_.matches.assign(20'000, study_query("STUDY"));
  EXPECT_EQ(run({"findscu", "-S", "--cancel", "1", "-k", "0008,0052=STUDY"}), 0) << output();
  EXPECT_LT(shelf_.pulled, 20'000);
}

TEST_F(DicomConformance, getscu_gets_objects_over_its_association) {
  shelf_.put("1.2.826.1.1.1", {{kCt, kExplicit}, plain_image("1.2.826.1.1.1")});
  EXPECT_EQ(run({"getscu", "-v", "-S", "-od", folder_.path(), "-k", "0008,0052=STUDY", "-k", "0020,000d=1.2.826.1"}), 0)
      << output();
  EXPECT_EQ(received(folder_.path()), "1.2.826.1.1.1") << output();
}

TEST_F(DicomConformance, movescu_gets_objects_over_another) {
  shelf_.put("1.2.826.1.1.1", {{kCt, kExplicit}, plain_image("1.2.826.1.1.1")});
  const std::uint16_t port = free_port();
  shelf_.destination = {"127.0.0.1", port, "DCMTK", false, {}};
  EXPECT_EQ(run({"movescu", "-v", "-S", "-od", folder_.path(), "+P", std::to_string(port), "-aem", "DCMTK", "-k",
                 "0008,0052=STUDY", "-k", "0020,000d=1.2.826.1"}),
            0)
      << output();
  EXPECT_EQ(received(folder_.path()), "1.2.826.1.1.1") << output();
}

TEST_F(DicomConformance, storescp_takes_what_we_send) {
  const std::uint16_t port = free_port();
  Program storescp({"storescp", "-od", folder_.path(), std::to_string(port)}, path("output"));
  wait_for(storescp, port);
  const auto sender = client(port, {{"1.2.840.10008.1.1", {kExplicit}}, {kCt, {kExplicit}}});
  EXPECT_EQ(sender->echo()->code, dimse_status::kSuccess);
  const DicomObject object{{kCt, kExplicit}, "1.2.826.1.1.1", dicom_bytes(plain_image("1.2.826.1.1.1"))};
  EXPECT_EQ(sender->store(object)->code, dimse_status::kSuccess);
  EXPECT_TRUE(sender->release());
  EXPECT_EQ(received(folder_.path()), "1.2.826.1.1.1");
}

TEST_F(DicomConformance, dcmqrscp_takes_is_searched_moved_from_and_got_from) {
  const std::uint16_t port = free_port();
  std::filesystem::create_directory(path("db"));
  std::ofstream(path("qr.cfg")) << "NetworkTCPPort = " << port << "\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
                                << "HostTable BEGIN\nours = (MERIDIAN, 127.0.0.1, " << server_->port()
                                << ")\nHostTable END\nVendorTable BEGIN\nVendorTable END\nAETable BEGIN\nQR "
                                << path("db") << " RW (200, 1024mb) ANY\nAETable END\n";
  Program dcmqrscp({"dcmqrscp", "-v", "-c", path("qr.cfg")}, path("output"));
  wait_for(dcmqrscp, port);
  const auto ours =
      client(port, {{kCt, {kExplicit}, true}, {kFind, {kExplicit}}, {kMove, {kExplicit}}, {kGet, {kExplicit}}});
  const DicomObject object{{kCt, kExplicit}, "1.2.826.1.1.1", dicom_bytes(plain_image("1.2.826.1.1.1"))};
  ASSERT_EQ(ours->store(object)->code, dimse_status::kSuccess) << output();

  int matches = 0;
  EXPECT_EQ(ours->find({kFind, study_query("STUDY")},
                       [&](const std::string&) {
                         ++matches;
                         return true;
                       })
                ->code,
            dimse_status::kSuccess);
  EXPECT_EQ(matches, 1);

  const auto moved = ours->move({kMove, study_query("STUDY")}, "MERIDIAN");
  ASSERT_TRUE(moved) << moved.error().message() << output();
  EXPECT_EQ(moved->operations.completed, 1) << output();
  EXPECT_EQ(shelf_.kept().at("1.2.826.1.1.1").bytes, plain_image("1.2.826.1.1.1"));

  DicomShelf mine;
  const DicomPeer nobody;
  const auto got = ours->get({kGet, study_query("STUDY")}, [&](const DicomKind& kind, const std::string& instance) {
    return mine.store(nobody, kind, instance);
  });
  ASSERT_TRUE(got) << got.error().message() << output();
  EXPECT_EQ(got->operations.completed, 1) << output();
  EXPECT_EQ(mine.kept().at("1.2.826.1.1.1").bytes, plain_image("1.2.826.1.1.1"));
  EXPECT_TRUE(ours->release());
}

}  // namespace
}  // namespace meridian::connect
