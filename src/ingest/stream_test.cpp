// A simulated hospital's stream of 1,013 messages through inbox, pipeline and store: in order, twice, and shuffled as a
// network can shuffle, it must leave the same record. The outside data may be absent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/thread_pool.hpp"
#include "ingest/hl7_header.hpp"
#include "ingest/hl7_mapper.hpp"
#include "ingest/pipeline.hpp"
#include "ingest/record_writer.hpp"
#include "kv/testing/model_kv.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/testing/stream.hpp"
#include "store/testing/model_store.hpp"

namespace meridian::ingest {
namespace {

using mapping::testing::shuffled;
using mapping::testing::stream;
using meridian::testing::ModelDisk;
using meridian::testing::ModelStore;
using meridian::testing::open_model;
using ::testing::IsEmpty;

std::unique_ptr<Hl7Mapper> mapper() {
  Issues issues;
  mapping::MappingContext context;
  context.tenant_key = "test";
  return std::make_unique<Hl7Mapper>(*mapping::Catalogue::open({}, issues), context);
}

class Hospital {
 public:
  Hospital() {
    PipelineServices services;
    services.inbox = inbox_.get();
    services.store = &*store_;
    services.record = &record_;
    services.pool = &pool_;
    services.reader = &reader_;
    services.mapper = mapper_.get();
    PipelineOptions options;
    options.feed = "sim";
    pipeline_ = *Pipeline::start(std::move(options), services);
  }
  void send(const std::vector<std::string>& messages) {
    for (const std::string& content : messages) {
      NewMessage message;
      message.feed = "sim";
      message.content = content;
      message.header = reader_.read(content);
      const Receipt receipt = inbox_->put(std::move(message)).value();
      if (!receipt.is_duplicate) pipeline_->offer(*inbox_->read(receipt.id));
    }
    EXPECT_TRUE(pipeline_->wait_until_idle(300'000));
  }
  /// What the record says, without when it was written.
  std::map<std::string, std::string> resources() {
    std::map<std::string, std::string> found;
    const store::StoreStatistics statistics = store_->statistics(store::local_reader()).value();
    for (const auto& [type, count] : statistics.by_type) {
      if (type == "Provenance") continue;
      EXPECT_TRUE(store_->scan(store::local_reader(), type, {}, [&](store::Version&& version) {
        std::string json = version.json;
        const std::size_t meta = json.find(R"("meta":{)");
        json.erase(meta, json.find('}', meta) + 2 - meta);
        found[version.key.type + '/' + version.key.id] = json;
        return true;
      }));
    }
    return found;
  }
  std::map<std::string, std::string> notes() {
    std::map<std::string, std::string> found;
    for (const auto& [name, json] : resources()) {
      const std::size_t slash = name.find('/');
      found[name] = store_->read_noted(store::local_reader(), {name.substr(0, slash), name.substr(slash + 1)})->note;
    }
    return found;
  }
  FeedCounts counts() { return *inbox_->counts("sim"); }
  std::uint64_t versions() { return store_->statistics(store::local_reader())->versions; }
  std::vector<std::string> verify() { return *store_->verify({}); }

 private:
  ThreadPool pool_{{.name = "ingest", .threads = 4, .queue_limit = 64}};
  ModelStore store_;
  RecordWriter record_{*store_};
  Hl7HeaderReader reader_;
  std::unique_ptr<Hl7Mapper> mapper_ = mapper();
  std::unique_ptr<Inbox> inbox_ = *Inbox::open({}, *open_model(Inbox::spaces(), std::make_shared<ModelDisk>()));
  std::unique_ptr<Pipeline> pipeline_;
};

TEST(Stream, leaves_the_same_record_in_order_twice_and_shuffled) {
  const std::vector<std::string> messages = stream();
  if (messages.empty()) GTEST_SKIP() << "the outside data is not here";
  ASSERT_EQ(messages.size(), 1013U);
  Hospital in_order;
  in_order.send(messages);
  EXPECT_EQ(in_order.counts().dead, 0U);
  const auto resources = in_order.resources();
  const auto notes = in_order.notes();
  EXPECT_GT(resources.size(), 1000U);
  const std::uint64_t versions = in_order.versions();
  in_order.send(messages);
  EXPECT_EQ(in_order.versions(), versions);
  EXPECT_EQ(in_order.resources(), resources);
  EXPECT_THAT(in_order.verify(), IsEmpty());

  Hospital shaken;
  shaken.send(shuffled(messages, 50, 7));
  EXPECT_EQ(shaken.resources(), resources);
  EXPECT_EQ(shaken.notes(), notes);
}

}  // namespace
}  // namespace meridian::ingest
