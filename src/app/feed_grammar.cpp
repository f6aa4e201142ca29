#include "app/feed_grammar.hpp"

#include <string>
#include <utility>

#include "app/grammar.hpp"

namespace meridian::app {

struct FeedGrammar::Options {
  Hl7SendOptions send;
  FeedsOptions feeds;
  FeedTestOptions test;
  DevicesOptions devices;
  InboxOptions inbox;
  InboxOptions dead;
  CLI::App* send_command = nullptr;
  CLI::App* test_command = nullptr;
};

namespace {

CLI::App* add_send(CLI::App& app, Hl7SendOptions& options) {
  auto* command =
      add_command(*app.get_subcommand("hl7"), "send", "send messages by MLLP and print how each was acknowledged");
  positional(command->add_option("FILE", options.files, "files of messages; - is standard input")->required());
  command->add_option("--to", options.to, "where to")->type_name("HOST:PORT")->required();
  command->add_flag("--tls", options.tls, "encrypt, and look at the receiver's certificate");
  command->add_option("--tls-authorities", options.authorities, "who signs it; the system's when not given")
      ->type_name("FILE");
  auto* certificate = command->add_option("--tls-certificate", options.certificate, "to show to the receiver");
  certificate->type_name("FILE");
  command->add_option("--tls-key", options.key, "the certificate's key")->type_name("FILE")->needs(certificate);
  command->add_option("--timeout", options.seconds, "seconds to wait for each answer")->type_name("N");
  command->add_option("--connections", options.connections, "send over so many at once, each patient's in order")
      ->type_name("N")
      ->check(CLI::Range(1, 10'000));
  command->add_option("--times", options.times, "send all so often, each time as other messages of other patients")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000'000));
  command->add_option("--rate", options.rate, "at most so many a second")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  command->footer(
      "Messages go one after another, each when the one before was answered.\n"
      "With --connections, --times or --rate it prints how many went a second and how soon they were answered:\n"
      "a trial of what a receiver can take.\n"
      "Exit code 1 when one was not accepted.");
  return command;
}

void add_feeds(CLI::App& app, FeedsOptions& options) {
  using Action = FeedsOptions::Action;
  auto* all = add_command(app, "feeds", "the sources of messages: list, show, pause, resume, reload, test");
  all->require_subcommand(1);
  const auto action = [&](const char* name, const char* about, Action what) {
    auto* command = add_command(*all, name, about);
    command->callback([&options, what] { options.action = what; });
    add_folder_or_server(*command, options.place);
    if (what != Action::list && what != Action::reload)
      positional(command->add_option("FEED", options.feed, "its name")->required());
    return command;
  };
  add_table(*action("list", "every declared feed and how it is", Action::list), options.format);
  add_table(*action("show", "one feed, stage by stage", Action::show), options.format);
  action("pause", "read nothing from its senders; what was read goes on", Action::pause);
  action("resume", "read from its senders again", Action::resume);
  action("reload", "put in force what the catalogue says now; a server looks by itself every few seconds",
         Action::reload);
}

void add_devices(CLI::App& app, DevicesOptions& options) {
  using Action = DevicesOptions::Action;
  auto* all = add_command(app, "devices", "devices that send by themselves: list, show, kinds, quarantine, admit");
  all->require_subcommand(1);
  const auto action = [&](const char* name, const char* about, Action what) {
    auto* command = add_command(*all, name, about);
    command->callback([&options, what] { options.action = what; });
    add_folder_or_server(*command, options.place);
    return command;
  };
  add_table(*action("list", "every registered device, its kind, and how it proves itself", Action::list),
            options.format);
  auto* show = action("show", "one device, and what of it is in quarantine", Action::show);
  positional(show->add_option("NUMBER", options.number, "the device's number")->required());
  add_table(*show, options.format);
  auto* kinds = action("kinds", "the kinds of devices that are understood; of one, its values", Action::kinds);
  positional(kinds->add_option("KIND", options.kind, "its name"));
  add_table(*kinds, options.format);
  add_table(*action("quarantine", "devices whose messages wait because nobody knows them", Action::quarantine),
            options.format);
  auto* admit = action("admit", "register a device, and work again on what of it is in quarantine", Action::admit);
  positional(admit->add_option("NUMBER", options.number, "the device's number")->required());
  admit->add_option("--kind", options.kind, "of which kind it is: see devices kinds")->type_name("KIND")->required();
  admit->add_option("--where", options.where, "where it stands")->type_name("TEXT");
  admit->add_option("--topic", options.topic, "the topics that only it writes to, as the broker sees to")
      ->type_name("FILTER");
  admit->add_option("--key-file", options.key_file, "a file with the key it shows; - is standard input")
      ->type_name("FILE");
  admit->add_option("--certificate-sha256", options.certificate_sha256, "of the certificate it shows")
      ->type_name("HEX");
  admit->footer(
      "Without --topic, --key-file and --certificate-sha256 its number is enough: for networks that are trusted.");
}

CLI::App* add_test(CLI::App& app, FeedTestOptions& options) {
  auto* command =
      add_command(*app.get_subcommand("feeds"), "test",
                  "read a declaration as the server would, and say what messages would become; touches nothing");
  positional(command->add_option("FILE", options.file, "the feed's YAML")->required());
  command->add_option("--messages", options.messages, "files of messages to try; - is standard input")
      ->type_name("FILE");
  command
      ->add_option("--mappings", options.mappings,
                   "a folder laid out like catalog/mappings; else ../mappings beside the feed's folder")
      ->type_name("DIR");
  command->add_flag("--all-issues", options.verbose, "also what the mapping merely tells, such as segments it drops");
  command->footer("Exit code 1 when something is wrong, or a message would become a dead letter.");
  return command;
}

void add_question(CLI::App& command, InboxOptions& options, bool with_state) {
  positional(command.add_option("FEED", options.feed, "the feed's name")->required());
  command.add_option("--type", options.type, "such as ADT^A01")->type_name("TYPE");
  command.add_option("--control-id", options.control_id, "what the sender calls it")->type_name("ID");
  command.add_option("--patient", options.patient, "the patient's number, or AUTHORITY|NUMBER")->type_name("ID");
  if (with_state) {
    command.add_option("--state", options.state, "received, done, dead, held, replaced or dropped")->type_name("STATE");
  }
  command.add_option("--from", options.from, "arrived at or after this instant")->type_name("INSTANT");
  command.add_option("--until", options.until, "arrived before this instant")->type_name("INSTANT");
}

void add_compare(CLI::App& all, InboxOptions& options) {
  auto* command =
      add_command(all, "compare", "say what other mappings would make of messages, field by field; changes nothing");
  command->callback([&options] { options.action = InboxOptions::Action::compare; });
  add_folder_or_server(*command, options.place);
  add_question(*command, options, true);
  command
      ->add_option("--mappings", options.mappings,
                   "a folder laid out like catalog/mappings: its files take the place of those in force")
      ->type_name("DIR")
      ->required();
  add_table(*command, options.format);
  command->footer("Exit code 1 when anything differs.");
}

void add_inbox(CLI::App& app, InboxOptions& options) {
  using Action = InboxOptions::Action;
  auto* all = add_command(app, "inbox", "messages as they came: search, show, replay, compare");
  all->require_subcommand(1);
  auto* command = add_command(*all, "search", "find messages, newest first");
  command->callback([&options] { options.action = Action::search; });
  add_folder_or_server(*command, options.place);
  add_question(*command, options, true);
  command->add_option("--limit", options.limit, "so many at most")->type_name("N");
  add_table(*command, options.format);

  command = add_command(*all, "show", "print messages as they came");
  command->callback([&options] { options.action = Action::show; });
  add_folder_or_server(*command, options.place);
  positional(command->add_option("MESSAGE", options.messages, "FEED/NUMBER")->required());
  add_table(*command, options.format);

  command = add_command(*all, "replay", "work again on every message of a feed that the question finds");
  command->callback([&options] { options.action = Action::replay_many; });
  add_folder_or_server(*command, options.place);
  add_question(*command, options, true);
  add_compare(*all, options);
}

void add_dead_letters(CLI::App& app, InboxOptions& options) {
  using Action = InboxOptions::Action;
  options.only_dead = true;
  auto* all = add_command(app, "dead-letters", "messages that wait for somebody: list, show, fix, replay, drop");
  all->require_subcommand(1);
  auto* command = add_command(*all, "list", "a feed's dead letters and why they are");
  command->callback([&options] { options.action = Action::search; });
  add_folder_or_server(*command, options.place);
  add_question(*command, options, false);
  command->add_option("--limit", options.limit, "so many at most")->type_name("N");
  add_table(*command, options.format);

  const auto of_messages = [&](const char* name, const char* about, Action what) {
    auto* made = add_command(*all, name, about);
    made->callback([&options, what] { options.action = what; });
    add_folder_or_server(*made, options.place);
    positional(made->add_option("MESSAGE", options.messages, "FEED/NUMBER")->required());
    return made;
  };
  add_table(*of_messages("show", "print dead letters as they came", Action::show), options.format);
  of_messages("replay", "work on them again", Action::replay);
  of_messages("drop", "let them go", Action::drop);
  command = of_messages("fix", "put a better message in its place", Action::fix);
  command->add_option("--with", options.file, "a file with the better message; - is standard input")
      ->type_name("FILE")
      ->required();
}

}  // namespace

FeedGrammar::FeedGrammar(CLI::App& app) : options_(std::make_unique<Options>()) {
  options_->send_command = add_send(app, options_->send);
  add_feeds(app, options_->feeds);
  options_->test_command = add_test(app, options_->test);
  add_devices(app, options_->devices);
  add_inbox(app, options_->inbox);
  add_dead_letters(app, options_->dead);
}

FeedGrammar::~FeedGrammar() = default;

std::optional<Command> FeedGrammar::command(const CLI::App& app) {
  Options& o = *options_;
  if (o.send_command->parsed()) return std::move(o.send);
  if (o.test_command->parsed()) return std::move(o.test);
  if (app.got_subcommand("feeds")) return placed(std::move(o.feeds));
  if (app.got_subcommand("devices")) return placed(std::move(o.devices));
  if (app.got_subcommand("inbox")) return placed(std::move(o.inbox));
  if (app.got_subcommand("dead-letters")) return placed(std::move(o.dead));
  return std::nullopt;
}

}  // namespace meridian::app
