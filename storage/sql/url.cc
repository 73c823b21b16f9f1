#include "storage/sql/url.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace charter::storage::internal {
namespace {

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(
      "database URL: ", what,
      "; write sqlite://PATH or "
      "mysql://user[:password]@host[:port]/name[?socket=PATH&ssl_ca=PATH]"));
}

absl::StatusOr<std::string> Decode(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || !absl::ascii_isxdigit(text[i + 1]) ||
        !absl::ascii_isxdigit(text[i + 2])) {
      return Wrong("a % is not followed by two hexadecimal digits");
    }
    out += absl::HexStringToBytes(text.substr(i + 1, 2));
    i += 2;
  }
  if (std::any_of(out.begin(), out.end(),
                  [](unsigned char c) { return absl::ascii_iscntrl(c); })) {
    return Wrong("it has a control character");
  }
  return out;
}

// Decodes into `*out`; false and `*error` when it can't.
bool DecodeTo(absl::string_view text, std::string* out, absl::Status* error) {
  absl::StatusOr<std::string> decoded = Decode(text);
  if (!decoded.ok()) {
    *error = decoded.status();
    return false;
  }
  *out = *std::move(decoded);
  return true;
}

absl::Status ParseSqlite(absl::string_view rest, DatabaseUrl& url) {
  absl::Status error;
  if (!DecodeTo(rest, &url.path, &error)) return error;
  if (url.path.empty()) return Wrong("the path of the SQLite file is missing");
  if (url.path == ":memory:") {
    return Wrong(
        "a database in memory cannot be shared by sessions; name a file, say "
        "under /tmp");
  }
  if (url.path.find('"') != std::string::npos)
    return Wrong("the path has a double quote");
  url.display = absl::StrCat("sqlite://", url.path);
  return absl::OkStatus();
}

absl::Status ParseHost(absl::string_view host, DatabaseUrl& url) {
  absl::string_view port;
  if (absl::ConsumePrefix(&host, "[")) {
    const size_t end = host.find(']');
    if (end == absl::string_view::npos) return Wrong("a [ has no ]");
    port = host.substr(end + 1);
    host = host.substr(0, end);
    if (!port.empty() && !absl::ConsumePrefix(&port, ":"))
      return Wrong("only :port may follow the ]");
  } else if (const size_t colon = host.find(':');
             colon != absl::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (!port.empty() && (!absl::SimpleAtoi(port, &url.port) || url.port < 1 ||
                        url.port > 65535)) {
    return Wrong("the port is not a number from 1 to 65535");
  }
  absl::Status error;
  DecodeTo(host, &url.host, &error);
  return error;
}

absl::Status ParseMysql(absl::string_view rest, DatabaseUrl& url) {
  absl::Status error;
  const std::pair<absl::string_view, absl::string_view> query =
      absl::StrSplit(rest, absl::MaxSplits('?', 1));
  const size_t slash = query.first.rfind('/');
  if (slash == absl::string_view::npos)
    return Wrong("the database's name is missing");
  if (!DecodeTo(query.first.substr(slash + 1), &url.name, &error)) return error;
  if (url.name.empty()) return Wrong("the database's name is missing");
  absl::string_view authority = query.first.substr(0, slash);
  const size_t at = authority.rfind('@');
  if (at == absl::string_view::npos || at == 0)
    return Wrong("the user is missing");
  const std::pair<absl::string_view, absl::string_view> who =
      absl::StrSplit(authority.substr(0, at), absl::MaxSplits(':', 1));
  if (!DecodeTo(who.first, &url.user, &error) ||
      !DecodeTo(who.second, &url.password, &error)) {
    return error;
  }
  if (url.user.empty()) return Wrong("the user is missing");
  if (absl::Status status = ParseHost(authority.substr(at + 1), url);
      !status.ok())
    return status;
  for (absl::string_view part :
       absl::StrSplit(query.second, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> option =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    std::string* out = option.first == "socket"   ? &url.socket
                       : option.first == "ssl_ca" ? &url.ssl_ca
                                                  : nullptr;
    if (out == nullptr)
      return Wrong("it has an option other than socket and ssl_ca");
    if (!DecodeTo(option.second, out, &error)) return error;
  }
  if (url.host.empty() && url.socket.empty())
    return Wrong("the host is missing");
  url.display = absl::StrCat(
      "mysql://", url.user, "@", url.socket.empty() ? url.host : url.socket,
      url.socket.empty() ? absl::StrCat(":", url.port) : "", "/", url.name);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DatabaseUrl> ParseDatabaseUrl(absl::string_view text) {
  DatabaseUrl url;
  absl::Status status;
  if (absl::ConsumePrefix(&text, "sqlite://")) {
    status = ParseSqlite(text, url);
  } else if (absl::ConsumePrefix(&text, "mysql://")) {
    url.engine = Engine::kMysql;
    status = ParseMysql(text, url);
  } else {
    status = Wrong("it starts with neither sqlite:// nor mysql://");
  }
  if (!status.ok()) return status;
  return url;
}

}  // namespace charter::storage::internal
