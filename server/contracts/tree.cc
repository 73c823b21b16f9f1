#include "server/contracts/tree.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/contracts/refusal.h"
#include "server/contracts/rounding.h"

namespace charter::contracts {

absl::StatusOr<Forest> Forest::Build(
    absl::Span<const std::optional<size_t>> parents) {
  Forest forest;
  forest.parents_.assign(parents.begin(), parents.end());
  const size_t n = parents.size();
  std::vector<std::vector<size_t>> children(n);
  for (size_t i = 0; i < n; ++i) {
    if (parents[i]) {
      children[*parents[i]].push_back(i);
    } else {
      forest.top_down_.push_back(i);
    }
  }
  forest.roots_.resize(n, n);  // n: not reached from any root
  std::vector<size_t> sizes(n, 0);
  for (size_t at = 0; at < forest.top_down_.size(); ++at) {
    const size_t node = forest.top_down_[at];
    const size_t root = parents[node] ? forest.roots_[*parents[node]] : node;
    forest.roots_[node] = root;
    if (++sizes[root] > kMaxTreeNodes) {
      return Invalid(
          absl::StrCat("nodes[", node, "].parent"),
          absl::StrCat("makes a tree of more than ", kMaxTreeNodes, " (C8)"));
    }
    forest.top_down_.insert(forest.top_down_.end(), children[node].begin(),
                            children[node].end());
  }
  for (size_t i = 0; i < n; ++i) {
    if (forest.roots_[i] == n) {
      return Invalid(absl::StrCat("nodes[", i, "].parent"),
                     "would make it its own ancestor, or hangs on such a "
                     "cycle (C8)");
    }
  }
  return forest;
}

absl::StatusOr<std::vector<std::vector<Money>>> TreeTotals(
    const Forest& forest, absl::Span<const std::vector<Money>> amounts) {
  using Sums = std::map<absl::string_view, std::pair<Currency, Wide>>;
  std::vector<Sums> sums(forest.size());
  const auto add = [](Sums& to, const Currency& currency, Wide amount) {
    to.try_emplace(currency.code(), currency, 0).first->second.second += amount;
  };
  std::vector<std::vector<Money>> totals(forest.size());
  const std::vector<size_t>& top_down = forest.top_down();
  for (auto node = top_down.rbegin(); node != top_down.rend(); ++node) {
    for (const Money& amount : amounts[*node]) {
      add(sums[*node], amount.currency, amount.minor);
    }
    for (const auto& [code, sum] : sums[*node]) {
      const std::optional<int64_t> minor = Narrow(sum.second);
      if (!minor) {
        return Invalid(absl::StrCat("nodes[", *node, "]"),
                       "and what is below it cost more money than can be kept "
                       "(C8)");
      }
      totals[*node].push_back({sum.first, *minor});
      if (forest.parent(*node)) {
        add(sums[*forest.parent(*node)], sum.first, sum.second);
      }
    }
  }
  return totals;
}

}  // namespace charter::contracts
