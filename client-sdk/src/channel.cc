#include "charter/client/channel.h"

#include <utility>

#include "client-sdk/src/async_stream.h"
#include "client-sdk/src/calls.h"
#include "client-sdk/src/stream.h"
#include "client-sdk/src/transport.h"

namespace charter::client {

class Channel::Impl : public internal::Transport {
 public:
  using Transport::Transport;
};

Channel::Channel(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Channel::~Channel() = default;

std::shared_ptr<Channel> Channel::Open(Options options) {
  return std::shared_ptr<Channel>(
      new Channel(std::make_shared<Impl>(std::move(options))));
}

const Options& Channel::options() const { return impl_->options(); }

absl::Status Channel::Call(const Method& method,
                           const google::protobuf::Message& request,
                           const Options& options,
                           google::protobuf::Message* response) {
  return internal::Call(*impl_, method, request, options, response);
}

void Channel::CallAsync(
    const Method& method,
    std::shared_ptr<const google::protobuf::Message> request,
    const Options& options, std::shared_ptr<google::protobuf::Message> response,
    std::function<void(absl::Status)> done) {
  internal::CallAsync(impl_, method, std::move(request), options,
                      std::move(response), std::move(done));
}

std::unique_ptr<MessageStream> Channel::Stream(
    const Method& method, const google::protobuf::Message& request,
    const Options& options) {
  return internal::OpenStream(impl_, method, request, options);
}

std::unique_ptr<AsyncMessageStream> Channel::StreamAsync(
    const Method& method,
    std::shared_ptr<const google::protobuf::Message> request,
    const Options& options) {
  return internal::OpenAsyncStream(impl_, method, std::move(request), options);
}

}  // namespace charter::client
