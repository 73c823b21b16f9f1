// What generated sources are made of. Not for programs.
#ifndef CHARTER_CLIENT_GENERATED_H_
#define CHARTER_CLIENT_GENERATED_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
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
