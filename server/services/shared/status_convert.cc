#include "server/services/shared/status_convert.h"

#include <map>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace charter::services {

google::rpc::Status ToProto(const absl::Status& status) {
  google::rpc::Status proto;
  proto.set_code(static_cast<int>(status.code()));
  proto.set_message(std::string(status.message()));
  // In an order of their own: a status gives them in any.
  std::map<std::string, std::string> details;
  status.ForEachPayload(
      [&](absl::string_view type_url, const absl::Cord& payload) {
        if (absl::StartsWith(type_url, "type.googleapis.com/google.rpc."))
          details.emplace(type_url, payload);
      });
  for (const auto& [type_url, payload] : details) {
    google::protobuf::Any& detail = *proto.add_details();
    detail.set_type_url(type_url);
    detail.set_value(payload);
  }
  return proto;
}

bool IsOfWholeCall(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status) || absl::IsAborted(status) ||
         absl::IsInternal(status);
}

}  // namespace charter::services
