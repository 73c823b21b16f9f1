#include "storage/table/version_columns.h"

#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

namespace charter::storage {
namespace {

constexpr absl::string_view kVersions = "/versions/";

// The parent's name and the number's text.
std::pair<std::string, std::string> Split(
    const google::protobuf::Message& message) {
  const std::string name = message.GetReflection()->GetString(
      message, message.GetDescriptor()->FindFieldByName("name"));
  const size_t at = absl::string_view(name).rfind(kVersions);
  if (at == std::string::npos) return {name, ""};
  return {name.substr(0, at), name.substr(at + kVersions.size())};
}

Value Parent(const google::protobuf::Message& message) {
  return Value(Split(message).first);
}

// NULL, which the column refuses, when the name is no version's.
Value Number(const google::protobuf::Message& message) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(Split(message).second, &number)) return {};
  return Value(number);
}

}  // namespace

std::vector<HiddenColumn> VersionColumns() {
  return {{"parent", ColumnKind::kId, &Parent},
          {"number", ColumnKind::kInteger, &Number}};
}

std::vector<Lead> VersionLeads() {
  return {{{"parent"}, {"number"}, /*descending=*/true}, {}};
}

}  // namespace charter::storage
