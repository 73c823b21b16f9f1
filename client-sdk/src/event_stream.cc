#include "charter/client/event_stream.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "charter/client/cancellation.h"
#include "charter/client/generated.h"
#include "charter/client/server_stream.h"
#include "charter/client/status.h"
#include "client-sdk/src/retry_state.h"

namespace charter::client {
namespace internal {

bool WorthReconnecting(const absl::Status& status, bool worked) {
  switch (status.code()) {
    case absl::StatusCode::kUnauthenticated:
      return worked;
    case absl::StatusCode::kOk:  // the server ended it, and says no more
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return MayPass(status);
  }
}

int64_t SeenBy(const v1::WatchEventsResponse& response) {
  if (response.has_seen_sequence()) return response.seen_sequence();
  if (response.bookmark()) return response.head_sequence();
  return response.events().empty() ? 0 : response.events().rbegin()->sequence();
}

}  // namespace internal

EventStream::EventStream(std::shared_ptr<v1::EventConnection> connection,
                         v1::WatchEventsRequest request,
                         EventStreamOptions options)
    : connection_(std::move(connection)),
      options_(std::move(options)),
      timing_(options_.timing == nullptr ? SystemTiming() : options_.timing),
      request_(std::move(request)),
      heard_(timing_->Steady()) {
  internal::Put(options_.heartbeat, request_.mutable_heartbeat_interval());
}

EventStream::~EventStream() = default;

void EventStream::Connect() {
  if (!token_.empty()) request_.set_resume_token(token_);
  stream_ = connection_->WatchEvents(request_, options_.call);
  bool cancelled;
  {
    const std::lock_guard lock(mutex_);
    running_ = stream_;
    heard_ = timing_->Steady();
    ++connections_;
    cancelled = cancelled_;
  }
  if (cancelled) stream_->Cancel();
}

absl::StatusOr<v1::WatchEventsResponse> EventStream::Next() {
  const auto cancelled = [this] { return Cancelled(); };
  for (;;) {
    if (cancelled()) return absl::CancelledError("the stream was cancelled");
    if (stream_ == nullptr) Connect();
    std::optional<v1::WatchEventsResponse> response =
        stream_->Read(options_.heartbeat * options_.silent_heartbeats);
    if (response.has_value()) {
      failures_ = 0;
      refused_ = false;
      token_ = response->resume_token();
      const std::lock_guard lock(mutex_);
      heard_ = timing_->Steady();
      head_ = std::max(head_, response->head_sequence());
      given_ = std::max(given_, internal::SeenBy(*response));
      return *std::move(response);
    }
    // Silence, or an end.
    const bool silent = !stream_->ended();
    if (silent) stream_->Cancel();
    const absl::Status end =
        silent ? absl::UnavailableError("the server was silent")
               : stream_->status();
    {
      const std::lock_guard lock(mutex_);
      running_.reset();
    }
    stream_.reset();
    if (cancelled()) return absl::CancelledError("the stream was cancelled");
    // Once with what the credentials have by now.
    const bool another_token =
        end.code() == absl::StatusCode::kUnauthenticated &&
        !std::exchange(refused_, true);
    if ((!internal::WorthReconnecting(end, !token_.empty()) &&
         !another_token) ||
        ++failures_ >= options_.reconnect.most_attempts) {
      if (!end.ok()) return end;
      return absl::UnavailableError("the server ended the stream");
    }
    Pause(internal::PauseOf(options_.reconnect, failures_ - 1,
                            RetryDelayOf(end)));
  }
}

void EventStream::Pause(absl::Duration pause) {
  const auto* given = options_.call.Find<CancellationOption>();
  Cancellation cancellation = given == nullptr ? Cancellation() : *given;
  const uint64_t id =
      cancellation.OnCancel([timing = timing_] { timing->Wake(); });
  timing_->Sleep(pause, [this] { return Cancelled(); });
  cancellation.Forget(id);
}

bool EventStream::Cancelled() const {
  if (options_.cancelled != nullptr && options_.cancelled()) return true;
  if (const auto* given = options_.call.Find<CancellationOption>();
      given != nullptr && given->cancelled())
    return true;
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

EventLag EventStream::lag() const {
  const std::lock_guard lock(mutex_);
  return {head_ - given_, timing_->Steady() - heard_};
}

int64_t EventStream::reconnections() const {
  const std::lock_guard lock(mutex_);
  return std::max<int64_t>(connections_ - 1, 0);
}

void EventStream::Cancel() {
  std::shared_ptr<ServerStream<v1::WatchEventsResponse>> running;
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    running = running_;
  }
  if (running != nullptr) running->Cancel();
  timing_->Wake();
}

absl::Status Follow(const std::shared_ptr<v1::EventConnection>& connection,
                    v1::WatchEventsRequest request, const EventSink& sink,
                    const std::function<bool()>& cancelled,
                    const EventStreamOptions& options, int most_failures) {
  const std::shared_ptr<Timing> timing =
      options.timing == nullptr ? SystemTiming() : options.timing;
  const auto given_up = [&] { return cancelled != nullptr && cancelled(); };
  EventStreamOptions with = options;
  with.cancelled = cancelled;
  with.timing = timing;
  std::optional<EventStream> stream;
  std::string applied;  // up to this, of the stream's
  std::optional<v1::WatchEventsResponse> response;  // the next to apply
  int failures = 0;
  while (!given_up()) {
    absl::StatusOr<std::string> token = sink.load();
    absl::Status failed = token.status();
    if (token.ok()) {
      if (response.has_value() && *token == response->resume_token()) {
        // It said that it failed, and didn't.
        response.reset();
      } else if (!stream.has_value() || *token != applied) {
        v1::WatchEventsRequest from = request;
        if (!token->empty()) from.set_resume_token(*token);
        stream.emplace(connection, std::move(from), with);
        response.reset();
      }
      applied = *token;
      while (failed.ok() && !given_up()) {
        if (!response.has_value()) {
          absl::StatusOr<v1::WatchEventsResponse> next = stream->Next();
          if (!next.ok()) return next.status();
          response = *std::move(next);
        }
        failed = sink.apply(*response);
        if (!failed.ok()) break;
        applied = response->resume_token();
        response.reset();
        failures = 0;
      }
      if (failed.ok()) break;
    }
    if (++failures >= most_failures) return failed;
    timing->Sleep(internal::PauseOf(options.reconnect, failures - 1, {}),
                  given_up);
  }
  return absl::CancelledError("the caller gave it up");
}

}  // namespace charter::client
