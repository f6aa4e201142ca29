// What the commands that talk to DICOM peers were asked to do, as plain values; dicom_grammar.cpp fills them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/data_options.hpp"

namespace meridian::app {

/// A peer, and how to reach it.
struct DicomPeerOptions {
  std::string to;  ///< HOST:PORT
  std::string called = "ANY-SCP";
  std::string calling = "MERIDIAN";
  bool tls = false;
  std::string authorities;  ///< PEM files; empty: those of the system
  std::string certificate;
  std::string key;
  std::uint32_t seconds = 60;  ///< for each answer
};

struct DicomEchoOptions {
  DicomPeerOptions peer;
};

struct DicomSendOptions {
  DicomPeerOptions peer;
  std::vector<std::string> paths;  ///< files and folders
  std::uint32_t connections = 1;
  std::uint32_t times = 1;
};

/// The nodes of a data folder, and its archive.
struct DicomNodesOptions {
  enum class Action : std::uint8_t { list, reload, verify };
  Place place;
  Action action = Action::list;
  Table format = Table::table;
};

/// Objects of files, into the archive.
struct DicomStoreOptions {
  Place place;
  std::vector<std::string> paths;  ///< files and folders
};

struct DicomFindOptions {
  Place place;
  std::string level = "study";    ///< "study", "series", "instance"
  std::vector<std::string> keys;  ///< "PatientID=7"
  std::uint32_t limit = 0;        ///< 0: all
  Table format = Table::table;
};

/// Scheduled procedure steps, as a modality would see them.
struct DicomWorklistOptions {
  Place place;
  DicomPeerOptions peer;  ///< of another worklist; `to` is empty: ours
  std::string modality;
  std::string station;
  std::string date;
  std::string patient;
  std::string accession;
  std::vector<std::string> keys;  ///< "PatientName=li*"
  std::uint32_t limit = 1'000;
  Table format = Table::table;
};

/// Objects below a study, a series, or one of them.
struct DicomFetchOptions {
  Place place;
  std::string study;
  std::string series;
  std::string instance;
  std::string out;  ///< a folder
};

struct DicomRemoveOptions {
  Place place;
  std::string study;
  std::string series;
  std::string instance;
};

}  // namespace meridian::app
