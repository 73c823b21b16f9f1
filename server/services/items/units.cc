#include "server/services/items/units.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/ledger/book.h"
#include "server/services/ledger/refusals.h"
#include "server/services/shared/principal.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {
namespace {

using Unit = v1::UnitReservation;

// Work that one event logged.
struct Work {
  std::string subject;  // the event's name
  int64_t minutes = 0;
  bool counts = true;  // false: it was before the item went live
};

// What one change means for ledgers.
class Follower {
 public:
  Follower(Call& call, ItemChange& change) : call_(call), change_(change) {
    const v1::Case& row = change.row;
    const absl::Time live =
        row.has_live_from() ? ToTime(row.live_from()) : absl::InfinitePast();
    fresh_ = !change.before.stored;
    quiet_ = fresh_ && ToTime(row.create_time()) < live;
    if (!fresh_) before_ = &change.before.row;
    for (size_t i = 0; i < change.added.size(); ++i) {
      const v1::CaseEvent& event = change.added[i];
      if (!event.has_work_logged()) continue;
      work_.push_back({absl::StrCat(row.name(), "/events/",
                                    change.before.events.size() + i + 1),
                       event.work_logged().minutes(),
                       ToTime(event.occur_time()) >= live});
    }
  }

  void AddWanted(Subjects* wanted) const {
    const v1::Case& row = change_.row;
    const std::string& name = row.name();
    if (Holds() && (Moves() || Commits() || GivesBack()))
      (*wanted)[before_->entitlement()].insert(name);
    if (!change_.unit_to.empty() && Holds())
      (*wanted)[before_->entitlement()].insert(change_.unit_to);
    if (TakesUnit()) (*wanted)[row.entitlement()].insert(name);
    if (row.entitlement().empty()) return;
    if (fresh_ && change_.allotment_unit != v1::Allotment::MINUTES) return;
    for (const Work& work : work_) {
      if (work.counts) (*wanted)[row.entitlement()].insert(work.subject);
    }
  }

  absl::Status Follow(std::map<std::string, Book>& books) {
    if (absl::Status status = FollowUnit(books); !status.ok()) return status;
    return UseMinutes(books);
  }

 private:
  bool Holds() const { return before_ != nullptr && HoldsUnit(*before_); }
  bool Moves() const {
    return before_ != nullptr &&
           change_.row.entitlement() != before_->entitlement();
  }
  bool Deleted() const {
    return change_.row.has_delete_time() &&
           !(before_ != nullptr && before_->has_delete_time());
  }
  bool GivesBack() const {
    return change_.release_unit || (Deleted() && !before_->closed());
  }
  bool Commits() const {
    return before_->unit_state() == Unit::RESERVED && change_.row.closed();
  }
  bool Reopens() const {
    return before_ != nullptr && before_->closed() && !change_.row.closed();
  }
  // Whether it needs one of the entitlement that it has now, if that counts
  // cases.
  bool TakesUnit() const {
    const v1::Case& row = change_.row;
    if (row.kind() != v1::CASE || row.entitlement().empty() ||
        row.has_delete_time()) {
      return false;
    }
    if (fresh_) {
      return !quiet_ && change_.allotment_unit == v1::Allotment::CASES;
    }
    return Moves() || (Reopens() && before_->unit_state() == Unit::RELEASED);
  }

  ledger::Policy PolicyOf(const Book& book) const {
    return call_.principal().name == Principal::System().name
               ? ledger::Policy::kAllowOverdraft
               : book.policy();
  }
  absl::Status Add(Book& book, absl::string_view subject,
                   absl::StatusOr<ledger::Entries> entries) {
    if (!entries.ok()) {
      return FromLedger(entries.status(), book.entitlement.name(), subject);
    }
    book.Add(*std::move(entries));
    return absl::OkStatus();
  }
  static Book* Find(std::map<std::string, Book>& books,
                    const std::string& name) {
    const auto found = books.find(name);
    return found == books.end() ? nullptr : &found->second;
  }

  // An entitlement may have gone to another account with its asset
  // (TransferAsset): what the item held of it stays, but it takes no more.
  bool IsOwn(const Book& book) const {
    return book.entitlement.account() == change_.row.account();
  }

  absl::Status FollowUnit(std::map<std::string, Book>& books) {
    v1::Case& row = change_.row;
    const std::string& name = row.name();
    const absl::Time now = call_.now();
    // An entitlement that was removed for good took its ledger with it.
    Book* const old = Holds() ? Find(books, before_->entitlement()) : nullptr;
    Book* there = TakesUnit() ? Find(books, row.entitlement()) : nullptr;
    if (there != nullptr && !IsOwn(*there)) {
      if (fresh_) {
        return errors::FieldInvalid(
            "case.entitlement", ErrorReason::OTHER_ACCOUNT,
            "went to another account meanwhile, with its asset");
      }
      there = nullptr;
    }
    if (there != nullptr && !there->Counts(v1::Allotment::CASES))
      there = nullptr;
    if (old != nullptr && Moves()) {
      if (there != nullptr) {
        absl::StatusOr<ledger::Transfer> moved =
            ledger::MoveHold(&old->ledger, old->entitlement.name(),
                             &there->ledger, there->entitlement.name(), name,
                             PolicyOf(*there), "entitlement changed", now);
        if (!moved.ok())
          return FromLedger(moved.status(), row.entitlement(), name);
        old->Add(std::move(moved->out));
        there->Add(std::move(moved->in));
      } else {
        absl::Status status =
            Add(*old, name,
                ledger::Release(&old->ledger, name, /*used=*/true,
                                "entitlement changed", now));
        if (!status.ok()) return status;
        row.clear_unit_state();
      }
    } else if (old != nullptr && GivesBack()) {
      return GiveBack(*old);
    } else if (old != nullptr && Commits()) {
      row.set_unit_state(Unit::COMMITTED);
      return Add(*old, name,
                 ledger::Commit(&old->ledger, name, 0, "closed", now));
    } else if (there != nullptr) {
      absl::Status status =
          Add(*there, name,
              ledger::Reserve(&there->ledger, name, 1, absl::InfiniteFuture(),
                              /*again=*/true, PolicyOf(*there),
                              fresh_      ? "opened"
                              : Reopens() ? "opened again"
                                          : "entitlement changed",
                              now));
      if (!status.ok()) return status;
      row.set_unit_state(Unit::RESERVED);
    }
    if (there == nullptr || row.unit_state() == Unit::COMMITTED)
      return absl::OkStatus();
    if (!row.closed() &&
        there->entitlement.allotment().commit() == v1::Allotment::CLOSING) {
      return absl::OkStatus();
    }
    row.set_unit_state(Unit::COMMITTED);
    return Add(*there, name,
               ledger::Commit(&there->ledger, name, 0,
                              row.closed() ? "closed" : "opened", now));
  }

  absl::Status GiveBack(Book& book) {
    v1::Case& row = change_.row;
    row.set_unit_state(Unit::RELEASED);
    if (!change_.unit_to.empty()) {
      return Add(book, row.name(),
                 ledger::HandOver(&book.ledger, row.name(), change_.unit_to,
                                  "merged", call_.now()));
    }
    return Add(book, row.name(),
               ledger::Release(&book.ledger, row.name(), /*used=*/true,
                               row.has_delete_time()       ? "deleted"
                               : row.merged_into().empty() ? "called off"
                                                           : "merged",
                               call_.now()));
  }

  absl::Status UseMinutes(std::map<std::string, Book>& books) {
    v1::Case& row = change_.row;
    Book* const book = Find(books, row.entitlement());
    const bool counted =
        book != nullptr && IsOwn(*book) && book->Counts(v1::Allotment::MINUTES);
    for (const Work& work : work_) {
      row.set_work_minutes(row.work_minutes() + work.minutes);
      if (!counted || !work.counts) continue;
      absl::Status status =
          Add(*book, work.subject,
              ledger::Reserve(&book->ledger, work.subject, work.minutes,
                              absl::InfiniteFuture(), /*again=*/false,
                              PolicyOf(*book), "work logged", call_.now()));
      if (!status.ok()) return status;
      status = Add(*book, work.subject,
                   ledger::Commit(&book->ledger, work.subject, 0, "work logged",
                                  call_.now()));
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  Call& call_;
  ItemChange& change_;
  const v1::Case* before_ = nullptr;  // null: it is being opened
  bool fresh_ = false;
  bool quiet_ = false;
  std::vector<Work> work_;
};

}  // namespace

bool HoldsUnit(const v1::Case& row) {
  return row.unit_state() == Unit::RESERVED ||
         row.unit_state() == Unit::COMMITTED;
}

absl::Status FollowUnits(Call& call, storage::Transaction& tx,
                         absl::Span<ItemChange> changes) {
  std::vector<Follower> followers;
  Subjects wanted;
  for (ItemChange& change : changes) {
    followers.emplace_back(call, change).AddWanted(&wanted);
  }
  absl::StatusOr<std::map<std::string, Book>> books =
      OpenBooks(call, tx, wanted);
  if (!books.ok()) return books.status();
  for (Follower& follower : followers) {
    if (absl::Status status = follower.Follow(*books); !status.ok())
      return status;
  }
  for (auto& [name, book] : *books) {
    if (absl::Status status = CloseBook(call, tx, &book); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

}  // namespace charter::services
