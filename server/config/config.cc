#include "server/config/config.h"

#include <cstdlib>
#include <set>
#include <sstream>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "charter/version.h"
#include "server/config/settings.h"
#include "toml++/toml.h"

namespace charter {
namespace {

constexpr char kRoles[] = "roles";
constexpr char kHidden[] = "hidden";

std::string FlagOf(const Setting& setting) {
  return absl::StrCat("--", absl::StrReplaceAll(setting.key, {{"_", "-"}}));
}

std::string VariableOf(const Setting& setting) {
  return absl::StrCat("CHARTER_", absl::AsciiStrToUpper(setting.key));
}

absl::Status AtLine(const std::string& path, const toml::node& node,
                    absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, " line ", node.source().begin.line, ": ", what));
}

using Lists = std::map<std::string, std::vector<std::string>>;

// A table of lists of texts: `of` says of what.
absl::Status ApplyLists(const std::string& path, absl::string_view key,
                        absl::string_view of, const toml::node& node,
                        Lists* lists) {
  if (!node.is_table())
    return AtLine(path, node, absl::StrCat(key, " must be a table"));
  for (const auto& [name, value] : *node.as_table()) {
    const toml::array* list = value.as_array();
    if (list == nullptr) {
      return AtLine(path, value,
                    absl::StrCat("a role has a list of ", of, "s here"));
    }
    std::vector<std::string> texts;
    for (const toml::node& element : *list) {
      if (!element.is_string())
        return AtLine(path, element, absl::StrCat("a ", of, " is a text"));
      texts.push_back(element.value_or(std::string()));
    }
    (*lists)[std::string(name.str())] = std::move(texts);
  }
  return absl::OkStatus();
}

void PrintLists(absl::string_view key, const Lists& lists, std::string* out) {
  if (!lists.empty()) absl::StrAppend(out, "\n[", key, "]\n");
  for (const auto& [role, texts] : lists) {
    absl::StrAppend(out, role, " = [\"", absl::StrJoin(texts, "\", \""),
                    "\"]\n");
  }
}

absl::Status ApplyKey(const std::string& path, absl::string_view key,
                      const toml::node& node, Config* config) {
  if (key == kRoles)
    return ApplyLists(path, key, "permission", node, &config->roles);
  if (key == kHidden)
    return ApplyLists(path, key, "field", node, &config->hidden);
  for (const Setting& setting : Settings()) {
    if (setting.key != key) continue;
    std::string text;
    if (auto as_text = node.value_exact<std::string>()) {
      text = *as_text;
    } else if (auto as_bool = node.value_exact<bool>()) {
      text = *as_bool ? "true" : "false";
    } else if (auto as_number = node.value_exact<int64_t>()) {
      text = absl::StrCat(*as_number);
    } else {
      return AtLine(path, node, absl::StrCat(key, " has a value of that kind"));
    }
    absl::Status status = setting.set(text, config);
    if (status.ok()) return status;
    return AtLine(path, node, absl::StrCat(key, ": ", status.message()));
  }
  return AtLine(
      path, node,
      absl::StrCat("unknown key `", key, "`; there are ",
                   absl::StrJoin(Settings(), ", ",
                                 [](std::string* out, const Setting& setting) {
                                   absl::StrAppend(out, setting.key);
                                 }),
                   " and the tables roles and hidden"));
}

// A file of the user's, so that a first start needs no preparation.
std::string DefaultDatabase(
    const std::function<const char*(const char*)>& get_env) {
  const char* state = get_env("STATE_DIRECTORY");  // systemd's
  if (state != nullptr && *state != '\0') {
    return absl::StrCat("sqlite://", state, "/charter.db");
  }
  const char* data = get_env("XDG_DATA_HOME");
  if (data != nullptr && *data == '/') {
    return absl::StrCat("sqlite://", data, "/charter/charter.db");
  }
  const char* home = get_env("HOME");
  if (home != nullptr && *home == '/') {
    return absl::StrCat("sqlite://", home, "/.local/share/charter/charter.db");
  }
  return "sqlite://charter.db";
}

// The URL as it may be shown.
std::string WithoutPassword(const std::string& url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const size_t start = scheme + 3;
  const size_t at = url.find('@', start);
  const size_t colon = url.find(':', start);
  if (at == std::string::npos || colon == std::string::npos || colon > at) {
    return url;
  }
  return absl::StrCat(url.substr(0, colon), url.substr(at));
}

}  // namespace

Invocation ParseInvocation(
    int argc, const char* const* argv,
    const std::function<const char*(const char*)>& get_env) {
  Invocation invocation;
  // CLI11's own files and variables would let the file beat the environment:
  // it only reads the flags here.
  CLI::App app("The Charter server.", "charterd");
  app.set_version_flag("--version", absl::StrCat("charterd ", kVersion),
                       "Print the version and exit");
  std::string file;
  app.add_option("--config", file,
                 "A TOML file with the settings below, dashes as underscores, "
                 "and tables [roles] and [hidden] (CHARTER_CONFIG)")
      ->type_name("FILE");
  app.add_flag("--print-config", invocation.print_config,
               "Print the settings in force, then exit");
  app.add_flag("--migrate-only", invocation.migrate_only,
               "Bring the schema up to date, then exit");
  const std::vector<Setting>& settings = Settings();
  std::vector<std::string> values(settings.size());
  std::vector<CLI::Option*> options;
  for (size_t i = 0; i < settings.size(); ++i) {
    const std::string help =
        absl::StrCat(settings[i].help, " (", VariableOf(settings[i]), ")");
    CLI::Option* option = app.add_option(FlagOf(settings[i]), values[i], help);
    option->type_name(settings[i].placeholder);
    if (settings[i].placeholder.empty()) {
      // A flag that may stand alone: --insecure, --insecure=false.
      option->expected(0, 1);
    }
    options.push_back(option);
  }
  auto fail = [&](int code, std::string text) {
    invocation.exit_code = code;
    invocation.text = std::move(text);
    return invocation;
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out, err;
    const int code = app.exit(e, out, err);
    return fail(code == 0 ? 0 : 2, code == 0 ? out.str() : err.str());
  }
  Config& config = invocation.config;
  if (file.empty()) {
    const char* named = get_env("CHARTER_CONFIG");
    if (named != nullptr) file = named;
  }
  if (!file.empty()) {
    absl::Status status = ApplyFile(file, &config);
    if (!status.ok()) return fail(2, absl::StrCat(status.message(), "\n"));
  }
  for (size_t i = 0; i < settings.size(); ++i) {
    const char* variable = get_env(VariableOf(settings[i]).c_str());
    std::string from;
    absl::Status status;
    if (options[i]->count() > 0) {
      const bool alone = settings[i].placeholder.empty() && values[i].empty();
      status = settings[i].set(alone ? "true" : values[i], &config);
      from = FlagOf(settings[i]);
    } else if (variable != nullptr) {
      status = settings[i].set(variable, &config);
      from = VariableOf(settings[i]);
    }
    if (!status.ok()) {
      return fail(2, absl::StrCat(from, ": ", status.message(), "\n"));
    }
  }
  if (config.database.empty()) config.database = DefaultDatabase(get_env);
  return invocation;
}

absl::Status ApplyFile(const std::string& path, Config* config) {
  toml::table file;
  try {
    file = toml::parse_file(path);
  } catch (const toml::parse_error& e) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " line ", e.source().begin.line, ": ",
                     std::string(e.description())));
  }
  for (const auto& [key, node] : file) {
    absl::Status status = ApplyKey(path, std::string(key.str()), node, config);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

bool IsLoopback(absl::string_view listen) {
  const size_t colon = listen.rfind(':');
  const absl::string_view host = listen.substr(0, colon);
  if (host == "localhost" || host == "[::1]") return true;
  // An address and not a name that begins like one.
  return absl::StartsWith(host, "127.") &&
         host.find_first_not_of("0123456789.") == absl::string_view::npos;
}

absl::Status CheckConfig(const Config& config) {
  if (config.insecure && !config.tokens.empty()) {
    return absl::FailedPreconditionError(
        "--insecure and --tokens exclude each other");
  }
  if (!config.insecure && config.tokens.empty()) {
    return absl::FailedPreconditionError(
        "nobody could call: give --tokens FILE, or --insecure for a try on "
        "this machine alone");
  }
  if (config.insecure && !IsLoopback(config.listen)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "--insecure lets everybody do everything, so it only goes with a "
        "loopback address, not with ",
        config.listen));
  }
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    return absl::FailedPreconditionError(
        "--tls-cert and --tls-key belong together");
  }
  if (!config.tls_client_ca.empty() && config.tls_cert.empty()) {
    return absl::FailedPreconditionError(
        "--tls-client-ca is for a server with --tls-cert and --tls-key");
  }
  return absl::OkStatus();
}

std::string PrintConfig(const Config& config) {
  std::string out;
  for (const Setting& setting : Settings()) {
    std::string value = setting.get(config);
    if (setting.key == "database") value = WithoutPassword(value);
    if (setting.number) {
      absl::StrAppend(&out, setting.key, " = ", value, "\n");
      continue;
    }
    std::ostringstream quoted;
    quoted << toml::value<std::string>(value);
    absl::StrAppend(&out, setting.key, " = ", quoted.str(), "\n");
  }
  PrintLists(kRoles, config.roles, &out);
  PrintLists(kHidden, config.hidden, &out);
  return out;
}

}  // namespace charter
