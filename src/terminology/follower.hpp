// Follower: keeps a Library at what the store holds of CodeSystem, ValueSet and ConceptMap, by the feed of changes.
//
// Of the default tenant only: its definitions are the house's, and hold for all tenants. A thread of its own follows
// commits as they become visible; catch_up() does so at once, for whoever must see what has just been stored. A
// resource that cannot be used is left out and the log says so, without its content. Threads: any. Store and library
// outlive it.
#pragma once

#include <memory>

#include "base/deadline.hpp"
#include "base/result.hpp"

namespace meridian::store {
class Store;
}

namespace meridian::terminology {

class Library;

class Follower {
 public:
  /// Reads what is there, and publishes it. Errors: those of the store.
  static Result<std::unique_ptr<Follower>> start(store::Store& store, Library& library);
  ~Follower();

  /// Everything that was visible when this was called is in force when it returns. timeout when it takes longer.
  Result<> catch_up(const Deadline& deadline = {});

 private:
  struct State;
  explicit Follower(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::terminology
