// How soon after a write its events are with those who follow the feed.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "charter/v1/case_service.grpc.pb.h"
#include "server/services/shared/time_convert.h"
#include "tools/bench/bulk_cases.h"
#include "tools/bench/feed_watcher.h"
#include "tools/bench/load/histogram.h"
#include "tools/bench/load/load.h"
#include "tools/bench/load/support.h"
#include "tools/bench/verbs.h"

namespace charter::bench {
namespace {

struct FeedOptions {
  int per_second = 500;
  int per_call = 1;
  int seconds = 20;
  int accounts = 50;  // a watcher each
  int of_all = 3;     // watchers of everything
};

constexpr int kCasesPerAccount = 10;
constexpr int kCallers = 16;

// What one watcher was given.
struct Delivery {
  int event;
  absl::Time received;
  absl::Time recorded;
};
struct Received {
  int account = -1;  // of which it should have all events; -1: of all
  std::vector<Delivery> deliveries;
  std::atomic<int> count = 0;
};

// Interactions with customers, case by case in turn. Event number `e` is of
// call e / per_call and has its number for a key.
class Writes {
 public:
  explicit Writes(const FeedOptions& feed)
      : feed_(feed),
        calls_(feed.per_second / feed.per_call * feed.seconds),
        acknowledged_(static_cast<size_t>(calls_)) {}

  int calls() const { return calls_; }
  int events() const { return calls_ * feed_.per_call; }
  int cases() const { return feed_.accounts * kCasesPerAccount; }
  // The account of a case, of an event.
  int AccountOfCase(int item) const { return item % feed_.accounts; }
  int AccountOf(int event) const {
    return AccountOfCase(event / feed_.per_call % cases());
  }
  int EventsOf(int account) const {
    if (account < 0) return events();
    int count = 0;
    for (int event = 0; event < events(); ++event)
      count += AccountOf(event) == account;
    return count;
  }

  v1::OpenCaseRequest Open(int item) const {
    v1::OpenCaseRequest request;
    request.set_case_id(absl::StrCat("c", item));
    v1::Case& row = *request.mutable_case_();
    row.set_account(absl::StrCat("accounts/a", AccountOfCase(item)));
    row.set_entitlement(absl::StrCat("entitlements/e", AccountOfCase(item)));
    row.set_subject("The printer is on fire");
    return request;
  }
  v1::RecordEventsRequest Record(int call) const {
    v1::RecordEventsRequest request;
    for (int i = 0; i < feed_.per_call; ++i) {
      v1::RecordedEvent& one = *request.add_events();
      one.set_case_(absl::StrCat("cases/c", call % cases()));
      one.mutable_event()->set_key(absl::StrCat(call * feed_.per_call + i));
      v1::Interaction& message = *one.mutable_event()->mutable_interaction();
      message.set_direction(v1::Interaction::INBOUND);
      message.set_author(v1::Interaction::CUSTOMER);
      message.set_channel("email");
      message.set_text("It still burns.");
    }
    return request;
  }

  void Acknowledge(int call) {
    acknowledged_[static_cast<size_t>(call)] = absl::ToUnixNanos(absl::Now());
  }
  absl::Time AcknowledgedAt(int event) const {
    return absl::FromUnixNanos(
        acknowledged_[static_cast<size_t>(event / feed_.per_call)]);
  }

 private:
  const FeedOptions feed_;
  const int calls_;
  std::vector<std::atomic<int64_t>> acknowledged_;
};

void Note(const v1::Event& event, absl::Time received, Received* to) {
  v1::CaseEvent told;
  int number = 0;
  if (!event.resource().UnpackTo(&told) ||
      !absl::SimpleAtoi(told.key(), &number)) {
    Die("an event of the feed is none that was written: " + event.type());
  }
  to->deliveries.push_back(
      {number, received, services::ToTime(event.record_time())});
  ++to->count;
}

// Each event once to everyone who should have it, and to nobody else.
void CheckAll(const Writes& writes, const Received& received) {
  std::vector<int> times(static_cast<size_t>(writes.events()));
  for (const Delivery& delivery : received.deliveries) {
    if (received.account >= 0 &&
        writes.AccountOf(delivery.event) != received.account) {
      Die("a watcher was given another account's event");
    }
    if (++times[static_cast<size_t>(delivery.event)] > 1)
      Die(absl::StrCat("event ", delivery.event, " came twice"));
  }
  if (received.count != writes.EventsOf(received.account))
    Die("a watcher was not given all events");
}

int MeasureFeed(const BenchOptions& options, const FeedOptions& feed) {
  BenchDatabase database(options);
  BenchServer server(database);
  const auto client = server.Client();
  MakeSupport(client, feed.accounts);
  Writes writes(feed);
  OpenCases(client, writes.cases(), [&](int i) { return writes.Open(i); });
  absl::SleepFor(absl::Seconds(1));  // until all of it is on the feed

  std::vector<std::unique_ptr<Received>> received;
  std::vector<std::unique_ptr<FeedWatcher>> watchers;
  for (int i = 0; i < feed.accounts + feed.of_all; ++i) {
    Received* const to =
        received.emplace_back(std::make_unique<Received>()).get();
    to->account = i < feed.accounts ? i : -1;
    to->deliveries.reserve(static_cast<size_t>(writes.EventsOf(to->account)));
    v1::EventFilter filter;
    filter.add_event_types("case.interaction");
    if (to->account >= 0)
      filter.set_account(absl::StrCat("accounts/a", to->account));
    watchers.push_back(std::make_unique<FeedWatcher>(
        server.Channels(1)[0], filter,
        [to](const v1::Event& event, absl::Time at) { Note(event, at, to); }));
  }

  // Bare stubs: writing takes what delivering would have of this machine.
  const auto channels = server.Channels(kCallers);
  std::vector<std::unique_ptr<v1::CaseService::Stub>> stubs;
  for (const auto& channel : channels)
    stubs.push_back(v1::CaseService::NewStub(channel));
  struct Call {
    grpc::ClientContext context;
    v1::RecordEventsRequest request;
    v1::RecordEventsResponse response;
  };
  OpenLoop loop;
  loop.per_second = static_cast<double>(feed.per_second) / feed.per_call;
  loop.length = absl::Seconds(feed.seconds);
  LoadResult written;
  std::atomic_flag told;
  RunOpenLoop(
      loop,
      [&](int64_t index, std::function<void(bool)> done) {
        // A schedule may have one more than it should.
        if (index >= writes.calls()) return done(true);
        auto call = std::make_shared<Call>();
        call->request = writes.Record(static_cast<int>(index));
        stubs[static_cast<size_t>(index % kCallers)]->async()->RecordEvents(
            &call->context, &call->request, &call->response,
            [&writes, &told, call, index, done](const grpc::Status& status) {
              writes.Acknowledge(static_cast<int>(index));
              bool ok = status.ok();
              if (!ok && !told.test_and_set())
                std::fprintf(stderr, "%s\n", status.error_message().c_str());
              for (const auto& result : call->response.results())
                ok = ok && result.status().code() == 0;
              done(ok);
            });
      },
      &written);
  if (written.failed > 0) Die(absl::StrCat(written.failed, " writes failed"));
  WaitFor(
      [&] {
        return std::all_of(received.begin(), received.end(),
                           [&](const auto& one) {
                             return one->count >= writes.EventsOf(one->account);
                           });
      },
      "an event never came to a watcher");
  absl::SleepFor(absl::Seconds(1));  // for what might come twice
  watchers.clear();

  Histogram since_written;
  Histogram since_acknowledged;
  for (const auto& one : received) {
    CheckAll(writes, *one);
    for (const Delivery& delivery : one->deliveries) {
      since_written.Record(delivery.received - delivery.recorded);
      since_acknowledged.Record(delivery.received -
                                writes.AcknowledgedAt(delivery.event));
    }
  }
  std::printf(
      "%s: %d events a second for %d s, %d a call; %d watchers of an account "
      "each, %d of everything\n",
      Describe(options).c_str(), feed.per_second, feed.seconds, feed.per_call,
      feed.accounts, feed.of_all);
  std::printf("  writes, from their instant on the schedule  %s\n",
              written.latency.Summary().c_str());
  std::printf("  acknowledgement to delivery                 %s\n",
              since_acknowledged.Summary().c_str());
  std::printf("  beginning of the write to delivery          %s\n%s",
              since_written.Summary().c_str(), since_written.Chart().c_str());
  return 0;
}

}  // namespace

void AddFeed(CLI::App& app, const BenchOptions& options,
             std::function<int()>& run) {
  const auto feed = std::make_shared<FeedOptions>();
  CLI::App* const verb = app.add_subcommand(
      "feed", "How soon after a write its events are with the watchers");
  verb->add_option("--per-second", feed->per_second, "events written")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  verb->add_option("--per-call", feed->per_call,
                   "events of a call, all of one "
                   "case and so of one transaction")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  verb->add_option("--seconds", feed->seconds, "for so long")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  verb->add_option("--accounts", feed->accounts, "with a watcher each")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  verb->add_option("--of-all", feed->of_all, "watchers of everything")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  verb->callback([&options, &run, feed] {
    run = [&options, feed] { return MeasureFeed(options, *feed); };
  });
}

}  // namespace charter::bench
