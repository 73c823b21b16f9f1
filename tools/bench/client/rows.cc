#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "charter/client/bulk_writer.h"
#include "charter/client/channel.h"
#include "charter/client/event_stream.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/directory_service.grpc.pb.h"
#include "charter/v1/event_client.h"
#include "charter/v1/event_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "tools/bench/client/verbs.h"
#include "tools/bench/load/histogram.h"
#include "tools/bench/load/support.h"

namespace charter::bench {
namespace {

constexpr int kPage = 1000;
constexpr int kTurns = 3;
constexpr int kCuts = 200;

std::shared_ptr<client::Channel> Open(const std::string& target) {
  return client::Channel::Open(
      client::Options().Set<client::EndpointOption>(target));
}

std::shared_ptr<grpc::Channel> Bare(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(),
                                   arguments);
}

// Runs each in turns and prints how many rows a second the best turn had.
// `read`: reads all, and gives how many rows there were.
void InTurns(const char* what, int64_t rows,
             const std::function<int64_t()>& stub,
             const std::function<int64_t()>& client) {
  const auto timed = [&](const std::function<int64_t()>& read) {
    const absl::Time begin = absl::Now();
    const int64_t found = read();
    if (found != rows)
      Die(absl::StrCat(what, ": ", found, " instead of ", rows));
    return absl::ToDoubleSeconds(absl::Now() - begin);
  };
  double bare = 1e9, ours = 1e9;
  for (int turn = 0; turn < kTurns; ++turn) {
    bare = std::min(bare, timed(stub));
    ours = std::min(ours, timed(client));
  }
  std::printf(
      "%-28s stub %6.2f s (%.0f a second)   client %6.2f s (%.0f)   %.2f of "
      "the stub's rate\n",
      what, bare, rows / bare, ours, rows / ours, bare / ours);
}

v1::WatchEventsRequest FromEarliest() {
  v1::WatchEventsRequest request;
  request.set_from_earliest(true);
  request.mutable_filter()->add_resource_types("accounts");
  return request;
}

}  // namespace

void FillAccounts(const std::string& target, int64_t rows) {
  v1::DirectoryClient directory(Open(target));
  client::BulkWriter<v1::BatchCreateAccountsRequest,
                     v1::BatchCreateAccountsResponse>
      writer([&](v1::BatchCreateAccountsRequest request,
                 const client::Options& options, auto done) {
        directory.AsyncBatchCreateAccounts(std::move(request), std::move(done),
                                           options);
      });
  const absl::Time begin = absl::Now();
  for (int64_t row = 0; row < rows;) {
    v1::BatchCreateAccountsRequest batch;
    for (int i = 0; i < kPage && row < rows; ++i, ++row) {
      v1::CreateAccountRequest& one = *batch.add_requests();
      one.set_account_id(absl::StrCat("a", row));
      one.mutable_account()->set_display_name(absl::StrCat("Account ", row));
    }
    writer.Add(std::move(batch));
  }
  for (const auto& failure : writer.Finish()) Die(failure.status.ToString());
  const double took = absl::ToDoubleSeconds(absl::Now() - begin);
  std::printf(
      "%ld accounts written by BulkWriter, %d a call, in %.0f s (%.0f a "
      "second)\n",
      static_cast<long>(rows), kPage, took, rows / took);
}

void MeasurePages(const std::string& target, int64_t rows) {
  v1::DirectoryClient directory(Open(target));
  const auto stub = v1::DirectoryService::NewStub(Bare(target));
  v1::ListAccountsRequest ask;
  ask.set_page_size(kPage);
  InTurns(
      "ListAccounts, 1,000 a page", rows,
      [&] {
        int64_t found = 0;
        v1::ListAccountsRequest request = ask;
        do {
          grpc::ClientContext context;
          v1::ListAccountsResponse response;
          if (!stub->ListAccounts(&context, request, &response).ok())
            Die("a page failed");
          for (const v1::Account& account : response.accounts())
            found += !account.name().empty();
          request.set_page_token(response.next_page_token());
        } while (!request.page_token().empty());
        return found;
      },
      [&] {
        int64_t found = 0;
        for (absl::StatusOr<v1::Account>& account :
             directory.ListAccounts(ask)) {
          if (!account.ok()) Die(account.status().ToString());
          found += !account->name().empty();
        }
        return found;
      });
}

void MeasureWatch(const std::string& target, int64_t rows) {
  const auto connection = v1::MakeEventConnection(Open(target));
  const auto stub = v1::EventService::NewStub(Bare(target));
  std::vector<std::string> tokens;
  InTurns(
      "WatchEvents", rows,
      [&] {
        int64_t found = 0;
        grpc::ClientContext context;
        const auto reader = stub->WatchEvents(&context, FromEarliest());
        v1::WatchEventsResponse response;
        while (found < rows && reader->Read(&response))
          found += response.events_size();
        context.TryCancel();
        reader->Finish().ok();
        return found;
      },
      [&] {
        int64_t found = 0;
        tokens.clear();
        client::EventStream stream(connection, FromEarliest());
        while (found < rows) {
          const auto response = stream.Next();
          if (!response.ok()) Die(response.status().ToString());
          found += response->events_size();
          tokens.push_back(response->resume_token());
        }
        return found;
      });
  // Cut after any of its messages, all over the feed: the last token is left
  // out, after it comes nothing.
  Histogram resumed;
  for (int cut = 0; cut < kCuts && tokens.size() > 1; ++cut) {
    v1::WatchEventsRequest request = FromEarliest();
    request.set_resume_token(
        tokens[static_cast<size_t>(cut) * 7919 % (tokens.size() - 1)]);
    const absl::Time begin = absl::Now();
    client::EventStream stream(connection, request);
    const auto response = stream.Next();
    if (!response.ok()) Die(response.status().ToString());
    resumed.Record(absl::Now() - begin);
    stream.Cancel();
  }
  std::printf("A stream that was cut has its next message after: %s\n",
              resumed.Summary().c_str());
}

}  // namespace charter::bench
