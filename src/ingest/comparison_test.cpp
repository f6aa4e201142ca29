#include "ingest/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/hl7_header.hpp"
#include "ingest/testing/writes.hpp"
#include "kv/testing/model_kv.hpp"

namespace meridian::ingest {
namespace {

using meridian::testing::id_of;
using meridian::testing::ModelDisk;
using meridian::testing::open_model;
using meridian::testing::plain_rules;
using meridian::testing::write_of;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

inline constexpr meridian::Message kBad{"test-bad", "the value is bad", "值有误"};

/// A Patient for each message, named by its control id with something before it; "BAD" in the content is a fault.
class NamingMapper final : public Mapper {
 public:
  NamingMapper(std::string prefix, std::string faulty) : prefix_(std::move(prefix)), faulty_(std::move(faulty)) {}
  std::shared_ptr<const mapping::MergeRules> rules() const override { return plain_rules(); }
  Writes map(const Message& message, Issues& issues) const override {
    if (message.content.find(faulty_) != std::string::npos) {
      issues.add({Severity::error, IssueType::value, kBad});
      return {};
    }
    const std::string& id = message.header.control_id;
    return {write_of("Patient", id, {{"active", "true"}, {"name", R"([{"text":")" + prefix_ + id + R"("}])"}})};
  }

 private:
  std::string prefix_;
  std::string faulty_;
};

class Comparisons : public ::testing::Test {
 protected:
  Comparisons() {
    for (const char* const name : {"A", "B", "C"}) {
      NewMessage message;
      message.feed = "lab";
      message.content = std::string("MSH|^~\\&|LAB|X|HIS|Y|20240229||ADT^A01|") + name + "|P|2.5.1\r";
      message.header = reader_.read(message.content);
      EXPECT_TRUE(inbox_->put(std::move(message)));
    }
  }
  Hl7HeaderReader reader_;
  std::unique_ptr<Inbox> inbox_ = *Inbox::open({}, *open_model(Inbox::spaces(), std::make_shared<ModelDisk>()));
};

TEST_F(Comparisons, tell_every_field_that_another_mapping_would_change) {
  const NamingMapper present("", "|C|");
  const NamingMapper other("Dr ", "|A|");
  const Comparison compared = compare(*inbox_, {.feed = "lab"}, present, other).value();
  EXPECT_EQ(compared.messages, 3U);
  EXPECT_EQ(compared.faults_before, 1U);
  EXPECT_EQ(compared.faults_after, 1U);
  ASSERT_EQ(compared.differences.size(), 3U);
  for (const ResourceDifference& one : compared.differences) {
    EXPECT_EQ(one.is_gone, one.resource == "Patient/" + id_of("A"));
    EXPECT_EQ(one.is_new, one.resource == "Patient/" + id_of("C"));
    if (one.resource != "Patient/" + id_of("B")) continue;
    ASSERT_EQ(one.fields.size(), 1U);
    EXPECT_EQ(one.fields[0].path, "Patient.name[0].text");
    EXPECT_EQ(one.fields[0].before, "B");
    EXPECT_EQ(one.fields[0].after, "Dr B");
  }
}

TEST_F(Comparisons, find_nothing_between_a_mapping_and_itself) {
  const NamingMapper mapper("", "never");
  const Comparison compared = compare(*inbox_, {.feed = "lab"}, mapper, mapper).value();
  EXPECT_THAT(compared.differences, IsEmpty());
  EXPECT_EQ(compared.resources, 3U);
  EXPECT_EQ(compare(*inbox_, {.feed = "lab", .control_id = "B"}, mapper, mapper)->messages, 1U);
}

TEST_F(Comparisons, are_bounded) {
  const NamingMapper mapper("", "never");
  ComparisonLimits limits;
  limits.max_messages = 2;
  EXPECT_EQ(compare(*inbox_, {.feed = "lab"}, mapper, mapper, limits).error().code(), ErrorCode::too_large);
  limits = {};
  limits.max_bytes = 100;
  EXPECT_EQ(compare(*inbox_, {.feed = "lab"}, mapper, mapper, limits).error().code(), ErrorCode::too_large);
}

TEST(Differences, name_every_path) {
  const std::string before = R"({"resourceType":"Patient","active":true,"name":[{"given":["A","B"]}]})";
  const std::string after = R"({"resourceType":"Patient","name":[{"given":["A","C"],"family":"D"}]})";
  const auto differences = differences_of(before, after);
  EXPECT_THAT(differences, ElementsAre(Field(&FieldDifference::path, "Patient.active"),
                                       Field(&FieldDifference::path, "Patient.name[0].family"),
                                       Field(&FieldDifference::path, "Patient.name[0].given[1]")));
  EXPECT_EQ(differences[2].before, "B");
  EXPECT_EQ(differences[2].after, "C");
}

}  // namespace
}  // namespace meridian::ingest
