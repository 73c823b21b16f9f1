#include "client-sdk/src/call_state.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "charter/client/status.h"
#include "client-sdk/src/retry_state.h"
#include "client-sdk/src/status_payloads.h"
#include "grpc/support/time.h"

namespace charter::client::internal {
namespace {

absl::Time DeadlineOf(const Transport& transport, const Method& method,
                      const Options& options, absl::Time start) {
  const bool may_stay_open = method.default_deadline == absl::ZeroDuration();
  const absl::Duration* given = may_stay_open
                                    ? options.Find<DeadlineOption>()
                                    : transport.Find<DeadlineOption>(options);
  if (given != nullptr) return start + *given;
  return may_stay_open ? absl::InfiniteFuture()
                       : start + method.default_deadline;
}

// Options that a call of the method cannot keep to.
absl::Status CheckOptions(const Method& method, const Options& options) {
  if (options.empty()) return absl::OkStatus();
  if (const absl::string_view option = OptionOfChannels(options);
      !option.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(option,
                     " is for channels only: give it to Channel::Open, not to "
                     "a client or a call"));
  }
  const bool* dry = options.Find<ValidateOnlyOption>();
  if (dry != nullptr && *dry && method.always_writes) {
    return absl::InvalidArgumentError(
        "ValidateOnlyOption: this method cannot be asked to keep nothing; call "
        "it without");
  }
  return absl::OkStatus();
}

RetryPolicy PolicyOf(const Transport& transport, const Options& options) {
  const RetryPolicy* given = transport.Find<RetryOption>(options);
  return given == nullptr ? RetryPolicy() : *given;
}

std::shared_ptr<Credentials> CredentialsOf(const Transport& transport,
                                           const Options& options) {
  const auto* given = options.Find<CredentialsOption>();
  return given == nullptr ? transport.credentials() : *given;
}

template <typename Option>
typename Option::Type ValueOf(const Transport& transport,
                              const Options& options) {
  const auto* given = transport.Find<Option>(options);
  return given == nullptr ? typename Option::Type() : *given;
}

// Metadata as HTTP/2 takes it; for what it does not, gRPC ends the process.
absl::Status Add(const std::string& key, const std::string& value,
                 grpc::ClientContext* context) {
  const bool good_key =
      !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-' || c == '.';
      });
  if (!good_key) {
    return absl::InvalidArgumentError(
        "a key of metadata has characters other than a-z, 0-9, `_`, `-` and "
        "`.`");
  }
  const bool good_value = absl::EndsWith(key, "-bin") ||
                          std::all_of(value.begin(), value.end(), [](char c) {
                            return c >= 0x20 && c < 0x7F;
                          });
  if (!good_value) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the value of the metadata `", key,
        "` has characters other than printable ASCII; of a token, look at how "
        "its file is encoded"));
  }
  context->AddMetadata(key, value);
  return absl::OkStatus();
}

// Charter's servers give a reason, others not even a text.
bool IsUnknownMethod(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnimplemented &&
         (status.message().empty() ||
          ErrorReasonOf(status) == v1::METHOD_UNKNOWN);
}

absl::Status WithWayOut(const absl::Status& unknown, absl::string_view method) {
  absl::Status status = absl::UnimplementedError(absl::StrCat(
      "this server has no method ", method,
      ": it is older than this client, or no Charter; GetServerInfo tells its "
      "version"));
  unknown.ForEachPayload(
      [&](absl::string_view type, const absl::Cord& payload) {
        status.SetPayload(type, payload);
      });
  return status;
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
      begun_(transport.timing().Steady()),
      deadline_(DeadlineOf(transport, method, options, begun_)),
      retry_(PolicyOf(transport, options), method.repeatable,
             transport.rights(), deadline_),
      refusal_(CheckOptions(method, options)),
      credentials_(CredentialsOf(transport, options)),
      observer_(ValueOf<ObserverOption>(transport, options)),
      trace_(ValueOf<TraceContextOption>(transport, options)),
      metadata_(ValueOf<MetadataOption>(transport, options)) {
  transport.rights().Earn(begun_);
  if (const auto* given = transport.Find<CancellationOption>(options);
      given != nullptr)
    cancellation_ = *given;
}

absl::Status CallState::Before() {
  Faults* faults = transport_.faults();
  if (faults == nullptr) return absl::OkStatus();
  return faults->Before(NameOf(method_),
                        deadline_ - transport_.timing().Steady());
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
  if (!refusal_.ok()) return refusal_;
  if (cancelled()) return absl::CancelledError("the caller gave the call up");
  if (credentials_ != nullptr) {
    if (!transport_.keeps_secrets().ok()) return transport_.keeps_secrets();
    absl::StatusOr<std::string> token = credentials_->Token();
    if (!token.ok()) return token.status();
    token_ = *std::move(token);
    if (!token_.empty()) {
      absl::Status added =
          Add("authorization", absl::StrCat("Bearer ", token_), context);
      if (!added.ok()) return added;
    }
  }
  if (trace_ != nullptr) {
    const TraceContext trace = trace_();
    if (!trace.traceparent.empty()) {
      absl::Status added = Add("traceparent", trace.traceparent, context);
      if (added.ok() && !trace.tracestate.empty())
        added = Add("tracestate", trace.tracestate, context);
      if (!added.ok()) return added;
    }
  }
  for (const auto& [key, value] : metadata_) {
    absl::Status added = Add(key, value, context);
    if (!added.ok()) return added;
  }
  if (deadline_ != absl::InfiniteFuture()) {
    const absl::Duration left = deadline_ - transport_.timing().Steady();
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
      if (Refused() && retry_.OnceMore()) pause = absl::ZeroDuration();
    } else {
      pause = retry_.PauseAfter(*status, transport_.timing().Steady());
    }
  }
  if (observer_ != nullptr) {
    observer_->OnAttempt(NameOf(method_), attempt, *status,
                         pause.value_or(absl::InfiniteDuration()));
  }
  return pause;
}

bool CallState::Refused() {
  return credentials_ != nullptr && !token_.empty() &&
         credentials_->Refused(token_);
}

void CallState::End(absl::Status* status) {
  if (IsUnknownMethod(*status)) *status = WithWayOut(*status, NameOf(method_));
  // Given up while an attempt failed: it is this why there was no other.
  if (cancelled() && MayPass(*status))
    *status = absl::CancelledError("the caller gave the call up");
  const absl::Duration elapsed = transport_.timing().Steady() - begun_;
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
