// What the contract rules refuse: `field: what is wrong and what to do (RULE)`.
// The field is the path within what was given; who asked puts its own before
// it.
#ifndef CHARTER_SERVER_CONTRACTS_REFUSAL_H_
#define CHARTER_SERVER_CONTRACTS_REFUSAL_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace charter::contracts {

inline absl::Status Invalid(absl::string_view field, absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", text));
}

// The same refusal, of a part: "quantity: …" becomes "lines[3].quantity: …".
inline absl::Status Within(absl::string_view path, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(path, ".", status.message()));
}

}  // namespace charter::contracts

#endif  // CHARTER_SERVER_CONTRACTS_REFUSAL_H_
