#include "tests/server/services/customers/caller.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "server/call/services.h"
#include "server/services/shared/errors.h"

namespace charter::services {
namespace {

using google::protobuf::Message;

std::string Token(const std::string& token, const std::string& role,
                  const std::string& more = "") {
  return absl::StrCat("[[token]]\nsha256 = \"", call::HashToken(token),
                      "\"\nprincipal = \"", token, "\"\nroles = [\"", role,
                      "\"]\n", more);
}

}  // namespace

CustomersTest::CustomersTest() : world_({.engine = GetParam()}) {
  call::RegisterServices(endpoints_);
  const std::string acme = "account = \"accounts/acme\"\n";
  const std::string file = dir_.path() + "/tokens.toml";
  std::ofstream(file) << Token("admin", "admin") << Token("desk", "agent")
                      << Token("acme", "customer", acme)
                      << Token("ann", "customer",
                               acme + "contact = \"contacts/ann\"\n")
                      << Token("boss", "customer-admin", acme)
                      << Token("blind", "blind");
  call::Roles roles;
  EXPECT_EQ(roles.Set("blind", {"*.get", "*.list", "contacts.update"}),
            absl::OkStatus());
  EXPECT_EQ(roles.Hide("blind", {"Contact.phone"}), absl::OkStatus());
  identity_ = *call::Identity::FromFile(file, roles);
  path_ = std::make_unique<call::CallPath>(world_.services(), endpoints_,
                                           *identity_);
  EXPECT_EQ(path_->Prepare(), absl::OkStatus());
  world_.SetUpSupport();
  Do("admin", "DirectoryService/CreateAccount",
     {{"account_id", "bolt"}, {"account", {{"display_name", "Bolt"}}}});
  Do("admin", "DirectoryService/CreateProduct",
     {{"product_id", "press"},
      {"product", {{"display_name", "Press"}, {"annotations", {{"k", "v"}}}}}});
  Do("admin", "ContractService/CreatePriceBookEntry",
     {{"price_book_entry_id", "press"},
      {"price_book_entry",
       {{"product", "products/press"},
        {"price_book", "standard"},
        {"unit_price", {{"currency_code", "EUR"}, {"units", "100"}}}}}});
  SetUpAccount("acme", "ann", "art");
  SetUpAccount("bolt", "bea", "bob");
}

void CustomersTest::SetUpAccount(const std::string& name,
                                 const std::string& contact,
                                 const std::string& other) {
  const std::string account = "accounts/" + name;
  for (const std::string& id : {contact, other}) {
    Do("admin", "DirectoryService/CreateContact",
       {{"contact_id", id},
        {"contact",
         {{"display_name", id},
          {"account", account},
          {"phone", "+43 1 5880"},
          {"email", id + "@example.com"},
          {"annotations", {{"note", "difficult"}}}}}});
  }
  Do("admin", "DirectoryService/CreateAsset",
     {{"asset_id", name},
      {"asset", {{"display_name", name}, {"account", account}}}});
  Do("admin", "ContractService/CreateServiceContract",
     {{"service_contract_id", name},
      {"service_contract",
       {{"display_name", name},
        {"account", account},
        {"currency_code", "EUR"},
        {"price_book", "standard"},
        {"owner", "sales"},
        {"start_date", {{"year", 2020}, {"month", 1}, {"day", 1}}}}}});
  Do("admin", "ContractService/CreateContractLineItem",
     {{"contract_line_item_id", name},
      {"contract_line_item",
       {{"service_contract", "serviceContracts/" + name},
        {"price_book_entry", "priceBookEntries/press"},
        {"asset", "assets/" + name}}}});
  for (const std::string& id : {name, name + "-named"}) {
    Json entitlement = {
        {"display_name", id},
        {"account", account},
        {"external_id", id},
        {"start_date", {{"year", 2020}, {"month", 1}, {"day", 1}}},
        {"process", "entitlementProcesses/support"}};
    if (id != name) entitlement["contacts"] = {"contacts/" + other};
    Do("admin", "EntitlementService/CreateEntitlement",
       {{"entitlement_id", id}, {"entitlement", entitlement}});
  }
  for (const auto& [id, who] :
       {std::pair(name + "-1", contact), std::pair(name + "-2", other)}) {
    Do("admin", "CaseService/OpenCase",
       {{"case_id", id},
        {"case",
         {{"account", account},
          {"contact", "contacts/" + who},
          {"entitlement", "entitlements/" + name},
          {"subject", "It smokes"},
          {"owner", "desk"},
          {"external_id", id}}}});
  }
}

absl::StatusOr<Json> CustomersTest::Try(const std::string& token,
                                        const std::string& method,
                                        const Json& json) {
  const call::Endpoint* endpoint = endpoints_.Find("charter.v1." + method);
  if (endpoint == nullptr) {
    ADD_FAILURE() << "no method " << method;
    return absl::InternalError("no method");
  }
  std::unique_ptr<Message> request(endpoint->request->New());
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(json.dump(), request.get());
  EXPECT_TRUE(parsed.ok()) << method << ": " << parsed.ToString();
  const std::string bytes = request->SerializeAsString();
  call::Passage passage;
  absl::Status status = path_->Enter(
      *endpoint, {"Bearer " + token, {}}, "test",
      std::chrono::steady_clock::time_point::max(), nullptr, &passage);
  if (status.ok()) {
    status = path_->Admit(
        passage, bytes.size(),
        [&](Message* message) { return message->ParseFromString(bytes); },
        [&] { return bytes; });
  }
  if (status.ok()) {
    const auto session = world_.store().OpenSession();
    status = path_->RunUnary(passage, *session);
  }
  status = path_->Leave(passage, status);
  if (!status.ok()) return status;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(*passage.response,
                                                          &text, options)
                  .ok());
  return Json::parse(text);
}

Json CustomersTest::Do(const std::string& token, const std::string& method,
                       const Json& request) {
  absl::StatusOr<Json> response = Try(token, method, request);
  EXPECT_TRUE(response.ok()) << method << " " << request << "\n"
                             << response.status();
  return response.ok() ? *response : Json();
}

std::string CustomersTest::Refused(const std::string& token,
                                   const std::string& method,
                                   const Json& request) {
  const absl::Status status = Try(token, method, request).status();
  return status.ok() ? "OK" : errors::ReasonOf(status);
}

}  // namespace charter::services
