// The figures of contracts and lines, computed by the rules of contracts/
// pricing.h. `field`: the message's path in the request, "service_contract".
#ifndef CHARTER_SERVER_SERVICES_CONTRACTS_FIGURES_H_
#define CHARTER_SERVER_SERVICES_CONTRACTS_FIGURES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "charter/v1/contract_line_item.pb.h"
#include "charter/v1/price_book_entry.pb.h"
#include "charter/v1/service_contract.pb.h"

namespace charter::services {

// Takes from an entry what a new line sells and at which list price (C8). It
// must be in the contract's price book, if that has one, and currency:
// OTHER_PRICE_BOOK, MIXED_CURRENCIES.
absl::Status TakePrice(const v1::ServiceContract& contract,
                       const v1::PriceBookEntry& entry, absl::string_view field,
                       v1::ContractLineItem* line);

// Computes the line's subtotal and total price (C8); its unit price is the list
// price unless it has one. That must be in the contract's currency
// (MIXED_CURRENCIES); FIELD_INVALID for every other part that makes no price.
absl::Status PriceLine(const v1::ServiceContract& contract,
                       absl::string_view field, v1::ContractLineItem* line);

// Computes the contract's figures (C8) from the sums that it has, less what
// `gone` added to them, plus what `added` adds: exact, so that they are the
// sums of its lines however often they change. Lines that are deleted or
// cancelled, and null, add nothing.
absl::Status PriceContract(const v1::ContractLineItem* gone,
                           absl::Span<const v1::ContractLineItem* const> added,
                           absl::string_view field,
                           v1::ServiceContract* contract);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CONTRACTS_FIGURES_H_
