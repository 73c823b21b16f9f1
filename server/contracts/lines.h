// How lines lie in their contract's time (C8).
#ifndef CHARTER_SERVER_CONTRACTS_LINES_H_
#define CHARTER_SERVER_CONTRACTS_LINES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/contracts/term.h"

namespace charter::contracts {

// The line's term: its own dates, and its contract's where it has none.
// INVALID_ARGUMENT that names `start_date` or `end_date` when one lies outside
// the contract, or they aren't a term.
absl::StatusOr<Term> TermOfLine(const Term& contract, const Term& line);

// Whether a day belongs to both. A term without a start counts from the
// beginning of time: it isn't in force yet, but its place is taken.
bool Overlap(const Term& a, const Term& b);

struct CoveredAsset {
  std::string asset;  // its name; lines without an asset are left out
  Term term;          // of the line, as TermOfLine gives it
};

// An asset is on a contract once for a period. `lines`: those that aren't
// cancelled. INVALID_ARGUMENT that names `lines[i].asset`, i being the place in
// `lines` of the later one of two.
absl::Status CheckAssetsOnce(absl::Span<const CoveredAsset> lines);

}  // namespace charter::contracts

#endif  // CHARTER_SERVER_CONTRACTS_LINES_H_
