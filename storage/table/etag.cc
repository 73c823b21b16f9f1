#include "storage/table/etag.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace charter::storage {
namespace {

// FNV-1a: the same on every machine and in every release.
uint32_t Hash(uint32_t hash, absl::string_view text) {
  for (char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619u;
  return hash;
}

}  // namespace

std::string MakeEtag(absl::string_view kind, absl::string_view name,
                     int64_t row_version) {
  const std::string version = absl::StrCat(row_version);
  uint32_t hash = Hash(2166136261u, kind);
  hash = Hash(Hash(hash, "/"), name);
  hash = Hash(Hash(hash, "/"), version);
  return absl::StrFormat("\"%s-%08x\"", version, hash);
}

std::optional<int64_t> VersionOfEtag(absl::string_view kind,
                                     absl::string_view name,
                                     absl::string_view etag) {
  absl::string_view rest = etag;
  int64_t version = 0;
  if (!absl::ConsumePrefix(&rest, "\"") ||
      !absl::SimpleAtoi(rest.substr(0, rest.find('-')), &version) ||
      MakeEtag(kind, name, version) != etag) {
    return std::nullopt;
  }
  return version;
}

bool EtagMatches(absl::string_view given, absl::string_view current) {
  return given.empty() || given == current;
}

}  // namespace charter::storage
