#include "client-sdk/src/call_state.h"

#include "absl/strings/str_cat.h"
#include "client-sdk/src/status_payloads.h"
#include "grpc/support/time.h"

namespace charter::client::internal {
namespace {

absl::Time DeadlineOf(const Transport& transport, const Method& method,
                      const Options& options, absl::Time start) {
  const absl::Duration* given = transport.Find<DeadlineOption>(options);
  if (given != nullptr) return start + *given;
  if (method.default_deadline_seconds == 0) return absl::InfiniteFuture();
  return start + absl::Seconds(method.default_deadline_seconds);
}

RetryPolicy PolicyOf(const Transport& transport, const Options& options) {
  const RetryPolicy* given = transport.Find<RetryOption>(options);
  return given == nullptr ? RetryPolicy() : *given;
}

template <typename Option>
typename Option::Type ValueOf(const Transport& transport,
                              const Options& options) {
  const auto* given = transport.Find<Option>(options);
  return given == nullptr ? typename Option::Type() : *given;
}

// `charter.v1.CaseService/OpenCase`.
absl::string_view NameOf(const Method& method) {
  return absl::string_view(method.path).substr(1);
}

}  // namespace

CallState::CallState(Transport& transport, const Method& method,
                     const google::protobuf::Message& request,
                     const Options& options)
    : transport_(transport),
      method_(method),
      request_(request),
      start_(transport.timing().Now()),
      deadline_(DeadlineOf(transport, method, options, start_)),
      retry_(PolicyOf(transport, options), method.repeatable,
             transport.rights(), deadline_),
      observer_(ValueOf<ObserverOption>(transport, options)),
      trace_(ValueOf<TraceContextOption>(transport, options)),
      metadata_(ValueOf<MetadataOption>(transport, options)) {
  transport.rights().Earn(start_);
  if (const auto* given = transport.Find<CancellationOption>(options);
      given != nullptr)
    cancellation_ = *given;
}

absl::Status CallState::Before() {
  Faults* faults = transport_.faults();
  return faults == nullptr ? absl::OkStatus() : faults->Before(NameOf(method_));
}

absl::Status CallState::Lost() {
  Faults* faults = transport_.faults();
  return faults == nullptr ? absl::OkStatus() : faults->After(NameOf(method_));
}

void CallState::Ended() {
  if (transport_.faults() != nullptr) transport_.faults()->Ended();
}

absl::Status CallState::Prepare(grpc::ClientContext* context) {
  if (!transport_.broken().ok()) return transport_.broken();
  if (cancelled()) return absl::CancelledError("the caller gave the call up");
  if (transport_.credentials() != nullptr) {
    absl::StatusOr<std::string> token = transport_.credentials()->Token();
    if (!token.ok()) return token.status();
    token_ = *std::move(token);
    if (!token_.empty())
      context->AddMetadata("authorization", absl::StrCat("Bearer ", token_));
  }
  if (trace_ != nullptr) {
    const TraceContext trace = trace_();
    if (!trace.traceparent.empty()) {
      context->AddMetadata("traceparent", trace.traceparent);
      if (!trace.tracestate.empty())
        context->AddMetadata("tracestate", trace.tracestate);
    }
  }
  for (const auto& [key, value] : metadata_) context->AddMetadata(key, value);
  if (deadline_ != absl::InfiniteFuture()) {
    // What is left of it, by the monotonic clock: setting the machine's clock
    // must not end a call.
    const absl::Duration left = deadline_ - transport_.timing().Now();
    context->set_deadline(gpr_time_add(
        gpr_now(GPR_CLOCK_MONOTONIC),
        gpr_time_from_nanos(absl::ToInt64Nanoseconds(left), GPR_TIMESPAN)));
  }
  return absl::OkStatus();
}

std::optional<absl::Duration> CallState::After(absl::Status* status) {
  std::optional<absl::Duration> pause;
  const int attempt = retry_.attempts();
  if (!status->ok() && !cancelled()) {
    if (status->code() == absl::StatusCode::kUnauthenticated) {
      if (transport_.credentials() != nullptr && !token_.empty() &&
          transport_.credentials()->Refused(token_) && retry_.OnceMore())
        pause = absl::ZeroDuration();
    } else {
      pause = retry_.PauseAfter(*status, transport_.timing().Now());
    }
  }
  if (observer_ != nullptr) {
    observer_->OnAttempt(NameOf(method_), attempt, *status,
                         pause.value_or(absl::InfiniteDuration()));
  }
  return pause;
}

void CallState::End(absl::Status* status) {
  const absl::Duration elapsed = transport_.timing().Now() - start_;
  if (!status->ok()) {
    NoteAttempts({retry_.attempts(), elapsed, std::string(NameOf(method_))},
                 status);
  }
  if (observer_ != nullptr) {
    observer_->OnCall({NameOf(method_), start_, elapsed, retry_.attempts(),
                       *status, request_});
  }
}

}  // namespace charter::client::internal
