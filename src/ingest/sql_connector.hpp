// SqlConnector: the rows of a query, asked again and again, each a record.
//
//   connector: { kind: sql, database: postgresql://lis@10.0.0.5/lis, password_file: lis.password, every: 30s,
//                query: SELECT * FROM results WHERE changed >= $1 ORDER BY changed, watermark: changed, from:
//                2024-01-01 }
//
// With a watermark, $1 is its value in the last row that was taken, and `from` at first: the query is to be ordered by
// it. How far it has come is written down when all rows before are safe in the inbox, so a crash asks for some again;
// the same record changes nothing. (>= rather than >: rows of the same moment may have come since.) A row is an object
// whose members are its columns; NULL is left out. While the database cannot be asked, fault() says why, and it is
// asked again.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "ingest/connector.hpp"

namespace meridian::connect {
class PostgresConnection;
}

namespace meridian::ingest {

class SqlConnector final : public Connector {
 public:
  explicit SqlConnector(Intake& intake);
  ~SqlConnector() override;

  Result<> open(net::Io& io) override;
  void close() override;
  void pause() override;
  void resume() override;
  std::string fault() const override;

 private:
  void keep_asking();
  Result<> ask();
  std::string state_file() const;

  Intake& intake_;
  std::string watermark_;  // the asking thread's
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_closing_ = false;
  bool is_paused_ = false;
  std::string fault_;
  connect::PostgresConnection* asking_ = nullptr;  // to be told when all ends
  std::unique_ptr<connect::PostgresConnection> connection_;
  std::thread thread_;
};

}  // namespace meridian::ingest
