#include "server/contracts/status.h"

#include "absl/strings/str_cat.h"
#include "server/sla/calendar/local_time.h"

namespace charter::contracts {
namespace {

using sla::Instant;

Instant StartOf(Date day, const absl::TimeZone& zone) {
  return Instant::FromSeconds(
      sla::ReadLocalTime(zone, sla::ToDayNumber(day), 0));
}

absl::string_view Participle(Verb verb) {
  switch (verb) {
    case Verb::kActivate:
      return "activated";
    case Verb::kSuspend:
      return "suspended";
    case Verb::kResume:
      return "resumed";
    case Verb::kCancel:
      return "cancelled";
  }
  return "";
}

}  // namespace

absl::string_view NameOf(State state) {
  switch (state) {
    case State::kDraft:
      return "DRAFT";
    case State::kActive:
      return "ACTIVE";
    case State::kSuspended:
      return "SUSPENDED";
    case State::kCancelled:
      return "CANCELLED";
  }
  return "";
}

absl::string_view NameOf(Status status) {
  switch (status) {
    case Status::kDraft:
      return "DRAFT";
    case Status::kInactive:
      return "INACTIVE";
    case Status::kActive:
      return "ACTIVE";
    case Status::kExpired:
      return "EXPIRED";
    case Status::kSuspended:
      return "SUSPENDED";
    case Status::kCancelled:
      return "CANCELLED";
  }
  return "";
}

absl::StatusOr<State> Apply(State from, Verb verb) {
  switch (verb) {
    case Verb::kActivate:
      if (from == State::kDraft) return State::kActive;
      break;
    case Verb::kSuspend:
      if (from == State::kActive) return State::kSuspended;
      break;
    case Verb::kResume:
      if (from == State::kSuspended) return State::kActive;
      break;
    case Verb::kCancel:
      if (from != State::kCancelled) return State::kCancelled;
      break;
  }
  return absl::FailedPreconditionError(
      absl::StrCat("state: what is ", NameOf(from), " cannot be ",
                   Participle(verb), " (C10)"));
}

Window WindowOf(const Term& term, const absl::TimeZone& zone) {
  Window window;
  if (term.start) window.from = StartOf(*term.start, zone);
  if (term.end) window.to = StartOf(*term.end + 1, zone);
  return window;
}

Status StatusAt(State state, const Window& window, Instant at) {
  switch (state) {
    case State::kDraft:
      return Status::kDraft;
    case State::kSuspended:
      return Status::kSuspended;
    case State::kCancelled:
      return Status::kCancelled;
    case State::kActive:
      break;
  }
  if (!window.from || at < *window.from) return Status::kInactive;
  if (window.to && at >= *window.to) return Status::kExpired;
  return Status::kActive;
}

std::optional<Instant> NextChange(State state, const Window& window,
                                  Instant at) {
  if (state != State::kActive || !window.from) return std::nullopt;
  const std::optional<Instant> next =
      at < *window.from ? window.from : window.to;
  if (!next || *next <= at || *next > Instant::Max()) return std::nullopt;
  return next;
}

std::vector<DateChange> ChangesBetween(State state, const Window& window,
                                       Instant after, Instant until) {
  std::vector<DateChange> changes;
  for (std::optional<Instant> at = NextChange(state, window, after);
       at && *at <= until; at = NextChange(state, window, *at)) {
    changes.push_back({*at, StatusAt(state, window, *at)});
  }
  return changes;
}

EffectiveStatus EffectiveStatusAt(absl::Span<const Part> parts, Instant at) {
  EffectiveStatus effective = {.status = Status::kActive, .failing = {}};
  for (const Part& part : parts) {
    const Status status = StatusAt(part.state, part.window, at);
    if (status == Status::kActive) continue;
    if (effective.failing.empty()) effective.status = status;
    effective.failing.push_back({part.name, status});
  }
  return effective;
}

}  // namespace charter::contracts
