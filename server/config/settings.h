// The settings, each once: its names, its help, how it is set and shown.
#ifndef CHARTER_SERVER_CONFIG_SETTINGS_H_
#define CHARTER_SERVER_CONFIG_SETTINGS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/config/config.h"

namespace charter {

struct Setting {
  // The key of the file: "tls_cert". The flag is "--tls-cert", the variable
  // CHARTER_TLS_CERT.
  std::string key;
  std::string placeholder;  // of the flag's value; empty: a flag without one
  std::string help;
  // INVALID_ARGUMENT says what is expected.
  std::function<absl::Status(absl::string_view text, Config*)> set;
  // As text for `set`.
  std::function<std::string(const Config&)> get;
  bool number = false;  // shown, and taken from the file, without quotes
};

const std::vector<Setting>& Settings();

}  // namespace charter

#endif  // CHARTER_SERVER_CONFIG_SETTINGS_H_
