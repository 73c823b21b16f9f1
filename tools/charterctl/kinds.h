// The kinds of resources that files bring in and take out.
#ifndef CHARTER_TOOLS_CHARTERCTL_KINDS_H_
#define CHARTER_TOOLS_CHARTERCTL_KINDS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "tools/charterctl/connection.h"

namespace charter::tools {

// A method whose types are known at run time only.
struct Method {
  const google::protobuf::Descriptor* request = nullptr;
  std::function<absl::StatusOr<std::unique_ptr<google::protobuf::Message>>(
      const Connection& connection, const google::protobuf::Message& request,
      const client::Options& options)>
      call;
};

// `accounts`: its resource and standard methods.
struct Kind {
  std::string name;        // on the command line
  std::string collection;  // of resource names: "serviceContracts"
  const google::protobuf::Descriptor* resource = nullptr;
  Method create, get, update, list;
  // The resource in the requests of create and update.
  std::string field;
  // The field within whose value an external id is unique: "account"; empty:
  // it is unique by itself.
  std::string within;
};

// In the order in which one may name those before it.
const std::vector<Kind>& Kinds();
// INVALID_ARGUMENT names the kinds there are.
absl::StatusOr<const Kind*> FindKind(absl::string_view name);

// An empty message of the type.
std::unique_ptr<google::protobuf::Message> NewMessage(
    const google::protobuf::Descriptor& type);

// The text of a field, by its name.
void SetText(google::protobuf::Message* message, const std::string& field,
             const std::string& value);
std::string GetText(const google::protobuf::Message& message,
                    const std::string& field);

// One page of the kind in order of name, as the list's response has it.
absl::StatusOr<std::vector<std::unique_ptr<google::protobuf::Message>>>
ListPage(const Connection& connection, const Kind& kind,
         const std::string& filter, std::string* page_token);

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_KINDS_H_
