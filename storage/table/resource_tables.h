// The tables of all resources (storage/migrations).
#ifndef CHARTER_STORAGE_TABLE_RESOURCE_TABLES_H_
#define CHARTER_STORAGE_TABLE_RESOURCE_TABLES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "charter/v1/account.pb.h"
#include "charter/v1/asset.pb.h"
#include "charter/v1/assignment_rule.pb.h"
#include "charter/v1/attribute_definition.pb.h"
#include "charter/v1/business_hours.pb.h"
#include "charter/v1/case.pb.h"
#include "charter/v1/contact.pb.h"
#include "charter/v1/contract_line_item.pb.h"
#include "charter/v1/contract_template.pb.h"
#include "charter/v1/entitlement.pb.h"
#include "charter/v1/entitlement_process.pb.h"
#include "charter/v1/entitlement_template.pb.h"
#include "charter/v1/entitlement_verdict.pb.h"
#include "charter/v1/item_status.pb.h"
#include "charter/v1/milestone.pb.h"
#include "charter/v1/milestone_type.pb.h"
#include "charter/v1/price_book_entry.pb.h"
#include "charter/v1/product.pb.h"
#include "charter/v1/product_entitlement_template.pb.h"
#include "charter/v1/service_contract.pb.h"
#include "charter/v1/task.pb.h"
#include "storage/table/table.h"

namespace charter::storage {

const Table<v1::Account>& AccountTable();
const Table<v1::Contact>& ContactTable();
const Table<v1::Product>& ProductTable();
const Table<v1::Asset>& AssetTable();
// Column `price_key` is hidden and unique: Find by {"price_key", PriceKeyOf}.
const Table<v1::PriceBookEntry>& PriceBookEntryTable();
// Of which there may be one entry: product, currency and price book; a deleted
// entry's name, so that another one may take its place.
std::string PriceKeyOf(const v1::PriceBookEntry& entry);
// Hidden: next_due_us, the due time of its wake-up, NULL: none; last_line, the
// number that its newest line got, NULL: no line yet.
const Table<v1::ServiceContract>& ServiceContractTable();
// Hidden: next_due_us.
const Table<v1::ContractLineItem>& ContractLineItemTable();
const Table<v1::ContractTemplate>& ContractTemplateTable();
// `businessHours/always` is there from the start, as the default set.
const Table<v1::BusinessHours>& BusinessHoursTable();
// Columns `parent` (`businessHours/x`) and `number` are hidden: Find by
// {"parent", …}; List restricted to a parent gives the newest first.
const Table<v1::BusinessHoursVersion>& BusinessHoursVersionTable();
const Table<v1::MilestoneType>& MilestoneTypeTable();
// The six built-in statuses are there from the start.
const Table<v1::ItemStatus>& ItemStatusTable();
const Table<v1::AttributeDefinition>& AttributeDefinitionTable();
const Table<v1::EntitlementProcess>& EntitlementProcessTable();
// As BusinessHoursVersionTable.
const Table<v1::EntitlementProcessVersion>& EntitlementProcessVersionTable();
// Hidden: next_due_us, the due time of its wake-up.
const Table<v1::Entitlement>& EntitlementTable();
const Table<v1::EntitlementTemplate>& EntitlementTemplateTable();
const Table<v1::ProductEntitlementTemplate>& ProductEntitlementTemplateTable();
const Table<v1::AssignmentRule>& AssignmentRuleTable();
// Without etag: written once.
const Table<v1::EntitlementVerdict>& EntitlementVerdictTable();
// Hidden: next_due_us, the due time of the item's wake-up, NULL: none. Use
// CaseHidden and NextDueOf. The history is not here.
const Table<v1::Case>& CaseTable();
// Without etag: rows are computed as a whole. The item's are
// Find({{"case_name", name}}), written by Reconcile.
const Table<v1::Milestone>& MilestoneTable();
// Column of `case`: case_name.
const Table<v1::Task>& TaskTable();

// The hidden values of a case, and back.
inline HiddenValues CaseHidden(std::optional<int64_t> next_due_us) {
  return {Value(next_due_us)};
}
inline std::optional<int64_t> NextDueOf(const HiddenValues& hidden) {
  const int64_t* due = hidden[0].integer();
  return due == nullptr ? std::nullopt : std::optional<int64_t>(*due);
}

// The bindings of all of them.
std::vector<const TableBinding*> AllTables();

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_RESOURCE_TABLES_H_
