#include <memory>
#include <string>
#include <utility>

#include "server/services/entitlements/entitlements.h"
#include "server/services/entitlements/keep_verdict.h"
#include "server/services/entitlements/verify.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

template <typename Request>
Question ToQuestion(const Call& call, const Request& request) {
  return {.account = request.account(),
          .contact = request.contact(),
          .asset = request.asset(),
          .product = request.product(),
          .channel = request.channel(),
          .as_of = request.has_as_of() ? ToTime(request.as_of()) : call.now()};
}

absl::Status OtherAccount(absl::string_view field, absl::string_view what) {
  return errors::FieldInvalid(
      field, ErrorReason::OTHER_ACCOUNT,
      absl::StrCat("is ", what, " of another account (C1)"));
}

// What the question names must be there and belong together. Fills in the
// account from the contact or the asset.
absl::Status CheckQuestion(storage::Transaction& tx, Question& question) {
  if (!question.account.empty()) {
    absl::Status status =
        Existing(tx, storage::AccountTable(), question.account, "account")
            .status();
    if (!status.ok()) return status;
  }
  if (!question.contact.empty()) {
    absl::StatusOr<v1::Contact> contact =
        Existing(tx, storage::ContactTable(), question.contact, "contact");
    if (!contact.ok()) return contact.status();
    if (question.account.empty()) question.account = contact->account();
    if (contact->account() != question.account)
      return OtherAccount("contact", "a contact");
  }
  if (!question.asset.empty()) {
    absl::StatusOr<std::vector<storage::AssetPart>> assets =
        storage::ReadAssetAndParents(tx, question.asset);
    if (!assets.ok()) return assets.status();
    if (assets->empty() || assets->front().deleted)
      return errors::NotFound(question.asset, "asset");
    if (question.account.empty()) question.account = assets->front().account;
    if (assets->front().account != question.account)
      return OtherAccount("asset", "an asset");
    question.assets = *std::move(assets);
  }
  if (question.product.empty()) return absl::OkStatus();
  return Existing(tx, storage::ProductTable(), question.product, "product")
      .status();
}

// Answers the question, whose account it completes.
absl::StatusOr<v1::VerifyEntitlementResponse> Answer(Call& call,
                                                     storage::Transaction& tx,
                                                     Question* question) {
  if (question->account.empty() && question->contact.empty() &&
      question->asset.empty()) {
    return errors::FieldInvalid("account", ErrorReason::REQUIRED,
                                "give the account, the contact or the asset");
  }
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::ReadCatalogGeneration(ahead);
    if (!question->account.empty())
      (void)storage::AccountTable().Get(ahead, question->account);
    if (!question->contact.empty())
      (void)storage::ContactTable().Get(ahead, question->contact);
    if (!question->product.empty())
      (void)storage::ProductTable().Get(ahead, question->product);
    PrefetchVerify(ahead, *question);
  });
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  if (absl::Status status = CheckQuestion(tx, *question); !status.ok())
    return status;
  absl::StatusOr<Verdict> verdict = Verify(tx, **catalog, *question);
  if (!verdict.ok()) return verdict.status();
  return ToResponse(*verdict);
}

}  // namespace

absl::StatusOr<v1::VerifyEntitlementResponse> VerifyEntitlement(
    Call& call, const v1::VerifyEntitlementRequest& request) {
  absl::StatusOr<v1::VerifyEntitlementResponse> response =
      v1::VerifyEntitlementResponse();
  absl::Status status = call.Read([&](storage::Transaction& tx) {
    Question question = ToQuestion(call, request);
    response = Answer(call, tx, &question);
    return response.status();
  });
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::EntitlementVerdict> RecordVerdict(
    Call& call, const v1::RecordVerdictRequest& request) {
  return call.Write<v1::EntitlementVerdict>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::EntitlementVerdict> {
        Question question = ToQuestion(call, request);
        absl::StatusOr<v1::VerifyEntitlementResponse> answer =
            Answer(call, tx, &question);
        if (!answer.ok()) return answer.status();
        v1::EntitlementVerdict verdict =
            VerdictOn(question, *std::move(answer));
        verdict.set_note(request.note());
        if (absl::Status status = KeepVerdict(call, tx, &verdict); !status.ok())
          return status;
        return verdict;
      });
}

absl::StatusOr<v1::EntitlementVerdict> GetEntitlementVerdict(
    Call& call, const v1::GetEntitlementVerdictRequest& request) {
  return GetResource(call, Verdicts(), request.name());
}

absl::StatusOr<v1::ListEntitlementVerdictsResponse> ListEntitlementVerdicts(
    Call& call, const v1::ListEntitlementVerdictsRequest& request) {
  return ListResources(
      call, Verdicts(), request,
      &v1::ListEntitlementVerdictsResponse::add_entitlement_verdicts);
}

}  // namespace charter::services
