#include "kv/testing/model_kv.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace meridian::testing {
namespace {

using kv::Batch;
using kv::Cursor;
using kv::Direction;
using kv::Range;
using kv::SpaceId;
using kv::View;

using Map = std::map<std::string, std::string, std::less<>>;
using SharedMap = std::shared_ptr<const Map>;

/// One write, as it is done again after a crash.
struct Write {
  struct Change {
    SpaceId space;
    std::string key;
    std::optional<std::string> value;  // nothing: erase
  };
  std::vector<Change> changes;
};

std::size_t index(SpaceId space) {
  return static_cast<std::size_t>(space);
}

Map::const_iterator first_of(const Map& map, const Range& range) {
  return map.lower_bound(range.begin);
}
Map::const_iterator end_of(const Map& map, const Range& range) {
  if (range.end.empty()) return map.end();
  return range.end <= range.begin ? map.lower_bound(range.begin) : map.lower_bound(range.end);
}

}  // namespace

struct ModelDisk::State {
  mutable std::mutex mutex;
  std::vector<std::string> names;
  std::vector<std::shared_ptr<Map>> maps;  // shared with views: copied before they change
  std::vector<Map> durable;
  std::vector<Write> unsynced;
  std::map<std::string, std::shared_ptr<ModelDisk>> checkpoints;
  Callback<void(ModelCall)> hook;
  std::uint64_t life = 0;
  std::size_t calls = 0;
  std::size_t fault_at = 0;
  ModelFault fault = ModelFault::lost;
  bool is_broken = false;

  void apply(const Write& write) {
    for (const Write::Change& change : write.changes) {
      std::shared_ptr<Map>& map = maps[index(change.space)];
      if (map.use_count() > 1) map = std::make_shared<Map>(*map);
      apply(*map, change);
    }
  }
  static void apply(Map& map, const Write::Change& change) {
    if (change.value) {
      map.insert_or_assign(change.key, *change.value);
    } else {
      map.erase(change.key);
    }
  }
  void make_durable(std::size_t writes) {
    for (std::size_t i = 0; i < writes; ++i) {
      for (const Write::Change& change : unsynced[i].changes) apply(durable[index(change.space)], change);
    }
    unsynced.clear();
  }
};

ModelDisk::ModelDisk() : state_(std::make_unique<State>()) {}
ModelDisk::~ModelDisk() = default;

void ModelDisk::crash(std::size_t kept) {
  const std::lock_guard lock(state_->mutex);
  state_->make_durable(std::min(kept, state_->unsynced.size()));
  for (std::size_t i = 0; i < state_->maps.size(); ++i) state_->maps[i] = std::make_shared<Map>(state_->durable[i]);
  ++state_->life;
  state_->fault_at = 0;
  state_->is_broken = false;
}

std::size_t ModelDisk::unsynced() const {
  const std::lock_guard lock(state_->mutex);
  return state_->unsynced.size();
}

void ModelDisk::fail_at(std::size_t n, ModelFault fault) {
  const std::lock_guard lock(state_->mutex);
  state_->fault_at = state_->calls + n;
  state_->fault = fault;
}

std::size_t ModelDisk::calls() const {
  const std::lock_guard lock(state_->mutex);
  return state_->calls;
}

void ModelDisk::before_call(Callback<void(ModelCall)> hook) {
  state_->hook = std::move(hook);
}

namespace {

using State = ModelDisk::State;

class ModelCursor final : public Cursor {
 public:
  ModelCursor(SharedMap map, Range range, Direction direction)
      : map_(std::move(map)), range_(std::move(range)), direction_(direction) {
    first_ = first_of(*map_, range_);
    end_ = end_of(*map_, range_);
    stand(direction_ == Direction::forward ? first_ : end_);
  }

  bool valid() const override { return is_valid_; }
  std::string_view key() const override { return at_->first; }
  std::string_view value() const override { return at_->second; }
  void next() override { stand(direction_ == Direction::forward ? std::next(at_) : at_); }
  void seek(std::string_view key) override {
    const auto inside = [&](Map::const_iterator found) {
      if (key < range_.begin) return first_;
      return !range_.end.empty() && key >= range_.end ? end_ : found;
    };
    stand(inside(direction_ == Direction::forward ? map_->lower_bound(key) : map_->upper_bound(key)));
  }
  Result<> status() const override { return {}; }

 private:
  /// Forwards on this one, backwards on the one before it.
  void stand(Map::const_iterator at) {
    is_valid_ = direction_ == Direction::forward ? at != end_ : at != first_;
    at_ = is_valid_ && direction_ == Direction::backward ? std::prev(at) : at;
  }

  SharedMap map_;
  Range range_;
  Direction direction_;
  Map::const_iterator first_;
  Map::const_iterator end_;
  Map::const_iterator at_;
  bool is_valid_ = false;
};

class ModelView final : public View {
 public:
  explicit ModelView(std::vector<SharedMap> maps) : maps_(std::move(maps)) {}

  Result<std::optional<std::string>> get(SpaceId space, std::string_view key) const override {
    const Map& map = *maps_[index(space)];
    const auto found = map.find(key);
    if (found == map.end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  }
  Result<std::vector<std::optional<std::string>>> get_many(SpaceId space,
                                                           std::span<const std::string> keys) const override {
    std::vector<std::optional<std::string>> values;
    for (const std::string& key : keys) values.push_back(TRY(get(space, key)));
    return values;
  }
  std::unique_ptr<Cursor> scan(SpaceId space, Range range, Direction direction, kv::CacheUse /*cache*/) const override {
    return std::make_unique<ModelCursor>(maps_[index(space)], std::move(range), direction);
  }

 private:
  std::vector<SharedMap> maps_;
};

class ModelKv final : public kv::Kv {
 public:
  explicit ModelKv(std::shared_ptr<ModelDisk> disk) : disk_(std::move(disk)), life_(state().life) {}

  std::unique_ptr<View> view() const override {
    const std::lock_guard lock(state().mutex);
    return std::make_unique<ModelView>(std::vector<SharedMap>(state().maps.begin(), state().maps.end()));
  }

  Result<> commit(const Batch& batch, kv::Durability durability) override {
    TRY(kv::check_batch(batch, state().maps.size()));
    return call(
        ModelCall::commit,
        [&](State& state) -> Result<Write> {
          Write write;
          for (const Batch::Entry& entry : batch.entries()) {
            const Map& map = *state.maps[index(entry.space)];
            const auto found = map.find(batch.key(entry));
            switch (entry.kind) {
              case Batch::Entry::Kind::put:
                write.changes.push_back({entry.space, std::string(batch.key(entry)), std::string(batch.value(entry))});
                break;
              case Batch::Entry::Kind::erase:
                write.changes.push_back({entry.space, std::string(batch.key(entry)), std::nullopt});
                break;
              case Batch::Entry::Kind::absent:
                if (found != map.end()) return fail(ErrorCode::conflict, "a key is there that must not be");
                break;
              case Batch::Entry::Kind::value:
                if (found == map.end() || found->second != batch.value(entry)) {
                  return fail(ErrorCode::conflict, "a key has another value than expected");
                }
                break;
            }
          }
          return write;
        },
        durability);
  }

  Result<> sync() override {
    return call(ModelCall::sync, [](State&) -> Result<Write> { return Write(); }, kv::Durability::synced);
  }

  Result<> load(SpaceId space, std::span<const std::pair<std::string, std::string>> entries) override {
    TRY(kv::check_load(entries));
    return call(
        ModelCall::load,
        [&](State&) -> Result<Write> {
          Write write;
          for (const auto& [key, value] : entries) write.changes.push_back({space, key, value});
          return write;
        },
        kv::Durability::written);
  }

  Result<> erase_range(SpaceId space, const Range& range) override {
    return call(
        ModelCall::erase_range,
        [&](State& state) -> Result<Write> {
          Write write;
          const Map& map = *state.maps[index(space)];
          for (auto at = first_of(map, range); at != end_of(map, range); ++at) {
            write.changes.push_back({space, at->first, std::nullopt});
          }
          return write;
        },
        kv::Durability::written);
  }

  std::uint64_t disk_bytes(SpaceId space, const Range& range) const override {
    const std::lock_guard lock(state().mutex);
    const Map& map = *state().maps[index(space)];
    std::uint64_t bytes = 0;
    for (auto at = first_of(map, range); at != end_of(map, range); ++at) bytes += at->first.size() + at->second.size();
    return bytes;
  }

  Result<> verify() const override { return {}; }

  Result<> checkpoint(const std::string& folder) override {
    const std::lock_guard lock(state().mutex);
    std::shared_ptr<ModelDisk>& copy = state().checkpoints[folder];
    if (copy != nullptr) return fail(ErrorCode::conflict, folder + ": it exists");
    copy = std::make_shared<ModelDisk>();
    copy->state().names = state().names;
    for (const std::shared_ptr<Map>& map : state().maps) {
      copy->state().maps.push_back(std::make_shared<Map>(*map));
      copy->state().durable.push_back(*map);
    }
    return {};
  }

 private:
  State& state() const { return disk_->state(); }

  /// Works out what to write and does it, or meets the fault that was asked for.
  template <typename Prepare>
  Result<> call(ModelCall what, Prepare prepare, kv::Durability durability) {
    State& state = this->state();
    if (state.hook) state.hook(what);
    const std::lock_guard lock(state.mutex);
    const bool is_fault = ++state.calls == state.fault_at;
    if (life_ != state.life) return fail(ErrorCode::io_failure, "the power was lost since this was opened");
    if (state.is_broken) return fail(ErrorCode::io_failure, "a write failed before; open it again");
    if (is_fault && state.fault == ModelFault::busy) return fail(ErrorCode::busy, "the disk is full");
    if (is_fault && state.fault == ModelFault::lost) return broken(state);
    Write write = TRY(prepare(state));
    state.apply(write);
    state.unsynced.push_back(std::move(write));
    if (durability == kv::Durability::synced || is_fault) state.make_durable(state.unsynced.size());
    if (is_fault) return broken(state);
    return {};
  }
  static Result<> broken(State& state) {
    state.is_broken = true;
    return fail(ErrorCode::io_failure, "the disk failed, as the test asked");
  }

  std::shared_ptr<ModelDisk> disk_;
  std::uint64_t life_;
};

}  // namespace

Result<std::unique_ptr<kv::Kv>> open_model(std::span<const kv::SpaceDefinition> spaces,
                                           std::shared_ptr<ModelDisk> disk) {
  {
    State& state = disk->state();
    const std::lock_guard lock(state.mutex);
    for (std::size_t i = 0; i < state.names.size(); ++i) {
      if (i >= spaces.size() || spaces[i].name != state.names[i]) {
        return fail(ErrorCode::unsupported, "there is a space that this program does not know: " + state.names[i]);
      }
    }
    for (std::size_t i = state.names.size(); i < spaces.size(); ++i) {
      state.names.emplace_back(spaces[i].name);
      state.maps.push_back(std::make_shared<Map>());
      state.durable.emplace_back();
    }
  }
  return std::make_unique<ModelKv>(std::move(disk));
}

Result<std::shared_ptr<ModelDisk>> model_checkpoint(const ModelDisk& disk, const std::string& folder) {
  const std::lock_guard lock(disk.state().mutex);
  const auto found = disk.state().checkpoints.find(folder);
  if (found == disk.state().checkpoints.end()) return fail(ErrorCode::not_found, folder + ": not there");
  return found->second;
}

}  // namespace meridian::testing
