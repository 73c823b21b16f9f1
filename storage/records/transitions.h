// What became of items' clocks, and was said about it: every transition once by
// its key (semantics K6), those that stay quiet (K7) and those that no longer
// hold (E9) included.
#ifndef CHARTER_STORAGE_RECORDS_TRANSITIONS_H_
#define CHARTER_STORAGE_RECORDS_TRANSITIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "charter/v1/milestone.pb.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

struct TransitionRecord {
  // Unique over all items (K6): TransitionKey of the item's name with the
  // instance, and of the three that follow.
  std::string key;
  std::string
      instance;  // the engine's id of the clock; empty: of the item itself
  std::string
      kind;  // the engine's name of it: "violated"; at most 32 characters
  std::string cause;  // event, trigger or timer
  int32_t revision = 1;

  // Its place among the item's transitions, from 1: the caller counts. Orders
  // those of one instant.
  int32_t number = 0;
  absl::Time time;                   // when, by the rules (T4)
  std::optional<absl::Time> moment;  // of a trigger: its moment (K5)
  bool late = false;
  bool retracted =
      false;  // this revision says that it did not happen after all
  bool superseded =
      false;  // a later revision of the same instance, kind and cause has come
  // Absent: stored only, being of a moment before the item's `live_from` (K7).
  std::optional<absl::Time> publish_time;

  // What the wire shows of it. `key`, `time`, `cause`, `revision`, `late`,
  // `publish_time` and `withdrawn` are set from the above when it is read.
  charter::v1::Transition transition;
};

// 26 lower-case letters and digits, of fixed length whatever the parts hold;
// equal for equal parts alone (130 bits of their SHA-256).
std::string TransitionKey(absl::string_view instance, absl::string_view kind,
                          absl::string_view cause, int32_t revision);

// kDuplicateKey (ALREADY_EXISTS) when one is stored already: it has fired.
// `superseded` is false at first.
absl::Status InsertTransitions(Transaction& tx, absl::string_view case_name,
                               absl::Span<const TransitionRecord> transitions);

// The same for many items, in as few statements as the engine likes.
struct ItemTransitions {
  absl::string_view case_name;
  absl::Span<const TransitionRecord> transitions;
};
absl::Status InsertTransitions(Transaction& tx,
                               absl::Span<const ItemTransitions> items);

// Marks those of `keys` (at most 4,096).
absl::Status MarkSuperseded(Transaction& tx, absl::string_view case_name,
                            absl::Span<const std::string> keys);

// In order of time, then of number.
absl::StatusOr<std::vector<TransitionRecord>> LoadTransitions(
    Transaction& tx, absl::string_view case_name);

// The same for a page of items (at most 1,000) in one statement; items without
// any are left out.
absl::StatusOr<std::map<std::string, std::vector<TransitionRecord>>>
LoadManyTransitions(Transaction& tx, absl::Span<const std::string> case_names);

// Removes those of an item that is removed for good.
absl::Status PurgeTransitions(Transaction& tx, absl::string_view case_name);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_TRANSITIONS_H_
