#include "absl/strings/str_cat.h"
#include "storage/table/resource_tables.h"

namespace charter::storage {
namespace {

// What a link of a product to a template makes of an asset or a line, it makes
// once (C7).
Value TemplateKey(const google::protobuf::Message& message) {
  const auto& entitlement = static_cast<const v1::Entitlement&>(message);
  if (entitlement.product_entitlement_template().empty()) return Value();
  return Value(absl::StrCat(entitlement.contract_line_item().empty()
                                ? entitlement.asset()
                                : entitlement.contract_line_item(),
                            " ", entitlement.product_entitlement_template()));
}

}  // namespace

const Table<v1::Entitlement>& EntitlementTable() {
  static const auto* const table = new Table<v1::Entitlement>({
      .table = "entitlements",
      .null_when_empty = {"external_id"},
      .blob = {"annotations", "channels", "allotment"},
      // Computed for the instant of the answer (C3).
      .not_stored = {"status", "effective_status", "failing_parts"},
      .hidden = {{"next_due_us", ColumnKind::kInteger},
                 {"template_key", ColumnKind::kText, &TemplateKey}},
      .children = {{"contacts", "entitlement_contacts", "entitlement",
                    "contact"}},
      .leads = {{{"external_id"}, {"account"}},
                {{"contacts"}},
                {{"contract_line_item"}},
                {{"asset"}},
                {{"service_contract"}},
                {{"account"}},
                {{"product"}},
                {{"entitlement_template"}},
                {{"process"}},
                {{"business_hours"}},
                {.range = "end_date"},
                {}},
      // C4: one that lists nobody is everybody's.
      .own_of_contact =
          "(:confined_contact IN (SELECT c.contact FROM entitlement_contacts c "
          "WHERE c.entitlement = entitlements.name) OR NOT EXISTS (SELECT 1 "
          "FROM entitlement_contacts c WHERE c.entitlement = "
          "entitlements.name))",
      .unique = {{"entitlements_external_id", "external_id"},
                 {"entitlements_template_key", "template_key"}},
  });
  return *table;
}

}  // namespace charter::storage
