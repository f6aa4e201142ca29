#include "ingest/connector.hpp"

#include "base/file_system.hpp"
#include "ingest/device_connector.hpp"
#include "ingest/feed.hpp"
#include "ingest/folder_connector.hpp"
#include "ingest/intake.hpp"
#include "ingest/mllp_connector.hpp"
#include "ingest/mqtt_connector.hpp"
#include "ingest/sql_connector.hpp"

namespace meridian::ingest {

Result<std::string> read_password(const std::string& path, std::size_t limit) {
  std::string password;
  if (path.empty()) return password;
  password = TRY(read_whole_file(system_files(), path, limit));
  while (password.ends_with('\n') || password.ends_with('\r')) password.pop_back();
  return password;
}

std::unique_ptr<Connector> make_connector(Intake& intake) {
  const Feed& feed = intake.feed();
  if (feed.destination) return nullptr;
  switch (feed.kind) {
    case ConnectorKind::mllp:
      return std::make_unique<MllpConnector>(intake);
    case ConnectorKind::folder:
      return std::make_unique<FolderConnector>(intake);
    case ConnectorKind::mqtt:
      return std::make_unique<MqttConnector>(intake);
    case ConnectorKind::sql:
      return std::make_unique<SqlConnector>(intake);
    case ConnectorKind::tcp:
    case ConnectorKind::astm:
      return std::make_unique<DeviceConnector>(intake);
    case ConnectorKind::http:
      break;
  }
  return nullptr;
}

}  // namespace meridian::ingest
