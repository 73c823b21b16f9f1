#ifndef CHARTER_SERVER_SLA_CLOCK_ITEM_SCHEMA_H_
#define CHARTER_SERVER_SLA_CLOCK_ITEM_SCHEMA_H_

#include <string>
#include <vector>

#include "server/sla/expression/schema.h"
#include "server/sla/expression/value.h"

// The fields of a work item that expressions may name (E0), each with its slot
// in a Record.
namespace charter::sla {

// Slots of the built-in fields. A deployment's own fields (attributes.*,
// account.*, entitlement.*) follow from kBuiltIn on.
struct ItemSlot {
  enum : int {
    // Set by events.
    kAccount,
    kContact,
    kAsset,
    kProduct,
    kEntitlement,
    kSubject,
    kDescription,
    kStatus,
    // Of the status at the time of the event, as one of StatusCategories(). A
    // change of status carries it as a second field change, so that a history
    // is complete by itself: a later edit of the status resource rewrites no
    // verdict.
    kStatusCategory,
    kPriority,  // number, 1 (highest) to 5
    kType,
    kOrigin,
    kReason,
    kOwner,
    kParent,
    kBusinessHours,  // id of the case's own hours (B7)
    kExternalId,
    // Derived by the evaluator from the history; a change of one by an event
    // is ignored.
    kCreateTime,
    kIsClosed,         // the category is RESOLVED or CLOSED
    kIsStopped,        // by hand, or by the stop criteria of its process
    kUnansweredSince,  // instant of the oldest unanswered customer message (F1)
    kLastInboundTime,  // of a customer's message, automatic ones apart
    kLastOutboundTime,  // of an agent's message, automatic ones apart
    kReopenCount,       // how often it went from closed to not closed
    kBuiltIn            // how many there are
  };
};

// NEW, OPEN, WAITING_CUSTOMER, WAITING_OTHER, RESOLVED, CLOSED (E0).
const std::vector<std::string>& StatusCategories();

// The schema of the built-in fields. `statuses` are the known ids of statuses;
// empty: any. Deployments Add() their own fields to a copy.
Schema MakeItemSchema(std::vector<std::string> statuses = {});

// A new value of one field; an unset value clears it.
struct FieldChange {
  int slot = 0;
  Value value;
  bool operator==(const FieldChange&) const = default;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_ITEM_SCHEMA_H_
