#include "storage/records/request_log.h"

#include "absl/strings/str_cat.h"
#include "storage/records/record_util.h"
#include "storage/sql/errors.h"

namespace charter::storage {
namespace {

using internal::FromUs;
using internal::ToUs;

Binds KeyBinds(const RequestKey& key) {
  return {{"principal", key.principal},
          {"method", key.method},
          {"request_id", key.request_id}};
}

void AddRecord(const RequestRecord& record, Binds* binds) {
  binds->Add("fingerprint", Bytes{record.fingerprint});
  binds->Add("response", Bytes{record.response});
  binds->Add("read_again", record.read_again);
  binds->Add("expire_us", ToUs(record.expire_time));
}

}  // namespace

absl::Status InsertRequest(Transaction& tx, const RequestRecord& record,
                           absl::Time now) {
  if (record.response.size() > kMaxKeptResponse) {
    return absl::InvalidArgumentError(
        absl::StrCat("a response of ", record.response.size(),
                     " octets is not kept, at most ", kMaxKeptResponse,
                     " are: give the name to read again"));
  }
  Binds insert = KeyBinds(record.key);
  AddRecord(record, &insert);
  const absl::Status inserted = tx.ExecuteLater(
      "INSERT INTO request_log (principal, method, request_id, "
      "fingerprint, response, "
      "read_again, expire_us) VALUES (:principal, :method, :request_id, "
      ":fingerprint, "
      ":response, :read_again, :expire_us)",
      insert);
  if (KindOf(inserted) != ErrorKind::kDuplicateKey) return inserted;
  // One that has expired and was not purged yet makes way.
  Binds update = KeyBinds(record.key);
  AddRecord(record, &update);
  update.Add("now", ToUs(now));
  const absl::StatusOr<int64_t> replaced = tx.Execute(
      "UPDATE request_log SET fingerprint = :fingerprint, response = "
      ":response, read_again = "
      ":read_again, expire_us = :expire_us WHERE principal = :principal AND "
      "method = :method AND "
      "request_id = :request_id AND expire_us <= :now",
      update);
  if (!replaced.ok()) return replaced.status();
  return *replaced == 1 ? absl::OkStatus() : inserted;
}

absl::StatusOr<std::optional<RequestRecord>> FindRequest(Transaction& tx,
                                                         const RequestKey& key,
                                                         absl::Time now) {
  Binds binds = KeyBinds(key);
  binds.Add("now", ToUs(now));
  const absl::StatusOr<Rows> rows = tx.Query(
      "SELECT fingerprint, response, read_again, expire_us FROM request_log "
      "WHERE principal = "
      ":principal AND method = :method AND request_id = :request_id AND "
      "expire_us > :now",
      binds);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  const Row row = (*rows)[0];
  return RequestRecord{key, std::string(row.Text(0)), std::string(row.Text(1)),
                       std::string(row.Text(2)), FromUs(row.Int64(3))};
}

absl::StatusOr<int64_t> PurgeRequests(Transaction& tx, absl::Time now,
                                      int limit) {
  return internal::PurgeRows(tx, "request_log", "expire_us <= :now",
                             "expire_us", {{"now", ToUs(now)}}, limit);
}

}  // namespace charter::storage
