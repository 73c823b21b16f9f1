#include "storage/records/token_keys.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/records/record_util.h"

namespace charter::storage {

using internal::FromUs;
using internal::ToUs;

absl::StatusOr<std::vector<TokenKey>> LoadTokenKeys(Transaction& tx) {
  const absl::StatusOr<Rows> rows = tx.Query(
      "SELECT id, secret, created_us FROM token_keys ORDER BY id DESC LIMIT 2");
  if (!rows.ok()) return rows.status();
  std::vector<TokenKey> keys;
  for (const Row row : *rows) {
    keys.push_back(
        {row.Int64(0), std::string(row.Text(1)), FromUs(row.Int64(2))});
  }
  return keys;
}

absl::StatusOr<std::vector<TokenKey>> RotateTokenKeys(Transaction& tx,
                                                      absl::string_view secret,
                                                      absl::Duration min_age,
                                                      absl::Time now) {
  if (secret.size() != 32) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a token key has 32 octets, this one has ", secret.size()));
  }
  absl::StatusOr<std::vector<TokenKey>> keys = LoadTokenKeys(tx);
  if (!keys.ok()) return keys;
  if (!keys->empty() && now - keys->front().create_time < min_age) return keys;
  const int64_t id = keys->empty() ? 1 : keys->front().id + 1;
  absl::StatusOr<int64_t> done = tx.Execute(
      "INSERT INTO token_keys (id, secret, created_us) VALUES (:id, :secret, "
      ":now)",
      {{"id", id}, {"secret", Bytes{std::string(secret)}}, {"now", ToUs(now)}});
  if (!done.ok()) return done.status();
  done = tx.Execute("DELETE FROM token_keys WHERE id < :oldest",
                    {{"oldest", id - 1}});
  if (!done.ok()) return done.status();
  return LoadTokenKeys(tx);
}

}  // namespace charter::storage
