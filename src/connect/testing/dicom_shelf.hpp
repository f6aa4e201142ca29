// DicomShelf: a handler for tests that keeps objects in memory, gives out what it has, and finds what it was told to.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "connect/dicom_service.hpp"

namespace meridian::connect::testing {

class DicomShelf : public DicomHandler {
 public:
  struct Kept {
    DicomKind kind;
    std::string bytes;
  };

  bool offers(DicomService /*service*/) const override { return true; }

  Result<std::unique_ptr<DicomSink>> store(const DicomPeer& peer, const DicomKind& kind,
                                           const std::string& sop_instance) override {
    if (refusal) return fail(*refusal, "refused by the test");
    const std::lock_guard lock(mutex_);
    last_peer_ = peer;
    return std::make_unique<Sink>(*this, kind, sop_instance);
  }

  Result<std::unique_ptr<DicomMatches>> find(const DicomQuery& query) override {
    if (refusal) return fail(*refusal, "refused by the test");
    asked = query.identifier;
    return std::make_unique<Matches>(*this);
  }

  Result<DicomMove> move(const DicomQuery& query, const std::string& title) override {
    if (title != destination.title) return fail(ErrorCode::not_found, "no such destination");
    asked = query.identifier;
    return DicomMove{destination, objects()};
  }

  Result<std::unique_ptr<DicomObjects>> get(const DicomQuery& query) override {
    asked = query.identifier;
    return objects();
  }

  Result<DicomCommitment> commit(const DicomQuery& query) override { return DicomCommitment{1, query.identifier}; }

  std::map<std::string, Kept> kept() {
    const std::lock_guard lock(mutex_);
    return kept_;
  }
  DicomPeer last_peer() {
    const std::lock_guard lock(mutex_);
    return last_peer_;
  }
  void put(const std::string& sop_instance, Kept object) {
    const std::lock_guard lock(mutex_);
    kept_[sop_instance] = std::move(object);
  }

  // Set before the server starts, or while nothing is asked.
  std::optional<ErrorCode> refusal;
  std::vector<std::string> matches;
  DicomDestination destination;
  bool holds_replies = false;  ///< until the test takes them

  std::string asked;
  std::atomic<int> pulled = 0;   ///< matches
  std::atomic<int> dropped = 0;  ///< sinks that went before their end
  std::atomic<int> pieces = 0;   ///< appended
  std::vector<DicomReply> take_replies() {
    const std::lock_guard lock(mutex_);
    return std::exchange(replies_, {});
  }

 private:
  class Sink final : public DicomSink {
   public:
    Sink(DicomShelf& shelf, DicomKind kind, std::string sop_instance)
        : shelf_(shelf), object_{std::move(kind), {}}, sop_instance_(std::move(sop_instance)) {}
    ~Sink() override {
      if (!is_finished_) ++shelf_.dropped;
    }
    Result<> append(std::string_view bytes) override {
      ++shelf_.pieces;
      object_.bytes += bytes;
      return {};
    }
    void finish(DicomReply reply) override {
      is_finished_ = true;
      shelf_.put(sop_instance_, std::move(object_));
      if (!shelf_.holds_replies) return std::move(reply).give({});
      const std::lock_guard lock(shelf_.mutex_);
      shelf_.replies_.push_back(std::move(reply));
    }

   private:
    DicomShelf& shelf_;
    Kept object_;
    std::string sop_instance_;
    bool is_finished_ = false;
  };

  class Matches final : public DicomMatches {
   public:
    explicit Matches(DicomShelf& shelf) : shelf_(shelf) {}
    Result<std::optional<std::string>> next() override {
      if (next_ == shelf_.matches.size()) return std::nullopt;
      ++shelf_.pulled;
      return shelf_.matches[next_++];
    }

   private:
    DicomShelf& shelf_;
    std::size_t next_ = 0;
  };

  class Objects final : public DicomObjects {
   public:
    explicit Objects(std::map<std::string, Kept> kept) : kept_(std::move(kept)), at_(kept_.begin()) {}
    std::uint32_t count() const override { return static_cast<std::uint32_t>(kept_.size()); }
    std::vector<DicomKind> kinds() const override {
      std::vector<DicomKind> kinds;
      for (const auto& [id, object] : kept_) {
        if (std::find(kinds.begin(), kinds.end(), object.kind) == kinds.end()) kinds.push_back(object.kind);
      }
      return kinds;
    }
    Result<std::optional<DicomObject>> next() override {
      if (at_ == kept_.end()) return std::nullopt;
      DicomObject object{at_->second.kind, at_->first, dicom_bytes(at_->second.bytes)};
      ++at_;
      return object;
    }

   private:
    std::map<std::string, Kept> kept_;
    std::map<std::string, Kept>::iterator at_;
  };

  std::unique_ptr<DicomObjects> objects() { return std::make_unique<Objects>(kept()); }

  std::mutex mutex_;
  std::map<std::string, Kept> kept_;  // by SOP Instance UID
  DicomPeer last_peer_;
  std::vector<DicomReply> replies_;
};

}  // namespace meridian::connect::testing
