// Made-up customers in a database of their own, for measuring look-ups.
#ifndef CHARTER_TOOLS_BENCH_LOOKUP_CUSTOMERS_H_
#define CHARTER_TOOLS_BENCH_LOOKUP_CUSTOMERS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/services/shared/call.h"
#include "tests/support/service_world.h"

namespace charter::bench {

struct Customer {
  std::string account, first, family, email, phone, serial;
};

// Customer `i`, always the same.
Customer MakeCustomer(int64_t i);
// The account's resource name.
std::string AccountName(int64_t i);

// So many entitlements each of these many accounts have; all others have one.
struct Share {
  int accounts = 0;
  int entitlements = 0;
};
inline constexpr Share kShares[] = {{100, 1}, {100, 10}, {10, 1000}};
// The account number `i` of those that have `share`.
std::string SharingAccount(size_t share, int64_t i);

// Writes `customers`: an account, a contact, an asset and an entitlement for
// each, and those of `kShares`.
void Fill(test::ServiceWorld& world, int customers);

// Prints the error and ends the program.
void Check(const absl::Status& status);

struct Figures {
  double p50_ms = 0, p99_ms = 0, most_ms = 0;
  double returned = 0;  // on average
};
// Runs `one`, which gives how much it returned, with a call of its own each
// time: some to warm up, then `times`.
Figures Measure(test::ServiceWorld& world, int times,
                const std::function<int64_t(services::Call&)>& one);
void PrintHead(absl::string_view returned);
void Print(absl::string_view name, const Figures& figures);

// Each prints a table.
void MeasureSearches(test::ServiceWorld& world, int customers, int times);
void MeasureVerifications(test::ServiceWorld& world, int times);

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_LOOKUP_CUSTOMERS_H_
