#include "server/ledger/ledger.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace charter::ledger {
namespace {

// One change of a ledger: works on a copy, which takes its place when all went
// well.
class Change {
 public:
  Change(const Ledger& ledger, absl::string_view cause, absl::Time at)
      : ledger_(ledger), cause_(cause), at_(at) {}

  Ledger& ledger() { return ledger_; }

  void Write(EntryKind kind, absl::string_view subject, int64_t turn,
             int64_t units, Balance change, int64_t lot = 0,
             absl::string_view counterpart = "") {
    ledger_.balance += change;
    ++ledger_.entry_count;
    entries_.push_back({.number = ledger_.entry_count,
                        .kind = kind,
                        .subject = std::string(subject),
                        .turn = turn,
                        .units = units,
                        .change = change,
                        .effective = at_,
                        .lot = lot,
                        .cause = cause_,
                        .counterpart = std::string(counterpart)});
  }

  // A lot that the next entry brings.
  absl::Status AddLot(int64_t units, absl::Time lapse) {
    if (ledger_.balance.available > kMostUnits - units) {
      return absl::OutOfRangeError(
          absl::StrCat("more than ", kMostUnits, " units would be available"));
    }
    ledger_.lots[ledger_.entry_count + 1] = {units, lapse};
    return absl::OkStatus();
  }

  // Takes units of the lots that lapse first, then overdraws.
  absl::StatusOr<std::vector<Draw>> DrawUnits(int64_t units, Policy policy) {
    if (policy == Policy::kReject && ledger_.balance.available < units) {
      return absl::ResourceExhaustedError(
          absl::StrCat(units, " units asked for, ", ledger_.balance.available,
                       " available"));
    }
    if (ledger_.balance.available < units - kMostUnits) {
      return absl::OutOfRangeError(
          absl::StrCat("overdrawn by more than ", kMostUnits));
    }
    std::vector<Draw> draws;
    for (const int64_t number : InOrderOfLapse()) {
      Lot& lot = ledger_.lots[number];
      const int64_t taken = std::min(lot.remaining, units);
      lot.remaining -= taken;
      units -= taken;
      draws.push_back({number, taken, lot.lapse});
      if (units == 0) return draws;
    }
    ledger_.lots[kOverdraft].remaining -= units;
    draws.push_back({kOverdraft, units, absl::InfiniteFuture()});
    return draws;
  }

  // Puts units back where they came from. Returns those whose lot has lapsed,
  // for Lapse.
  std::vector<Draw> PutBack(const std::vector<Draw>& draws) {
    std::vector<Draw> lapsed;
    for (const Draw& draw : draws) {
      Lot& lot = ledger_.lots[draw.lot];
      lot.lapse = draw.lapse;
      lot.remaining += draw.units;
      if (draw.lapse <= at_) lapsed.push_back(draw);
    }
    return lapsed;
  }

  void Lapse(int64_t number, int64_t units) {
    ledger_.lots[number].remaining -= units;
    // A lot lapses again when units come back to it.
    Write(EntryKind::kLapse, absl::StrCat("lots/", number),
          ledger_.entry_count + 1, units, {.available = -units}, number);
  }

  // What `hold` has goes back; the entry, of `kind`, is written first.
  void GiveBack(EntryKind kind, const std::string& subject, const Hold& hold,
                const std::vector<Draw>& draws,
                absl::string_view counterpart = "") {
    int64_t units = 0;
    for (const Draw& draw : draws) units += draw.units;
    Balance change = {.available = units};
    (hold.state == HoldState::kCommitted ? change.committed : change.reserved) =
        -units;
    const std::vector<Draw> lapsed = PutBack(draws);
    Write(kind, subject, hold.turn, units, change, 0, counterpart);
    for (const Draw& draw : lapsed) Lapse(draw.lot, draw.units);
    Cover();
  }

  // What is there covers what is overdrawn.
  void Cover() {
    const auto overdraft = ledger_.lots.find(kOverdraft);
    if (overdraft == ledger_.lots.end()) return;
    for (const int64_t number : InOrderOfLapse()) {
      if (overdraft->second.remaining >= 0) return;
      Lot& lot = ledger_.lots[number];
      const int64_t moved =
          std::min(lot.remaining, -overdraft->second.remaining);
      lot.remaining -= moved;
      overdraft->second.remaining += moved;
    }
  }

  Entries Finish(Ledger* ledger) {
    *ledger = std::move(ledger_);
    return std::move(entries_);
  }

 private:
  // The lots that hold something.
  std::vector<int64_t> InOrderOfLapse() const {
    std::vector<int64_t> numbers;
    for (const auto& [number, lot] : ledger_.lots) {
      if (lot.remaining > 0) numbers.push_back(number);
    }
    std::sort(numbers.begin(), numbers.end(), [this](int64_t a, int64_t b) {
      return std::tuple(ledger_.lots.at(a).lapse, a) <
             std::tuple(ledger_.lots.at(b).lapse, b);
    });
    return numbers;
  }

  Ledger ledger_;
  const std::string cause_;
  const absl::Time at_;
  Entries entries_;
};

absl::Status NotHeld(absl::string_view subject) {
  return absl::NotFoundError(absl::StrCat(subject, " holds no units"));
}

absl::Status NotReserved(absl::string_view subject, HoldState state) {
  return absl::FailedPreconditionError(absl::StrCat(
      subject, state == HoldState::kCommitted ? " has used its units"
                                              : " has given its units back"));
}

// What the hold's units count as.
Balance Held(const Hold& hold) {
  Balance change = {.available = -hold.units};
  (hold.state == HoldState::kCommitted ? change.committed : change.reserved) =
      hold.units;
  return change;
}

}  // namespace

Balance& Balance::operator+=(const Balance& other) {
  available += other.available;
  reserved += other.reserved;
  committed += other.committed;
  return *this;
}

Entries Settle(Ledger* ledger, absl::Time now) {
  Entries entries;
  while (true) {
    const absl::Time due = NextDue(*ledger);
    if (due > now || due == absl::InfiniteFuture()) return entries;
    Change change(*ledger, "", due);
    Ledger& after = change.ledger();
    const auto hold = std::find_if(
        after.holds.begin(), after.holds.end(), [due](const auto& entry) {
          return entry.second.state == HoldState::kReserved &&
                 entry.second.expire == due;
        });
    if (hold != after.holds.end()) {
      change.GiveBack(EntryKind::kRelease, hold->first, hold->second,
                      hold->second.draws);
      hold->second.state = HoldState::kReleased;
      hold->second.expire = absl::InfiniteFuture();
      hold->second.draws.clear();
    } else {
      for (const auto& [number, lot] : after.lots) {
        if (lot.remaining <= 0 || lot.lapse != due) continue;
        change.Lapse(number, lot.remaining);
        break;
      }
    }
    for (Entry& entry : change.Finish(ledger)) {
      entry.cause =
          entry.kind == EntryKind::kLapse ? "lapsed" : "the time was over";
      entries.push_back(std::move(entry));
    }
  }
}

absl::Time NextDue(const Ledger& ledger) {
  absl::Time due = absl::InfiniteFuture();
  for (const auto& [number, lot] : ledger.lots) {
    if (lot.remaining > 0) due = std::min(due, lot.lapse);
  }
  for (const auto& [subject, hold] : ledger.holds) {
    if (hold.state == HoldState::kReserved) due = std::min(due, hold.expire);
  }
  return due;
}

absl::StatusOr<Entries> Grant(Ledger* ledger, absl::string_view subject,
                              int64_t units, absl::Time lapse,
                              absl::string_view cause, absl::Time at) {
  Change change(*ledger, cause, at);
  absl::Status status = change.AddLot(units, lapse);
  if (!status.ok()) return status;
  change.Write(EntryKind::kGrant, subject, 1, units, {.available = units},
               change.ledger().entry_count + 1);
  change.Cover();
  return change.Finish(ledger);
}

absl::StatusOr<Entries> Reserve(Ledger* ledger, absl::string_view subject,
                                int64_t units, absl::Time expire, bool again,
                                Policy policy, absl::string_view cause,
                                absl::Time at) {
  Change change(*ledger, cause, at);
  const auto [found, fresh] =
      change.ledger().holds.emplace(std::string(subject), Hold());
  Hold& hold = found->second;
  if (!fresh) {
    if (!again || hold.state != HoldState::kReleased) {
      if (hold.units == units) return Entries();
      return absl::AlreadyExistsError(
          absl::StrCat(subject, " holds ", hold.units, " units"));
    }
    const int64_t turn = hold.turn + 1;
    hold = Hold();
    hold.turn = turn;
  }
  absl::StatusOr<std::vector<Draw>> draws = change.DrawUnits(units, policy);
  if (!draws.ok()) return draws.status();
  hold.units = units;
  hold.expire = expire;
  hold.draws = *std::move(draws);
  change.Write(EntryKind::kReserve, subject, hold.turn, units, Held(hold));
  return change.Finish(ledger);
}

absl::StatusOr<Entries> Commit(Ledger* ledger, absl::string_view subject,
                               int64_t units, absl::string_view cause,
                               absl::Time at) {
  Change change(*ledger, cause, at);
  const auto found = change.ledger().holds.find(std::string(subject));
  if (found == change.ledger().holds.end()) return NotHeld(subject);
  Hold& hold = found->second;
  if (hold.state == HoldState::kCommitted &&
      (units == 0 || units == hold.units))
    return Entries();
  if (hold.state != HoldState::kReserved)
    return NotReserved(subject, hold.state);
  if (units > hold.units) {
    return absl::FailedPreconditionError(
        absl::StrCat(subject, " holds ", hold.units, " units"));
  }
  int64_t rest = units == 0 ? 0 : hold.units - units;
  std::vector<Draw> back;
  while (rest > 0) {
    Draw& last = hold.draws.back();
    const int64_t moved = std::min(last.units, rest);
    back.push_back({last.lot, moved, last.lapse});
    last.units -= moved;
    rest -= moved;
    hold.units -= moved;
    if (last.units == 0) hold.draws.pop_back();
  }
  if (!back.empty())
    change.GiveBack(EntryKind::kRelease, found->first, hold, back);
  hold.state = HoldState::kCommitted;
  hold.expire = absl::InfiniteFuture();
  change.Write(EntryKind::kCommit, subject, hold.turn, hold.units,
               {.reserved = -hold.units, .committed = hold.units});
  return change.Finish(ledger);
}

absl::StatusOr<Entries> Release(Ledger* ledger, absl::string_view subject,
                                bool used, absl::string_view cause,
                                absl::Time at) {
  Change change(*ledger, cause, at);
  const auto found = change.ledger().holds.find(std::string(subject));
  if (found == change.ledger().holds.end()) return NotHeld(subject);
  Hold& hold = found->second;
  if (hold.state == HoldState::kReleased) return Entries();
  if (hold.state == HoldState::kCommitted && !used)
    return NotReserved(subject, hold.state);
  change.GiveBack(EntryKind::kRelease, found->first, hold, hold.draws);
  hold.state = HoldState::kReleased;
  hold.expire = absl::InfiniteFuture();
  hold.draws.clear();
  return change.Finish(ledger);
}

absl::StatusOr<Entries> Adjust(Ledger* ledger, absl::string_view subject,
                               int64_t units, Policy policy,
                               absl::string_view cause, absl::Time at) {
  Change change(*ledger, cause, at);
  int64_t lot = 0;
  if (units > 0) {
    absl::Status status = change.AddLot(units, absl::InfiniteFuture());
    if (!status.ok()) return status;
    lot = change.ledger().entry_count + 1;
  } else {
    absl::StatusOr<std::vector<Draw>> draws = change.DrawUnits(-units, policy);
    if (!draws.ok()) return draws.status();
  }
  change.Write(EntryKind::kAdjust, subject, 1, std::abs(units),
               {.available = units}, lot);
  change.Cover();
  return change.Finish(ledger);
}

absl::StatusOr<Transfer> MoveHold(Ledger* from, absl::string_view from_name,
                                  Ledger* to, absl::string_view to_name,
                                  absl::string_view subject, Policy policy,
                                  absl::string_view cause, absl::Time at) {
  Change out(*from, cause, at);
  const auto found = out.ledger().holds.find(std::string(subject));
  if (found == out.ledger().holds.end()) return NotHeld(subject);
  Hold& hold = found->second;
  if (hold.state == HoldState::kReleased)
    return NotReserved(subject, hold.state);
  Change in(*to, cause, at);
  const auto [place, fresh] =
      in.ledger().holds.emplace(std::string(subject), Hold());
  Hold& there = place->second;
  if (!fresh) {
    if (there.state != HoldState::kReleased) {
      return absl::AlreadyExistsError(
          absl::StrCat(subject, " holds ", there.units, " units"));
    }
    const int64_t turn = there.turn + 1;
    there = Hold();
    there.turn = turn;
  }
  absl::StatusOr<std::vector<Draw>> draws = in.DrawUnits(hold.units, policy);
  if (!draws.ok()) return draws.status();
  there.units = hold.units;
  there.state = hold.state;
  there.expire = hold.expire;
  there.draws = *std::move(draws);
  in.Write(EntryKind::kTransfer, subject, there.turn, there.units, Held(there),
           0, from_name);
  // An entry of its own beside the one that brought it.
  ++hold.turn;
  out.GiveBack(EntryKind::kTransfer, found->first, hold, hold.draws, to_name);
  hold.state = HoldState::kReleased;
  hold.expire = absl::InfiniteFuture();
  hold.draws.clear();
  return Transfer{out.Finish(from), in.Finish(to)};
}

absl::StatusOr<Entries> HandOver(Ledger* ledger, absl::string_view subject,
                                 absl::string_view other,
                                 absl::string_view cause, absl::Time at) {
  Change change(*ledger, cause, at);
  const auto found = change.ledger().holds.find(std::string(subject));
  if (found == change.ledger().holds.end()) return NotHeld(subject);
  Hold& hold = found->second;
  if (hold.state == HoldState::kReleased)
    return NotReserved(subject, hold.state);
  const auto [place, fresh] =
      change.ledger().holds.emplace(std::string(other), Hold());
  Hold& there = place->second;
  if (!fresh && there.state != HoldState::kReleased) {
    return absl::AlreadyExistsError(
        absl::StrCat(other, " holds ", there.units, " units"));
  }
  const int64_t turn = fresh ? 1 : there.turn + 1;
  there = hold;
  there.turn = turn;
  const Balance held = Held(hold);
  ++hold.turn;
  hold.state = HoldState::kReleased;
  hold.expire = absl::InfiniteFuture();
  hold.draws.clear();
  change.Write(EntryKind::kTransfer, subject, hold.turn, hold.units,
               {-held.available, -held.reserved, -held.committed}, 0, other);
  change.Write(EntryKind::kTransfer, other, there.turn, there.units, held, 0,
               subject);
  return change.Finish(ledger);
}

absl::StatusOr<Transfer> MoveUnits(Ledger* from, absl::string_view from_name,
                                   Ledger* to, absl::string_view to_name,
                                   absl::string_view subject, int64_t units,
                                   absl::string_view cause, absl::Time at) {
  Change out(*from, cause, at);
  absl::StatusOr<std::vector<Draw>> draws =
      out.DrawUnits(units, Policy::kReject);
  if (!draws.ok()) return draws.status();
  out.Write(EntryKind::kTransfer, subject, 1, units, {.available = -units}, 0,
            to_name);
  Change in(*to, cause, at);
  int64_t turn = 0;
  for (const Draw& draw : *draws) {
    absl::Status status = in.AddLot(draw.units, draw.lapse);
    if (!status.ok()) return status;
    in.Write(EntryKind::kTransfer, subject, ++turn, draw.units,
             {.available = draw.units}, in.ledger().entry_count + 1, from_name);
  }
  in.Cover();
  return Transfer{out.Finish(from), in.Finish(to)};
}

}  // namespace charter::ledger
