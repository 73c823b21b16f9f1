// The way to a server, which all clients of a program share.
#ifndef CHARTER_CLIENT_CHANNEL_H_
#define CHARTER_CLIENT_CHANNEL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/client/options.h"

namespace google::protobuf {
class Message;
}
namespace grpc {
class Channel;
}

namespace charter::client {

// `HOST:PORT`, `dns:///name:port`, `unix:/path`, as gRPC names targets. Per
// channel only. Default: CHARTER_ENDPOINT in the environment, else
// `127.0.0.1:50051`.
struct EndpointOption {
  using Type = std::string;
};

// What to say of the program in the user agent, `my-desk/1.2`. Per channel
// only.
struct UserAgentOption {
  using Type = std::string;
};

// A gRPC channel to use instead of opening one. What else this would see to is
// then up to whoever made it: endpoint, TLS and user agent, that it takes
// messages of 16 MiB, that gRPC's own retries are off, and that nobody reads
// tokens on the way. Not null. Per channel only.
struct GrpcChannelOption {
  using Type = std::shared_ptr<grpc::Channel>;
};

// What generated code says of a method.
struct Method {
  const char* path;                 // `/charter.v1.CaseService/OpenCase`
  absl::Duration default_deadline;  // zero: none
  bool repeatable;                  // its policy says why repeating is safe
  // It changes something, and has no `validate_only`.
  bool always_writes = false;
};

// Messages that come one by one. One thread reads; Cancel is thread-safe.
class MessageStream {
 public:
  enum class Outcome { kMessage, kEnd, kTimeout };

  virtual ~MessageStream() = default;
  // Waits for the next message, at most `timeout`. After a timeout go on
  // reading with the same `message`.
  virtual Outcome Read(google::protobuf::Message* message,
                       absl::Duration timeout = absl::InfiniteDuration()) = 0;
  // How it ended, after kEnd.
  virtual absl::Status Finish() = 0;
  virtual void Cancel() = 0;
};

// The same without a thread that waits. One read at a time; Cancel is
// thread-safe. Destroying it cancels.
class AsyncMessageStream {
 public:
  virtual ~AsyncMessageStream() = default;
  // Calls `done` once: with true, the message is there; with false, the server
  // has ended the stream; or with how it failed.
  virtual void Read(std::shared_ptr<google::protobuf::Message> message,
                    std::function<void(absl::StatusOr<bool>)> done) = 0;
  virtual void Cancel() = 0;
};

// Thread-safe; made to be shared. Calls in flight keep what they need of it
// alive.
class Channel {
 public:
  // Opens nothing yet: the first call connects. What is wrong with the options
  // is the status of every call.
  static std::shared_ptr<Channel> Open(Options options = {});
  ~Channel();

  // Those that it was opened with.
  const Options& options() const;

  // For generated code. `options`: the call's over the client's.
  absl::Status Call(const Method& method,
                    const google::protobuf::Message& request,
                    const Options& options,
                    google::protobuf::Message* response);
  // `done` is called once, on a thread of gRPC's or on the caller's, never on
  // that of who cancels; it must not block for long.
  void CallAsync(const Method& method,
                 std::shared_ptr<const google::protobuf::Message> request,
                 const Options& options,
                 std::shared_ptr<google::protobuf::Message> response,
                 std::function<void(absl::Status)> done);
  std::unique_ptr<MessageStream> Stream(
      const Method& method, const google::protobuf::Message& request,
      const Options& options);
  std::unique_ptr<AsyncMessageStream> StreamAsync(
      const Method& method,
      std::shared_ptr<const google::protobuf::Message> request,
      const Options& options);

 private:
  class Impl;
  explicit Channel(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_CHANNEL_H_
