#include "server/call/path.h"

#include <openssl/sha.h>

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "server/call/hidden_fields.h"
#include "server/call/presentable.h"
#include "server/observability/log.h"
#include "server/services/shared/errors.h"
#include "storage/records/audit_log.h"
#include "storage/records/ids.h"

namespace charter::call {
namespace {

namespace errors = services::errors;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using std::chrono::steady_clock;

// How long a worker may be kept by the audit row of a refusal.
constexpr absl::Duration kRefusalPatience = absl::Seconds(1);

// A text field of the request itself; empty: it has none of that name.
std::string TextOf(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->type() != FieldDescriptor::TYPE_STRING ||
      field->is_repeated()) {
    return "";
  }
  return message.GetReflection()->GetString(message, field);
}

bool FlagOf(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && field->type() == FieldDescriptor::TYPE_BOOL &&
         !field->is_repeated() &&
         message.GetReflection()->GetBool(message, field);
}

// SHA-256 of the request without its id, in the one form in which equal
// requests are equal bytes.
std::string FingerprintOf(const Message& request) {
  std::unique_ptr<Message> copy(request.New());
  copy->CopyFrom(request);
  copy->GetReflection()->ClearField(
      copy.get(), copy->GetDescriptor()->FindFieldByName("request_id"));
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    copy->SerializeToCodedStream(&coded);
  }
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         digest);
  return std::string(reinterpret_cast<const char*>(digest), sizeof(digest));
}

}  // namespace

absl::Status CallPath::Prepare() {
  for (const auto& endpoint : endpoints_.all()) {
    absl::Status status =
        validator_.Prepare(*endpoint->request->GetDescriptor());
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CallPath::Enter(const Endpoint& endpoint,
                             const Presented& presented, absl::string_view peer,
                             steady_clock::time_point deadline,
                             std::function<bool()> cancelled,
                             Passage* passage) {
  const v1::MethodPolicy& policy = endpoint.method.policy;
  passage->endpoint = &endpoint;
  passage->start = steady_clock::now();
  services::CallInfo& info = passage->info;
  info.method = &endpoint.method;
  info.now = services_.clock->Now();
  info.call_id = services_.ids->Make(info.now);
  info.peer = std::string(peer);
  info.cancelled = std::move(cancelled);
  info.deadline = deadline;
  if (deadline == steady_clock::time_point::max() &&
      policy.default_deadline().seconds() > 0) {
    info.deadline = passage->start +
                    std::chrono::seconds(policy.default_deadline().seconds());
  }
  if (policy.public_()) return absl::OkStatus();
  absl::StatusOr<services::Principal> principal =
      identity_.Identify(presented, info.now);
  if (!principal.ok()) return principal.status();
  info.principal = *std::move(principal);
  if (!info.principal.permissions->Has(policy.permission()) ||
      (info.principal.confined_to.has_value() && !policy.customers())) {
    return errors::PermissionMissing(policy.permission(), info.principal.name);
  }
  return absl::OkStatus();
}

void CallPath::AuditRefusal(const services::CallInfo& info,
                            absl::StatusCode code, storage::Session& session) {
  storage::AuditRecord record;
  record.id = services_.ids->Make(info.now);
  record.time = info.now;
  record.principal = info.principal.name;
  record.method = info.method->name;
  record.outcome = static_cast<int32_t>(code);
  record.remote_peer = info.peer;
  storage::TxOptions options;
  options.now = info.now;
  options.deadline = info.now + kRefusalPatience;
  const absl::Status status =
      session.Write(options, [&](storage::Transaction& tx) {
        return storage::AppendAudit(tx, {record});
      });
  if (!status.ok()) {
    LogError("a refusal is missing in the audit", {{"call", info.call_id}});
  }
}

absl::Status CallPath::Admit(Passage& passage, size_t size,
                             absl::FunctionRef<bool(Message*)> parse,
                             absl::FunctionRef<std::string()> bytes) {
  if (size > kMaxRequestBytes) {
    return errors::MessageTooLarge(size, kMaxRequestBytes);
  }
  passage.request.reset(passage.endpoint->request->New());
  Message& request = *passage.request;
  if (!parse(&request)) {
    const google::protobuf::Descriptor& type = *request.GetDescriptor();
    const auto field = FindBadUtf8(bytes(), type);
    return field.has_value()
               ? errors::FieldInvalid(*field, services::ErrorReason::BAD_UTF8,
                                      "it must be UTF-8 text")
               : errors::FieldInvalid(
                     "", services::ErrorReason::MALFORMED,
                     absl::StrCat("the message is not a readable ",
                                  type.full_name()));
  }
  absl::Status status = validator_.Check(request);
  if (!status.ok()) return status;
  services::CallInfo& info = passage.info;
  if (info.principal.hidden != nullptr) {
    status = CheckNothingHidden(*info.principal.hidden, request);
    if (!status.ok()) return status;
  }
  info.validate_only = FlagOf(request, "validate_only");
  info.subject = TextOf(request, "name");
  if (passage.endpoint->method.policy.idempotency() ==
      v1::MethodPolicy::REQUEST_ID) {
    info.request_id = TextOf(request, "request_id");
    if (!info.request_id.empty()) info.fingerprint = FingerprintOf(request);
  }
  return absl::OkStatus();
}

template <typename F>
auto CallPath::Guarded(Passage& passage, storage::Session& session, bool last,
                       F f) -> decltype(f(std::declval<services::Call&>())) {
  services::CallInfo info = passage.info;
  // The call's instant is that of its work, not of its wait for a worker.
  info.now = services_.clock->Now();
  info.last_try = last;
  services::Call call(services_, session, std::move(info));
  absl::Status alive = call.Alive();
  if (!alive.ok()) return alive;
  try {
    return f(call);
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("exception: ", e.what()));
  } catch (...) {
    return absl::InternalError("exception of an unknown type");
  }
}

absl::Status CallPath::RunUnary(Passage& passage, storage::Session& session) {
  passage.response.reset(passage.endpoint->response->New());
  const absl::Status status =
      Guarded(passage, session, true, [&](services::Call& call) {
        return passage.endpoint->unary(call, *passage.request,
                                       passage.response.get());
      });
  if (status.ok() || passage.info.request_id.empty()) return status;
  return Replay(passage, session, status);
}

absl::Status CallPath::Replay(Passage& passage, storage::Session& session,
                              const absl::Status& failure) {
  absl::StatusOr<std::optional<services::Call::Stored>> stored = std::nullopt;
  absl::Status status =
      Guarded(passage, session, true, [&](services::Call& call) {
        stored = call.StoredResponse();
        return absl::OkStatus();
      });
  if (!status.ok()) return failure;
  if (!stored.ok()) {
    const bool reused =
        errors::ReasonOf(stored.status()) == "REQUEST_ID_REUSED";
    return reused ? stored.status() : failure;
  }
  if (!stored->has_value()) return failure;
  passage.replayed = true;
  passage.response.reset(passage.endpoint->response->New());
  const services::Call::Stored& answer = **stored;
  if (answer.read_again.empty()) {
    if (passage.response->ParseFromString(answer.response)) {
      return absl::OkStatus();
    }
    return absl::InternalError("a stored response is not readable");
  }
  // It was too large to be kept: the resource is read as it is now.
  const Endpoint* reader = endpoints_.FindReader(*passage.endpoint);
  if (reader == nullptr) {
    return errors::AlreadyExists(
        answer.read_again,
        "this request was carried out before, and its answer was too large to "
        "be kept. Read the resource");
  }
  std::unique_ptr<Message> request(reader->request->New());
  request->GetReflection()->SetString(
      request.get(), request->GetDescriptor()->FindFieldByName("name"),
      answer.read_again);
  return Guarded(passage, session, true, [&](services::Call& call) {
    return reader->unary(call, *request, passage.response.get());
  });
}

absl::StatusOr<PollOutcome> CallPath::RunPoll(Passage& passage,
                                              storage::Session& session,
                                              bool last) {
  passage.response.reset(passage.endpoint->response->New());
  absl::StatusOr<PollOutcome> outcome =
      Guarded(passage, session, last, [&](services::Call& call) {
        return passage.endpoint->poll(call, *passage.request,
                                      passage.response.get());
      });
  if (outcome.ok() && last && !outcome->answered) {
    return absl::InternalError("a long poll did not answer in its last run");
  }
  return outcome;
}

absl::Status CallPath::RunStream(Passage& passage, storage::Session& session,
                                 std::shared_ptr<services::Stream> stream) {
  return Guarded(passage, session, true, [&](services::Call& call) {
    return passage.endpoint->stream(call, *passage.request, std::move(stream));
  });
}

absl::Status CallPath::Leave(const Passage& passage,
                             const absl::Status& status) {
  const services::CallInfo& info = passage.info;
  if (status.ok() && info.principal.hidden != nullptr &&
      passage.response != nullptr) {
    Hide(*info.principal.hidden, passage.response.get());
  }
  const absl::Status result = Presentable(info.principal.confined_to.has_value()
                                              ? errors::ForCustomer(status)
                                              : status,
                                          info.call_id);
  // Probes and tools ask all the time.
  if (!passage.endpoint->method.policy.public_() || !result.ok()) {
    const std::string reason = errors::ReasonOf(result);
    CallLine line;
    line.method = info.method->name;
    line.code = CodeName(result.code());
    line.reason = reason;
    line.principal = info.principal.name;
    line.call_id = info.call_id;
    line.request_id = info.request_id;
    line.peer = info.peer;
    line.duration = absl::FromChrono(steady_clock::now() - passage.start);
    line.replayed = passage.replayed;
    LogCall(line);
  }
  return result;
}

}  // namespace charter::call
