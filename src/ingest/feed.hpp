// Feed: what the catalogue says of one source of messages, and how it is read from YAML.
//
//   feed: lab                         # [a-z0-9_-]{1,64}; the file's name without .yaml
//   title: { en: Laboratory, zh: 检验科 }
//   connector:
//     kind: mllp
//     listen: 127.0.0.1:2575
//     tls: { certificate: lab.pem, key: lab.key, client_authorities: hospital.pem, client_certificate: required }
//   acknowledge: inbox                # when AA goes out: inbox (it is safe) or commit (it is in the store)
//   types: [ADT^*, ORU^R01]           # others are kept and mean nothing; none named: all
//   mapping: hl7v2                    # of catalog/mappings
//   poison: skip                      # a dead letter holds up nobody; stop: later messages of its patient wait
//   zone: Asia/Shanghai               # of times without an offset
//   charset: GB 18030-2000            # of bytes that are not UTF-8 and do not say what they are
//   authority: urn:oid:2.16.156.1     # whose numbers stand without an authority; else the sender's name
//   authorities: { HOSP: urn:oid:2.16.156.1 }        # what an authority is to be called
//   keep: 90d                         # in the inbox, once done
//   enabled: true
//
// Instead of a listener the connector may be a folder: the messages of files that are put there, batch files (FHS, BHS)
// too, gzip or zstd as well; a file is set aside in taken/ when all its messages are safe.
//
//   connector: { kind: folder, path: incoming }
//
// With the mapping `cda` files are documents, one each; with a record map they are tables, JSON or XML (`each: path`
// says what in JSON or XML is one record), and their names say which: lab.csv, lab.ndjson.gz (record_format.hpp).
// What a table does not say of itself is declared beside it; all of it may be left out:
//
//   table: { delimiter: ";", quote: "'", header: false, columns: [no, name], widths: [8, 20], cells: true,
//            charset: GBK, sheet: Results, skip: 2 }
//
// Or a broker has them; one is acknowledged to it when it is safe. Objects get their topic as the member `topic`:
//
//   connector: { kind: mqtt, broker: 10.0.0.5:8883, topics: [ward/+/vitals], client: meridian, user: meridian,
//                password_file: broker.password, tls: { authorities: a.pem, certificate: c.pem, key: k.pem } }
//
// Or rows of a PostgreSQL database are records (sql_connector.hpp):
//
//   connector: { kind: sql, database: postgresql://lis@10.0.0.5/lis, query: "SELECT … >= $1 …", watermark: changed }
//
// Or messages are given by HTTP (http_inlet.hpp):
//
//   connector: { kind: http }
//
// Or devices and analysers connect (device_connector.hpp); with the mapping `devices` they must be registered:
//
//   connector: { kind: tcp, listen: 0.0.0.0:7000, framing: lines, answers: true, tls: { … as of mllp } }
//   connector: { kind: astm, listen: 0.0.0.0:4000 }
//
// An outbound feed has a destination (destination.hpp) instead of a connector, and says whose messages it takes there:
//
//   from: [lab, adt]
//   destination: { kind: mllp, to: 10.1.2.3:6661, tls: { authorities: a.pem, certificate: c.pem, key: k.pem } }
//   destination: { kind: fhir, url: https://registry.example.org/fhir }            # by the mapping
//   destination: { kind: file, folder: /srv/outgoing }
//
// Every fault is told with its file and line, all of them at once. Values; free of threads.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "connect/mllp_server.hpp"
#include "connect/mqtt_subscriber.hpp"
#include "formats/table/table_reader.hpp"
#include "ingest/pipeline.hpp"
#include "net/tls.hpp"

namespace meridian::ingest {

enum class AcknowledgeWhen : std::uint8_t { inbox, commit };

enum class ConnectorKind : std::uint8_t { mllp, folder, http, mqtt, sql, tcp, astm };

enum class DestinationKind : std::uint8_t { mllp, fhir, file };

struct Destination {
  DestinationKind kind = DestinationKind::mllp;
  std::string host;  ///< mllp
  std::uint16_t port = 0;
  bool tls = false;
  net::TlsClientOptions certificates;  ///< of fhir too
  std::string url;                     ///< fhir
  std::string folder;                  ///< file
  /// Where to, for people.
  std::string to() const;
};

/// What in a file is a record, of feeds whose mapping is a record map.
struct RecordFileOptions {
  std::string each;  ///< of JSON and XML: the path of the elements; empty: items of an array, or all of it
  table::TableOptions table;
};

/// A question to a database, asked again and again (sql_connector.hpp).
struct SqlSource {
  std::string database;
  std::string query;
  std::string watermark;  ///< the column that says how far it has come; empty: all rows, each time
  std::string from;       ///< $1 at first
  Duration every = Duration::minutes(1);
};

struct Feed {
  std::string name;
  std::string title_english;
  std::string title_chinese;
  ConnectorKind kind = ConnectorKind::mllp;
  connect::MllpServerOptions mllp;  ///< of tcp and astm: address, certificates, connections
  std::string folder;               ///< kind folder
  connect::MqttSubscriberOptions mqtt;
  SqlSource sql;
  std::string password_file;  ///< of the broker or database; empty: none
  RecordFileOptions records;  ///< of its files
  AcknowledgeWhen acknowledge = AcknowledgeWhen::inbox;
  std::optional<Destination> destination;  ///< of an outbound feed, which has no connector
  std::vector<std::string> from;           ///< feeds whose messages it takes
  std::vector<std::string> types;
  std::string mapping;
  PoisonPolicy poison = PoisonPolicy::skip;
  std::string zone;
  std::string charset;
  std::string authority;
  std::vector<std::pair<std::string, std::string>> authorities;  ///< name in messages, URI
  Duration keep = Duration::days(90);
  bool is_enabled = true;
  bool has_answers = true;  ///< kind tcp: whether senders are told
  std::string origin;       ///< the file
  std::string text;         ///< and what it says
  /// Whether both are declared alike.
  bool operator==(const Feed& other) const { return origin == other.origin && text == other.text; }
};

/// One file's feed. Faults are added as "lab.yaml:7: …"; nothing is given back then.
std::optional<Feed> parse_feed(const std::string& yaml, const std::string& origin, std::vector<std::string>& faults);
/// What lies between feeds: names and addresses that stand twice.
void check_feeds(const std::vector<Feed>& feeds, std::vector<std::string>& faults);
/// Every *.yaml of a folder, in the order of their names; a folder that is not there has none. Paths of certificates
/// are taken from the folder on. invalid_argument with a line for each fault.
Result<std::vector<Feed>> read_feeds(const std::string& folder);

}  // namespace meridian::ingest
