#include "app/data_grammar.hpp"

#include <string>
#include <utility>

#include "app/grammar.hpp"

namespace meridian::app {

struct DataGrammar::Options {
  ImportOptions import;
  ExportOptions export_;
  GetOptions get;
  SearchOptions search;
  HistoryOptions history;
  BackupOptions backup;
  RestoreOptions restore;
  VerifyOptions verify;
  ReindexOptions reindex;
  StatsOptions stats;
  TerminologyOptions terminology;
  DoctorOptions doctor;
};

namespace {

void add_place(CLI::App& command, Place& place) {
  add_folder_or_server(command, place);
  command.add_option("--tenant", place.tenant, "the tenant; the default one when not given")->type_name("NAME");
}

void add_import(CLI::App& app, ImportOptions& options) {
  auto* command = add_command(app, "import", "take resources in: NDJSON, Bundles, single resources, folders of them");
  positional(command->add_option("PATH", options.paths, "files or folders, plain, .gz or .zst; - is standard input")
                 ->required());
  add_place(*command, options.place);
  command->add_option("--errors", options.errors, "a file for what was refused, one OperationOutcome a line")
      ->type_name("FILE");
  command->footer(
      "Lines that are no valid resources are left out and told with their line number; the rest goes in.\n"
      "What was taken in is on the disk when the command ends. Transaction Bundles are carried out as such.\n"
      "Exit code 1 when something was refused.");
}

void add_export(CLI::App& app, ExportOptions& options) {
  auto* command = add_command(app, "export", "write all resources as NDJSON, a file a type");
  add_place(*command, options.place);
  command->add_option("--out", options.out, "the folder to write to; made when it is not there")
      ->type_name("DIR")
      ->required();
  command->add_option("--type", options.types, "only this type; may be repeated")
      ->type_name("TYPE")
      ->allow_extra_args(false);
  command->add_option("--since", options.since, "only what was changed at or after this instant")->type_name("INSTANT");
}

void add_reading(CLI::App& app, GetOptions& get, SearchOptions& search, HistoryOptions& history) {
  auto* command = add_command(app, "get", "print resources");
  positional(command->add_option("REFERENCE", get.references, "TYPE/ID, or TYPE/ID/_history/VERSION")->required());
  command->add_flag("--provenance", get.provenance, "instead, which message and place in it each part came from");
  add_place(*command, get.place);

  command = add_command(app, "search", "search, as FHIR does, and print what was found");
  positional(command->add_option("QUERY", search.query, "such as 'Observation?code=8480-6&_sort=-date'")->required());
  add_place(*command, search.place);
  add_table(*command, search.format);
  command->add_flag("--all", search.all, "every page, not only the first");

  command = add_command(app, "history", "print the versions of a resource, a type or everything, newest first");
  positional(command->add_option("REFERENCE", history.reference, "TYPE/ID or TYPE; everything when not given"));
  add_place(*command, history.place);
}

void add_upkeep(CLI::App& app, BackupOptions& backup, RestoreOptions& restore, VerifyOptions& verify,
                ReindexOptions& reindex, StatsOptions& stats, DoctorOptions& doctor) {
  auto* command =
      add_command(app, "backup", "make a restore point in another folder, consistent, while the server goes on");
  add_folder_or_server(*command, backup.place);  // of all tenants
  command->add_option("--out", backup.out, "the folder of the back-up")->type_name("DIR")->required();
  command->add_flag("--incremental", backup.incremental,
                    "add a restore point to a back-up that is there, copying only what is new");
  command->footer(
      "All tenants and what `terminology load` took in are in it. With --incremental the files of earlier restore "
      "points\n"
      "are compared with their checksums; one that is damaged is copied anew.");

  command = add_command(app, "restore", "make a data folder from a back-up");
  auto* positional_from =
      positional(command->add_option("BACKUP", restore.from, "a folder that `meridian backup` made"));
  command->add_option("--from", restore.from, "the same")->type_name("DIR")->excludes(positional_from);
  auto* data = command->add_option("--data", restore.data, "the data folder to make; must not exist yet");
  data->type_name("DIR");
  command->add_option("--at", restore.at, "the restore point: its number, or latest, which is what is meant otherwise")
      ->type_name("NAME|latest");
  command->add_flag("--list", restore.list, "say which restore points there are, and make nothing")->excludes(data);
  command->callback([&restore] {
    if (restore.from.empty()) throw CLI::RequiredError("--from DIR");
    if (restore.data.empty() && !restore.list) throw CLI::RequiredError("--data DIR");
  });

  command = add_command(app, "verify", "read everything and compare it: checksums, versions, index, feed");
  add_place(*command, verify.place);
  command->footer("Exit code 1 when something is wrong; each fault is a line.");

  command = add_command(app, "reindex", "make the search index anew from the resources");
  add_place(*command, reindex.place);

  command = add_command(app, "stats", "what is in it: resources by type, versions, bytes");
  add_place(*command, stats.place);
  add_table(*command, stats.format);

  command = add_command(app, "doctor", "explain what is wrong with this installation, and how to mend it");
  command->add_option("--data", doctor.data, "the data folder to look at")->type_name("DIR");
}

void add_terminology(CLI::App& app, TerminologyOptions& options) {
  using Action = TerminologyOptions::Action;
  auto* all = add_command(app, "terminology", "load code systems from their files, and ask what codes mean");
  all->require_subcommand(1);
  const auto action = [&](const char* name, const char* about, Action what) {
    auto* command = add_command(*all, name, about);
    command->callback([&options, what] { options.action = what; });
    add_place(*command, options.place);
    return command;
  };
  const auto add_language = [&](CLI::App& command) {
    command.add_option("--language", options.language, "of the names, such as zh-CN")->type_name("CODE");
  };
  auto* command =
      action("load", "take in the files of SNOMED CT, LOINC, RxNorm, ICD-10-CM, Athena or ClaML", Action::load);
  positional(command->add_option("PATH", options.words, "files, or folders of them; plain, .gz or .zst")->required());
  command->add_option("--url", options.url, "the code system's URL, where it is not the usual one")->type_name("URL");
  command->add_option("--as-version", options.version, "its version")->type_name("VERSION");
  add_language(*command);
  command->footer(
      "Files are known by the names they are given out with. Lines that cannot be used are left out and told.\n"
      "What was loaded is on the disk when the command ends. Exit code 1 when a line was left out.");

  action("list", "which code systems were loaded", Action::list);

  command = action("lookup", "what a code means", Action::lookup);
  positional(
      command->add_option("SYSTEM_CODE", options.words, "the system's URL and the code")->required()->expected(2));
  add_language(*command);

  command = action("expand", "list the codes of a value set", Action::expand);
  positional(command->add_option("VALUESET", options.words, "its URL")->required()->expected(1));
  command->add_option("--filter", options.filter, "only codes with these words in a name")->type_name("WORDS");
  command->add_option("--count", options.count, "so many at most")->type_name("N");
  add_language(*command);

  command = action("translate", "what a code is in another system", Action::translate);
  positional(
      command->add_option("SYSTEM_CODE", options.words, "the system's URL and the code")->required()->expected(2));
  command->add_option("--map", options.map, "the concept map to use; all when not given")->type_name("URL");
  command->add_option("--target", options.target, "only codes of this system")->type_name("URL");
  command->add_flag("--reverse", options.reverse, "which codes stand for it, rather than which it stands for");
}

}  // namespace

DataGrammar::DataGrammar(CLI::App& app) : options_(std::make_unique<Options>()) {
  Options& o = *options_;
  add_import(app, o.import);
  add_export(app, o.export_);
  add_reading(app, o.get, o.search, o.history);
  add_upkeep(app, o.backup, o.restore, o.verify, o.reindex, o.stats, o.doctor);
  add_terminology(app, o.terminology);
}

DataGrammar::~DataGrammar() = default;

std::optional<Command> DataGrammar::command(const CLI::App& app) {
  Options& o = *options_;
  if (app.got_subcommand("import")) return placed(std::move(o.import));
  if (app.got_subcommand("export")) return placed(std::move(o.export_));
  if (app.got_subcommand("get")) return placed(std::move(o.get));
  if (app.got_subcommand("search")) return placed(std::move(o.search));
  if (app.got_subcommand("history")) return placed(std::move(o.history));
  if (app.got_subcommand("backup")) return placed(std::move(o.backup));
  if (app.got_subcommand("restore")) return std::move(o.restore);
  if (app.got_subcommand("verify")) return placed(std::move(o.verify));
  if (app.got_subcommand("reindex")) return placed(std::move(o.reindex));
  if (app.got_subcommand("stats")) return placed(std::move(o.stats));
  if (app.got_subcommand("terminology")) return placed(std::move(o.terminology));
  if (app.got_subcommand("doctor")) {
    if (o.doctor.data.empty()) o.doctor.data = kDefaultData;
    return std::move(o.doctor);
  }
  return std::nullopt;
}

}  // namespace meridian::app
