// Errors of the catalogue that are about a part of a request.
#include <optional>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "server/services/shared/errors.h"

namespace charter::services::errors {
namespace {

template <typename Detail>
std::string UrlOf() {
  return absl::StrCat("type.googleapis.com/",
                      Detail::descriptor()->full_name());
}

template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const auto payload = status.GetPayload(UrlOf<Detail>());
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload)))
    return std::nullopt;
  return detail;
}

template <typename Detail>
void SetDetail(const Detail& detail, absl::Status* status) {
  status->SetPayload(UrlOf<Detail>(), absl::Cord(detail.SerializeAsString()));
}

}  // namespace

absl::Status OfPart(absl::string_view part, const absl::Status& status) {
  std::optional<google::rpc::ErrorInfo> info =
      DetailOf<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return status;
  const auto path = [&](const std::string& field) {
    return field.empty() ? std::string(part) : absl::StrCat(part, ".", field);
  };
  std::string& field = (*info->mutable_metadata())["field"];
  const bool says_field =
      !field.empty() && absl::StartsWith(status.message(), field);
  const std::string text =
      absl::StrCat(part, says_field ? "." : ": ", status.message());
  absl::Status refused(status.code(), text);
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    refused.SetPayload(url, payload);
  });
  field = path(field);
  SetDetail(*info, &refused);
  if (auto bad = DetailOf<google::rpc::BadRequest>(status)) {
    for (auto& violation : *bad->mutable_field_violations())
      violation.set_field(path(violation.field()));
    SetDetail(*bad, &refused);
  }
  if (auto resource = DetailOf<google::rpc::ResourceInfo>(status)) {
    resource->set_description(text);
    SetDetail(*resource, &refused);
  }
  return refused;
}

}  // namespace charter::services::errors
