// Entitlements that come from templates (C7).
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_FROM_TEMPLATE_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_FROM_TEMPLATE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "charter/v1/asset.pb.h"
#include "charter/v1/contract_line_item.pb.h"
#include "charter/v1/entitlement.pb.h"
#include "charter/v1/entitlement_template.pb.h"
#include "charter/v1/service_contract.pb.h"
#include "server/services/shared/call.h"
#include "server/sla/time.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// What the template gives, ACTIVE, from `start` on; no start: without dates.
// The last day is start + term_days - 1, but none after the year 9999.
v1::Entitlement FromTemplate(const v1::EntitlementTemplate& from,
                             std::optional<sla::Date> start);

// Creates what the product of a new asset comes with, an entitlement with its
// first units per link of the product to a template. To be called in the
// transaction that inserted the asset, after it.
absl::Status CreateForAsset(Call& call, storage::Transaction& tx,
                            const v1::Asset& asset);
// The same for a new line of a contract, which is bought and installed on its
// first day, or its contract's.
absl::Status CreateForLine(Call& call, storage::Transaction& tx,
                           const v1::ContractLineItem& line);
// The same for the new lines of a contract, at most 1,000: in as many
// statements, but for those that grant units.
absl::Status CreateForLines(Call& call, storage::Transaction& tx,
                            const v1::ServiceContract& contract,
                            absl::Span<const v1::ContractLineItem> lines);
// Prefetches the product's links.
void PrefetchLinks(storage::Transaction& tx, const std::string& product);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_FROM_TEMPLATE_H_
