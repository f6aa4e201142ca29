#include "ingest/message_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "base/testing/temporary_folder.hpp"
#include "ingest/feed.hpp"
#include "ingest/record_writer.hpp"
#include "mapping/catalogue.hpp"

namespace meridian::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

std::shared_ptr<const mapping::Catalogue> catalogue() {
  static const std::shared_ptr<const mapping::Catalogue> opened = [] {
    Issues issues;
    return *mapping::Catalogue::open({}, issues);
  }();
  return opened;
}

MessageFormat format(const std::string& mapping, const std::string& each = {}) {
  Feed feed;
  feed.name = "lab";
  feed.mapping = mapping;
  feed.authority = "urn:oid:1.2.3";
  feed.zone = "Asia/Shanghai";
  feed.records.each = each;
  return *format_of(feed, catalogue(), "key");
}

class Files : public ::testing::Test {
 protected:
  /// The messages of a file of that name, with their places.
  Result<std::vector<std::pair<std::string, std::string>>> split(const MessageFormat& format, const std::string& name,
                                                                 const std::string& content) {
    const std::string path = folder_.path() + '/' + name;
    std::ofstream(path, std::ios::binary) << content;
    std::vector<std::pair<std::string, std::string>> messages;
    TakeMessage take = [&messages](std::string text, std::string_view place) {
      messages.emplace_back(place, std::move(text));
    };
    TRY(format.files->split(path, name, take));
    return messages;
  }

  meridian::testing::TemporaryFolder folder_;
};

constexpr const char* kDocument =
    R"(<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.3" extension="D1"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/>)"
    R"(<effectiveTime value="20240501"/><recordTarget><patientRole><id root="1.2.3" extension="7"/><patient><name>Wang</name></patient>)"
    R"(</patientRole></recordTarget></ClinicalDocument>)";

std::vector<std::string> types_of(const Writes& writes) {
  std::vector<std::string> types;
  for (const mapping::Write& write : writes) types.push_back(key_of(write).type);
  return types;
}

TEST_F(Files, are_batches_of_hl7_where_the_mapping_is) {
  const auto messages = split(format("hl7v2"), "a.hl7", "MSH|^~\\&|A\nPID|1\n\nMSH|^~\\&|B\n");
  EXPECT_THAT(*messages, ElementsAre(Pair("", "MSH|^~\\&|A\nPID|1\r"), Pair("", "MSH|^~\\&|B\r")));
  EXPECT_EQ(split(format("hl7v2"), "b.hl7", "nothing").error().code(), ErrorCode::malformed_input);
}

TEST_F(Files, are_documents_of_cda_where_the_mapping_is) {
  const MessageFormat cda = format("cda");
  const auto messages = split(cda, "d.xml", kDocument);
  ASSERT_EQ(messages->size(), 1U);
  Message message;
  message.content = messages->front().second;
  message.header = cda.reader->read(message.content);
  EXPECT_TRUE(message.header.is_readable);
  EXPECT_EQ(message.header.type, "CDA^34133-9");
  EXPECT_EQ(message.header.control_id, "1.2.3^D1");
  EXPECT_THAT(message.header.order_keys, ElementsAre("patient|1.2.3|7"));
  Issues issues;
  EXPECT_THAT(types_of(cda.mapper->map(message, issues)), UnorderedElementsAre("Patient", "DocumentReference"));
  EXPECT_FALSE(issues.has_errors());
  EXPECT_FALSE(cda.reader->read("<ClinicalDocument>").is_readable);
}

TEST_F(Files, are_objects_lines_and_elements_where_the_mapping_is_of_records) {
  const MessageFormat records = format("patients");
  EXPECT_THAT(*split(records, "a.ndjson", "{\"patient_no\": 1}\n\nbroken\n"),
              ElementsAre(Pair("line 1", "{\"patient_no\": 1}"), Pair("line 3", "broken")));
  EXPECT_THAT(*split(records, "a.json", R"([{"patient_no": 1}, {"patient_no": 2}])"),
              ElementsAre(Pair("record 1", R"({"patient_no":"1"})"), Pair("record 2", R"({"patient_no":"2"})")));
  EXPECT_THAT(*split(records, "B.JSON", R"({"patient_no": 1})"),
              ElementsAre(Pair("record 1", R"({"patient_no":"1"})")));
  EXPECT_THAT(
      *split(format("patients", "list/p"), "a.xml", "<all><list><p no='1'/><p no='2'><name>Li</name></p></list></all>"),
      ElementsAre(Pair("record 1", R"({"no":"1"})"), Pair("record 2", R"({"no":"2","name":"Li"})")));
}

TEST_F(Files, are_rows_of_tables_where_the_mapping_is_of_records) {
  const MessageFormat records = format("patients");
  EXPECT_THAT(
      *split(records, "a.csv", "\xEF\xBB\xBFpatient_no;name\r\n1;\"Li; Mei\"\r\n\r\n2;\r\n"),
      ElementsAre(Pair("line 2", R"({"patient_no":"1","name":"Li; Mei"})"), Pair("line 4", R"({"patient_no":"2"})")));
  Feed feed;
  feed.mapping = "patients";
  feed.records.table.widths = {3, 4};
  feed.records.table.has_header = false;
  feed.records.table.columns = {"patient_no", "name"};
  const MessageFormat fixed = *format_of(feed, catalogue(), "key");
  EXPECT_THAT(*split(fixed, "a.dat", "1  Li  \n2  王  \n"),
              ElementsAre(Pair("line 1", R"({"patient_no":"1","name":"Li"})"),
                          Pair("line 2", R"({"patient_no":"2","name":"王"})")));
}

TEST_F(Files, give_the_good_rows_of_a_table_and_say_which_are_broken) {
  const MessageFormat records = format("patients");
  const std::string path = folder_.path() + "/a.csv";
  std::ofstream(path, std::ios::binary) << "patient_no,name\n1,Li\n2,Wang,x,y\n3,Zhao\n";
  std::vector<std::string> places;
  TakeMessage take = [&places](const std::string&, std::string_view place) { places.emplace_back(place); };
  const Result<> done = records.files->split(path, "a.csv", take);
  EXPECT_THAT(places, ElementsAre("line 2", "line 4"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), ErrorCode::malformed_input);
  EXPECT_THAT(done.error().message(), HasSubstr("line 3"));
}

TEST_F(Files, say_why_they_cannot_be_taken_apart) {
  const MessageFormat records = format("patients", "list/p");
  const auto why = [&](const std::string& name, const std::string& content) {
    const auto messages = split(records, name, content);
    return messages ? "" : messages.error().message();
  };
  EXPECT_THAT(why("a.xml", "<all/>"), HasSubstr("nothing at \"list/p\""));
  EXPECT_THAT(why("a.xml", "<all>\n<b></all>"), HasSubstr("line 2"));
  EXPECT_THAT(why("a.json", "{"), HasSubstr("JSON"));
  EXPECT_THAT(why("a.ndjson", "\n"), HasSubstr("no record"));
  EXPECT_THAT(why("a.pdf", "x"), HasSubstr("the name ends"));
  EXPECT_THAT(why("a.csv", "patient_no,name\n"), HasSubstr("no row"));
  EXPECT_EQ(why("a.zip", "no archive").empty(), false);
}

TEST(RecordFormat, says_what_a_record_is_called_and_whose_it_is) {
  const MessageFormat records = format("lab-results");
  const std::string row = R"({"patient_no":"7","order_no":"S1","loinc":"718-7","value":"13.1"})";
  const MessageHeader header = records.reader->read(row);
  EXPECT_TRUE(header.is_readable);
  EXPECT_EQ(header.type, "lab-results");
  EXPECT_EQ(header.control_id.size(), 32U);
  EXPECT_EQ(header.control_id, records.reader->read(row).control_id);
  EXPECT_THAT(header.order_keys, ElementsAre("patient||7"));
  EXPECT_FALSE(records.reader->read("{").is_readable);
}

TEST(RecordFormat, makes_resources_or_says_that_nothing_was_made) {
  const MessageFormat records = format("lab-results");
  Message message;
  message.content = R"({"patient_no":"7","order_no":"S1","loinc":"718-7","value":"13.1"})";
  message.header = records.reader->read(message.content);
  Issues issues;
  const Writes writes = records.mapper->map(message, issues);
  EXPECT_THAT(types_of(writes), UnorderedElementsAre("Patient", "ServiceRequest", "Observation"));
  EXPECT_EQ(writes.front().stamp().control_id, message.header.control_id);
  message.content = R"({"loinc":"718-7","value":"13.1"})";
  EXPECT_TRUE(records.mapper->map(message, issues).empty());
  EXPECT_TRUE(issues.has_errors());
}

TEST(MessageFormat, of_a_mapping_that_is_not_there_makes_dead_letters) {
  Feed feed;
  feed.mapping = "unheard-of";
  EXPECT_FALSE(has_mapping(feed, *catalogue()));
  const MessageFormat none = *format_of(feed, catalogue(), "key");
  Issues issues;
  EXPECT_TRUE(none.mapper->map(Message{}, issues).empty());
  EXPECT_TRUE(issues.has_errors());
}

}  // namespace
}  // namespace meridian::ingest
