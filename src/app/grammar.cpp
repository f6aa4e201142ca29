#include "app/grammar.hpp"

namespace meridian::app {

namespace {

const Choices<Table> kTables{{"table", Table::table}, {"json", Table::json}};

}  // namespace

CLI::Option* positional(CLI::Option* option) {
  return option->type_name("");
}

CLI::App* add_command(CLI::App& app, const char* name, const char* about) {
  auto* command = app.add_subcommand(name, about);
  command->fallthrough();
  return command;
}

void add_folder_or_server(CLI::App& command, Place& place) {
  auto* data =
      command.add_option("--data", place.data, "the data folder; a server that holds it is asked through its socket");
  data->type_name("DIR");
  command.add_option("--server", place.server, "a server's address, such as http://127.0.0.1:8080")
      ->type_name("URL")
      ->excludes(data);
}

void add_table(CLI::App& command, Table& format) {
  choice(command, "--format", format, kTables, "table: for people; json: as the server answers");
}

}  // namespace meridian::app
