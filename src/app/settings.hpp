// The settings of the program: one table, from which come the file, the environment, the flags, `config explain`
// and docs/configuration.md. Each module's rows will join here as modules declare their own.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/options.hpp"
#include "base/config.hpp"
#include "base/result.hpp"
#include "base/setting.hpp"

namespace meridian::app {

inline constexpr Setting kHttpAddress{
    .name = "http.address",
    .type = SettingType::text,
    .initial = "127.0.0.1",
    .english = "The address to listen on. Others than this machine's own need http.insecure_listen until logins exist.",
    .chinese = "监听地址。在登录功能可用之前，监听本机以外的地址须同时设置 http.insecure_listen。"};
inline constexpr Setting kHttpPort{.name = "http.port",
                                   .type = SettingType::integer,
                                   .initial = "8080",
                                   .english = "The port to listen on; 0 lets the system choose a free one.",
                                   .chinese = "监听端口；0 表示由系统选择空闲端口。",
                                   .minimum = 0,
                                   .maximum = 65535};
inline constexpr Setting kHttpInsecureListen{
    .name = "http.insecure_listen",
    .type = SettingType::boolean,
    .initial = "false",
    .english = "Allow an http.address that other machines can reach, although nobody has to log in.",
    .chinese = "允许监听其他机器可以访问的地址，即使目前无需登录。"};
inline constexpr Setting kHttpWorkers{.name = "http.workers",
                                      .type = SettingType::integer,
                                      .initial = "0",
                                      .english = "Threads that answer requests; 0: one for each processor.",
                                      .chinese = "处理请求的线程数；0 表示每个处理器一个。",
                                      .minimum = 0,
                                      .maximum = 256};
inline constexpr Setting kHttpQueue{.name = "http.queue",
                                    .type = SettingType::integer,
                                    .initial = "1024",
                                    .english = "Requests that may wait for a worker; further ones are answered 503.",
                                    .chinese = "可排队等待的请求数；超出者返回 503。",
                                    .minimum = 1,
                                    .maximum = 1'000'000};
inline constexpr Setting kHttpBodyLimit{
    .name = "http.body_limit",
    .type = SettingType::bytes,
    .initial = "64MiB",
    .english = "The longest request body, after decompression; longer ones are answered 413.",
    .chinese = "请求正文的最大长度（解压后）；超出者返回 413。",
    .minimum = 1024,
    .maximum = 1LL << 32};
inline constexpr Setting kHttpHeaderLimit{
    .name = "http.header_limit",
    .type = SettingType::bytes,
    .initial = "32KiB",
    .english = "The longest request line and fields together; longer ones are answered 431.",
    .chinese = "请求行与首部的总长度上限；超出者返回 431。",
    .minimum = 1024,
    .maximum = 1 << 20};
inline constexpr Setting kHttpConnections{.name = "http.connections",
                                          .type = SettingType::integer,
                                          .initial = "10000",
                                          .english = "Connections at once; further ones are refused with 503.",
                                          .chinese = "同时连接数上限；超出者返回 503。",
                                          .minimum = 1,
                                          .maximum = 1'000'000};
inline constexpr Setting kHttpQuota{
    .name = "http.quota",
    .type = SettingType::integer,
    .initial = "0",
    .english = "Requests a second that one client address may make; further ones are answered 429. 0: any number.",
    .chinese = "每个客户端地址每秒允许的请求数；超出者返回 429。0 表示不限制。",
    .minimum = 0,
    .maximum = 1'000'000};
inline constexpr Setting kHttpQuotaBurst{
    .name = "http.quota_burst",
    .type = SettingType::integer,
    .initial = "100",
    .english = "Requests that a client may make at once before http.quota holds it back.",
    .chinese = "在受 http.quota 限制之前，客户端可一次发出的请求数。",
    .minimum = 1,
    .maximum = 1'000'000};
inline constexpr Setting kHttpHeaderTime{
    .name = "http.header_time",
    .type = SettingType::duration,
    .initial = "10s",
    .english = "The time a client has to send the head of a request; slower ones are cut.",
    .chinese = "客户端发送请求首部的时限；超时即断开。",
    .minimum = 100,
    .maximum = 3'600'000};
inline constexpr Setting kHttpIdleTime{.name = "http.idle_time",
                                       .type = SettingType::duration,
                                       .initial = "75s",
                                       .english = "How long a connection may stay open between requests.",
                                       .chinese = "两次请求之间连接可以保持的时间。",
                                       .minimum = 100,
                                       .maximum = 86'400'000};
inline constexpr Setting kHttpAnswerTime{.name = "http.answer_time",
                                         .type = SettingType::duration,
                                         .initial = "60s",
                                         .english = "The longest that an answer may take to begin; then 503.",
                                         .chinese = "开始应答的时限；超时返回 503。",
                                         .minimum = 100,
                                         .maximum = 86'400'000};
inline constexpr Setting kHttpDrainTime{
    .name = "http.drain_time",
    .type = SettingType::duration,
    .initial = "20s",
    .english = "How long requests in flight may go on when the program is told to stop.",
    .chinese = "程序停止时，处理中的请求最多可继续的时间。",
    .minimum = 0,
    .maximum = 3'600'000};
inline constexpr Setting kHttpCorsOrigins{
    .name = "http.cors_origins",
    .type = SettingType::text,
    .initial = "",
    .english = "Origins of web pages that may call this server, separated by commas; * for any; empty for none.",
    .chinese = "允许调用本服务器的网页来源，以逗号分隔；* 表示任意；留空表示不允许。"};
inline constexpr Setting kTlsCertificate{
    .name = "tls.certificate",
    .type = SettingType::path,
    .initial = "",
    .english = "A PEM file with the server's certificate chain; with it the server speaks TLS only.",
    .chinese = "服务器证书链的 PEM 文件；设置后服务器只接受 TLS。"};
inline constexpr Setting kTlsKey{.name = "tls.key",
                                 .type = SettingType::path,
                                 .initial = "",
                                 .english = "A PEM file with the private key of tls.certificate.",
                                 .chinese = "tls.certificate 对应私钥的 PEM 文件。"};
inline constexpr Setting kTlsClients{
    .name = "tls.clients",
    .type = SettingType::choice,
    .initial = "none",
    .english = "Whether clients must show a certificate that tls.client_authorities signed.",
    .chinese = "客户端是否必须出示由 tls.client_authorities 签发的证书。",
    .choices = "none|optional|required"};
inline constexpr Setting kTlsClientAuthorities{
    .name = "tls.client_authorities",
    .type = SettingType::path,
    .initial = "",
    .english = "A PEM file with the authorities that may sign client certificates.",
    .chinese = "可签发客户端证书的机构的 PEM 文件。"};
inline constexpr Setting kLogLevel{.name = "log.level",
                                   .type = SettingType::choice,
                                   .initial = "info",
                                   .english = "The least important lines that are still written.",
                                   .chinese = "写入日志的最低级别。",
                                   .choices = "debug|info|warning|error|off"};
inline constexpr Setting kLogFormat{.name = "log.format",
                                    .type = SettingType::choice,
                                    .initial = "human",
                                    .english = "For people, or JSON for machines.",
                                    .chinese = "日志格式：供人阅读，或供机器处理的 JSON。",
                                    .choices = "human|json"};
inline constexpr Setting kMemoryLimit{
    .name = "memory.limit",
    .type = SettingType::bytes,
    .initial = "4GiB",
    .english = "The most memory that stores, caches, bodies and queues may hold together; work beyond is refused.",
    .chinese = "存储、缓存、请求正文与队列合计可占用的最大内存；超出则拒绝新任务。",
    .minimum = 256LL << 20,
    .maximum = 1LL << 42};
inline constexpr Setting kStoreMemory{
    .name = "store.memory",
    .type = SettingType::bytes,
    .initial = "1GiB",
    .english = "Of that, what the store may use for caches and what it has not written yet.",
    .chinese = "其中存储可用于缓存和待写数据的内存。",
    .minimum = 64LL << 20,
    .maximum = 1LL << 42};
inline constexpr Setting kStoreCheck{
    .name = "store.check",
    .type = SettingType::choice,
    .initial = "structure",
    .english =
        "What a resource must be to be stored: off (of a known type), structure (elements, cardinality and "
        "formats as in FHIR R4) or full (no error at all, as `meridian validate` sees it).",
    .chinese =
        "资源须满足何种要求才能存储：off（类型已知即可）、structure（元素、基数与格式符合FHIR R4）或full（与meridian "
        "validate一样没有任何错误）。",
    .choices = "off|structure|full"};
inline constexpr Setting kFhirpathTime{.name = "fhirpath.time",
                                       .type = SettingType::duration,
                                       .initial = "5s",
                                       .english = "The longest that one FHIRPath expression of a client may run.",
                                       .chinese = "客户端的一个 FHIRPath 表达式最多可运行的时间。",
                                       .minimum = 1,
                                       .maximum = 3'600'000};
inline constexpr Setting kValidationIssues{.name = "validation.issues",
                                           .type = SettingType::integer,
                                           .initial = "1000",
                                           .english = "Issues in one OperationOutcome; further ones are counted only.",
                                           .chinese = "一个 OperationOutcome 中的问题数上限；其余只计数。",
                                           .minimum = 1,
                                           .maximum = 1'000'000};
inline constexpr Setting kValidationPackages{
    .name = "validation.packages",
    .type = SettingType::text,
    .initial = "",
    .english = "FHIR packages (.tgz) and files of profiles to validate against, separated by commas.",
    .chinese = "校验时使用的 FHIR 包（.tgz）和规范文件，以逗号分隔。"};

inline constexpr Setting kImagingZone{
    .name = "imaging.zone",
    .type = SettingType::text,
    .initial = "UTC",
    .english = "The time zone of images that do not say theirs, such as Asia/Shanghai.",
    .chinese = "影像未注明时区时采用的时区，如 Asia/Shanghai。"};

inline constexpr Setting kImagingAuthority{
    .name = "imaging.authority",
    .type = SettingType::text,
    .initial = "",
    .english =
        "Whose patient numbers images carry that do not say it, as a URI; as of the feeds, so that both meet in one "
        "patient.",
    .chinese = "影像未注明患者编号发放机构时采用的机构 URI，应与消息接入一致，以便归到同一患者。"};

inline constexpr Setting kSettings[] = {
    kHttpAddress,          kHttpPort,         kHttpInsecureListen, kHttpWorkers,    kHttpQueue,       kHttpBodyLimit,
    kHttpHeaderLimit,      kHttpConnections,  kHttpQuota,          kHttpQuotaBurst, kHttpHeaderTime,  kHttpIdleTime,
    kHttpAnswerTime,       kHttpDrainTime,    kHttpCorsOrigins,    kTlsCertificate, kTlsKey,          kTlsClients,
    kTlsClientAuthorities, kLogLevel,         kLogFormat,          kMemoryLimit,    kStoreMemory,     kStoreCheck,
    kFhirpathTime,         kValidationIssues, kValidationPackages, kImagingZone,    kImagingAuthority};

/// File, environment and flags, as the command line says.
Result<Config> load_config(const CommonOptions& options);

/// The members of a setting that is a list: separated by commas, the space around them left out.
std::vector<std::string> split(std::string_view list);

/// Sets level and format of the log.
void apply_log_settings(const Config& config);

}  // namespace meridian::app
