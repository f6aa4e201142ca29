#include "app/dicom_grammar.hpp"

#include <utility>

#include "app/grammar.hpp"

namespace meridian::app {

struct DicomGrammar::Options {
  DicomEchoOptions echo;
  DicomSendOptions send;
  DicomNodesOptions nodes;
  DicomStoreOptions store;
  DicomFindOptions find;
  DicomFetchOptions fetch;
  DicomRemoveOptions remove;
  DicomWorklistOptions worklist;
  CLI::App* echo_command = nullptr;
  CLI::App* send_command = nullptr;
  std::vector<CLI::App*> nodes_commands;
  CLI::App* store_command = nullptr;
  CLI::App* find_command = nullptr;
  CLI::App* fetch_command = nullptr;
  CLI::App* remove_command = nullptr;
  CLI::App* worklist_command = nullptr;
};

namespace {

CLI::Option* add_peer(CLI::App& command, DicomPeerOptions& peer) {
  auto* to = command.add_option("--to", peer.to, "where to")->type_name("HOST:PORT");
  command.add_option("--called", peer.called, "the peer's AE title")->type_name("AET")->capture_default_str();
  command.add_option("--calling", peer.calling, "our AE title")->type_name("AET")->capture_default_str();
  command.add_flag("--tls", peer.tls, "encrypt, and look at the peer's certificate");
  command.add_option("--tls-authorities", peer.authorities, "who signs it; the system's when not given")
      ->type_name("FILE");
  auto* certificate = command.add_option("--tls-certificate", peer.certificate, "to show to the peer");
  certificate->type_name("FILE");
  command.add_option("--tls-key", peer.key, "the certificate's key")->type_name("FILE")->needs(certificate);
  command.add_option("--timeout", peer.seconds, "seconds to wait for each answer")->type_name("N");
  return to;
}

CLI::App* add_echo(CLI::App& dicom, DicomEchoOptions& options) {
  auto* command = add_command(dicom, "echo", "ask a DICOM peer whether it is there (C-ECHO)");
  add_peer(*command, options.peer)->required();
  command->footer("Exit code 3 when it does not answer or rejects the association.");
  return command;
}

CLI::App* add_send(CLI::App& dicom, DicomSendOptions& options) {
  auto* command = add_command(dicom, "send", "send objects to a DICOM peer (C-STORE), and print how each was taken");
  positional(command->add_option("PATH", options.paths, "DICOM files, and folders of them")->required());
  add_peer(*command, options.peer)->required();
  command->add_option("--connections", options.connections, "send over so many associations at once")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000));
  command->add_option("--times", options.times, "send all so often, each time as other instances")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000'000));
  command->footer(
      "Objects go as they are, in the transfer syntax of their file; each line is a status and an instance.\n"
      "With --connections or --times it prints how many went a second and how soon they were answered:\n"
      "a trial of what an archive can take.\n"
      "Exit code 1 when one was not taken.");
  return command;
}

std::vector<CLI::App*> add_nodes(CLI::App& dicom, DicomNodesOptions& options) {
  using Action = DicomNodesOptions::Action;
  std::vector<CLI::App*> commands;
  const auto add = [&](const char* name, const char* about, Action action) {
    auto* command = add_command(dicom, name, about);
    command->callback([&options, action] { options.action = action; });
    add_folder_or_server(*command, options.place);
    commands.push_back(command);
    return command;
  };
  auto* list = add("nodes", "show where DICOM peers are listened to, and what the archive holds", Action::list);
  add_table(*list, options.format);
  list->footer("Nodes are declared in catalog/dicom of the data folder; docs/dicom.md says how.");
  add("reload", "put in force what catalog/dicom says now", Action::reload);
  add("verify", "read every object of the archive and compare it with what is known of it", Action::verify)
      ->footer("Exit code 1 when an object is damaged or missing.");
  return commands;
}

CLI::App* add_store(CLI::App& dicom, DicomStoreOptions& options) {
  auto* command = add_command(dicom, "store", "take DICOM objects into the archive, bit for bit");
  positional(command->add_option("PATH", options.paths, "DICOM files, and folders of them")->required());
  add_folder_or_server(*command, options.place);
  command->footer(
      "What cannot be taken is named with its reason, and does not keep the rest from going in.\n"
      "The same object again changes nothing. Exit code 1 when one was refused.");
  return command;
}

CLI::App* add_find(CLI::App& dicom, DicomFindOptions& options) {
  auto* command = add_command(dicom, "find", "find studies, series or instances of the archive");
  positional(command->add_option("KEY=VALUE", options.keys, "an attribute by keyword or tag, and what it must be"));
  command->add_option("--level", options.level, "what to find")
      ->type_name("study|series|instance")
      ->capture_default_str();
  command->add_option("--limit", options.limit, "at most so many")->type_name("N");
  add_table(*command, options.format);
  add_folder_or_server(*command, options.place);
  command->footer(
      "Values are matched as QIDO-RS does: PatientName=li*, StudyDate=20260101-, ModalitiesInStudy=CT.\n"
      "Studies come newest first. Exit code 1 when nothing matches.");
  return command;
}

void add_names(CLI::App& command, std::string& study, std::string& series, std::string& instance) {
  command.add_option("--study", study, "Study Instance UID")->type_name("UID")->required();
  auto* one = command.add_option("--series", series, "Series Instance UID; all when not given");
  one->type_name("UID");
  command.add_option("--instance", instance, "SOP Instance UID; all when not given")->type_name("UID")->needs(one);
}

CLI::App* add_fetch(CLI::App& dicom, DicomFetchOptions& options) {
  auto* command = add_command(dicom, "fetch", "write objects of the archive into a folder, bit for bit as they came");
  add_names(*command, options.study, options.series, options.instance);
  command->add_option("--out", options.out, "where to")->type_name("FOLDER")->required();
  add_folder_or_server(*command, options.place);
  command->footer("Files are FOLDER/study/series/instance.dcm. Exit code 1 when there are none.");
  return command;
}

CLI::App* add_remove(CLI::App& dicom, DicomRemoveOptions& options) {
  auto* command = add_command(dicom, "remove", "forget a study, a series or an instance of the archive");
  add_names(*command, options.study, options.series, options.instance);
  add_folder_or_server(*command, options.place);
  command->footer("Exit code 1 when there is nothing of that name.");
  return command;
}

CLI::App* add_worklist(CLI::App& dicom, DicomWorklistOptions& options) {
  auto* command = add_command(dicom, "worklist", "list the scheduled procedure steps that a modality would see");
  positional(command->add_option("KEY=VALUE", options.keys, "another attribute, and what it must be"));
  command->add_option("--modality", options.modality, "such as CT")->type_name("CODE");
  command->add_option("--station", options.station, "the AE title where it is done")->type_name("AET");
  command->add_option("--date", options.date, "20260105, 20260105-20260107, or 20260105-")->type_name("DAYS");
  command->add_option("--patient", options.patient, "Patient ID")->type_name("NUMBER");
  command->add_option("--accession", options.accession, "accession number")->type_name("NUMBER");
  command->add_option("--limit", options.limit, "at most so many")->type_name("N")->check(CLI::Range(1, 10'000));
  add_table(*command, options.format);
  add_folder_or_server(*command, options.place);
  add_peer(*command, options.peer)->description("ask this DICOM peer instead (C-FIND)");
  command->footer(
      "Steps are made of the record's orders and appointments; catalog/dicom/worklist.yaml says which are of which\n"
      "modality, and where they are done: docs/dicom.md. Exit code 1 when nothing matches.");
  return command;
}

}  // namespace

DicomGrammar::DicomGrammar(CLI::App& app) : options_(std::make_unique<Options>()) {
  CLI::App& dicom = *app.get_subcommand("dicom");
  options_->echo_command = add_echo(dicom, options_->echo);
  options_->send_command = add_send(dicom, options_->send);
  options_->nodes_commands = add_nodes(dicom, options_->nodes);
  options_->store_command = add_store(dicom, options_->store);
  options_->find_command = add_find(dicom, options_->find);
  options_->fetch_command = add_fetch(dicom, options_->fetch);
  options_->remove_command = add_remove(dicom, options_->remove);
  options_->worklist_command = add_worklist(dicom, options_->worklist);
}

DicomGrammar::~DicomGrammar() = default;

std::optional<Command> DicomGrammar::command() {
  if (options_->echo_command->parsed()) return std::move(options_->echo);
  if (options_->send_command->parsed()) return std::move(options_->send);
  for (const CLI::App* command : options_->nodes_commands) {
    if (command->parsed()) return placed(std::move(options_->nodes));
  }
  if (options_->store_command->parsed()) return placed(std::move(options_->store));
  if (options_->find_command->parsed()) return placed(std::move(options_->find));
  if (options_->fetch_command->parsed()) return placed(std::move(options_->fetch));
  if (options_->remove_command->parsed()) return placed(std::move(options_->remove));
  if (options_->worklist_command->parsed()) return placed(std::move(options_->worklist));
  return std::nullopt;
}

}  // namespace meridian::app
