#include "storage/records/ledger.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/ledger/book.h"
#include "server/services/ledger/ledger_convert.h"
#include "server/services/ledger/refusals.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/pages.h"
#include "server/services/shared/time_convert.h"
#include "server/services/shared/tokens.h"
#include "storage/records/ids.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using ledger::EntryKind;

// What items hold follows the items, or the two would not agree.
absl::Status CheckSubject(absl::string_view subject) {
  if (!absl::StartsWith(subject, "cases/")) return absl::OkStatus();
  return errors::FieldInvalid(
      "subject", ErrorReason::SERVER_ONLY,
      "is a case's, whose unit follows the case (C5); change the case");
}

// Absent: never. Else later than now.
absl::StatusOr<absl::Time> Ahead(const Call& call, bool given,
                                 const google::protobuf::Timestamp& time,
                                 absl::string_view field) {
  if (!given) return absl::InfiniteFuture();
  if (ToTime(time) <= call.now()) {
    return errors::FieldInvalid(field, ErrorReason::OUT_OF_RANGE,
                                "must be later than now (C5)");
  }
  return ToTime(time);
}

absl::StatusOr<Book*> UsableBook(std::map<std::string, Book>& books,
                                 const std::string& name,
                                 absl::string_view field) {
  const auto found = books.find(name);
  if (found == books.end()) return errors::NotFound(name, field);
  if (found->second.entitlement.has_delete_time()) {
    return field.empty() ? errors::Deleted(name)
                         : errors::NotFound(name, field);
  }
  if (!found->second.entitlement.has_allotment()) return AllotmentMissing(name);
  return &found->second;
}

v1::LedgerChange ToChange(const Call& call, const Book& book,
                          const std::string& subject) {
  v1::LedgerChange change;
  for (const ledger::Entry& entry : book.entries) {
    *change.add_entries() = ToProto(
        book.entitlement.name(), {entry, {call.principal().name, call.now()}});
  }
  *change.mutable_balance() = ToProto(book.ledger.balance);
  const auto hold = book.ledger.holds.find(subject);
  if (hold != book.ledger.holds.end())
    *change.mutable_reservation() = ToProto(subject, hold->second);
  return change;
}

// Whether the subject has an entry of this kind; ALREADY_EXISTS when it is of
// another number of units.
absl::StatusOr<bool> Recorded(storage::Transaction& tx,
                              const std::string& entitlement,
                              const std::string& subject, EntryKind kind,
                              int64_t available) {
  absl::StatusOr<std::vector<storage::LedgerEntryRecord>> found =
      storage::FindLedgerEntries(tx, entitlement, subject, kind);
  if (!found.ok()) return found.status();
  if (found->empty()) return false;
  int64_t units = 0;
  for (const storage::LedgerEntryRecord& record : *found)
    units += record.entry.change.available;
  if (units == available) return true;
  return FromLedger(
      absl::AlreadyExistsError(absl::StrCat(subject, " was recorded with ",
                                            std::abs(units), " units")),
      entitlement, subject);
}

// Does `body` on the ledger that the request names. `once`: it is done once for
// a subject and this kind, with so many units.
struct Once {
  EntryKind kind;
  int64_t available;
};
template <typename Request>
absl::StatusOr<v1::LedgerChange> ChangeLedger(
    Call& call, const Request& request, std::optional<Once> once,
    absl::FunctionRef<
        absl::StatusOr<ledger::Entries>(Book& book, const std::string& subject)>
        body) {
  if (absl::Status status = CheckSubject(request.subject()); !status.ok())
    return status;
  const std::string subject = request.subject().empty()
                                  ? call.services().ids->Make(call.now())
                                  : request.subject();
  return call.Write<v1::LedgerChange>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::LedgerChange> {
        absl::StatusOr<std::map<std::string, Book>> books =
            OpenBooks(call, tx, {{request.name(), {subject}}});
        if (!books.ok()) return books.status();
        absl::StatusOr<Book*> book = UsableBook(*books, request.name(), "");
        if (!book.ok()) return book.status();
        bool done = false;
        if (once.has_value() && !request.subject().empty()) {
          absl::StatusOr<bool> recorded = Recorded(tx, request.name(), subject,
                                                   once->kind, once->available);
          if (!recorded.ok()) return recorded.status();
          done = *recorded;
        }
        if (!done) {
          absl::StatusOr<ledger::Entries> entries = body(**book, subject);
          if (!entries.ok())
            return FromLedger(entries.status(), request.name(), subject);
          (*book)->Add(*std::move(entries));
        }
        absl::Status status = CloseBook(call, tx, *book);
        if (!status.ok()) return status;
        return ToChange(call, **book, subject);
      });
}

}  // namespace

absl::StatusOr<v1::LedgerChange> GrantUnits(
    Call& call, const v1::GrantUnitsRequest& request) {
  absl::StatusOr<absl::Time> lapse =
      Ahead(call, request.has_lapse_time(), request.lapse_time(), "lapse_time");
  if (!lapse.ok()) return lapse.status();
  return ChangeLedger(call, request, Once{EntryKind::kGrant, request.units()},
                      [&](Book& book, const std::string& subject) {
                        return ledger::Grant(&book.ledger, subject,
                                             request.units(), *lapse,
                                             request.cause(), call.now());
                      });
}

absl::StatusOr<v1::LedgerChange> ReserveUnits(
    Call& call, const v1::ReserveUnitsRequest& request) {
  absl::StatusOr<absl::Time> expire = Ahead(
      call, request.has_expire_time(), request.expire_time(), "expire_time");
  if (!expire.ok()) return expire.status();
  return ChangeLedger(
      call, request, std::nullopt, [&](Book& book, const std::string& subject) {
        return ledger::Reserve(&book.ledger, subject,
                               std::max<int64_t>(1, request.units()), *expire,
                               /*again=*/false, book.policy(), request.cause(),
                               call.now());
      });
}

absl::StatusOr<v1::LedgerChange> CommitUnits(
    Call& call, const v1::CommitUnitsRequest& request) {
  return ChangeLedger(
      call, request, std::nullopt, [&](Book& book, const std::string& subject) {
        return ledger::Commit(&book.ledger, subject, request.units(),
                              request.cause(), call.now());
      });
}

absl::StatusOr<v1::LedgerChange> ReleaseUnits(
    Call& call, const v1::ReleaseUnitsRequest& request) {
  return ChangeLedger(
      call, request, std::nullopt, [&](Book& book, const std::string& subject) {
        return ledger::Release(&book.ledger, subject,
                               /*used=*/false, request.cause(), call.now());
      });
}

absl::StatusOr<v1::LedgerChange> AdjustUnits(
    Call& call, const v1::AdjustUnitsRequest& request) {
  if (request.units() == 0) {
    return errors::FieldInvalid("units", ErrorReason::OUT_OF_RANGE,
                                "adds or takes at least one unit (C5)");
  }
  return ChangeLedger(call, request, Once{EntryKind::kAdjust, request.units()},
                      [&](Book& book, const std::string& subject) {
                        return ledger::Adjust(&book.ledger, subject,
                                              request.units(), book.policy(),
                                              request.cause(), call.now());
                      });
}

absl::StatusOr<v1::LedgerChange> TransferUnits(
    Call& call, const v1::TransferUnitsRequest& request) {
  if (absl::Status status = CheckSubject(request.subject()); !status.ok())
    return status;
  if (request.name() == request.destination()) {
    return errors::FieldInvalid("destination", ErrorReason::SAME,
                                "is the entitlement that gives (C5)");
  }
  const std::string subject = request.subject().empty()
                                  ? call.services().ids->Make(call.now())
                                  : request.subject();
  return call.Write<v1::LedgerChange>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::LedgerChange> {
        absl::StatusOr<std::map<std::string, Book>> books = OpenBooks(
            call, tx,
            {{request.name(), {subject}}, {request.destination(), {subject}}});
        if (!books.ok()) return books.status();
        absl::StatusOr<Book*> from = UsableBook(*books, request.name(), "");
        if (!from.ok()) return from.status();
        absl::StatusOr<Book*> to =
            UsableBook(*books, request.destination(), "destination");
        if (!to.ok()) return to.status();
        const v1::Entitlement& giver = (*from)->entitlement;
        if ((*to)->entitlement.account() != giver.account()) {
          return errors::FieldInvalid("destination", ErrorReason::OTHER_ACCOUNT,
                                      "is an entitlement of another account");
        }
        if (!(*to)->Counts(giver.allotment().unit())) {
          return errors::FieldInvalid("destination", ErrorReason::OTHER_UNIT,
                                      "its allotment is of another unit (C5)");
        }
        absl::StatusOr<bool> recorded =
            Recorded(tx, request.name(), subject, EntryKind::kTransfer,
                     -request.units());
        if (!recorded.ok()) return recorded.status();
        if (!*recorded) {
          absl::StatusOr<ledger::Transfer> moved =
              ledger::MoveUnits(&(*from)->ledger, request.name(),
                                &(*to)->ledger, request.destination(), subject,
                                request.units(), request.cause(), call.now());
          if (!moved.ok())
            return FromLedger(moved.status(), request.name(), subject);
          (*from)->Add(std::move(moved->out));
          (*to)->Add(std::move(moved->in));
        }
        for (Book* book : {*from, *to}) {
          absl::Status status = CloseBook(call, tx, book);
          if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey) {
            return errors::AlreadyExists(
                subject, "the destination got units of this subject before");
          }
          if (!status.ok()) return status;
        }
        return ToChange(call, **from, subject);
      });
}

absl::StatusOr<v1::ListLedgerEntriesResponse> ListLedgerEntries(
    Call& call, const v1::ListLedgerEntriesRequest& request) {
  const std::vector<std::string> bound = {request.parent()};
  int64_t after = 0;
  if (!request.page_token().empty()) {
    absl::StatusOr<std::string> payload = call.services().tokens->Open(
        call, bound, request.page_token(), "page_token");
    if (!payload.ok()) return payload.status();
    if (!absl::SimpleAtoi(*payload, &after)) return errors::PageTokenInvalid();
  }
  const int size = PageSize(request.page_size());
  absl::StatusOr<std::vector<storage::LedgerEntryRecord>> records =
      std::vector<storage::LedgerEntryRecord>();
  bool more = false;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        tx.Prefetch([&](storage::Transaction& ahead) {
          (void)storage::EntitlementTable().Get(ahead, request.parent());
          (void)storage::ReadLedgerEntries(ahead, request.parent(), after,
                                           size);
        });
        absl::StatusOr<v1::Entitlement> row =
            storage::EntitlementTable().Get(tx, request.parent());
        if (absl::IsNotFound(row.status()))
          return errors::NotFound(request.parent());
        if (!row.ok()) return row.status();
        records = storage::ReadLedgerEntries(tx, request.parent(), after, size);
        if (!records.ok()) return records.status();
        more = after + static_cast<int64_t>(records->size()) <
               row->ledger_entry_count();
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  v1::ListLedgerEntriesResponse response;
  for (const storage::LedgerEntryRecord& record : *records)
    *response.add_ledger_entries() = ToProto(request.parent(), record);
  if (more) {
    response.set_next_page_token(call.services().tokens->Seal(
        call, bound, absl::StrCat(after + response.ledger_entries_size())));
  }
  return response;
}

absl::StatusOr<v1::LedgerStatement> GetLedgerStatement(
    Call& call, const v1::GetLedgerStatementRequest& request) {
  const absl::Time start = request.has_start_time()
                               ? ToTime(request.start_time())
                               : absl::InfinitePast();
  const absl::Time end = request.has_end_time()
                             ? ToTime(request.end_time())
                             : call.now() + absl::Microseconds(1);
  if (start >= end) {
    return errors::FieldInvalid(
        request.has_end_time() ? "end_time" : "start_time",
        ErrorReason::OUT_OF_RANGE, "the period must end after it begins");
  }
  const std::string& name = request.name();
  ledger::Ledger ledger;
  ledger::Entries unwritten;
  std::map<EntryKind, storage::LedgerSum> before, within;
  absl::Status status = call.Read(
      [&](storage::Transaction& tx) -> absl::Status {
        tx.Prefetch([&](storage::Transaction& ahead) {
          (void)storage::EntitlementTable().Get(ahead, name);
          (void)storage::LoadLedger(ahead, name, {}, &ledger);
          (void)storage::SumLedger(ahead, name, absl::InfinitePast(), start);
          (void)storage::SumLedger(ahead, name, start, end);
        });
        absl::StatusOr<v1::Entitlement> row =
            storage::EntitlementTable().Get(tx, name);
        if (absl::IsNotFound(row.status())) return errors::NotFound(name);
        if (!row.ok()) return row.status();
        absl::Status loaded = storage::LoadLedger(tx, name, {}, &ledger);
        if (!loaded.ok()) return loaded;
        auto sums = storage::SumLedger(tx, name, absl::InfinitePast(), start);
        if (!sums.ok()) return sums.status();
        before = *std::move(sums);
        sums = storage::SumLedger(tx, name, start, end);
        if (!sums.ok()) return sums.status();
        within = *std::move(sums);
        return absl::OkStatus();
      },
      /*snapshot=*/true);
  if (!status.ok()) return status;
  // What lapsed or expired and nothing has written down yet.
  for (const ledger::Entry& entry : ledger::Settle(&ledger, call.now())) {
    if (entry.effective >= end) continue;
    storage::LedgerSum& sum =
        (entry.effective < start ? before : within)[entry.kind];
    ++sum.count;
    sum.change += entry.change;
  }
  v1::LedgerStatement statement;
  statement.set_entitlement(name);
  ledger::Balance balance;
  for (const auto& [kind, sum] : before) balance += sum.change;
  *statement.mutable_opening() = ToProto(balance);
  for (const auto& [kind, sum] : within) {
    v1::LedgerStatement::Movement& movement = *statement.add_movements();
    movement.set_kind(static_cast<v1::LedgerEntry::Kind>(kind));
    movement.set_count(sum.count);
    *movement.mutable_change() = ToProto(sum.change);
    balance += sum.change;
  }
  *statement.mutable_closing() = ToProto(balance);
  std::vector<std::pair<absl::Time, int64_t>> lots;
  for (const auto& [number, lot] : ledger.lots) {
    if (lot.remaining != 0) lots.emplace_back(lot.lapse, number);
  }
  std::sort(lots.begin(), lots.end());
  for (const auto& [lapse, number] : lots) {
    *statement.add_lots() =
        ToProto(number, ledger.lots[number].remaining, lapse);
  }
  return statement;
}

}  // namespace charter::services
