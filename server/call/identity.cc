#include "server/call/identity.h"

#include <openssl/sha.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/observability/log.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/names.h"
#include "toml++/toml.h"

namespace charter::call {
namespace {

// No token of ours is longer; more isn't worth hashing.
constexpr size_t kMaxToken = 4096;
constexpr size_t kMaxPrincipal = 255;
// Before the names of certificates among the keys of a TokenSet.
constexpr char kCertificate[] = "certificate ";

absl::Time ToTime(const toml::date_time& t) {
  const absl::CivilSecond local(t.date.year, t.date.month, t.date.day,
                                t.time.hour, t.time.minute, t.time.second);
  const int offset_minutes = t.offset.has_value() ? t.offset->minutes : 0;
  return absl::FromCivil(local, absl::UTCTimeZone()) -
         absl::Minutes(offset_minutes);
}

absl::Status Wrong(absl::string_view file, const toml::node& node,
                   absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(file, " line ", node.source().begin.line, ": ", what));
}

// Gives the principal what its roles give, and confines it if they are a
// customer's. INVALID_ARGUMENT.
absl::Status GiveRights(const Roles& roles, const toml::table& table,
                        services::Principal* principal) {
  absl::StatusOr<Rights> rights = roles.RightsOf(principal->roles);
  if (!rights.ok()) return rights.status();
  principal->permissions = rights->permissions;
  principal->hidden = rights->hidden;
  storage::Confinement confinement{table["account"].value_or(std::string()),
                                   table["contact"].value_or(std::string())};
  if (!rights->customer) {
    if (confinement == storage::Confinement()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "account and contact stand with roles for customers (`customer…`) "
        "only: nothing confines the others");
  }
  if (!absl::StartsWith(confinement.account, "accounts/") ||
      !services::IsResourceName(confinement.account)) {
    return absl::InvalidArgumentError(
        "who has a role for customers has an account, \"accounts/acme\", that "
        "they are confined to");
  }
  if (!confinement.contact.empty() &&
      (!absl::StartsWith(confinement.contact, "contacts/") ||
       !services::IsResourceName(confinement.contact))) {
    return absl::InvalidArgumentError(
        "contact must be a name such as \"contacts/jane\"");
  }
  principal->confined_to = std::move(confinement);
  return absl::OkStatus();
}

// What the caller shows, as a key of a TokenSet. INVALID_ARGUMENT.
absl::StatusOr<std::string> ShownBy(const toml::table& table) {
  if (table.contains("certificate")) {
    const std::string name = table["certificate"].value_or(std::string());
    if (table.contains("sha256")) {
      return absl::InvalidArgumentError(
          "it has sha256 or certificate, not both");
    }
    if (name.empty() || name.size() > kMaxPrincipal) {
      return absl::InvalidArgumentError(
          "certificate must be a URI or DNS name, 1 to 255 bytes, of the "
          "caller's certificate");
    }
    return absl::StrCat(kCertificate, name);
  }
  std::string hash =
      absl::AsciiStrToLower(table["sha256"].value_or(std::string()));
  if (hash.size() != 2 * SHA256_DIGEST_LENGTH ||
      hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return absl::InvalidArgumentError(
        "sha256 must be the 64 hex digits of the token's SHA-256: "
        "printf %s TOKEN | sha256sum");
  }
  return hash;
}

}  // namespace

std::string HashToken(absl::string_view token) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(),
         digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest)));
}

absl::StatusOr<std::shared_ptr<const TokenSet>> TokenSet::Parse(
    absl::string_view text, absl::string_view file_name, const Roles& roles) {
  toml::table file;
  try {
    file = toml::parse(std::string_view(text.data(), text.size()));
  } catch (const toml::parse_error& e) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(file_name), " line ", e.source().begin.line,
                     ": ", std::string(e.description())));
  }
  auto set = std::make_shared<TokenSet>();
  for (const auto& [key, node] : file) {
    if (key.str() != "token" || !node.is_array_of_tables()) {
      return Wrong(file_name, node, "only [[token]] tables may stand here");
    }
    for (const toml::node& element : *node.as_array()) {
      const toml::table& table = *element.as_table();
      for (const auto& [name, value] : table) {
        if (name.str() != "sha256" && name.str() != "certificate" &&
            name.str() != "principal" && name.str() != "roles" &&
            name.str() != "expires" && name.str() != "account" &&
            name.str() != "contact") {
          return Wrong(file_name, value,
                       "unknown key; a token has sha256 or certificate, "
                       "principal, roles, expires, and of customers account "
                       "and contact");
        }
      }
      absl::StatusOr<std::string> shown = ShownBy(table);
      if (!shown.ok()) return Wrong(file_name, table, shown.status().message());
      Entry entry;
      entry.principal.name = table["principal"].value_or(std::string());
      if (entry.principal.name.empty() ||
          entry.principal.name.size() > kMaxPrincipal ||
          entry.principal.name == "system") {
        return Wrong(file_name, table,
                     "principal must have 1 to 255 bytes and not be `system`");
      }
      if (const toml::array* names = table["roles"].as_array()) {
        for (const toml::node& role : *names) {
          entry.principal.roles.push_back(role.value_or(std::string()));
        }
      }
      absl::Status status = GiveRights(roles, table, &entry.principal);
      if (!status.ok()) return Wrong(file_name, table, status.message());
      if (table.contains("expires")) {
        const auto expires = table["expires"].value<toml::date_time>();
        if (!expires.has_value() || !expires->offset.has_value()) {
          return Wrong(file_name, table,
                       "expires must be an instant with its offset: "
                       "2027-01-01T00:00:00Z");
        }
        entry.expires = ToTime(*expires);
      }
      if (!set->tokens_.emplace(*shown, std::move(entry)).second) {
        return Wrong(file_name, table,
                     "the same sha256 or certificate stands here twice");
      }
    }
  }
  return std::shared_ptr<const TokenSet>(std::move(set));
}

absl::StatusOr<services::Principal> TokenSet::Find(absl::string_view token,
                                                   absl::Time now) const {
  if (token.size() > kMaxToken) return services::errors::TokenInvalid();
  auto found = tokens_.find(HashToken(token));
  if (found == tokens_.end() || now >= found->second.expires) {
    return services::errors::TokenInvalid();
  }
  return found->second.principal;
}

absl::StatusOr<services::Principal> TokenSet::FindCertificate(
    const std::vector<std::string>& names, absl::Time now) const {
  for (const std::string& name : names) {
    auto found = tokens_.find(absl::StrCat(kCertificate, name));
    if (found != tokens_.end() && now < found->second.expires)
      return found->second.principal;
  }
  return services::errors::CertificateUnknown();
}

std::unique_ptr<Identity> Identity::Insecure() {
  std::unique_ptr<Identity> identity(new Identity());
  identity->insecure_ = true;
  identity->local_.name = "local";
  identity->local_.roles = {"admin"};
  identity->local_.permissions =
      identity->roles_.RightsOf({"admin"})->permissions;
  return identity;
}

absl::StatusOr<std::unique_ptr<Identity>> Identity::FromFile(
    std::string path, Roles roles, std::chrono::milliseconds look_every) {
  std::unique_ptr<Identity> identity(new Identity());
  identity->path_ = std::move(path);
  identity->roles_ = std::move(roles);
  identity->look_every_ = look_every;
  absl::Status status = identity->Load();
  if (!status.ok()) return status;
  return identity;
}

absl::StatusOr<services::Principal> Identity::Identify(
    const Presented& presented, absl::Time now) {
  if (insecure_) return local_;
  const absl::string_view authorization = presented.authorization;
  if (authorization.empty() && !presented.certificate_names.empty())
    return Tokens()->FindCertificate(presented.certificate_names, now);
  if (authorization.empty()) return services::errors::TokenMissing();
  constexpr absl::string_view kScheme = "bearer ";
  if (!absl::StartsWithIgnoreCase(authorization, kScheme)) {
    return services::errors::TokenMissing();
  }
  return Tokens()->Find(
      absl::StripAsciiWhitespace(authorization.substr(kScheme.size())), now);
}

std::shared_ptr<const TokenSet> Identity::Tokens() {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now >= next_look_) {
    next_look_ = now + look_every_;
    if (StampOf(path_) != stamp_) {
      absl::Status status = Load();
      if (status.ok()) {
        LogEvent("tokens reloaded", {{"count", absl::StrCat(tokens_->size())}});
      } else {
        LogError("tokens not reloaded, the former ones stay in force",
                 {{"cause", std::string(status.message())}});
      }
    }
  }
  return tokens_;
}

absl::Status Identity::Load() {
  // Taken first: a file that changes while it is read is read again.
  const Stamp stamp = StampOf(path_);
  std::ifstream file(path_, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(
        absl::StrCat("the token file ", path_, " cannot be read"));
  }
  const std::string text((std::istreambuf_iterator<char>(file)),
                         std::istreambuf_iterator<char>());
  stamp_ = stamp;
  auto tokens = TokenSet::Parse(text, path_, roles_);
  if (!tokens.ok()) return tokens.status();
  tokens_ = *std::move(tokens);
  return absl::OkStatus();
}

Identity::Stamp Identity::StampOf(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return Stamp();
  return {info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec,
          static_cast<int64_t>(info.st_size),
          static_cast<int64_t>(info.st_ino)};
}

}  // namespace charter::call
