#include "connect/postgres.hpp"

#include <libpq-fe.h>

#include <atomic>

namespace meridian::connect {
namespace {

struct FreeConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
struct FreeCancel {
  void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
};
using Answer = std::unique_ptr<PGresult, FreeResult>;

/// The first line of what the server says: those that follow may hold values.
std::string first_line(const char* text) {
  const std::string_view all = text == nullptr ? std::string_view() : text;
  return std::string(all.substr(0, all.find('\n')));
}

ErrorCode code_of(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view known = state == nullptr ? std::string_view() : state;
  if (known == "57014") return ErrorCode::cancelled;                                           // query_canceled
  if (known.starts_with("28")) return ErrorCode::unauthenticated;                              // invalid authorization
  if (known == "42501") return ErrorCode::forbidden;                                           // insufficient_privilege
  if (known.starts_with("42") || known.starts_with("22")) return ErrorCode::invalid_argument;  // syntax, data
  return ErrorCode::io_failure;
}

}  // namespace

struct PostgresConnection::State {
  std::unique_ptr<PGconn, FreeConnection> connection;
  std::unique_ptr<PGcancel, FreeCancel> cancel;
  std::atomic<bool> is_cancelled = false;

  Error fault(const PGresult* result) const {
    if (is_cancelled) return Error(ErrorCode::cancelled, "the question was withdrawn");
    if (result == nullptr) return Error(ErrorCode::io_failure, first_line(PQerrorMessage(connection.get())));
    return Error(code_of(result), first_line(PQresultErrorMessage(result)));
  }
  Result<> run(const char* statement) const {
    const Answer answer(PQexec(connection.get(), statement));
    if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return fail(fault(answer.get()));
    return {};
  }
};

PostgresConnection::PostgresConnection(std::unique_ptr<State> state) : state_(std::move(state)) {}
PostgresConnection::~PostgresConnection() = default;

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(const PostgresOptions& options) {
  auto state = std::make_unique<State>();
  const std::string seconds = std::to_string(options.connect_seconds);
  // The last of a name counts; `dbname` is taken apart as a whole.
  std::vector<const char*> names = {"dbname", "connect_timeout", "application_name", "client_encoding",
                                    "keepalives_idle"};
  std::vector<const char*> values = {options.database.c_str(), seconds.c_str(), "meridian", "UTF8", "30"};
  if (!options.password.empty()) {
    names.push_back("password");
    values.push_back(options.password.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  state->connection.reset(PQconnectdbParams(names.data(), values.data(), 1));
  if (PQstatus(state->connection.get()) != CONNECTION_OK) {
    const bool is_refused = PQconnectionNeedsPassword(state->connection.get()) != 0 ||
                            PQconnectionUsedPassword(state->connection.get()) != 0;
    return fail(is_refused ? ErrorCode::unauthenticated : ErrorCode::io_failure,
                first_line(PQerrorMessage(state->connection.get())));
  }
  state->cancel.reset(PQgetCancel(state->connection.get()));
  TRY(state->run("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"));
  TRY(state->run("SET DateStyle = ISO"));
  return std::unique_ptr<PostgresConnection>(new PostgresConnection(std::move(state)));
}

Result<> PostgresConnection::query(const std::string& statement, const std::vector<std::string>& parameters,
                                   Callback<Result<>(const SqlRow&)>& use) {
  State& state = *state_;
  PGconn* connection = state.connection.get();
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  if (PQsendQueryParams(connection, statement.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                        nullptr, 0) == 0 ||
      PQsetSingleRowMode(connection) == 0) {
    return fail(state.fault(nullptr));
  }
  Result<> done;
  SqlRow row;
  // All of the answer is taken, whatever goes wrong with a part of it: the connection can be used again.
  while (const Answer answer{PQgetResult(connection)}) {
    if (!done) continue;
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) continue;
    if (status != PGRES_SINGLE_TUPLE) {
      done = fail(state.fault(answer.get()));
      continue;
    }
    row.clear();
    for (int i = 0; i < PQnfields(answer.get()); ++i) {
      const std::string_view text(PQgetvalue(answer.get(), 0, i),
                                  static_cast<std::size_t>(PQgetlength(answer.get(), 0, i)));
      const bool is_null = PQgetisnull(answer.get(), 0, i) != 0;
      row.emplace_back(PQfname(answer.get(), i), is_null ? std::nullopt : std::optional(text));
    }
    done = use(row);
    if (!done) cancel();
  }
  return done;
}

void PostgresConnection::cancel() {
  state_->is_cancelled = true;
  char why[256];
  static_cast<void>(PQcancel(state_->cancel.get(), why, sizeof why));
}

std::string without_password(std::string_view database) {
  std::string out(database);
  const std::size_t scheme = out.find("://");
  const std::size_t at = out.find('@');
  if (scheme != std::string::npos && at != std::string::npos) {
    const std::size_t colon = out.find(':', scheme + 3);
    if (colon != std::string::npos && colon < at) out.erase(colon, at - colon);
  }
  if (const std::size_t word = out.find("password="); word != std::string::npos) {
    const std::size_t end = std::min(out.find_first_of(" &", word), out.size());
    out.replace(word, end - word, "password=…");
  }
  return out;
}

}  // namespace meridian::connect
