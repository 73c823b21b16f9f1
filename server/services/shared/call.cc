#include "server/services/shared/call.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/rpc/code.pb.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/audit_log.h"
#include "storage/records/ids.h"
#include "storage/records/outbox.h"
#include "storage/records/request_log.h"

namespace charter::services {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string Packed(const Message* message) {
  if (message == nullptr) return "";
  google::protobuf::Any any;
  any.PackFrom(*message);
  return any.SerializeAsString();
}

// The resource that a response names: its own `name`, or that of the first
// message in it that has one.
std::string NameIn(const Message& message, int depth = 2) {
  const auto& type = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  const FieldDescriptor* name = type.FindFieldByName("name");
  if (name != nullptr && name->type() == FieldDescriptor::TYPE_STRING &&
      !name->is_repeated()) {
    return reflection.GetString(message, name);
  }
  for (int i = 0; depth > 1 && i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->type() != FieldDescriptor::TYPE_MESSAGE ||
        field->is_repeated() || !reflection.HasField(message, field)) {
      continue;
    }
    std::string inner =
        NameIn(reflection.GetMessage(message, field), depth - 1);
    if (!inner.empty()) return inner;
  }
  return "";
}

// ALREADY_EXISTS when the request id has an answer, which the call path gives.
absl::Status CheckNotDone(storage::Transaction& tx,
                          const storage::RequestKey& key) {
  auto found = storage::FindRequest(tx, key, tx.now());
  if (!found.ok()) return found.status();
  if (!found->has_value()) return absl::OkStatus();
  return errors::AlreadyExists(key.request_id,
                               "this request was carried out before");
}

}  // namespace

CallInfo CallInfo::System(absl::string_view worker, absl::Time now) {
  CallInfo info;
  info.worker = std::string(worker);
  info.principal = Principal::System();
  info.now = now;
  info.call_id = info.worker;
  return info;
}

Call::Call(Services& services, storage::Session& session, CallInfo info)
    : services_(services), session_(session), info_(std::move(info)) {}

bool Call::Allowed(absl::string_view permission) const {
  return info_.principal.permissions->Has(permission);
}

absl::Duration Call::remaining() const {
  if (info_.deadline == std::chrono::steady_clock::time_point::max()) {
    return absl::InfiniteDuration();
  }
  return absl::FromChrono(info_.deadline - std::chrono::steady_clock::now());
}

absl::Status Call::Alive() const {
  if (cancelled()) return errors::Cancelled();
  if (remaining() <= absl::ZeroDuration()) return errors::DeadlineExceeded();
  return absl::OkStatus();
}

std::string Call::MethodName() const {
  return info_.method != nullptr ? info_.method->name : info_.worker;
}

storage::TxOptions Call::Options() const {
  storage::TxOptions options;
  options.now = info_.now;
  // Storage measures `deadline - now` on its own monotonic clock.
  options.deadline = info_.now + remaining();
  options.cancelled = info_.cancelled;
  options.dry_run = info_.validate_only;
  options.confined_to = info_.principal.confined_to;
  return options;
}

absl::Status Call::Read(
    absl::FunctionRef<absl::Status(storage::Transaction&)> body,
    bool snapshot) {
  if (joined_ != nullptr) return body(*joined_);
  storage::TxOptions options = Options();
  options.snapshot = snapshot;
  options.dry_run = false;
  return errors::FromStorage(session_.Read(options, body), info_.call_id);
}

absl::Status Call::Apply(
    absl::FunctionRef<absl::Status(storage::Transaction&)> body) {
  return RunWrite(body, []() -> const Message* { return nullptr; });
}

absl::Status Call::RunWrite(
    absl::FunctionRef<absl::Status(storage::Transaction&)> body,
    absl::FunctionRef<const Message*()> response) {
  if (joined_ != nullptr) return body(*joined_);
  if (!info_.request_id.empty() && std::exchange(request_id_used_, true)) {
    return absl::InternalError("a call with a request id wrote twice");
  }
  storage::TxOptions options = Options();
  options.deadline = std::min(options.deadline, info_.now + kLongestWrite);
  absl::Status status =
      session_.Write(options, [&](storage::Transaction& tx) -> absl::Status {
        events_.clear();
        audited_.clear();
        ringing_.clear();
        // A repetition is refused, therefore run once more: not all of it.
        if (tx.attempt() > 1 && !info_.request_id.empty() &&
            !info_.validate_only) {
          absl::Status fresh = CheckNotDone(
              tx, {info_.principal.name, MethodName(), info_.request_id});
          if (!fresh.ok()) return fresh;
        }
        absl::Status result = body(tx);
        if (!result.ok()) return result;
        return KeepRecords(tx, response());
      });
  if (!status.ok()) return errors::FromStorage(status, info_.call_id);
  if (info_.validate_only) return status;
  if (!events_.empty()) services_.outbox.Ring();
  for (const Ringing& ringing : ringing_) ringing.bell->Ring(ringing.when);
  return status;
}

absl::Status Call::KeepRecords(storage::Transaction& tx,
                               const Message* response) {
  if (!events_.empty()) {
    absl::Status status = storage::WriteOutbox(tx, events_);
    if (!status.ok()) return status;
  }
  if (audited_.empty() && info_.method != nullptr) {
    std::string subject = response == nullptr ? "" : NameIn(*response);
    audited_.push_back({subject.empty() ? info_.subject : subject, "", ""});
  }
  if (!audited_.empty()) {
    std::vector<storage::AuditRecord> records;
    for (const Audited& audited : audited_) {
      storage::AuditRecord record;
      record.id = services_.ids->Make(info_.now);
      record.time = info_.now;
      record.principal = info_.principal.name;
      record.method = MethodName();
      record.subject = audited.subject;
      record.outcome = google::rpc::OK;
      record.request_id = info_.request_id;
      record.remote_peer = info_.peer;
      record.before = audited.before;
      record.after = audited.after;
      records.push_back(std::move(record));
    }
    absl::Status status = storage::AppendAudit(tx, records);
    if (!status.ok()) return status;
  }
  if (response == nullptr || info_.request_id.empty() || info_.validate_only) {
    return absl::OkStatus();
  }
  return KeepAnswer(tx, *response);
}

absl::Status Call::KeepAnswer(storage::Transaction& tx,
                              const Message& response) {
  storage::RequestRecord record;
  record.key = {info_.principal.name, MethodName(), info_.request_id};
  record.fingerprint = info_.fingerprint;
  record.expire_time = info_.now + storage::kRequestLifetime;
  record.response = response.SerializeAsString();
  if (record.response.size() > storage::kLargeResponse) {
    record.read_again = NameIn(response);
    // A batch's is of many, which cannot be read again as one.
    if (!record.read_again.empty()) record.response.clear();
  }
  return storage::InsertRequest(tx, record, info_.now);
}

absl::StatusOr<std::optional<Call::Stored>> Call::StoredResponse() {
  if (info_.request_id.empty() || info_.validate_only) return std::nullopt;
  std::optional<storage::RequestRecord> record;
  absl::Status status = Read([&](storage::Transaction& tx) -> absl::Status {
    auto found = storage::FindRequest(
        tx, {info_.principal.name, MethodName(), info_.request_id}, info_.now);
    if (!found.ok()) return found.status();
    record = *std::move(found);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (!record.has_value()) return std::nullopt;
  if (record->fingerprint != info_.fingerprint) {
    return errors::RequestIdReused(info_.request_id);
  }
  return Stored{std::move(record->response), std::move(record->read_again)};
}

void Call::Emit(v1::Event event) {
  *event.mutable_record_time() = ToProto(info_.now);
  if (!event.has_occur_time()) *event.mutable_occur_time() = ToProto(info_.now);
  if (event.actor().empty()) event.set_actor(info_.principal.name);
  events_.push_back(std::move(event));
}

void Call::Audit(absl::string_view subject, const Message* before,
                 const Message* after) {
  audited_.push_back({std::string(subject), Packed(before), Packed(after)});
}

void Call::Ring(Bell& bell, absl::Time when) {
  ringing_.push_back({&bell, when});
}

}  // namespace charter::services
