#include "kv/kv_log.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace meridian::kv {
namespace {

// A partition's keys:  topic 00 number(4, big endian)                    -> begin(8)      once it was trimmed
//                      topic 00 number(4, big endian) offset(8, big end.) -> time(8) key size(4) key value
// Numbers in values are little endian. A topic has no zero byte, so no partition's keys begin as another's.

constexpr std::size_t kHead = 12;

template <typename T>
std::string big(T value) {
  std::string bytes(sizeof value, '\0');
  store_big(bytes.data(), value);
  return bytes;
}
template <typename T>
std::string little(T value) {
  std::string bytes(sizeof value, '\0');
  store_little(bytes.data(), value);
  return bytes;
}

Result<std::string> prefix_of(const Partition& partition) {
  const auto may_stand = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  const std::string& topic = partition.topic;
  if (topic.empty() || topic.size() > 200 || !std::all_of(topic.begin(), topic.end(), may_stand)) {
    return fail(ErrorCode::invalid_argument, "a topic is named by 1 to 200 of a-z 0-9 . _ -");
  }
  return topic + '\0' + big(partition.number);
}

std::string value_of(const NewRecord& record, Instant now) {
  return little(static_cast<std::uint64_t>(now.microseconds())) +
         little(static_cast<std::uint32_t>(record.key.size())) + std::string(record.key) + std::string(record.value);
}

Result<Record> record_of(std::string_view key, std::string_view value) {
  if (value.size() < kHead || value.size() - kHead < load_little<std::uint32_t>(value.data() + 8)) {
    return fail(ErrorCode::io_failure, "a record of the log is not whole");
  }
  const std::size_t key_size = load_little<std::uint32_t>(value.data() + 8);
  return Record{load_big<std::uint64_t>(key.data() + key.size() - 8),
                Instant::from_microseconds(static_cast<std::int64_t>(load_little<std::uint64_t>(value.data()))),
                std::string(value.substr(kHead, key_size)), std::string(value.substr(kHead + key_size))};
}

class KvLog final : public Log {
 public:
  KvLog(Kv& kv, SpaceId space, const Clock& clock) : kv_(kv), space_(space), clock_(clock) {}

  Result<std::uint64_t> append(const Partition& partition, std::span<const NewRecord> records,
                               Durability durability) override {
    const std::string prefix = TRY(prefix_of(partition));
    if (records.empty()) return end_in(*kv_.view(), prefix);
    Append mine;
    mine.durability = durability;
    const Instant now = clock_.now();
    for (const NewRecord& record : records) {
      mine.values.push_back(value_of(record, now));
      mine.bytes += prefix.size() + 8 + mine.values.back().size();
    }
    // Room for the condition on the first record's place.
    if (mine.bytes + prefix.size() + 8 > kMaxBatchBytes) {
      return fail(ErrorCode::too_large,
                  "records appended at once have at most " + std::to_string(kMaxBatchBytes) + " bytes");
    }
    return append(tail(prefix), prefix, mine);
  }

  Result<std::vector<Record>> read(const Partition& partition, std::uint64_t from, std::size_t max_records,
                                   std::size_t max_bytes) const override {
    const std::string prefix = TRY(prefix_of(partition));
    const std::unique_ptr<View> view = kv_.view();
    if (const std::uint64_t begin = TRY(begin_in(*view, prefix)); from < begin) {
      return fail(ErrorCode::not_found, "records before " + std::to_string(begin) + " were trimmed away");
    }
    std::vector<Record> records;
    std::size_t bytes = 0;
    const std::unique_ptr<Cursor> cursor = view->scan(space_, {prefix + big(from), Range::prefix(prefix).end});
    for (; cursor->valid() && records.size() < max_records; cursor->next()) {
      bytes += cursor->value().size() - std::min(cursor->value().size(), kHead);
      if (!records.empty() && bytes > max_bytes) break;
      records.push_back(TRY(record_of(cursor->key(), cursor->value())));
    }
    TRY(cursor->status());
    return records;
  }

  Result<std::uint64_t> begin(const Partition& partition) const override {
    return begin_in(*kv_.view(), TRY(prefix_of(partition)));
  }
  Result<std::uint64_t> end(const Partition& partition) const override {
    return end_in(*kv_.view(), TRY(prefix_of(partition)));
  }

  Result<> trim(const Partition& partition, std::uint64_t before) override {
    const std::string prefix = TRY(prefix_of(partition));
    const std::lock_guard lock(trimming_);
    const std::unique_ptr<View> view = kv_.view();
    const std::uint64_t begin = TRY(begin_in(*view, prefix));
    const std::uint64_t wanted = std::max(begin, std::min(before, TRY(end_in(*view, prefix))));
    if (wanted == 0) return {};
    // First the word, then the deed; a trim that was cut short is finished by the next one.
    Batch batch;
    batch.put(space_, prefix, little(wanted));
    TRY(kv_.commit(batch, Durability::synced));
    return kv_.erase_range(space_, {prefix + big(std::uint64_t{0}), prefix + big(wanted)});
  }

 private:
  /// One call's records on their way, owned by its caller.
  struct Append {
    std::vector<std::string> values;
    std::size_t bytes = 0;
    Durability durability = Durability::synced;
    bool is_done = false;
    Result<std::uint64_t> first = 0;
  };
  /// The end of one partition: who waits there, and whether somebody is writing for them.
  struct Tail {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Append*> waiting;
    bool is_writing = false;
    std::optional<std::uint64_t> end;  // of the writer; nothing: look
  };

  Tail& tail(const std::string& prefix) {
    const std::lock_guard lock(tails_mutex_);
    return tails_[prefix];
  }

  /// The first that comes writes for all who came while the last one wrote.
  Result<std::uint64_t> append(Tail& tail, const std::string& prefix, Append& mine) {
    std::unique_lock lock(tail.mutex);
    tail.waiting.push_back(&mine);
    tail.changed.wait(lock, [&] { return mine.is_done || !tail.is_writing; });
    if (mine.is_done) return mine.first;
    tail.is_writing = true;
    while (!mine.is_done) {
      const std::vector<Append*> group = take_group(tail);
      lock.unlock();
      write(tail, prefix, group);
      lock.lock();
      for (Append* append : group) append->is_done = true;
    }
    tail.is_writing = false;
    lock.unlock();
    tail.changed.notify_all();
    return mine.first;
  }

  static std::vector<Append*> take_group(Tail& tail) {
    std::size_t bytes = 4096;
    auto end = tail.waiting.begin();
    while (end != tail.waiting.end() && (end == tail.waiting.begin() || bytes + (*end)->bytes <= kMaxBatchBytes)) {
      bytes += (*end)->bytes;
      ++end;
    }
    std::vector<Append*> group(tail.waiting.begin(), end);
    tail.waiting.erase(tail.waiting.begin(), end);
    return group;
  }

  void write(Tail& tail, const std::string& prefix, const std::vector<Append*>& group) {
    for (int attempt = 0; attempt < 3; ++attempt) {
      const Result<> written = try_write(tail, prefix, group);
      if (written) return;
      tail.end.reset();  // whatever happened, look again before the next
      for (Append* append : group) append->first = fail(written.error());
      if (written.error().code() != ErrorCode::conflict) return;
    }
  }

  Result<> try_write(Tail& tail, const std::string& prefix, const std::vector<Append*>& group) {
    if (!tail.end) tail.end = TRY(end_in(*kv_.view(), prefix));
    std::uint64_t next = *tail.end;
    Batch batch;
    Durability durability = Durability::written;
    batch.require_absent(space_, prefix + big(next));
    for (Append* append : group) {
      append->first = next;
      for (const std::string& value : append->values) batch.put(space_, prefix + big(next++), value);
      if (append->durability == Durability::synced) durability = Durability::synced;
    }
    TRY(kv_.commit(batch, durability));
    tail.end = next;
    return {};
  }

  Result<std::uint64_t> begin_in(const View& view, const std::string& prefix) const {
    const std::optional<std::string> value = TRY(view.get(space_, prefix));
    if (!value) return 0;
    if (value->size() != 8) return fail(ErrorCode::io_failure, "the beginning of a partition cannot be read");
    return load_little<std::uint64_t>(value->data());
  }
  Result<std::uint64_t> end_in(const View& view, const std::string& prefix) const {
    const Range records{prefix + big(std::uint64_t{0}), Range::prefix(prefix).end};
    const std::unique_ptr<Cursor> last = view.scan(space_, records, Direction::backward);
    TRY(last->status());
    // A trim that was cut short leaves records before the beginning.
    const std::uint64_t begin = TRY(begin_in(view, prefix));
    if (!last->valid()) return begin;
    return std::max(begin, load_big<std::uint64_t>(last->key().data() + last->key().size() - 8) + 1);
  }

  Kv& kv_;
  SpaceId space_;
  const Clock& clock_;
  std::mutex trimming_;
  std::mutex tails_mutex_;
  std::map<std::string, Tail> tails_;
};

}  // namespace

std::unique_ptr<Log> make_kv_log(Kv& kv, SpaceId space, const Clock& clock) {
  return std::make_unique<KvLog>(kv, space, clock);
}

}  // namespace meridian::kv
