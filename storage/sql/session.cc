#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/sql/backend.h"
#include "storage/sql/connection.h"
#include "storage/sql/transaction_state.h"
#include "storage/store.h"

namespace charter::storage {
namespace {

// Full jitter: anything from 0 to a limit that doubles, so that those who
// collided part.
absl::Duration Pause(int attempt) {
  // Not absl::BitGen, whose pool the thread sanitizer cannot see into.
  thread_local std::minstd_rand random(std::random_device{}());
  const absl::Duration most =
      std::min(absl::Milliseconds(1) * (1 << std::min(attempt, 10)),
               absl::Milliseconds(200));
  return std::uniform_real_distribution<double>(0, 1)(random) * most;
}

// Rolls back unless the end was reached: also when an exception passes.
class RollbackGuard {
 public:
  explicit RollbackGuard(internal::Connection& connection)
      : connection_(connection) {}
  ~RollbackGuard() {
    if (armed_) connection_.Rollback();
  }
  void Disarm() { armed_ = false; }

 private:
  internal::Connection& connection_;
  bool armed_ = true;
};

class Flag {
 public:
  explicit Flag(bool& flag) : flag_(flag) { flag_ = true; }
  ~Flag() { flag_ = false; }

 private:
  bool& flag_;
};

}  // namespace

Session::Session(internal::Backend* backend) : backend_(backend) {}
Session::~Session() = default;

absl::Status Session::Read(const TxOptions& options,
                           absl::FunctionRef<absl::Status(Transaction&)> body) {
  return Run(options, false, body);
}

absl::Status Session::Write(
    const TxOptions& options,
    absl::FunctionRef<absl::Status(Transaction&)> body) {
  return Run(options, true, body);
}

absl::Status Session::Run(const TxOptions& options, bool write,
                          absl::FunctionRef<absl::Status(Transaction&)> body) {
  if (in_transaction_) {
    return StorageError(
        ErrorKind::kInternal,
        "a transaction was begun inside another on one session");
  }
  Flag running(in_transaction_);
  internal::TransactionState state(options, write);
  last_round_trips_ = 0;
  bool relinked = false;
  for (last_attempts_ = 1;; ++last_attempts_) {
    state.attempt = last_attempts_;
    state.failure = absl::OkStatus();
    state.after_commit.clear();
    absl::Status status = RunOnce(state, body);
    if (status.ok()) break;
    // A link that broke while it lay idle, or before COMMIT, took nothing with
    // it: once, a new one is tried.
    const bool stale = KindOf(status) == ErrorKind::kUnavailable &&
                       connection_ != nullptr && connection_->broken() &&
                       connection_->transactions_before() > 0;
    if (stale && !relinked) {
      relinked = true;
      continue;
    }
    if (state.refused_late && !state.at_once) {
      state.at_once = true;
      continue;
    }
    if (KindOf(status) != ErrorKind::kConflict ||
        last_attempts_ >= backend_->options().max_attempts)
      return status;
    std::this_thread::sleep_for(absl::ToChronoNanoseconds(
        std::min(Pause(last_attempts_), state.wait.left())));
    if (absl::Status late = state.wait.Check(); !late.ok()) return late;
  }
  if (options.dry_run) return absl::OkStatus();
  for (const std::function<void()>& hook : state.after_commit) hook();
  return absl::OkStatus();
}

absl::Status Session::RunOnce(
    internal::TransactionState& state,
    absl::FunctionRef<absl::Status(Transaction&)> body) {
  if (absl::Status status = state.wait.Check(); !status.ok()) return status;
  std::unique_ptr<internal::WriterTurn> turn;
  if (state.write) {
    absl::StatusOr<std::unique_ptr<internal::WriterTurn>> taken =
        backend_->TakeWriter(state.wait);
    if (!taken.ok()) return taken.status();
    turn = *std::move(taken);
  }
  if (turn == nullptr && (connection_ == nullptr || connection_->broken())) {
    connection_.reset();
    absl::StatusOr<std::unique_ptr<internal::Connection>> opened =
        backend_->Connect(state.wait);
    if (!opened.ok()) return opened.status();
    connection_ = *std::move(opened);
  }
  internal::Connection& connection =
      turn != nullptr ? turn->connection() : *connection_;
  connection.round_trips = 0;
  absl::Status status = connection.Begin(
      {.write = state.write, .snapshot = state.options.snapshot}, state.wait);
  {
    RollbackGuard guard(connection);
    if (status.ok()) {
      Transaction transaction(&connection, &state);
      status = body(transaction);
      if (!state.failure.ok()) status = state.failure;
    }
    if (status.ok() && !connection.misread.what.empty()) {
      status = StorageError(
          ErrorKind::kInternal,
          absl::StrCat("a row was read wrongly: ", connection.misread.what));
    }
    if (status.ok()) status = state.wait.Check();
    // What would be refused is told of a dry run too. And a link that broke
    // while it lay idle is found out before the COMMIT, whose outcome nobody
    // could tell.
    if (status.ok() && (state.options.dry_run || connection.round_trips == 0))
      status = connection.Flush();
    if (status.ok() && state.write && !state.options.dry_run) {
      status = connection.Commit();
      if (status.ok()) guard.Disarm();
    }
  }
  state.refused_late =
      connection.earlier_failed() && !internal::EndsTransaction(KindOf(status));
  last_round_trips_ += connection.round_trips;
  backend_->round_trips.fetch_add(connection.round_trips,
                                  std::memory_order_relaxed);
  return status;
}

}  // namespace charter::storage
