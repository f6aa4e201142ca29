// PostgresConnection: asks a PostgreSQL server, and gives the rows of the answer one by one.
//
//   auto connection = TRY(PostgresConnection::open({.database = "postgresql://lis@10.0.0.5/lis"}));
//   Callback<Result<>(const SqlRow&)> use = [](const SqlRow& row) -> Result<> { … };
//   TRY(connection->query("SELECT * FROM results WHERE changed >= $1 ORDER BY changed", {"2024-05-01"}, use));
//
// Rows come as they are sent, so that an answer of any size takes the memory of one row. Values are texts as the server
// writes them, in UTF-8, with times in ISO order. The transaction is read only.
// Errors: io_failure (the server cannot be reached, or breaks off), unauthenticated (it does not let us in),
// invalid_argument (it does not understand the question), cancelled, and those of the callback.
// Threads: one at a time, but cancel(), which any thread may call. Waits for the server; not for loop threads.
// Specification: https://www.postgresql.org/docs/15/libpq.html (single-row mode)
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/callback.hpp"
#include "base/result.hpp"

namespace meridian::connect {

struct PostgresOptions {
  std::string database;  ///< a URI, or words as libpq has them: "host=10.0.0.5 dbname=lis user=lis"
  std::string password;  ///< empty: what `database` says, or none
  int connect_seconds = 10;
};

/// Names and values of columns; no value: NULL. Valid during the call.
using SqlRow = std::vector<std::pair<std::string_view, std::optional<std::string_view>>>;

class PostgresConnection {
 public:
  static Result<std::unique_ptr<PostgresConnection>> open(const PostgresOptions& options);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  /// `parameters` are $1 and so on. An error of `use` ends it, and is given back.
  Result<> query(const std::string& statement, const std::vector<std::string>& parameters,
                 Callback<Result<>(const SqlRow&)>& use);
  /// Ends a query that is under way.
  void cancel();

 private:
  struct State;
  explicit PostgresConnection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What of an address may be shown: its password is not.
std::string without_password(std::string_view database);

}  // namespace meridian::connect
