// Calls that are counted: what each sends to the database.
#ifndef CHARTER_TESTS_SERVER_SERVICES_ROUND_TRIPS_ROUND_TRIPS_FIXTURE_H_
#define CHARTER_TESTS_SERVER_SERVICES_ROUND_TRIPS_ROUND_TRIPS_FIXTURE_H_

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/call/endpoint.h"
#include "server/call/services.h"
#include "server/services/shared/call.h"
#include "tests/support/service_world.h"

namespace charter::services {

inline constexpr char kRequestId[] = "6f1a6d0e-0d2c-4b1e-9d0a-";

class RoundTripsTest : public testing::TestWithParam<storage::Engine> {
 protected:
  RoundTripsTest() : world_({.engine = GetParam()}) {
    call::RegisterServices(endpoints_);
    EXPECT_EQ(endpoints_.Check(), absl::OkStatus());
  }

  // Makes a call as the call path does, one with a request id where the method
  // takes one, and writes down what it sent. The session has worked before, as
  // a server's have, and the catalogue is known. Of several calls of a method
  // the last counts.
  std::unique_ptr<google::protobuf::Message> Measure(const std::string& method,
                                                     const std::string& json) {
    const std::string name = absl::StartsWith(method, "Operations/")
                                 ? absl::StrCat("google.longrunning.", method)
                                 : absl::StrCat("charter.v1.", method);
    const call::Endpoint* endpoint = endpoints_.Find(name);
    if (endpoint == nullptr) {
      ADD_FAILURE() << "no method " << name;
      std::abort();
    }
    std::unique_ptr<google::protobuf::Message> request(
        endpoint->request->New());
    const auto parsed =
        google::protobuf::util::JsonStringToMessage(json, request.get());
    EXPECT_TRUE(parsed.ok()) << name << ": " << parsed.ToString();
    const auto session = world_.store().OpenSession();
    WarmUp(*session, endpoint->method.policy.idempotency() !=
                         v1::MethodPolicy::READ_ONLY);
    CallInfo info = world_.Info();
    info.method = &endpoint->method;
    if (endpoint->method.policy.idempotency() == v1::MethodPolicy::REQUEST_ID) {
      info.request_id = absl::StrCat(kRequestId, ++request_ids_ + 100000000000);
      info.fingerprint = std::string(32, 'f');
    }
    std::unique_ptr<google::protobuf::Message> response(
        endpoint->response->New());
    const int64_t before = world_.store().round_trips();
    Call call(world_.services(), *session, std::move(info));
    EXPECT_EQ(Run(*endpoint, call, *request, response.get()), absl::OkStatus())
        << name << " " << json;
    counts_[name] = world_.store().round_trips() - before;
    return response;
  }

  // The same, written down as a case of its own: "OpenCase+unit".
  void MeasureApart(const std::string& suffix, const std::string& method,
                    const std::string& json) {
    const std::string name = absl::StrCat("charter.v1.", method);
    const std::map<std::string, int64_t> plain = counts_;
    Measure(method, json);
    counts_[name + suffix] = counts_[name];
    if (plain.contains(name)) counts_[name] = plain.at(name);
  }

  // A deletion, and what takes it back: the resource is deleted in the end.
  void MeasureDelete(const std::string& method, const std::string& name) {
    const std::string json = absl::StrCat(R"({"name": ")", name, R"("})");
    for (const std::string& one :
         {method, absl::StrReplaceAll(method, {{"Delete", "Undelete"}}),
          method})
      Measure(one, json);
  }

  void WarmUp(storage::Session& session, bool write) {
    Call call(world_.services(), session, world_.Info());
    EXPECT_EQ(call.Read([&](storage::Transaction& tx) {
      return world_.services().catalog->Get(tx).status();
    }),
              absl::OkStatus());
    if (!write) return;
    EXPECT_EQ(
        call.Apply([](storage::Transaction&) { return absl::OkStatus(); }),
        absl::OkStatus());
  }

  absl::Status Run(const call::Endpoint& endpoint, Call& call,
                   const google::protobuf::Message& request,
                   google::protobuf::Message* response) {
    if (endpoint.unary) return endpoint.unary(call, request, response);
    if (endpoint.poll) {
      const auto outcome = endpoint.poll(call, request, response);
      if (!outcome.ok()) return outcome.status();
      EXPECT_TRUE(outcome->answered);
      return absl::OkStatus();
    }
    // What it takes until the stream has all that there is.
    auto stream = std::make_shared<test::FakeStream>();
    const absl::Status status = endpoint.stream(call, request, stream);
    world_.host().RunJobs();
    EXPECT_THAT(stream->all(), testing::Not(testing::IsEmpty()));
    stream->Cancel();
    return status;
  }

  void Calendar();
  void Process();
  void Customers();
  void Batches();
  void Ledger();
  void CasesWithUnits();
  void Templates();
  void Cases();
  void Tasks();
  void Feed();
  void Operations();

  test::ServiceWorld world_;
  call::Endpoints endpoints_;
  int64_t request_ids_ = 0;
  std::map<std::string, int64_t> counts_;  // by full name
};

}  // namespace charter::services

#endif  // CHARTER_TESTS_SERVER_SERVICES_ROUND_TRIPS_ROUND_TRIPS_FIXTURE_H_
