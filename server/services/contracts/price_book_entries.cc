#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/contracts/contracts.h"
#include "server/services/contracts/money_convert.h"
#include "server/services/shared/batch.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/references.h"
#include "server/services/shared/resources.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

constexpr char kUnitPrice[] = "price_book_entry.unit_price";

Resource<v1::PriceBookEntry> PriceBookEntries() {
  return {storage::PriceBookEntryTable(), "priceBookEntries",
          "price_book_entry"};
}

absl::Status CheckEntry(storage::Transaction& tx,
                        const v1::PriceBookEntry* before,
                        v1::PriceBookEntry& entry) {
  absl::StatusOr<contracts::Money> price =
      ToMoney(entry.unit_price(), kUnitPrice);
  if (!price.ok()) return price.status();
  if (price->minor < 0) {
    return errors::FieldInvalid(kUnitPrice, ErrorReason::OUT_OF_RANGE,
                                "must be zero or more");
  }
  if (before != nullptr) {
    if (entry.unit_price().currency_code() ==
        before->unit_price().currency_code())
      return absl::OkStatus();
    return errors::FieldInvalid(
        absl::StrCat(kUnitPrice, ".currency_code"), ErrorReason::IMMUTABLE,
        "cannot be changed: make an entry in the other currency");
  }
  tx.Prefetch([&](storage::Transaction& ahead) {
    NamedAhead(ahead, storage::ProductTable(), entry.product());
    (void)storage::PriceBookEntryTable().Find(
        ahead, {{"price_key", storage::PriceKeyOf(entry)}});
  });
  absl::StatusOr<v1::Product> product =
      ProductToName(tx, entry.product(), "price_book_entry.product");
  if (!product.ok()) return product.status();
  absl::StatusOr<std::vector<v1::PriceBookEntry>> there =
      storage::PriceBookEntryTable().Find(
          tx, {{"price_key", storage::PriceKeyOf(entry)}});
  if (!there.ok()) return there.status();
  if (there->empty()) return absl::OkStatus();
  return errors::AlreadyExists(
      entry.name(),
      absl::StrCat(there->front().name(),
                   " is the price of this product in this price book and "
                   "currency. Change that one"));
}

}  // namespace

absl::StatusOr<v1::PriceBookEntry> GetPriceBookEntry(
    Call& call, const v1::GetPriceBookEntryRequest& request) {
  return GetResource(call, PriceBookEntries(), request.name());
}

absl::StatusOr<v1::ListPriceBookEntriesResponse> ListPriceBookEntries(
    Call& call, const v1::ListPriceBookEntriesRequest& request) {
  return ListResources(
      call, PriceBookEntries(), request,
      &v1::ListPriceBookEntriesResponse::add_price_book_entries);
}

absl::StatusOr<v1::PriceBookEntry> CreatePriceBookEntry(
    Call& call, const v1::CreatePriceBookEntryRequest& request) {
  return CreateResource<v1::PriceBookEntry>(
      call, PriceBookEntries(), request.price_book_entry(),
      request.price_book_entry_id(), CheckEntry);
}

absl::StatusOr<v1::PriceBookEntry> UpdatePriceBookEntry(
    Call& call, const v1::UpdatePriceBookEntryRequest& request) {
  return UpdateResource<v1::PriceBookEntry>(call, PriceBookEntries(),
                                            request.price_book_entry(),
                                            request.update_mask(), CheckEntry);
}

absl::StatusOr<v1::PriceBookEntry> DeletePriceBookEntry(
    Call& call, const v1::DeletePriceBookEntryRequest& request) {
  return HideResource(call, PriceBookEntries(), request,
                      [](storage::Transaction&, const v1::PriceBookEntry&) {
                        return absl::OkStatus();
                      });
}

absl::StatusOr<v1::PriceBookEntry> UndeletePriceBookEntry(
    Call& call, const v1::UndeletePriceBookEntryRequest& request) {
  return UndeleteResource(
      call, PriceBookEntries(), request,
      [](storage::Transaction& tx, const v1::PriceBookEntry&,
         v1::PriceBookEntry& restored) {
        return ProductToName(tx, restored.product(), "price_book_entry.product",
                             Naming::kAgain)
            .status();
      });
}

absl::StatusOr<v1::BatchGetPriceBookEntriesResponse> BatchGetPriceBookEntries(
    Call& call, const v1::BatchGetPriceBookEntriesRequest& request) {
  return BatchGetResources(
      call, PriceBookEntries(), request,
      &v1::BatchGetPriceBookEntriesResponse::add_price_book_entries);
}

absl::StatusOr<v1::BatchCreatePriceBookEntriesResponse>
BatchCreatePriceBookEntries(
    Call& call, const v1::BatchCreatePriceBookEntriesRequest& request) {
  return BatchCreateResources(
      call, request, &CreatePriceBookEntry,
      &v1::BatchCreatePriceBookEntriesResponse::add_price_book_entries);
}

}  // namespace charter::services
