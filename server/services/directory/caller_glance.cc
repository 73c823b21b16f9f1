#include "server/services/directory/caller_glance.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "server/services/catalog/catalog.h"
#include "server/services/entitlements/standing.h"
#include "server/services/entitlements/verify.h"
#include "storage/records/search_terms.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

// Of an account.
constexpr int kMostEntitlements = 64;
constexpr int kMostOpenCases = 100;
// Of a caller.
constexpr int kShown = 3;

// The contact that calls; empty: it may be anybody of the account.
const std::string& WhoCalls(const v1::Caller& caller) {
  return absl::StartsWith(caller.name(), "contacts/") ? caller.name()
                                                      : caller.contact();
}

void FillEntitlements(const std::vector<const v1::Entitlement*>& active,
                      v1::Caller* caller) {
  const std::string& contact = WhoCalls(*caller);
  int count = 0;
  for (const v1::Entitlement* entitlement : active) {
    const auto& listed = entitlement->contacts();
    if (!contact.empty() && !listed.empty() &&
        std::find(listed.begin(), listed.end(), contact) == listed.end())
      continue;
    if (++count > kShown) continue;
    v1::CallerEntitlement& shown = *caller->add_entitlements();
    shown.set_name(entitlement->name());
    shown.set_display_name(entitlement->display_name());
    if (entitlement->has_end_date())
      *shown.mutable_end_date() = entitlement->end_date();
  }
  caller->set_entitlement_count(count);
}

void FillOpenCases(const std::vector<const storage::OpenCase*>& open,
                   v1::Caller* caller) {
  std::vector<const storage::OpenCase*> sorted = open;
  const std::string& contact = WhoCalls(*caller);
  const auto key = [&](const storage::OpenCase* one) {
    const bool own = one->name == caller->name() ||
                     one->asset == caller->name() ||
                     (!contact.empty() && one->contact == contact);
    return std::tuple(!own, one->priority);
  };
  // Those of one priority stay the newest first.
  std::stable_sort(
      sorted.begin(), sorted.end(),
      [&](const auto* a, const auto* b) { return key(a) < key(b); });
  caller->set_open_case_count(static_cast<int>(sorted.size()));
  sorted.resize(std::min<size_t>(sorted.size(), kShown));
  for (const storage::OpenCase* one : sorted) {
    v1::CallerCase& shown = *caller->add_open_cases();
    shown.set_name(one->name);
    shown.set_subject(one->subject);
    shown.set_priority(one->priority);
    shown.set_status(one->status);
    shown.set_violated(one->violated);
  }
}

}  // namespace

absl::Status FillGlance(Call& call, storage::Transaction& tx,
                        v1::SearchCallersResponse* response) {
  std::set<std::string> names;
  for (const v1::Caller& caller : response->callers())
    names.insert(caller.account());
  const std::vector<std::string> accounts(names.begin(), names.end());
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::EntitlementTable().FindLast(ahead, "account", accounts,
                                               kMostEntitlements);
    (void)storage::FindOpenCases(ahead, accounts, kMostOpenCases);
  });
  const absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<std::vector<v1::Entitlement>> entitlements =
      storage::EntitlementTable().FindLast(tx, "account", accounts,
                                           kMostEntitlements);
  if (!entitlements.ok()) return entitlements.status();
  const absl::StatusOr<std::vector<storage::OpenCase>> cases =
      storage::FindOpenCases(tx, accounts, kMostOpenCases);
  if (!cases.ok()) return cases.status();

  std::vector<v1::Entitlement*> found;
  for (v1::Entitlement& entitlement : *entitlements)
    found.push_back(&entitlement);
  absl::Status status = SetStatus(tx, **catalog, call.now(), found);
  if (!status.ok()) return status;
  std::map<std::string, std::vector<const v1::Entitlement*>> active;
  for (const v1::Entitlement& entitlement : *entitlements) {
    if (!entitlement.has_delete_time() &&
        entitlement.effective_status() == v1::Entitlement::ACTIVE) {
      active[entitlement.account()].push_back(&entitlement);
    }
  }
  for (auto& [account, all] : active) {
    std::sort(all.begin(), all.end(),
              [](const auto* a, const auto* b) { return RanksBefore(*a, *b); });
  }
  std::map<std::string, std::vector<const storage::OpenCase*>> open;
  for (const storage::OpenCase& one : *cases) open[one.account].push_back(&one);
  for (v1::Caller& caller : *response->mutable_callers()) {
    FillEntitlements(active[caller.account()], &caller);
    FillOpenCases(open[caller.account()], &caller);
  }
  return absl::OkStatus();
}

}  // namespace charter::services
