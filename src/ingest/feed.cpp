#include "ingest/feed.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/time_zone.hpp"
#include "connect/declaration.hpp"
#include "formats/hl7v2/charset.hpp"
#include "mapping/record.hpp"

namespace meridian::ingest {
namespace {

using connect::DeclarationReader;

/// "90d", "36h", "5m", "30s"
std::optional<Duration> read_duration(const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || number < 0 || number > 36'500 || end - at != 1) return std::nullopt;
  switch (*at) {
    case 'd':
      return Duration::days(number);
    case 'h':
      return Duration::hours(number);
    case 'm':
      return Duration::minutes(number);
    case 's':
      return Duration::seconds(number);
    default:
      return std::nullopt;
  }
}

void read_database(DeclarationReader& reader, const YAML::Node& connector, Feed& feed) {
  reader.keys(connector, {"kind", "database", "password_file", "query", "watermark", "from", "every"});
  feed.kind = ConnectorKind::sql;
  feed.sql.database = reader.text(connector, "database", true);
  feed.sql.query = reader.text(connector, "query", true);
  feed.sql.watermark = reader.text(connector, "watermark");
  feed.sql.from = reader.text(connector, "from");
  feed.password_file = reader.text(connector, "password_file");
  const bool has_parameter = feed.sql.query.find("$1") != std::string::npos;
  if (connector["query"].IsDefined() && has_parameter != !feed.sql.watermark.empty()) {
    reader.fault(connector["query"], has_parameter ? "the query has $1, so \"watermark\" must name a column"
                                                   : "the query must have $1, the last value of the watermark");
  }
  if (!feed.sql.watermark.empty() && feed.sql.from.empty()) {
    reader.fault(connector, "\"from\" is missing: what $1 is at first");
  }
  if (feed.sql.watermark.find('/') != std::string::npos) {
    reader.fault(connector["watermark"], "\"watermark\" is the name of a column");
  }
  if (const std::string every = reader.text(connector, "every"); !every.empty()) {
    const std::optional<Duration> duration = read_duration(every);
    if (!duration || duration->microseconds() == 0) {
      reader.fault(connector["every"], "\"every\" is a time between two questions: 30s, 5m, 12h");
    }
    feed.sql.every = duration.value_or(feed.sql.every);
  }
}

void read_broker(DeclarationReader& reader, const YAML::Node& connector, Feed& feed) {
  reader.keys(connector, {"kind", "broker", "topics", "client", "user", "password_file", "tls"});
  feed.kind = ConnectorKind::mqtt;
  reader.address(connector, "broker", "10.1.2.3:1883", feed.mqtt.host, feed.mqtt.port);
  const YAML::Node topics = connector["topics"];
  if (!topics.IsDefined() || !topics.IsSequence() || topics.size() == 0) {
    reader.fault(topics.IsDefined() ? topics : connector, "\"topics\" must be a list: [ward/+/vitals]");
  } else {
    for (const YAML::Node& topic : topics) {
      feed.mqtt.filters.push_back(topic.as<std::string>(std::string()));
      if (!connect::is_topic_filter(feed.mqtt.filters.back())) {
        reader.fault(topic, "\"" + feed.mqtt.filters.back() + "\" is no topic filter of MQTT; one is ward/+/vitals");
      }
    }
  }
  feed.mqtt.client_id = reader.text(connector, "client");
  feed.mqtt.user = reader.text(connector, "user");
  feed.password_file = reader.text(connector, "password_file");
  feed.mqtt.tls = reader.client_tls(connector, feed.mqtt.certificates);
}

void read_table(DeclarationReader& reader, const YAML::Node& map, table::TableOptions& table) {
  reader.keys(map, {"delimiter", "quote", "header", "columns", "widths", "cells", "charset", "sheet", "skip"});
  const auto character = [&](const char* key, char otherwise) {
    const std::string given = reader.text(map, key);
    if (!map[key].IsDefined()) return otherwise;
    if (given == "tab") return '\t';
    if (given.size() > 1) reader.fault(map[key], "\"" + std::string(key) + "\" is one character, or tab");
    return given.empty() ? '\0' : given.front();
  };
  table.delimiter = character("delimiter", table.delimiter);
  table.quote = character("quote", table.quote);
  table.has_header = reader.flag(map, "header", true);
  table.widths_in_cells = reader.flag(map, "cells", false);
  table.charset = reader.text(map, "charset");
  table.sheet = reader.text(map, "sheet");
  const auto number = [&](const YAML::Node& node) {
    const auto value = node.as<std::int64_t>(-1);
    if (value < 0 || value > 1'000'000) reader.fault(node, "this is a number from 0 to 1000000");
    return static_cast<std::uint32_t>(std::max<std::int64_t>(value, 0));
  };
  if (map["skip"].IsDefined()) table.skip = number(map["skip"]);
  table.columns = reader.texts(map, "columns");
  if (map["widths"].IsDefined() && !map["widths"].IsSequence()) {
    reader.fault(map["widths"], "\"widths\" must be a list");
  }
  for (const YAML::Node& width : map["widths"]) table.widths.push_back(number(width));
}

void read_connector(DeclarationReader& reader, const YAML::Node& connector, Feed& feed) {
  const std::string kind = reader.text(connector, "kind", true);
  if (kind == "folder") {
    reader.keys(connector, {"kind", "path", "each", "table"});
    feed.kind = ConnectorKind::folder;
    feed.folder = reader.text(connector, "path", true);
    feed.records.each = reader.text(connector, "each");
    read_table(reader, reader.map_in(connector, "table"), feed.records.table);
    if (!feed.records.each.empty() && !mapping::is_record_path(feed.records.each)) {
      reader.fault(connector["each"], "\"each\" is a path of elements: patients/patient");
    }
    return;
  }
  if (kind == "mqtt") return read_broker(reader, connector, feed);
  if (kind == "sql") return read_database(reader, connector, feed);
  if (kind == "http") {
    reader.keys(connector, {"kind"});
    feed.kind = ConnectorKind::http;
    return;
  }
  if (kind == "tcp") {
    reader.keys(connector, {"kind", "listen", "tls", "connections", "framing", "answers"});
    feed.kind = ConnectorKind::tcp;
    feed.has_answers = reader.choice(connector, "answers", true, {{"true", true}, {"false", false}});
    reader.choice(connector, "framing", true, {{"lines", true}});
  } else {
    reader.keys(connector, {"kind", "listen", "tls", "connections"});
    if (kind == "astm") feed.kind = ConnectorKind::astm;
    if (!kind.empty() && kind != "mllp" && kind != "astm") {
      reader.fault(connector["kind"],
                   "the kind of connector is mllp, folder, http, mqtt, sql, tcp or astm, not \"" + kind + "\"");
    }
  }
  reader.address(connector, "listen", "127.0.0.1:2575", feed.mllp.host, feed.mllp.port);
  if (const YAML::Node limit = connector["connections"]; limit.IsDefined()) {
    feed.mllp.connections = limit.as<std::uint32_t>(0);
    if (feed.mllp.connections == 0) reader.fault(limit, "\"connections\" is a number from 1");
    feed.mllp.connections_per_address = feed.mllp.connections;
  }
  feed.mllp.tls = reader.server_tls(connector, feed.mllp.certificates);
}

void read_destination(DeclarationReader& reader, const YAML::Node& map, Feed& feed) {
  reader.keys(map, {"kind", "to", "tls", "url", "folder"});
  Destination& destination = feed.destination.emplace();
  if (!map["kind"].IsDefined()) reader.text(map, "kind", true);
  destination.kind = reader.choice(
      map, "kind", DestinationKind::mllp,
      {{"mllp", DestinationKind::mllp}, {"fhir", DestinationKind::fhir}, {"file", DestinationKind::file}});
  switch (destination.kind) {
    case DestinationKind::mllp:
      reader.address(map, "to", "10.1.2.3:2575", destination.host, destination.port);
      break;
    case DestinationKind::fhir:
      destination.url = reader.text(map, "url", true);
      break;
    case DestinationKind::file:
      destination.folder = reader.text(map, "folder", true);
      break;
  }
  destination.tls = reader.client_tls(map, destination.certificates);
}

/// What an outbound feed has instead of a connector.
void read_outbound(DeclarationReader& reader, const YAML::Node& root, Feed& feed) {
  read_destination(reader, reader.map_in(root, "destination", true), feed);
  if (root["connector"].IsDefined()) {
    reader.fault(root["connector"], "a feed has a connector or a destination, not both");
  }
  const YAML::Node from = root["from"];
  if (!from.IsDefined() || !from.IsSequence() || from.size() == 0) {
    reader.fault(from.IsDefined() ? from : root, "\"from\" must be a list of feeds: [lab]");
    return;
  }
  for (const YAML::Node& name : from) feed.from.push_back(name.as<std::string>(std::string()));
}

void read_document(DeclarationReader& reader, const YAML::Node& root, Feed& feed) {
  reader.keys(root, {"feed", "title", "connector", "destination", "from", "acknowledge", "types", "mapping", "poison",
                     "zone", "charset", "authority", "authorities", "keep", "enabled"});
  feed.name = reader.text(root, "feed", true);
  if (root["feed"].IsDefined() && !connect::is_declared_name(feed.name)) {
    reader.fault(root["feed"], "a feed is named by 1 to 64 of a-z 0-9 _ -");
  }
  const YAML::Node title = reader.map_in(root, "title");
  reader.keys(title, {"en", "zh"});
  feed.title_english = reader.text(title, "en");
  feed.title_chinese = reader.text(title, "zh");
  const bool is_outbound = root["destination"].IsDefined();
  if (is_outbound) {
    read_outbound(reader, root, feed);
  } else {
    read_connector(reader, reader.map_in(root, "connector", true), feed);
  }
  feed.acknowledge = reader.choice(root, "acknowledge", AcknowledgeWhen::inbox,
                                   {{"inbox", AcknowledgeWhen::inbox}, {"commit", AcknowledgeWhen::commit}});
  feed.poison =
      reader.choice(root, "poison", PoisonPolicy::skip, {{"skip", PoisonPolicy::skip}, {"stop", PoisonPolicy::stop}});
  const bool needs_mapping = !is_outbound || feed.destination->kind == DestinationKind::fhir;
  feed.mapping = reader.text(root, "mapping", needs_mapping);
  feed.is_enabled = reader.flag(root, "enabled", true);
  if (const YAML::Node types = root["types"]; types.IsDefined()) {
    if (!types.IsSequence()) reader.fault(types, "\"types\" must be a list: [ADT^*, ORU^R01]");
    for (const YAML::Node& type : types) feed.types.push_back(type.as<std::string>(std::string()));
  }
  feed.zone = reader.text(root, "zone");
  if (!feed.zone.empty() && !TimeZone::find(feed.zone)) {
    reader.fault(root["zone"], "\"" + feed.zone + "\" is no time zone; one is Asia/Shanghai");
  }
  feed.charset = reader.text(root, "charset");
  if (!feed.charset.empty() && !hl7v2::charset_of_code(feed.charset)) {
    reader.fault(root["charset"], "\"" + feed.charset + "\" is no character set of HL7; one is GB 18030-2000");
  }
  feed.authority = reader.text(root, "authority");
  for (const auto& entry : reader.map_in(root, "authorities")) {
    feed.authorities.emplace_back(entry.first.as<std::string>(std::string()),
                                  entry.second.as<std::string>(std::string()));
    if (feed.authorities.back().second.empty()) reader.fault(entry.second, "an authority is called by a URI");
  }
  if (const std::string keep = reader.text(root, "keep"); !keep.empty()) {
    const std::optional<Duration> duration = read_duration(keep);
    if (!duration) reader.fault(root["keep"], "\"keep\" is a number of days or hours: 90d");
    feed.keep = duration.value_or(feed.keep);
  }
  feed.mllp.name = feed.name;
  if (feed.mqtt.client_id.empty()) feed.mqtt.client_id = "meridian-" + feed.name;
}

}  // namespace

std::optional<Feed> parse_feed(const std::string& yaml, const std::string& origin, std::vector<std::string>& faults) {
  std::optional<Feed> feed = connect::declared<Feed>(yaml, origin, faults, read_document);
  if (feed) {
    feed->origin = origin;
    feed->text = yaml;
  }
  return feed;
}

std::string Destination::to() const {
  switch (kind) {
    case DestinationKind::mllp:
      return host + ':' + std::to_string(port);
    case DestinationKind::fhir:
      return url;
    case DestinationKind::file:
      return folder;
  }
  return {};
}

void check_feeds(const std::vector<Feed>& feeds, std::vector<std::string>& faults) {
  std::map<std::string, std::string> names;
  std::map<std::string, std::string> addresses;
  for (const Feed& feed : feeds) {
    if (const auto [at, is_new] = names.emplace(feed.name, feed.origin); !is_new) {
      faults.push_back(feed.origin + ": the feed \"" + feed.name + "\" is also in " + at->second);
    }
    for (const std::string& source : feed.from) {
      const auto known = std::ranges::find(feeds, source, &Feed::name);
      if (known == feeds.end() || known->destination) {
        faults.push_back(feed.origin + ": \"" + source + "\" is no feed that takes messages in");
      }
    }
    if (!feed.is_enabled || feed.mllp.port == 0) continue;
    const std::string address = feed.mllp.host + ':' + std::to_string(feed.mllp.port);
    if (const auto [at, is_new] = addresses.emplace(address, feed.origin); !is_new) {
      faults.push_back(feed.origin + ": " + address + " is also where " + at->second + " listens");
    }
  }
}

Result<std::vector<Feed>> read_feeds(const std::string& folder) {
  std::vector<Feed> feeds;
  const auto take = [&](const std::string& yaml, const std::string& name, std::vector<std::string>& faults) {
    std::optional<Feed> feed = parse_feed(yaml, name, faults);
    if (!feed) return;
    net::TlsServerOptions& tls = feed->mllp.certificates;
    std::vector<std::string*> paths = {&tls.certificate_chain,
                                       &tls.private_key,
                                       &tls.client_authorities,
                                       &feed->folder,
                                       &feed->password_file,
                                       &feed->mqtt.certificates.authorities,
                                       &feed->mqtt.certificates.certificate_chain,
                                       &feed->mqtt.certificates.private_key};
    if (feed->destination) {
      net::TlsClientOptions& theirs = feed->destination->certificates;
      paths = {&theirs.authorities, &theirs.certificate_chain, &theirs.private_key, &feed->destination->folder};
    }
    for (std::string* path : paths) connect::take_from(folder, *path);
    feeds.push_back(*std::move(feed));
  };
  const auto check = [&](std::vector<std::string>& faults) { check_feeds(feeds, faults); };
  TRY(connect::read_declarations(folder, "the feeds", take, check));
  return feeds;
}

}  // namespace meridian::ingest
