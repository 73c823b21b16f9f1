#include "storage/migrations/migration.h"

#include <openssl/evp.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace charter::storage {
namespace {

constexpr absl::string_view kHeader = "-- oldest-binary: ";
constexpr absl::string_view kSeparator = "-- ;;";

absl::Status Wrong(absl::string_view file, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("migration ", file, ": ", what));
}

std::string Sha256(absl::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), size));
}

// Whether something is left when lines of comment are taken out.
bool HasStatement(absl::string_view block) {
  for (absl::string_view line : absl::StrSplit(block, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty() && !absl::StartsWith(line, "--")) return true;
  }
  return false;
}

absl::StatusOr<std::vector<Migration>> ParseAll(
    absl::string_view engine, const std::vector<MigrationFile>& files) {
  std::vector<Migration> migrations;
  for (const MigrationFile& file : files) {
    absl::StatusOr<Migration> migration = ParseMigration(file.name, file.text);
    if (!migration.ok()) return migration.status();
    if (migration->version != static_cast<int>(migrations.size()) + 1) {
      return Wrong(absl::StrCat(engine, "/", file.name),
                   "the numbers must be 0001, 0002, … without gaps");
    }
    migrations.push_back(*std::move(migration));
  }
  return migrations;
}

}  // namespace

absl::StatusOr<Migration> ParseMigration(absl::string_view file_name,
                                         absl::string_view text) {
  Migration migration;
  absl::string_view name = file_name;
  if (!absl::ConsumeSuffix(&name, ".sql") || name.size() < 6 ||
      name[4] != '_' ||
      !absl::SimpleAtoi(name.substr(0, 4), &migration.version) ||
      migration.version < 1) {
    return Wrong(file_name, "the name must be NNNN_name.sql");
  }
  migration.name = std::string(name.substr(5));
  migration.checksum = Sha256(text);
  absl::string_view header = text.substr(0, text.find('\n'));
  if (!absl::ConsumePrefix(&header, kHeader) ||
      !absl::SimpleAtoi(absl::StripAsciiWhitespace(header),
                        &migration.oldest_binary)) {
    return Wrong(file_name, "the first line must be \"-- oldest-binary: N\"");
  }
  if (migration.oldest_binary < 1 ||
      migration.oldest_binary > migration.version) {
    return Wrong(
        file_name,
        "the oldest binary must be from 1 to the migration's own number");
  }
  std::string block;
  auto finish = [&]() {
    if (!HasStatement(block)) return false;
    migration.statements.push_back(std::move(block));
    block.clear();
    return true;
  };
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StripAsciiWhitespace(line) != kSeparator) {
      absl::StrAppend(&block, line, "\n");
    } else if (!finish()) {
      return Wrong(file_name, "a block has no statement");
    }
  }
  // The last separator may be left out.
  if (HasStatement(block)) finish();
  if (migration.statements.empty())
    return Wrong(file_name, "it has no statement");
  return migration;
}

absl::StatusOr<MigrationSet> ParseMigrations(
    const std::vector<MigrationFile>& mysql,
    const std::vector<MigrationFile>& sqlite) {
  absl::StatusOr<std::vector<Migration>> for_mysql = ParseAll("mysql", mysql);
  if (!for_mysql.ok()) return for_mysql.status();
  absl::StatusOr<std::vector<Migration>> for_sqlite =
      ParseAll("sqlite", sqlite);
  if (!for_sqlite.ok()) return for_sqlite.status();
  MigrationSet set{*std::move(for_mysql), *std::move(for_sqlite)};
  if (set.mysql.size() != set.sqlite.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("migrations: ", set.mysql.size(), " for mysql but ",
                     set.sqlite.size(), " for sqlite"));
  }
  for (size_t i = 0; i < set.mysql.size(); ++i) {
    if (set.mysql[i].name != set.sqlite[i].name ||
        set.mysql[i].oldest_binary != set.sqlite[i].oldest_binary) {
      return absl::InvalidArgumentError(
          absl::StrCat("migration ", i + 1,
                       ": mysql and sqlite differ in name or oldest binary"));
    }
  }
  return set;
}

}  // namespace charter::storage
