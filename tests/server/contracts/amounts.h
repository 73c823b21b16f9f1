// Short ways to write money and numbers in tests.
#ifndef CHARTER_TESTS_SERVER_CONTRACTS_AMOUNTS_H_
#define CHARTER_TESTS_SERVER_CONTRACTS_AMOUNTS_H_

#include <cstdint>
#include <ostream>

#include "absl/strings/string_view.h"
#include "server/contracts/decimal.h"
#include "server/contracts/money.h"

namespace charter::contracts {

inline Currency In(absl::string_view code) {
  return *Currency::Find("currency_code", code);
}

inline Money Minor(absl::string_view code, int64_t minor) {
  return {In(code), minor};
}

inline Money Euros(int64_t units, int64_t cents = 0) {
  return Minor("EUR", 100 * units + cents);
}

inline Decimal Number(absl::string_view text) {
  return *Decimal::Parse("number", text);
}

// For a test's messages.
inline void PrintTo(const Money& money, std::ostream* out) {
  *out << money.ToString();
}
inline void PrintTo(Decimal number, std::ostream* out) {
  *out << number.ToString();
}

}  // namespace charter::contracts

#endif  // CHARTER_TESTS_SERVER_CONTRACTS_AMOUNTS_H_
