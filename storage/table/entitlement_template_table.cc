#include "absl/strings/str_cat.h"
#include "storage/table/resource_tables.h"

namespace charter::storage {
namespace {

// A product has a template once.
Value PairKey(const google::protobuf::Message& message) {
  const auto& link =
      static_cast<const v1::ProductEntitlementTemplate&>(message);
  return Value(absl::StrCat(link.product(), " ", link.entitlement_template()));
}

}  // namespace

const Table<v1::EntitlementTemplate>& EntitlementTemplateTable() {
  static const auto* const table = new Table<v1::EntitlementTemplate>({
      .table = "entitlement_templates",
      .null_when_empty = {"external_id"},
      .blob = {"annotations", "channels", "allotment"},
      .leads = {{{"external_id"}}, {{"process"}}, {{"business_hours"}}, {}},
      .unique = {{"entitlement_templates_external_id", "external_id"}},
  });
  return *table;
}

const Table<v1::ProductEntitlementTemplate>& ProductEntitlementTemplateTable() {
  static const auto* const table = new Table<v1::ProductEntitlementTemplate>({
      .table = "product_entitlement_templates",
      .blob = {"annotations"},
      .hidden = {{"pair_key", ColumnKind::kText, &PairKey}},
      .leads = {{{"product"}}, {{"entitlement_template"}}, {}},
      .unique = {{"product_entitlement_templates_pair_key", "pair_key"}},
  });
  return *table;
}

}  // namespace charter::storage
