#include "tools/charterctl/kinds.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "charter/v1/contract_client.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "tools/charterctl/cells.h"

namespace charter::tools {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kPageSize = 1000;

// A client's method, of those with its name the one that takes a request.
template <typename Request, typename Client, typename Response>
Method Erased(absl::StatusOr<Response> (Client::*method)(Request,
                                                         const client::Options&)
                  const) {
  Method erased;
  erased.request = Request::descriptor();
  erased.call = [method](const Connection& connection, const Message& request,
                         const client::Options& options)
      -> absl::StatusOr<std::unique_ptr<Message>> {
    const Client client(connection);
    absl::StatusOr<Response> response =
        (client.*method)(static_cast<const Request&>(request), options);
    if (!response.ok()) return response.status();
    return std::make_unique<Response>(*std::move(response));
  };
  return erased;
}

// What follows of the methods of a kind.
Kind Complete(Kind kind, const Descriptor* resource, const char* plural) {
  kind.resource = resource;
  kind.collection = plural;
  kind.collection[0] = static_cast<char>(kind.collection[0] + 'a' - 'A');
  for (int i = 0; i < kind.create.request->field_count(); ++i) {
    const FieldDescriptor* field = kind.create.request->field(i);
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

// The kind `name` of the resource One, whose standard methods the client has.
#define CHARTER_KIND(name, Client, One, Many)                               \
  Complete(                                                                 \
      {name, "", nullptr,                                                   \
       Erased<v1::Create##One##Request>(&Client::Create##One),              \
       Erased<v1::Get##One##Request>(&Client::Get##One),                    \
       Erased<v1::Update##One##Request>(&Client::Update##One),              \
       Erased<v1::List##Many##Request>(&Client::List##Many##Page), "", ""}, \
      v1::One::descriptor(), #Many)

}  // namespace

const std::vector<Kind>& Kinds() {
  using v1::ContractClient;
  using v1::DirectoryClient;
  using v1::EntitlementClient;
  static const auto* const kinds = new std::vector<Kind>{
      CHARTER_KIND("accounts", DirectoryClient, Account, Accounts),
      CHARTER_KIND("contacts", DirectoryClient, Contact, Contacts),
      CHARTER_KIND("products", DirectoryClient, Product, Products),
      CHARTER_KIND("assets", DirectoryClient, Asset, Assets),
      CHARTER_KIND("prices", ContractClient, PriceBookEntry, PriceBookEntries),
      CHARTER_KIND("contracts", ContractClient, ServiceContract,
                   ServiceContracts),
      CHARTER_KIND("lines", ContractClient, ContractLineItem,
                   ContractLineItems),
      CHARTER_KIND("entitlements", EntitlementClient, Entitlement,
                   Entitlements)};
  return *kinds;
}
#undef CHARTER_KIND

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
  const std::unique_ptr<Message> request = NewMessage(*kind.list.request);
  request->GetReflection()->SetInt32(
      request.get(), request->GetDescriptor()->FindFieldByName("page_size"),
      kPageSize);
  SetText(request.get(), "filter", filter);
  SetText(request.get(), "page_token", *page_token);
  const absl::StatusOr<std::unique_ptr<Message>> response =
      kind.list.call(connection, *request, Patient());
  if (!response.ok()) return response.status();
  const Message& page = **response;
  std::vector<std::unique_ptr<Message>> rows;
  const auto& reflection = *page.GetReflection();
  for (int i = 0; i < page.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = page.GetDescriptor()->field(i);
    if (field->message_type() != kind.resource) continue;
    for (int n = 0; n < reflection.FieldSize(page, field); ++n) {
      rows.push_back(NewMessage(*kind.resource));
      rows.back()->CopyFrom(reflection.GetRepeatedMessage(page, field, n));
    }
  }
  *page_token = GetText(page, "next_page_token");
  return rows;
}

}  // namespace charter::tools
