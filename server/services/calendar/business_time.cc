#include <memory>
#include <string>

#include "server/services/calendar/calendar.h"
#include "server/services/catalog/catalog.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {
namespace {

// Longer spans make answers that are too large.
constexpr absl::Duration kLongestExplanation = absl::Hours(24 * 366);
constexpr int kMaxIntervals = 1000;

absl::StatusOr<std::shared_ptr<const sla::BusinessHours>> HoursOf(
    Call& call, const std::string& name) {
  std::shared_ptr<const sla::BusinessHours> hours;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        if ((*catalog)->HasHours(name)) {
          if (absl::Status usable = (*catalog)->CheckUsable(name); !usable.ok())
            return usable;
          hours = (*catalog)->FindHours(name);
        }
        return hours == nullptr ? errors::NotFound(name, "business_hours")
                                : absl::OkStatus();
      });
  if (!status.ok()) return status;
  return hours;
}

absl::Status OutOfRange(const absl::Status& status, const std::string& name) {
  return absl::IsOutOfRange(status) ? errors::NoOpenTime(name) : status;
}

}  // namespace

absl::StatusOr<v1::AddBusinessTimeResponse> AddBusinessTime(
    Call& call, const v1::AddBusinessTimeRequest& request) {
  if (request.has_duration() == request.has_business_days()) {
    return errors::FieldInvalid("duration", ErrorReason::REQUIRED,
                                "give one of duration and business_days");
  }
  auto hours = HoursOf(call, request.business_hours());
  if (!hours.ok()) return hours.status();
  const sla::Instant from = ToInstant(request.time());
  absl::StatusOr<sla::Instant> to = from;
  if (request.has_business_days()) {
    to = (*hours)->AddBusinessDays(from, request.business_days());
  } else {
    const sla::Duration duration = ToSlaDuration(request.duration());
    to = duration < sla::Duration::Zero() ? (*hours)->Subtract(from, -duration)
                                          : (*hours)->Add(from, duration);
  }
  if (!to.ok()) return OutOfRange(to.status(), request.business_hours());
  v1::AddBusinessTimeResponse response;
  *response.mutable_time() = ToProto(*to);
  return response;
}

absl::StatusOr<v1::DiffBusinessTimeResponse> DiffBusinessTime(
    Call& call, const v1::DiffBusinessTimeRequest& request) {
  auto hours = HoursOf(call, request.business_hours());
  if (!hours.ok()) return hours.status();
  v1::DiffBusinessTimeResponse response;
  *response.mutable_duration() = ToProto((*hours)->Between(
      ToInstant(request.start_time()), ToInstant(request.end_time())));
  return response;
}

absl::StatusOr<v1::FindBusinessTimeResponse> FindBusinessTime(
    Call& call, const v1::FindBusinessTimeRequest& request) {
  auto hours = HoursOf(call, request.business_hours());
  if (!hours.ok()) return hours.status();
  const sla::Instant at = ToInstant(request.time());
  v1::FindBusinessTimeResponse response;
  response.set_open((*hours)->IsOpen(at));
  response.set_business_day((*hours)->IsBusinessDay(at));
  if (auto time = (*hours)->NextOpen(at))
    *response.mutable_next_open() = ToProto(*time);
  if (auto time = (*hours)->NextClose(at))
    *response.mutable_next_close() = ToProto(*time);
  if (auto time = (*hours)->PreviousOpen(at))
    *response.mutable_previous_open() = ToProto(*time);
  if (auto time = (*hours)->PreviousClose(at))
    *response.mutable_previous_close() = ToProto(*time);
  if (!request.has_end_time()) return response;
  const sla::Instant end = ToInstant(request.end_time());
  if (end < at || end - at > sla::Duration::From(kLongestExplanation)) {
    return errors::FieldInvalid("end_time", ErrorReason::OUT_OF_RANGE,
                                "is from `time` to 366 days after it");
  }
  for (const sla::Interval& interval : (*hours)->Intervals(at, end)) {
    if (response.intervals_size() == kMaxIntervals) break;
    v1::OpenInterval& open = *response.add_intervals();
    *open.mutable_start_time() = ToProto(interval.from);
    *open.mutable_end_time() = ToProto(interval.to);
  }
  return response;
}

absl::StatusOr<v1::ExplainBusinessTimeResponse> ExplainBusinessTime(
    Call& call, const v1::ExplainBusinessTimeRequest& request) {
  const sla::Instant from = ToInstant(request.start_time());
  const sla::Instant to = ToInstant(request.end_time());
  if (to < from || to - from > sla::Duration::From(kLongestExplanation)) {
    return errors::FieldInvalid("end_time", ErrorReason::OUT_OF_RANGE,
                                "is from start_time to 366 days after it");
  }
  auto hours = HoursOf(call, request.business_hours());
  if (!hours.ok()) return hours.status();
  v1::ExplainBusinessTimeResponse response;
  for (const sla::ExplainedInterval& stretch : (*hours)->Explain(from, to)) {
    v1::ExplainedTime& told = *response.add_stretches();
    *told.mutable_start_time() = ToProto(stretch.interval.from);
    *told.mutable_end_time() = ToProto(stretch.interval.to);
    switch (stretch.cause) {
      case sla::OpenCause::kOpen:
        told.set_cause(v1::ExplainedTime::OPEN);
        break;
      case sla::OpenCause::kOutsideHours:
        told.set_cause(v1::ExplainedTime::OUTSIDE_HOURS);
        break;
      case sla::OpenCause::kHoliday:
        told.set_cause(v1::ExplainedTime::HOLIDAY);
        break;
      case sla::OpenCause::kOverride:
        told.set_cause(v1::ExplainedTime::OVERRIDE);
        break;
    }
    told.set_display_name(stretch.name);
  }
  return response;
}

}  // namespace charter::services
