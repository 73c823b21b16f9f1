#include "absl/strings/str_cat.h"
#include "storage/table/resource_tables.h"

namespace charter::storage {
namespace {

Value PriceKey(const google::protobuf::Message& message) {
  return Value(PriceKeyOf(static_cast<const v1::PriceBookEntry&>(message)));
}

}  // namespace

std::string PriceKeyOf(const v1::PriceBookEntry& entry) {
  if (entry.has_delete_time()) return entry.name();
  return absl::StrCat(entry.product(), " ", entry.unit_price().currency_code(),
                      " ", entry.price_book());
}

const Table<v1::PriceBookEntry>& PriceBookEntryTable() {
  static const auto* const table = new Table<v1::PriceBookEntry>({
      .table = "price_book_entries",
      .null_when_empty = {"external_id"},
      .blob = {"annotations", "unit_price"},
      .hidden = {{"price_key", ColumnKind::kText, &PriceKey}},
      .leads = {{{"external_id"}}, {{"product"}}, {{"price_book"}}, {}},
      .unique = {{"price_book_entries_external_id", "external_id"},
                 {"price_book_entries_price_key", "price_key"}},
  });
  return *table;
}

}  // namespace charter::storage
