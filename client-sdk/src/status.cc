#include "charter/client/status.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client-sdk/src/status_payloads.h"
#include "google/rpc/error_details.pb.h"

namespace charter::client {
namespace {

// Whose reasons are of the catalogue; a proxy may send its own.
constexpr char kDomain[] = "charter.dev";

template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(absl::StrCat(
      internal::kTypeUrlPrefix, Detail::descriptor()->full_name()));
  if (!payload.has_value()) return std::nullopt;
  Detail detail;
  if (!detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

// What a log would take for the end of a line, or a terminal for a command, is
// written out.
std::string OnOneLine(absl::string_view text) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      line += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      absl::StrAppend(&line, "\\x", absl::Hex(byte, absl::kZeroPad2));
    } else {
      line += c;
    }
  }
  return line;
}

}  // namespace

std::optional<ErrorInfo> ErrorInfoOf(const absl::Status& status) {
  const auto detail = DetailOf<google::rpc::ErrorInfo>(status);
  if (!detail.has_value()) return std::nullopt;
  ErrorInfo info{detail->reason(), detail->domain(), {}};
  for (const auto& [key, value] : detail->metadata())
    info.metadata[key] = value;
  return info;
}

std::string ReasonOf(const absl::Status& status) {
  const auto detail = DetailOf<google::rpc::ErrorInfo>(status);
  return detail.has_value() ? detail->reason() : "";
}

v1::ErrorReason ErrorReasonOf(const absl::Status& status) {
  const auto detail = DetailOf<google::rpc::ErrorInfo>(status);
  if (!detail.has_value() || detail->domain() != kDomain)
    return v1::ERROR_REASON_UNSPECIFIED;
  return ToErrorReason(detail->reason());
}

v1::ErrorReason ToErrorReason(absl::string_view reason) {
  v1::ErrorReason value;
  return v1::ErrorReason_Parse(std::string(reason), &value)
             ? value
             : v1::ERROR_REASON_UNSPECIFIED;
}

std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  const auto detail = DetailOf<google::rpc::BadRequest>(status);
  if (!detail.has_value()) return violations;
  for (const auto& violation : detail->field_violations()) {
    violations.push_back(
        {violation.field(), violation.reason(), violation.description()});
  }
  return violations;
}

std::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const auto detail = DetailOf<google::rpc::RetryInfo>(status);
  if (!detail.has_value()) return std::nullopt;
  return absl::Seconds(detail->retry_delay().seconds()) +
         absl::Nanoseconds(detail->retry_delay().nanos());
}

std::optional<Attempts> AttemptsOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload =
      status.GetPayload(internal::kAttemptsUrl);
  if (!payload.has_value()) return std::nullopt;
  return internal::ParseAttempts(std::string(*payload));
}

std::string Explain(const absl::Status& status) {
  if (status.ok()) return "OK";
  std::string text = absl::StrCat(absl::StatusCodeToString(status.code()), ": ",
                                  status.message());
  const std::string reason = ReasonOf(status);
  if (!reason.empty() && !absl::StrContains(status.message(), reason))
    absl::StrAppend(&text, " [", reason, "]");
  for (const FieldViolation& violation : FieldViolationsOf(status)) {
    const std::string line =
        absl::StrCat(violation.field, ": ", violation.description);
    // The text begins with the first.
    if (!absl::StrContains(text, line)) absl::StrAppend(&text, "; ", line);
  }
  return OnOneLine(text);
}

std::string Describe(const absl::Status& status) {
  std::string text = Explain(status);
  if (const auto attempts = AttemptsOf(status); attempts.has_value()) {
    absl::StrAppend(&text, " (", attempts->method);
    if (attempts->count != 1)
      absl::StrAppend(&text, ", ", attempts->count, " attempts");
    absl::StrAppend(&text, " in ",
                    absl::FormatDuration(
                        absl::Trunc(attempts->elapsed, absl::Milliseconds(1))),
                    ")");
  }
  return text;
}

}  // namespace charter::client
