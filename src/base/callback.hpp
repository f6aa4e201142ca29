// Callback<R(Args...)>: a function object that is owned and moved, never copied; C++23's std::move_only_function.
//
// A default-made one is empty and must not be called. It carries no lock: who shares one between threads takes care.
// Callables of up to 24 bytes that move without throwing lie in place, so that handing small work over costs no
// allocation. (std::function copies, and its header is 39,000 lines.)
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace meridian {

template <typename Signature>
class Callback;

template <typename R, typename... Args>
class Callback<R(Args...)> {
 public:
  Callback() = default;

  template <typename F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, Callback> && std::is_invocable_r_v<R, F&, Args...>)
  Callback(F&& function) {  // NOLINT(google-explicit-constructor): a lambda is meant to turn into one
    using Held = std::decay_t<F>;
    if constexpr (fits<Held>()) {
      ::new (static_cast<void*>(storage_)) Held(std::forward<F>(function));
    } else {
      ::new (static_cast<void*>(storage_)) Held*(new Held(std::forward<F>(function)));
    }
    table_ = &kTable<Held>;
  }

  Callback(Callback&& other) noexcept { take(other); }
  Callback& operator=(Callback&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;
  ~Callback() { reset(); }

  explicit operator bool() const { return table_ != nullptr; }
  R operator()(Args... args) const { return table_->call(storage_, std::forward<Args>(args)...); }

  void reset() {
    if (table_ != nullptr) table_->destroy(storage_);
    table_ = nullptr;
  }

 private:
  static constexpr std::size_t kInPlace = 24;
  struct Table {
    R (*call)(void*, Args&&...);
    void (*move)(void* from, void* to);
    void (*destroy)(void*);
  };

  template <typename Held>
  static constexpr bool fits() {
    return sizeof(Held) <= kInPlace && alignof(Held) <= alignof(void*) && std::is_nothrow_move_constructible_v<Held>;
  }
  template <typename Held>
  static Held& held(void* at) {
    if constexpr (fits<Held>()) {
      return *static_cast<Held*>(at);
    } else {
      return **static_cast<Held**>(at);
    }
  }
  template <typename Held>
  static constexpr Table kTable{
      [](void* at, Args&&... args) -> R { return held<Held>(at)(std::forward<Args>(args)...); },
      [](void* from, void* to) {
        if constexpr (fits<Held>()) {
          ::new (to) Held(std::move(held<Held>(from)));
          held<Held>(from).~Held();
        } else {
          ::new (to) Held*(&held<Held>(from));
        }
      },
      [](void* at) {
        if constexpr (fits<Held>()) {
          held<Held>(at).~Held();
        } else {
          delete &held<Held>(at);
        }
      }};

  void take(Callback& other) {
    table_ = std::exchange(other.table_, nullptr);
    if (table_ != nullptr) table_->move(other.storage_, storage_);
  }

  alignas(void*) mutable std::byte storage_[kInPlace];
  const Table* table_ = nullptr;
};

}  // namespace meridian
