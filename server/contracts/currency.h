#ifndef CHARTER_SERVER_CONTRACTS_CURRENCY_H_
#define CHARTER_SERVER_CONTRACTS_CURRENCY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace charter::contracts {

// A currency of ISO 4217 that has a minor unit.
class Currency {
 public:
  // The currency of three capital letters, "EUR". INVALID_ARGUMENT that names
  // `field` for any other text, and for codes without a minor unit: metals,
  // tests, units of account, no currency at all.
  static absl::StatusOr<Currency> Find(absl::string_view field,
                                       absl::string_view code);

  // Lasts as long as the program.
  absl::string_view code() const { return code_; }
  // Digits after the point: 2 for EUR, 0 for JPY, 3 for KWD, 4 for CLF.
  int digits() const { return digits_; }
  // Minor units in one unit: 100 for EUR.
  int64_t minor_per_unit() const;

  bool operator==(const Currency& o) const { return code_ == o.code_; }

 private:
  Currency(absl::string_view code, int digits) : code_(code), digits_(digits) {}

  absl::string_view code_;
  int digits_;
};

}  // namespace charter::contracts

#endif  // CHARTER_SERVER_CONTRACTS_CURRENCY_H_
