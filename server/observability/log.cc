#include "server/observability/log.h"

#include <cstdint>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace charter {
namespace {

constexpr absl::string_view kFirstField = "\"event\":";

void AppendQuoted(absl::string_view text, std::string* out) {
  out->push_back('"');
  for (char c : text) {
    switch (c) {
      case '"':
        absl::StrAppend(out, "\\\"");
        break;
      case '\\':
        absl::StrAppend(out, "\\\\");
        break;
      case '\n':
        absl::StrAppend(out, "\\n");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          absl::StrAppendFormat(out, "\\u%04x", c);
        } else {
          out->push_back(c);
        }
    }
  }
  out->push_back('"');
}

void AppendField(absl::string_view key, absl::string_view value,
                 std::string* out) {
  out->push_back(',');
  AppendQuoted(key, out);
  out->push_back(':');
  AppendQuoted(value, out);
}

void Write(spdlog::level::level_enum level, absl::string_view message,
           const LogFields& fields) {
  if (!spdlog::default_logger_raw()->should_log(level)) return;
  std::string line(kFirstField);
  AppendQuoted(message, &line);
  for (const auto& [key, value] : fields) AppendField(key, value, &line);
  spdlog::log(level, "{}", line);
}

// The line's own fields; a text that others wrote becomes the field `event`.
class FieldsFlag : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const absl::string_view text(message.payload.data(),
                                 message.payload.size());
    if (absl::StartsWith(text, kFirstField)) {
      out.append(text.data(), text.data() + text.size());
      return;
    }
    std::string quoted(kFirstField);
    AppendQuoted(text, &quoted);
    out.append(quoted.data(), quoted.data() + quoted.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<FieldsFlag>();
  }
};

}  // namespace

absl::Status SetUpLog(absl::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no log level `", level,
                     "`; there are debug, info, warning, error and off"));
  }
  auto logger = spdlog::stderr_logger_mt("charter");
  auto formatter = std::make_unique<spdlog::pattern_formatter>(
      spdlog::pattern_time_type::utc);
  formatter->add_flag<FieldsFlag>('*').set_pattern(
      "{\"time\":\"%Y-%m-%dT%H:%M:%S.%fZ\",\"level\":\"%l\",%*}");
  logger->set_formatter(std::move(formatter));
  logger->set_level(parsed);
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
  return absl::OkStatus();
}

void LogEvent(absl::string_view message, const LogFields& fields) {
  Write(spdlog::level::info, message, fields);
}
void LogWarning(absl::string_view message, const LogFields& fields) {
  Write(spdlog::level::warn, message, fields);
}
void LogError(absl::string_view message, const LogFields& fields) {
  Write(spdlog::level::err, message, fields);
}

void LogCall(const CallLine& line) {
  const bool failed = line.code == "INTERNAL" || line.code == "UNKNOWN" ||
                      line.code == "DATA_LOSS";
  const auto level = failed ? spdlog::level::err : spdlog::level::info;
  if (!spdlog::default_logger_raw()->should_log(level)) return;
  std::string text = absl::StrCat(kFirstField, "\"call\"");
  AppendField("method", line.method, &text);
  AppendField("code", line.code, &text);
  if (!line.reason.empty()) AppendField("reason", line.reason, &text);
  AppendField("principal", line.principal, &text);
  AppendField("call", line.call_id, &text);
  if (!line.request_id.empty())
    AppendField("request_id", line.request_id, &text);
  AppendField("peer", line.peer, &text);
  absl::StrAppend(&text,
                  ",\"micros\":", absl::ToInt64Microseconds(line.duration));
  if (line.replayed) absl::StrAppend(&text, ",\"replayed\":true");
  spdlog::log(level, "{}", text);
}

}  // namespace charter
