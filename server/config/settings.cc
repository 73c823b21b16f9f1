#include "server/config/settings.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace charter {
namespace {

Setting Text(std::string key, std::string placeholder, std::string help,
             std::string Config::*field) {
  return {std::move(key), std::move(placeholder), std::move(help),
          [field](absl::string_view text, Config* config) {
            config->*field = std::string(text);
            return absl::OkStatus();
          },
          [field](const Config& config) { return config.*field; }};
}

Setting Flag(std::string key, std::string help, bool Config::*field) {
  return {std::move(key),
          "",
          std::move(help),
          [field](absl::string_view text, Config* config) {
            return absl::SimpleAtob(text, &(config->*field))
                       ? absl::OkStatus()
                       : absl::InvalidArgumentError("it must be true or false");
          },
          [field](const Config& config) {
            return config.*field ? "true" : "false";
          },
          true};
}

absl::Status SetMigrate(absl::string_view text, Config* config) {
  if (text == "auto") {
    config->migrate = Config::Migrate::kAuto;
  } else if (text == "always") {
    config->migrate = Config::Migrate::kAlways;
  } else if (text == "never") {
    config->migrate = Config::Migrate::kNever;
  } else {
    return absl::InvalidArgumentError("it must be auto, always or never");
  }
  return absl::OkStatus();
}

std::string GetMigrate(const Config& config) {
  switch (config.migrate) {
    case Config::Migrate::kAlways:
      return "always";
    case Config::Migrate::kNever:
      return "never";
    case Config::Migrate::kAuto:
      break;
  }
  return "auto";
}

absl::Status SetThreads(absl::string_view text, Config* config) {
  int threads = 0;
  if (!absl::SimpleAtoi(text, &threads) || threads < 1 || threads > 64) {
    return absl::InvalidArgumentError("it must be a number from 1 to 64");
  }
  config->threads = threads;
  return absl::OkStatus();
}

absl::Status SetGrace(absl::string_view text, Config* config) {
  absl::Duration grace;
  if (!absl::ParseDuration(text, &grace) || grace < absl::ZeroDuration() ||
      grace > absl::Hours(1)) {
    return absl::InvalidArgumentError(
        "it must be a length from 0s to 1h, like 25s");
  }
  config->grace = grace;
  return absl::OkStatus();
}

}  // namespace

const std::vector<Setting>& Settings() {
  static const auto& settings = *new std::vector<Setting>{
      Text("listen", "HOST:PORT", "Where to listen; port 0 takes any free one",
           &Config::listen),
      Text("database", "URL",
           "sqlite://PATH or mysql://USER@HOST:PORT/NAME. Default: a SQLite "
           "file of the user's",
           &Config::database),
      Text("database_password_file", "FILE",
           "A file whose first line is the database's password",
           &Config::database_password_file),
      {"migrate", "WHEN",
       "Bring the schema up to date at the start: auto (SQLite only), always, "
       "never",
       SetMigrate, GetMigrate},
      Text("tokens", "FILE",
           "The callers: hashed bearer tokens with principals and roles",
           &Config::tokens),
      Flag("insecure",
           "No tokens: every caller is admin. Loopback listeners only",
           &Config::insecure),
      Text("tls_cert", "FILE",
           "PEM certificate chain; read again when it changes",
           &Config::tls_cert),
      Text("tls_key", "FILE", "PEM private key", &Config::tls_key),
      Text("tls_client_ca", "FILE",
           "PEM authorities: every caller must have a certificate of theirs",
           &Config::tls_client_ca),
      {"threads", "N",
       "Worker threads, each with a database connection (1 to 64)", SetThreads,
       [](const Config& config) { return absl::StrCat(config.threads); }, true},
      {"grace", "LENGTH", "How long a stop may take to finish calls", SetGrace,
       [](const Config& config) { return absl::FormatDuration(config.grace); }},
      Text("log_level", "LEVEL", "debug, info, warning, error or off",
           &Config::log_level),
  };
  return settings;
}

}  // namespace charter
