// Methods as the server serves them: what each says of itself, and the function
// behind it.
#ifndef CHARTER_SERVER_CALL_ENDPOINT_H_
#define CHARTER_SERVER_CALL_ENDPOINT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "server/services/shared/call.h"
#include "server/services/shared/method.h"
#include "server/services/shared/stream.h"

namespace charter::call {

// What a run of a waiting handler came to (services::Poll).
struct PollOutcome {
  bool answered = false;
  Bell* bell = nullptr;
  int64_t rings = 0;
  absl::Duration wait;
};

// One of the functions is set. Those with a Call run on a worker with a
// session; `inline_*` run on the transport's thread and must not block: health
// and reflection, which answer also when every worker is busy.
struct Endpoint {
  services::Method method;
  const google::protobuf::Message* request = nullptr;  // prototypes
  const google::protobuf::Message* response = nullptr;

  using Message = google::protobuf::Message;
  std::function<absl::Status(services::Call&, const Message&, Message*)> unary;
  std::function<absl::StatusOr<PollOutcome>(services::Call&, const Message&,
                                            Message*)>
      poll;
  std::function<absl::Status(services::Call&, const Message&,
                             std::shared_ptr<services::Stream>)>
      stream;
  std::function<absl::Status(const Message&, Message*)> inline_unary;
  std::function<absl::Status(const Message&, std::shared_ptr<services::Stream>)>
      inline_stream;
  // Once per message of a two-way stream.
  std::function<absl::Status(const Message&, Message*)> inline_bidi;
};

// The methods of all services. Filled at start (server/call/services.cc), then
// only read.
class Endpoints {
 public:
  // Adds the method of this name of `service`, with what its proto says of it.
  // The first mistake (no such method or service, other types, a missing
  // policy) is kept for Check.
  Endpoint& Add(absl::string_view service, absl::string_view method,
                const google::protobuf::Message& request,
                const google::protobuf::Message& response);

  // OK, or what is wrong: a mistake of Add, or a method of a registered service
  // that nobody serves.
  absl::Status Check() const;

  // Names of the services, in order of registration.
  const std::vector<std::string>& services() const { return services_; }
  const std::vector<std::unique_ptr<Endpoint>>& all() const { return all_; }
  // "charter.v1.CaseService/OpenCase"; null: not served.
  const Endpoint* Find(absl::string_view name) const;
  // The method that reads the resource which `writer` answers with; null: none.
  const Endpoint* FindReader(const Endpoint& writer) const;

 private:
  std::vector<std::unique_ptr<Endpoint>> all_;
  std::vector<std::string> services_;
  absl::Status mistake_;
};

// Registers the methods of one service, a line each:
//   ServiceBuilder(endpoints, "charter.v1.CaseService")
//       .Unary<&services::OpenCase>("OpenCase")
class ServiceBuilder {
 public:
  ServiceBuilder(Endpoints& endpoints, absl::string_view service)
      : endpoints_(endpoints), service_(service) {}

  // absl::StatusOr<Response> F(Call&, const Request&)
  template <auto F>
  ServiceBuilder& Unary(absl::string_view method) {
    return AddUnary(method, F);
  }
  // absl::StatusOr<Poll<Response>> F(Call&, const Request&)
  template <auto F>
  ServiceBuilder& LongPoll(absl::string_view method) {
    return AddPoll(method, F);
  }
  // absl::Status F(Call&, const Request&, std::shared_ptr<Stream>)
  template <typename Response, auto F>
  ServiceBuilder& ServerStream(absl::string_view method) {
    return AddStream<Response>(method, F);
  }

 private:
  template <typename Request, typename Response>
  ServiceBuilder& AddUnary(absl::string_view method,
                           absl::StatusOr<Response> (*f)(services::Call&,
                                                         const Request&)) {
    Endpoint& endpoint =
        endpoints_.Add(service_, method, Request::default_instance(),
                       Response::default_instance());
    endpoint.unary = [f](services::Call& call, const Endpoint::Message& request,
                         Endpoint::Message* response) -> absl::Status {
      absl::StatusOr<Response> result =
          f(call, static_cast<const Request&>(request));
      if (!result.ok()) return result.status();
      *static_cast<Response*>(response) = *std::move(result);
      return absl::OkStatus();
    };
    return *this;
  }

  template <typename Request, typename Response>
  ServiceBuilder& AddPoll(absl::string_view method,
                          absl::StatusOr<services::Poll<Response>> (*f)(
                              services::Call&, const Request&)) {
    Endpoint& endpoint =
        endpoints_.Add(service_, method, Request::default_instance(),
                       Response::default_instance());
    endpoint.poll =
        [f](services::Call& call, const Endpoint::Message& request,
            Endpoint::Message* response) -> absl::StatusOr<PollOutcome> {
      absl::StatusOr<services::Poll<Response>> result =
          f(call, static_cast<const Request&>(request));
      if (!result.ok()) return result.status();
      PollOutcome outcome{result->answer.has_value(), result->bell,
                          result->rings, result->wait};
      if (outcome.answered) {
        *static_cast<Response*>(response) = *std::move(result->answer);
      }
      return outcome;
    };
    return *this;
  }

  template <typename Response, typename Request>
  ServiceBuilder& AddStream(
      absl::string_view method,
      absl::Status (*f)(services::Call&, const Request&,
                        std::shared_ptr<services::Stream>)) {
    Endpoint& endpoint =
        endpoints_.Add(service_, method, Request::default_instance(),
                       Response::default_instance());
    endpoint.stream = [f](services::Call& call,
                          const Endpoint::Message& request,
                          std::shared_ptr<services::Stream> stream) {
      return f(call, static_cast<const Request&>(request), std::move(stream));
    };
    return *this;
  }

  Endpoints& endpoints_;
  const std::string service_;
};

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_ENDPOINT_H_
