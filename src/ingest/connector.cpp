#include "ingest/connector.hpp"

#include "ingest/feed.hpp"
#include "ingest/folder_connector.hpp"
#include "ingest/intake.hpp"
#include "ingest/mllp_connector.hpp"
#include "ingest/mqtt_connector.hpp"
#include "ingest/sql_connector.hpp"

namespace meridian::ingest {

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
    case ConnectorKind::http:
      break;
  }
  return nullptr;
}

}  // namespace meridian::ingest
