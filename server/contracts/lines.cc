#include "server/contracts/lines.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/contracts/refusal.h"

namespace charter::contracts {

absl::StatusOr<Term> TermOfLine(const Term& contract, const Term& line) {
  for (const auto& [field, date] :
       {std::pair("start_date", line.start), std::pair("end_date", line.end)}) {
    if (!date) continue;
    if (contract.start && *date < *contract.start) {
      return Invalid(field, "is before the contract starts (C8)");
    }
    if (contract.end && *date > *contract.end) {
      return Invalid(field, "is after the contract ends (C8)");
    }
  }
  return Complete({.start = line.start ? line.start : contract.start,
                   .end = line.end ? line.end : contract.end,
                   .months = std::nullopt});
}

bool Overlap(const Term& a, const Term& b) {
  // An absent start is less than every date.
  return (!a.end || b.start <= a.end) && (!b.end || a.start <= b.end);
}

absl::Status CheckAssetsOnce(absl::Span<const CoveredAsset> lines) {
  std::vector<size_t> order(lines.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::tie(lines[a].asset, lines[a].term.start, a) <
           std::tie(lines[b].asset, lines[b].term.start, b);
  });
  // If a line overlaps an earlier start, it overlaps its neighbour too.
  for (size_t i = 1; i < order.size(); ++i) {
    const CoveredAsset& one = lines[order[i - 1]];
    const CoveredAsset& next = lines[order[i]];
    if (one.asset != next.asset || !Overlap(one.term, next.term)) continue;
    const auto [first, second] = std::minmax(order[i - 1], order[i]);
    return Invalid(absl::StrCat("lines[", second, "].asset"),
                   absl::StrCat("is on lines[", first,
                                "] on the same days: an asset is on a "
                                "contract once for a period (C8)"));
  }
  return absl::OkStatus();
}

}  // namespace charter::contracts
