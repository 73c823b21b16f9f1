#include "tools/charterctl/kinds.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "charter/v1/contract_service.pb.h"
#include "charter/v1/directory_service.pb.h"
#include "charter/v1/entitlement_service.pb.h"
#include "tools/charterctl/cells.h"

namespace charter::tools {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr int kPageSize = 1000;

// The kind whose standard methods are of `file`'s service and whose resource is
// `resource`.
Kind Make(const char* name, const google::protobuf::FileDescriptor* file,
          const char* resource, const char* plural) {
  const google::protobuf::ServiceDescriptor* service = file->service(0);
  const auto method = [&](const std::string& verb, const char* of) {
    return service->FindMethodByName(verb + of);
  };
  Kind kind;
  kind.name = name;
  kind.create = method("Create", resource);
  kind.get = method("Get", resource);
  kind.update = method("Update", resource);
  kind.list = method("List", plural);
  kind.resource = kind.get->output_type();
  kind.collection = plural;
  kind.collection[0] = static_cast<char>(kind.collection[0] + 'a' - 'A');
  for (int i = 0; i < kind.create->input_type()->field_count(); ++i) {
    const FieldDescriptor* field = kind.create->input_type()->field(i);
    if (field->message_type() == kind.resource) kind.field = field->name();
  }
  for (const char* field : {"service_contract", "account"}) {
    const std::vector<const FieldDescriptor*> columns =
        ColumnsOf(*kind.resource);
    const bool writable =
        std::any_of(columns.begin(), columns.end(),
                    [&](const auto* it) { return it->name() == field; });
    if (writable) kind.within = field;
  }
  return kind;
}

}  // namespace

const std::vector<Kind>& Kinds() {
  static const auto* const kinds = new std::vector<Kind>{
      Make("accounts", v1::GetAccountRequest::descriptor()->file(), "Account",
           "Accounts"),
      Make("contacts", v1::GetAccountRequest::descriptor()->file(), "Contact",
           "Contacts"),
      Make("products", v1::GetAccountRequest::descriptor()->file(), "Product",
           "Products"),
      Make("assets", v1::GetAccountRequest::descriptor()->file(), "Asset",
           "Assets"),
      Make("prices", v1::GetPriceBookEntryRequest::descriptor()->file(),
           "PriceBookEntry", "PriceBookEntries"),
      Make("contracts", v1::GetPriceBookEntryRequest::descriptor()->file(),
           "ServiceContract", "ServiceContracts"),
      Make("lines", v1::GetPriceBookEntryRequest::descriptor()->file(),
           "ContractLineItem", "ContractLineItems"),
      Make("entitlements", v1::GetEntitlementRequest::descriptor()->file(),
           "Entitlement", "Entitlements")};
  return *kinds;
}

absl::StatusOr<const Kind*> FindKind(absl::string_view name) {
  for (const Kind& kind : Kinds())
    if (kind.name == name) return &kind;
  return absl::InvalidArgumentError(absl::StrCat(
      "there is no kind `", name, "`; there are ",
      absl::StrJoin(Kinds(), ", ", [](std::string* out, const Kind& kind) {
        absl::StrAppend(out, kind.name);
      })));
}

std::unique_ptr<Message> NewMessage(const Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(&type)
          ->New());
}

grpc::Status CallMethod(const Connection& connection,
                        const MethodDescriptor& method, const Message& request,
                        Message* response) {
  const std::string path =
      absl::StrCat("/", method.service()->full_name(), "/", method.name());
  grpc::TemplatedGenericStub<Message, Message> stub(connection.channel());
  return Retry(connection, [&](grpc::ClientContext* context) {
    std::promise<grpc::Status> done;
    stub.UnaryCall(
        context, path, grpc::StubOptions(), &request, response,
        [&done](grpc::Status status) { done.set_value(std::move(status)); });
    return done.get_future().get();
  });
}

void SetText(Message* message, const std::string& field,
             const std::string& value) {
  message->GetReflection()->SetString(
      message, message->GetDescriptor()->FindFieldByName(field), value);
}

std::string GetText(const Message& message, const std::string& field) {
  const FieldDescriptor* found =
      message.GetDescriptor()->FindFieldByName(field);
  return found == nullptr ? ""
                          : message.GetReflection()->GetString(message, found);
}

absl::StatusOr<std::vector<std::unique_ptr<Message>>> ListPage(
    const Connection& connection, const Kind& kind, const std::string& filter,
    std::string* page_token) {
  const std::unique_ptr<Message> request = NewMessage(*kind.list->input_type());
  request->GetReflection()->SetInt32(
      request.get(), request->GetDescriptor()->FindFieldByName("page_size"),
      kPageSize);
  SetText(request.get(), "filter", filter);
  SetText(request.get(), "page_token", *page_token);
  std::unique_ptr<Message> response = NewMessage(*kind.list->output_type());
  const grpc::Status status =
      CallMethod(connection, *kind.list, *request, response.get());
  if (!status.ok()) return absl::UnavailableError(Describe(status));
  std::vector<std::unique_ptr<Message>> rows;
  const auto& reflection = *response->GetReflection();
  for (int i = 0; i < response->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = response->GetDescriptor()->field(i);
    if (field->message_type() != kind.resource) continue;
    for (int n = 0; n < reflection.FieldSize(*response, field); ++n) {
      rows.push_back(NewMessage(*kind.resource));
      rows.back()->CopyFrom(reflection.GetRepeatedMessage(*response, field, n));
    }
  }
  *page_token = GetText(*response, "next_page_token");
  return rows;
}

}  // namespace charter::tools
