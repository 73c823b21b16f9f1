#include "server/call/status.h"

#include <algorithm>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace charter::call {
namespace {

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr size_t kMaxDescription = 256;
constexpr size_t kMaxMetadataValue = 512;

// At most `limit` bytes, cut between characters, with "…" where it was cut.
std::string Cut(absl::string_view text, size_t limit) {
  constexpr absl::string_view kEllipsis = "\u2026";
  if (text.size() <= limit) return std::string(text);
  size_t end = limit - kEllipsis.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return absl::StrCat(text.substr(0, end), kEllipsis);
}

// The message travels percent-encoded: what is not printable ASCII counts
// three times.
std::string CutMessage(absl::string_view text) {
  size_t cost = 0;
  size_t end = 0;
  while (end < text.size()) {
    const unsigned char c = static_cast<unsigned char>(text[end]);
    cost += c >= 0x20 && c < 0x7F && c != '%' ? 1 : 3;
    if (cost > kMaxMessage) return Cut(text, end);
    ++end;
  }
  return std::string(text);
}

void ShrinkErrorInfo(google::protobuf::Any* any) {
  google::rpc::ErrorInfo info;
  if (!any->UnpackTo(&info)) return;
  for (auto& [key, value] : *info.mutable_metadata()) {
    value = Cut(value, kMaxMetadataValue);
  }
  any->PackFrom(info);
}

// Cuts descriptions, then drops violations from the end until `any` is no
// longer than `limit`.
void ShrinkBadRequest(size_t limit, google::protobuf::Any* any) {
  google::rpc::BadRequest bad;
  if (!any->UnpackTo(&bad)) return;
  for (auto& violation : *bad.mutable_field_violations()) {
    violation.set_description(Cut(violation.description(), kMaxDescription));
    violation.set_field(Cut(violation.field(), kMaxDescription));
  }
  while (bad.field_violations_size() > 1 && bad.ByteSizeLong() > limit) {
    bad.mutable_field_violations()->RemoveLast();
  }
  any->PackFrom(bad);
}

void Fit(google::rpc::Status* proto) {
  for (auto& any : *proto->mutable_details()) {
    if (any.type_url() == kErrorInfoUrl) ShrinkErrorInfo(&any);
  }
  if (proto->ByteSizeLong() > kMaxDetails) {
    for (auto& any : *proto->mutable_details()) {
      const size_t others = proto->ByteSizeLong() - any.ByteSizeLong();
      if (any.type_url() == kBadRequestUrl && others < kMaxDetails) {
        ShrinkBadRequest(kMaxDetails - others - 64, &any);
      }
    }
  }
  for (int i = proto->details_size() - 1;
       i >= 0 && proto->ByteSizeLong() > kMaxDetails; --i) {
    if (proto->details(i).type_url() != kErrorInfoUrl) {
      proto->mutable_details()->DeleteSubrange(i, 1);
    }
  }
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status proto;
  proto.set_code(static_cast<int>(status.code()));
  // Not the message as well: it is in the status itself, and counts.
  status.ForEachPayload(
      [&proto](absl::string_view type_url, const absl::Cord& payload) {
        if (!absl::StartsWith(type_url, "type.googleapis.com/google.rpc.")) {
          return;
        }
        google::protobuf::Any* any = proto.add_details();
        any->set_type_url(std::string(type_url));
        any->set_value(std::string(payload));
      });
  // The reason first, for who reads them in order.
  std::stable_partition(proto.mutable_details()->pointer_begin(),
                        proto.mutable_details()->pointer_end(),
                        [](const google::protobuf::Any* any) {
                          return any->type_url() == kErrorInfoUrl;
                        });
  const std::string message = CutMessage(status.message());
  Fit(&proto);
  proto.set_message(message);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), message,
                      proto.SerializeAsString());
}

}  // namespace charter::call
