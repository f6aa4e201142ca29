#include "base/config.hpp"

#include <gtest/gtest.h>

#include "base/nearest.hpp"

namespace meridian {
namespace {

constexpr Setting kPort{.name = "http.port",
                        .type = SettingType::integer,
                        .initial = "8080",
                        .english = "The port to listen on.",
                        .chinese = "监听端口。",
                        .minimum = 0,
                        .maximum = 65535};
constexpr Setting kIdle{.name = "http.idle_timeout",
                        .type = SettingType::duration,
                        .initial = "30s",
                        .english = "How long a connection may rest.",
                        .chinese = "连接空闲时限。",
                        .minimum = 1};
constexpr Setting kBody{.name = "http.body_limit",
                        .type = SettingType::bytes,
                        .initial = "64MiB",
                        .english = "The longest body.",
                        .chinese = "请求体上限。"};
constexpr Setting kLevel{.name = "log.level",
                         .type = SettingType::choice,
                         .initial = "info",
                         .english = "What is logged.",
                         .chinese = "日志级别。",
                         .choices = "debug|info|warning"};
constexpr Setting kGzip{.name = "http.gzip",
                        .type = SettingType::boolean,
                        .initial = "true",
                        .english = "Whether to compress.",
                        .chinese = "是否压缩。"};
constexpr Setting kKey{.name = "tls.password",
                       .type = SettingType::text,
                       .initial = "",
                       .english = "Opens the key.",
                       .chinese = "密钥口令。",
                       .secrecy = Secrecy::secret};
constexpr Setting kTable[] = {kPort, kIdle, kBody, kLevel, kGzip, kKey};

std::string fault(ConfigLoader& loader) {
  const Result<Config> config = loader.finish();
  return config ? "none" : config.error().message();
}

TEST(Config, has_the_values_of_its_table_when_nobody_gives_others) {
  const Config config = ConfigLoader(kTable).finish().value();
  EXPECT_EQ(config.integer(kPort), 8080);
  EXPECT_EQ(config.duration(kIdle), Duration::seconds(30));
  EXPECT_EQ(config.bytes(kBody), 64u << 20);
  EXPECT_EQ(config.text(kLevel), "info");
  EXPECT_TRUE(config.boolean(kGzip));
}

TEST(Config, takes_flags_before_environment_before_file) {
  for (const bool reversed : {false, true}) {
    ConfigLoader loader(kTable);
    const char* const environment[] = {"MERIDIAN_HTTP_PORT=2", "MERIDIAN_LOG_LEVEL=debug", "HOME=/", nullptr};
    if (reversed) {
      loader.set_flag("http.port", "3");
      loader.read_environment(environment);
    }
    loader.read_yaml("http:\n  port: 1\n  gzip: false\nlog.level: warning\n", "a.yaml");
    if (!reversed) {
      loader.read_environment(environment);
      loader.set_flag("http.port", "3");
    }
    const Config config = loader.finish().value();
    EXPECT_EQ(config.integer(kPort), 3);
    EXPECT_EQ(config.text(kLevel), "debug");
    EXPECT_FALSE(config.boolean(kGzip));
    const std::vector<Config::Row> rows = config.rows();
    EXPECT_EQ(rows[0].origin, "flag");
    EXPECT_EQ(rows[1].origin, "default");
    EXPECT_EQ(rows[3].origin, "environment MERIDIAN_LOG_LEVEL");
    EXPECT_EQ(rows[4].origin, "a.yaml:3");
  }
}

TEST(Config, names_what_was_probably_meant) {
  ConfigLoader loader(kTable);
  loader.read_yaml("http:\n  prot: 1\n", "a.yaml");
  const char* const environment[] = {"MERIDIAN_LOG_LEVL=debug", "MERIDIAN_SHARED_DATA=x", nullptr};
  const std::string_view others[] = {"MERIDIAN_SHARED_DATA"};
  loader.read_environment(environment, others);
  loader.set_flag("completely.different", "1");
  EXPECT_EQ(fault(loader),
            "a.yaml:2: there is no setting http.prot; did you mean http.port?\n"
            "environment MERIDIAN_LOG_LEVL: there is no setting log.levl; did you mean log.level?\n"
            "flag: there is no setting completely.different");
}

TEST(Config, says_what_a_setting_takes) {
  ConfigLoader loader(kTable);
  loader.read_yaml("http.port: 70000\nhttp.idle_timeout: 30\nhttp.body_limit: -1\nlog.level: loud\nhttp.gzip: yes\n",
                   "f");
  EXPECT_EQ(fault(loader),
            "f:1: http.port: it takes a whole number, 0 to 65535\n"
            "f:2: http.idle_timeout: it takes a duration such as 250ms, 30s, 5m, 2h or 7d, at least 1 ms\n"
            "f:3: http.body_limit: it takes a size such as 512, 64KiB, 4GiB or 10MB\n"
            "f:4: log.level: it takes one of debug, info, warning\n"
            "f:5: http.gzip: it takes true or false");
}

TEST(Config, tells_of_a_bad_value_even_where_a_good_one_wins) {
  ConfigLoader loader(kTable);
  loader.set_flag("http.port", "1");
  loader.read_yaml("http.port: x", "f");
  EXPECT_EQ(fault(loader), "f:1: http.port: it takes a whole number, 0 to 65535");
}

TEST(Config, reads_sizes_and_durations_in_their_units) {
  for (const auto& [text, bytes] : {std::pair("10MB", 10'000'000u), {"1KiB", 1024u}, {"7", 7u}, {"2GiB", 2u << 30}}) {
    ConfigLoader loader(kTable);
    loader.set_flag("http.body_limit", text);
    EXPECT_EQ(loader.finish()->bytes(kBody), bytes);
  }
  for (const char* text : {"99999999999GiB", "1 KiB", "KiB", "1.5MiB", ""}) {
    ConfigLoader loader(kTable);
    loader.set_flag("http.body_limit", text);
    EXPECT_FALSE(loader.finish()) << text;
  }
  ConfigLoader loader(kTable);
  loader.set_flag("http.idle_timeout", "2h");
  EXPECT_EQ(loader.finish()->duration(kIdle), Duration::hours(2));
}

TEST(Config, refuses_files_that_are_no_configuration) {
  const auto told = [](const std::string& yaml) {
    ConfigLoader loader(kTable);
    loader.read_yaml(yaml, "f");
    return fault(loader);
  };
  EXPECT_EQ(told(""), "none");
  EXPECT_EQ(told("- a"), "f: a configuration is names and their values");
  EXPECT_EQ(told("http.port:"), "f: line 1: http.port needs a value");
  EXPECT_EQ(told("http.port: [1]"), "f: line 1: http.port needs a value");
  EXPECT_EQ(told("http.port: 1\nhttp:\n  port: 2"), "f:3: http.port stands in line 1 too");
  EXPECT_TRUE(told("a: [").starts_with("f: line 1: this is not YAML"));
  EXPECT_NE(told(std::string(5000, '[')), "none");
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_NE(told(deep).find("too deep"), std::string::npos);
}

TEST(Config, says_when_a_file_is_not_there) {
  ConfigLoader loader(kTable);
  EXPECT_EQ(loader.read_file("/nowhere/meridian.yaml").error().code(), ErrorCode::not_found);
}

TEST(Config, never_shows_a_secret) {
  ConfigLoader loader(kTable);
  loader.set_flag("tls.password", "hunter2");
  const Config config = loader.finish().value();
  EXPECT_EQ(config.text(kKey), "hunter2");
  EXPECT_EQ(config.explain(Language::english).find("hunter2"), std::string::npos);
  EXPECT_NE(config.explain(Language::english).find("tls.password = (secret)    # flag"), std::string::npos);
}

TEST(Config, explains_itself_in_both_languages) {
  const Config config = ConfigLoader(kTable).finish().value();
  EXPECT_TRUE(
      config.explain(Language::english).starts_with("http.port = 8080    # default\n    The port to listen on.\n"));
  EXPECT_TRUE(config.explain(Language::chinese).starts_with("http.port = 8080    # default\n    监听端口。\n"));
}

TEST(Settings, make_a_page_of_documentation) {
  EXPECT_NE(
      settings_markdown(kTable, Language::english)
          .find(
              "| `http.port` | `MERIDIAN_HTTP_PORT` | `8080` | a whole number, 0 to 65535 | The port to listen on. |"),
      std::string::npos);
}

TEST(ConfigDeathTest, stops_on_a_setting_that_is_not_in_its_table) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Config config = ConfigLoader(std::span(kTable, 1)).finish().value();
  EXPECT_DEATH(config.boolean(kGzip), "the setting is in the table");
  EXPECT_DEATH(config.boolean(kPort), "setting.type == type");
}

TEST(Nearest, finds_the_word_that_was_meant) {
  EXPECT_EQ(edit_distance("prot", "port"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  const std::string_view words[] = {"validate", "convert", "serve"};
  EXPECT_EQ(nearest("valdate", words), "validate");
  EXPECT_EQ(nearest("srve", words), "serve");
  EXPECT_EQ(nearest("elephant", words), "");
  EXPECT_EQ(nearest(std::string(1000, 'a'), words), "");
}

}  // namespace
}  // namespace meridian
