#include <string>
#include <utility>
#include <vector>

#include "server/services/contracts/covering_lines.h"
#include "server/services/directory/assets.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/follow_assets.h"
#include "server/services/shared/caller_terms.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/place_in_tree.h"
#include "server/services/shared/time_convert.h"
#include "server/services/shared/tree.h"
#include "storage/records/generations.h"
#include "storage/records/search_terms.h"
#include "storage/records/trees.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using Request = v1::TransferAssetRequest;

// Who gets it, and who looks after it there, must be there and belong together
// (C1).
absl::Status CheckReceiver(storage::Transaction& tx, const Request& request,
                           const v1::Asset& asset) {
  if (request.account() == asset.account()) {
    return errors::FieldInvalid("account", ErrorReason::SAME,
                                "has the asset already; name who gets it");
  }
  absl::Status status =
      Named(tx, storage::AccountTable(), request.account(), "account").status();
  if (!status.ok() || request.contact().empty()) return status;
  absl::StatusOr<v1::Contact> contact =
      Named(tx, storage::ContactTable(), request.contact(), "contact");
  if (!contact.ok()) return contact.status();
  return contact->account() == request.account()
             ? absl::OkStatus()
             : OtherAccount("contact", "a contact");
}

// The asset's parts, and theirs, locked: with the top of the tree, so that none
// is added meanwhile.
absl::StatusOr<std::vector<v1::Asset>> LockParts(storage::Transaction& tx,
                                                 const v1::Asset& asset) {
  const storage::Table<v1::Asset>& table = storage::AssetTable();
  if (asset.root() != asset.name()) {
    absl::StatusOr<v1::Asset> top =
        table.Get(tx, asset.root(), storage::Lock::kForUpdate);
    if (!top.ok() && !absl::IsNotFound(top.status())) return top.status();
  }
  absl::StatusOr<std::vector<storage::TreeNode>> nodes =
      storage::ReadTree(tx, table.binding().table(), asset.root());
  if (!nodes.ok()) return nodes.status();
  absl::StatusOr<std::vector<std::string>> below =
      Replant(*std::move(nodes), asset.name(), "", "name");
  if (!below.ok()) return below.status();
  absl::StatusOr<std::vector<v1::Asset>> parts =
      table.BatchGet(tx, *below, storage::Lock::kForUpdate);
  if (!parts.ok()) return parts;
  // Deleted while this waited for the lock.
  std::erase_if(*parts,
                [](const v1::Asset& part) { return part.has_delete_time(); });
  return parts;
}

// Puts the asset where the request says, among the new account's.
absl::Status Place(storage::Transaction& tx, const Request& request,
                   const v1::Asset& before, v1::Asset& after) {
  if (!request.parent().empty() && request.parent() == before.parent())
    return OtherAccount("parent", "an asset");
  return PlaceInTree(
      tx, storage::AssetTable(), &before, after, "parent",
      [&](const v1::Asset& parent) {
        // Itself is no place either, which is told as such.
        return parent.account() == request.account() ||
                       parent.name() == before.name()
                   ? absl::OkStatus()
                   : OtherAccount("parent", "an asset");
      },
      kMaxParents);
}

// `before` is locked. Puts its terms among `terms`.
absl::Status Store(Call& call, storage::Transaction& tx,
                   const v1::Asset& before, v1::Asset* after,
                   std::vector<storage::TermRow>* terms) {
  const Terms own = TermsOf(before);
  for (const storage::SearchTerm& term : own)
    terms->push_back({after->name(), after->account(), term});
  absl::Status status =
      storage::ReplaceTerms(tx, before.name(), before.account(), own, {});
  if (status.ok()) status = storage::AssetTable().UpdateLater(tx, after);
  if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey)
    return Duplicate(Assets(), *after, status);
  if (!status.ok()) return status;
  // Each account is told of what it sees.
  call.Emit(ChangeEvent(Assets(), "transferred_out", before));
  call.Emit(ChangeEvent(Assets(), "transferred_in", *after));
  call.Audit(after->name(), &before, after);
  return absl::OkStatus();
}

absl::StatusOr<v1::Asset> Transfer(Call& call, storage::Transaction& tx,
                                   const Request& request) {
  absl::StatusOr<v1::Asset> before =
      LockResource(tx, Assets(), request.name(), request.etag());
  if (!before.ok()) return before;
  tx.Prefetch([&](storage::Transaction& ahead) {
    NamedAhead(ahead, storage::AccountTable(), request.account());
    NamedAhead(ahead, storage::ContactTable(), request.contact());
    (void)storage::ReadCatalogGeneration(ahead);
  });
  absl::Status status = CheckReceiver(tx, request, *before);
  if (!status.ok()) return status;
  absl::StatusOr<std::vector<v1::Asset>> parts = LockParts(tx, *before);
  if (!parts.ok()) return parts.status();

  v1::Asset after = *before;
  after.set_account(request.account());
  after.set_contact(request.contact());
  after.set_parent(request.parent());
  *after.mutable_update_time() = ToProto(call.now());
  status = Place(tx, request, *before, after);
  if (!status.ok()) return status;

  std::vector<std::string> names = {after.name()};
  for (const v1::Asset& part : *parts) names.push_back(part.name());
  absl::StatusOr<std::vector<v1::ContractLineItem>> lines =
      LinesThatCover(call, tx, names);
  if (!lines.ok()) return lines.status();
  for (const v1::ContractLineItem& line : *lines) {
    if (line.status() != v1::ServiceContract::EXPIRED)
      return errors::ResourceInUse(line.asset(), line.name());
  }
  status = FollowAssets(call, tx, names, before->account(), request.account(),
                        request.coverage());
  if (!status.ok()) return status;

  std::vector<storage::TermRow> terms;
  status = Store(call, tx, *before, &after, &terms);
  if (!status.ok()) return status;
  for (const v1::Asset& was : *parts) {
    v1::Asset part = was;
    part.set_account(request.account());
    part.clear_contact();
    part.set_root(after.root());
    *part.mutable_update_time() = ToProto(call.now());
    status = Store(call, tx, was, &part, &terms);
    if (!status.ok()) return status;
  }
  // The words of their names are known.
  status = storage::AddTerms(tx, terms);
  if (!status.ok()) return status;
  return after;
}

}  // namespace

absl::StatusOr<v1::Asset> TransferAsset(Call& call, const Request& request) {
  return call.Write<v1::Asset>(
      [&](storage::Transaction& tx) { return Transfer(call, tx, request); });
}

}  // namespace charter::services
