// What the commands that work on stored data were asked to do, as plain values; data_grammar.cpp fills them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace meridian::app {

/// Where the data are: in a folder, held by a running server or not, or behind a URL.
struct Place {
  std::string data;    ///< --data DIR
  std::string server;  ///< --server URL, without /fhir
  std::string tenant;  ///< --tenant; empty: the default one
};

enum class Table : std::uint8_t { table, json };

struct ImportOptions {
  Place place;
  std::vector<std::string> paths;  ///< files and folders; - is standard input
  std::string errors;              ///< where lines that were refused are described; empty: standard error
};

struct ExportOptions {
  Place place;
  std::string out;                 ///< a folder
  std::vector<std::string> types;  ///< empty: all
  std::string since;               ///< an instant; empty: everything
};

struct GetOptions {
  Place place;
  std::vector<std::string> references;  ///< "Patient/12", "Patient/12/_history/3"
  bool provenance = false;              ///< instead: where each part came from
};

struct SearchOptions {
  Place place;
  std::string query;  ///< "Observation?code=8480-6"
  Table format = Table::json;
  bool all = false;  ///< every page, not only the first
};

struct HistoryOptions {
  Place place;
  std::string reference;  ///< "Patient/12", "Patient", or empty for everything
};

struct BackupOptions {
  Place place;
  std::string out;           ///< a folder
  bool incremental = false;  ///< which may hold a back-up already
};

struct RestoreOptions {
  std::string from;
  std::string data;
  std::string at = "latest";  ///< or the number of a restore point
  bool list = false;          ///< only say which there are
};

struct VerifyOptions {
  Place place;
};

struct ReindexOptions {
  Place place;
};

struct StatsOptions {
  Place place;
  Table format = Table::table;
};

struct TerminologyOptions {
  enum class Action : std::uint8_t { load, list, lookup, expand, translate };
  Place place;
  Action action = Action::list;
  std::vector<std::string> words;  ///< of load: paths; lookup and translate: system and code; expand: a value set's URL
  std::string url;                 ///< of load: instead of the URL that the system usually has
  std::string version;
  std::string language;
  std::string filter;
  std::string count;
  std::string map;
  std::string target;
  bool reverse = false;
};

struct DoctorOptions {
  std::string data;
};

}  // namespace meridian::app
