#include "server/services/contracts/contract_time.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_checks.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {
namespace {

using contracts::State;
using contracts::Status;
using contracts::Term;
using contracts::Window;
using Proto = v1::ServiceContract;

template <typename Message>
absl::StatusOr<Term> DatesOf(const Message& message, absl::string_view field) {
  FieldViolations violations;
  Term term;
  if (message.has_start_date()) {
    term.start = ToDate(message.start_date());
    CheckDate(message.start_date(), absl::StrCat(field, ".start_date"),
              &violations);
  }
  if (message.has_end_date()) {
    term.end = ToDate(message.end_date());
    CheckDate(message.end_date(), absl::StrCat(field, ".end_date"),
              &violations);
  }
  if (!violations.empty()) return violations.ToStatus();
  return term;
}

template <typename Message>
Term StoredDates(const Message& message) {
  Term term;
  if (message.has_start_date()) term.start = ToDate(message.start_date());
  if (message.has_end_date()) term.end = ToDate(message.end_date());
  return term;
}

Window InDefaultZone(const Term& term, const Catalog& catalog) {
  return contracts::WindowOf(term, catalog.ZoneOf(catalog.default_hours));
}

Proto::Status ToProto(Status status) {
  switch (status) {
    case Status::kDraft:
      return Proto::DRAFT;
    case Status::kInactive:
      return Proto::INACTIVE;
    case Status::kActive:
      return Proto::ACTIVE;
    case Status::kExpired:
      return Proto::EXPIRED;
    case Status::kSuspended:
      return Proto::SUSPENDED;
    case Status::kCancelled:
      return Proto::CANCELLED;
  }
  return Proto::STATUS_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<Term> TermOf(const v1::ServiceContract& contract,
                            absl::string_view field) {
  absl::StatusOr<Term> term = DatesOf(contract, field);
  if (term.ok() && contract.term_months() != 0)
    term->months = contract.term_months();
  return term;
}

absl::StatusOr<Term> TermOf(const v1::ContractLineItem& line,
                            absl::string_view field) {
  return DatesOf(line, field);
}

void SetTerm(const Term& term, v1::ServiceContract* contract) {
  contract->clear_start_date();
  contract->clear_end_date();
  if (term.start) *contract->mutable_start_date() = ToProto(*term.start);
  if (term.end) *contract->mutable_end_date() = ToProto(*term.end);
  contract->set_term_months(term.months.value_or(0));
}

State StateOf(const v1::ServiceContract& contract) {
  switch (contract.state()) {
    case Proto::ACTIVE:
      return State::kActive;
    case Proto::SUSPENDED:
      return State::kSuspended;
    case Proto::CANCELLED:
      return State::kCancelled;
    default:
      return State::kDraft;
  }
}

State StateOf(const v1::ContractLineItem& line) {
  return line.cancelled() ? State::kCancelled : State::kActive;
}

Proto::Status ToProto(State state) {
  switch (state) {
    case State::kDraft:
      return Proto::DRAFT;
    case State::kActive:
      return Proto::ACTIVE;
    case State::kSuspended:
      return Proto::SUSPENDED;
    case State::kCancelled:
      return Proto::CANCELLED;
  }
  return Proto::STATUS_UNSPECIFIED;
}

Window WindowOf(const v1::ServiceContract& contract, const Catalog& catalog) {
  return InDefaultZone(StoredDates(contract), catalog);
}

Window WindowOf(const v1::ContractLineItem& line, const Catalog& catalog) {
  Window window = InDefaultZone(StoredDates(line), catalog);
  if (!window.from) window.from = sla::Instant::Min();
  return window;
}

void SetStatus(const Catalog& catalog, absl::Time at,
               v1::ServiceContract* contract) {
  contract->set_status(ToProto(contracts::StatusAt(StateOf(*contract),
                                                   WindowOf(*contract, catalog),
                                                   sla::Instant::From(at))));
}

void SetStatus(const Catalog& catalog, absl::Time at,
               const v1::ServiceContract& contract,
               v1::ContractLineItem* line) {
  const contracts::Part parts[] = {
      {line->name(), StateOf(*line), WindowOf(*line, catalog)},
      {contract.name(), StateOf(contract), WindowOf(contract, catalog)}};
  line->set_status(ToProto(
      contracts::EffectiveStatusAt(parts, sla::Instant::From(at)).status));
}

}  // namespace charter::services
