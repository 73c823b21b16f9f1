#include "server/services/entitlements/from_template.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/entitlements/standing.h"
#include "server/services/entitlements/units.h"
#include "server/services/entitlements/write.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_checks.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using Link = v1::ProductEntitlementTemplate;

// At most 1,000 products, each once.
absl::StatusOr<std::vector<Link>> LinksOf(
    storage::Transaction& tx, const std::vector<std::string>& products) {
  return storage::ProductEntitlementTemplateTable().FindIn(tx, "product",
                                                           products);
}

// What comes with what its product says.
struct Bought {
  std::string product;
  v1::Entitlement entitlement;  // what names it: account, asset, line, contract
  std::optional<sla::Date> purchased;
  std::optional<sla::Date> installed;
};

// The day that a link takes of it.
std::optional<sla::Date> StartOf(const Link& link, const Bought& bought,
                                 sla::Date today) {
  switch (link.start()) {
    case Link::PURCHASE_DATE:
      return bought.purchased;
    case Link::INSTALL_DATE:
      return bought.installed;
    default:
      return today;
  }
}

// `links`: those of all the products.
absl::Status CreateFor(Call& call, storage::Transaction& tx,
                       const std::vector<Link>& links,
                       absl::Span<const Bought> all) {
  if (links.empty()) return absl::OkStatus();
  absl::btree_set<std::string> unique;
  for (const Link& link : links) unique.insert(link.entitlement_template());
  const std::vector<std::string> names(unique.begin(), unique.end());
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::ReadCatalogGeneration(ahead);
    (void)storage::EntitlementTemplateTable().BatchGet(ahead, names);
  });
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<std::vector<v1::EntitlementTemplate>> templates =
      storage::EntitlementTemplateTable().BatchGet(tx, names);
  if (!templates.ok()) return templates.status();
  std::vector<v1::Entitlement> made;
  std::vector<const v1::EntitlementTemplate*> made_from;
  for (const Bought& bought : all) {
    for (const Link& link : links) {
      if (link.product() != bought.product) continue;
      for (const v1::EntitlementTemplate& from : *templates) {
        if (from.name() != link.entitlement_template() ||
            from.has_delete_time())
          continue;
        v1::Entitlement& entitlement = made.emplace_back(FromTemplate(
            from,
            StartOf(link, bought,
                    DayAt(call.now(), from.business_hours(), **catalog))));
        entitlement.MergeFrom(bought.entitlement);
        entitlement.set_product_entitlement_template(link.name());
        made_from.push_back(&from);
      }
    }
  }
  absl::Status status = InsertEntitlements(call, tx, **catalog, &made);
  for (size_t i = 0; i < made.size() && status.ok(); ++i) {
    status = GrantFirst(
        call, tx, FirstUnitsOf(*made_from[i], made[i], **catalog, call.now()),
        &made[i]);
    if (status.ok()) call.Audit(made[i].name(), nullptr, &made[i]);
  }
  return status;
}

Bought BoughtOf(const v1::Asset& asset) {
  Bought bought;
  bought.product = asset.product();
  bought.entitlement.set_account(asset.account());
  bought.entitlement.set_asset(asset.name());
  if (asset.has_purchase_date())
    bought.purchased = ToDate(asset.purchase_date());
  if (asset.has_install_date()) bought.installed = ToDate(asset.install_date());
  return bought;
}

// A line is bought and installed on its first day, or its contract's.
Bought BoughtOf(const v1::ContractLineItem& line,
                const v1::ServiceContract& contract) {
  Bought bought;
  bought.product = line.product();
  bought.entitlement.set_account(line.account());
  bought.entitlement.set_asset(line.asset());
  bought.entitlement.set_service_contract(line.service_contract());
  bought.entitlement.set_contract_line_item(line.name());
  if (line.has_start_date()) {
    bought.purchased = ToDate(line.start_date());
  } else if (contract.has_start_date()) {
    bought.purchased = ToDate(contract.start_date());
  }
  bought.installed = bought.purchased;
  return bought;
}

}  // namespace

v1::Entitlement FromTemplate(const v1::EntitlementTemplate& from,
                             std::optional<sla::Date> start) {
  v1::Entitlement entitlement;
  entitlement.set_state(v1::Entitlement::ACTIVE);
  entitlement.set_display_name(from.display_name());
  entitlement.set_type(from.type());
  entitlement.set_business_hours(from.business_hours());
  entitlement.set_process(from.process());
  entitlement.set_priority(from.priority());
  *entitlement.mutable_channels() = from.channels();
  if (from.has_allotment()) *entitlement.mutable_allotment() = from.allotment();
  entitlement.set_entitlement_template(from.name());
  if (!start.has_value()) return entitlement;
  *entitlement.mutable_start_date() = ToProto(*start);
  if (from.term_days() == 0) return entitlement;
  *entitlement.mutable_end_date() =
      ToProto(std::min(*start + from.term_days() - 1, sla::Date(9999, 12, 31)));
  return entitlement;
}

void PrefetchLinks(storage::Transaction& tx, const std::string& product) {
  if (product.empty()) return;
  tx.Prefetch(
      [&](storage::Transaction& ahead) { (void)LinksOf(ahead, {product}); });
}

absl::Status CreateForAsset(Call& call, storage::Transaction& tx,
                            const v1::Asset& asset) {
  if (asset.product().empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<Link>> links = LinksOf(tx, {asset.product()});
  if (!links.ok()) return links.status();
  return CreateFor(call, tx, *links, {BoughtOf(asset)});
}

absl::Status CreateForLine(Call& call, storage::Transaction& tx,
                           const v1::ContractLineItem& line) {
  absl::StatusOr<std::vector<Link>> links = LinksOf(tx, {line.product()});
  if (!links.ok()) return links.status();
  if (links->empty()) return absl::OkStatus();
  absl::StatusOr<v1::ServiceContract> contract =
      storage::ServiceContractTable().Get(tx, line.service_contract());
  if (!contract.ok()) return contract.status();
  return CreateFor(call, tx, *links, {BoughtOf(line, *contract)});
}

absl::Status CreateForLines(Call& call, storage::Transaction& tx,
                            const v1::ServiceContract& contract,
                            absl::Span<const v1::ContractLineItem> lines) {
  absl::btree_set<std::string> products;
  std::vector<Bought> all;
  for (const v1::ContractLineItem& line : lines) {
    products.insert(line.product());
    all.push_back(BoughtOf(line, contract));
  }
  absl::StatusOr<std::vector<Link>> links =
      LinksOf(tx, std::vector<std::string>(products.begin(), products.end()));
  if (!links.ok()) return links.status();
  return CreateFor(call, tx, *links, all);
}

absl::StatusOr<v1::Entitlement> ApplyTemplate(
    Call& call, const v1::ApplyTemplateRequest& request) {
  if (request.account().empty() && request.asset().empty()) {
    return errors::FieldInvalid("account", ErrorReason::REQUIRED,
                                "give the account or the asset");
  }
  FieldViolations violations;
  if (request.has_start_date())
    CheckDate(request.start_date(), "start_date", &violations);
  if (!violations.empty()) return violations.ToStatus();
  return call.Write<v1::Entitlement>([&](storage::Transaction& tx)
                                         -> absl::StatusOr<v1::Entitlement> {
    tx.Prefetch([&](storage::Transaction& ahead) {
      (void)storage::ReadCatalogGeneration(ahead);
      (void)storage::EntitlementTemplateTable().Get(
          ahead, request.entitlement_template());
      if (request.account().empty())
        NamedAhead(ahead, storage::AssetTable(), request.asset());
    });
    absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
        call.services().catalog->Get(tx);
    if (!catalog.ok()) return catalog.status();
    absl::StatusOr<v1::EntitlementTemplate> from =
        Existing(tx, storage::EntitlementTemplateTable(),
                 request.entitlement_template(), "entitlement_template");
    if (!from.ok()) return from.status();
    v1::Entitlement entitlement = FromTemplate(
        *from, request.has_start_date()
                   ? ToDate(request.start_date())
                   : DayAt(call.now(), from->business_hours(), **catalog));
    entitlement.set_account(request.account());
    if (request.account().empty()) {
      absl::StatusOr<v1::Asset> asset =
          Named(tx, storage::AssetTable(), request.asset(), "asset");
      if (!asset.ok()) return asset.status();
      entitlement.set_account(asset->account());
    }
    entitlement.set_asset(request.asset());
    entitlement.set_service_contract(request.service_contract());
    entitlement.set_contract_line_item(request.contract_line_item());
    *entitlement.mutable_contacts() = request.contacts();
    absl::Status status = CheckParts(tx, **catalog, nullptr, "", entitlement);
    if (!status.ok()) return status;
    absl::StatusOr<v1::Entitlement> made = InsertEntitlement(
        call, tx, **catalog, std::move(entitlement), request.entitlement_id());
    if (!made.ok()) return made;
    status = GrantFirst(
        call, tx, FirstUnitsOf(*from, *made, **catalog, call.now()), &*made);
    if (!status.ok()) return status;
    call.Audit(made->name(), nullptr, &*made);
    return made;
  });
}

}  // namespace charter::services
