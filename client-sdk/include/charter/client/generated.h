// What generated sources are made of. Not for programs.
#ifndef CHARTER_CLIENT_GENERATED_H_
#define CHARTER_CLIENT_GENERATED_H_

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/client/async_server_stream.h"
#include "charter/client/awaitable.h"
#include "charter/client/channel.h"
#include "charter/client/page_range.h"
#include "charter/client/server_stream.h"
#include "charter/client/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace charter::client::internal {

template <typename Response, typename Request>
absl::StatusOr<Response> Call(Channel& channel, const Method& method,
                              const Request& request, const Options& options) {
  Response response;
  absl::Status status = channel.Call(method, request, options, &response);
  if (!status.ok()) return status;
  return response;
}

template <typename Response, typename Request>
void CallAsync(Channel& channel, const Method& method, const Request& request,
               const Options& options, Callback<Response> done) {
  auto response = std::make_shared<Response>();
  channel.CallAsync(method, std::make_shared<Request>(request), options,
                    response,
                    [response, done = std::move(done)](absl::Status status) {
                      if (status.ok()) {
                        done(std::move(*response));
                      } else {
                        done(std::move(status));
                      }
                    });
}

template <typename Response, typename Request>
std::unique_ptr<ServerStream<Response>> Stream(Channel& channel,
                                               const Method& method,
                                               const Request& request,
                                               const Options& options) {
  return std::make_unique<ChannelStream<Response>>(
      channel.Stream(method, request, options));
}

template <typename Response, typename Request>
std::unique_ptr<AsyncServerStream<Response>> StreamAsync(
    Channel& channel, const Method& method, const Request& request,
    const Options& options) {
  return std::make_unique<ChannelAsyncStream<Response>>(
      channel.StreamAsync(method, std::make_shared<Request>(request), options));
}

// Gives each response to `next` and then how the stream ended to `done`. Holds
// itself while it reads.
template <typename Response>
class ReadingAll : public std::enable_shared_from_this<ReadingAll<Response>> {
 public:
  ReadingAll(std::unique_ptr<AsyncServerStream<Response>> stream,
             std::function<void(Response)> next,
             std::function<void(absl::Status)> done)
      : stream_(std::move(stream)),
        next_(std::move(next)),
        done_(std::move(done)) {}

  // What is there at once is taken in a loop, whose stack does not grow.
  void Go() {
    if (turns_.fetch_add(1) > 0) return;
    const auto self = this->shared_from_this();
    do {
      stream_->AsyncNext([self](absl::StatusOr<std::optional<Response>> next) {
        if (!next.ok()) return self->done_(std::move(next).status());
        if (!next->has_value()) return self->done_(absl::OkStatus());
        self->next_(**std::move(next));
        self->Go();
      });
    } while (turns_.fetch_sub(1) > 1);
  }

 private:
  const std::unique_ptr<AsyncServerStream<Response>> stream_;
  const std::function<void(Response)> next_;
  const std::function<void(absl::Status)> done_;
  std::atomic<int> turns_ = 0;
};

template <typename Response>
void ReadAll(std::unique_ptr<AsyncServerStream<Response>> stream,
             std::function<void(Response)> next,
             std::function<void(absl::Status)> done) {
  std::make_shared<ReadingAll<Response>>(std::move(stream), std::move(next),
                                         std::move(done))
      ->Go();
}

// `rows`: those of a response; `get`: asks for the page of a request.
template <typename Row, typename Request, typename Rows, typename Get>
PageRange<Row> Pages(Request request, Rows rows, Get get) {
  std::string token = request.page_token();
  return PageRange<Row>(
      [request = std::move(request), rows,
       get = std::move(get)](const std::string& at) mutable
      -> absl::StatusOr<typename PageRange<Row>::Page> {
        request.set_page_token(at);
        auto response = get(request);
        if (!response.ok()) return response.status();
        auto* all = rows(*response);
        typename PageRange<Row>::Page page;
        page.rows.assign(std::make_move_iterator(all->begin()),
                         std::make_move_iterator(all->end()));
        page.next_page_token = response->next_page_token();
        return page;
      },
      std::move(token));
}

inline void Put(absl::Time time, google::protobuf::Timestamp* out) {
  *out = ToProto(time);
}
inline void Put(absl::Duration length, google::protobuf::Duration* out) {
  *out = ToProto(length);
}

}  // namespace charter::client::internal

#endif  // CHARTER_CLIENT_GENERATED_H_
