// `charterctl demo-data`: made-up customers that look like real ones.
#ifndef CHARTER_TOOLS_CHARTERCTL_DEMO_DATA_H_
#define CHARTER_TOOLS_CHARTERCTL_DEMO_DATA_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"

namespace charter::tools {

struct DemoDataOptions {
  int64_t accounts = 20;
  uint64_t seed = 1;
  std::string folder;
  // The process that entitlements run under: `entitlementProcesses/gold`;
  // empty: none.
  std::string process;
  // Around which day customers bought and renewed.
  absl::CivilDay today;
};

// Writes a file per kind into the folder, each to be given to `import` in this
// order: products.csv, prices.csv, accounts.csv, contacts.csv, assets.csv,
// contracts.csv, lines.csv and entitlements.csv. The same options give the same
// octets.
absl::Status WriteDemoData(const DemoDataOptions& options);

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_DEMO_DATA_H_
