#ifndef CHARTER_SERVER_CONTRACTS_DECIMAL_H_
#define CHARTER_SERVER_CONTRACTS_DECIMAL_H_

#include <compare>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace charter::contracts {

// An exact decimal number with nine digits after the point, from about -9.2 to
// 9.2 thousand million: a quantity, or a percentage.
class Decimal {
 public:
  static constexpr int kDigits = 9;
  static constexpr int64_t kOne = 1000000000;

  constexpr Decimal() = default;
  static constexpr Decimal FromBillionths(int64_t n) { return Decimal(n); }
  // Every 32-bit number fits.
  static constexpr Decimal FromWhole(int32_t n) { return Decimal(n * kOne); }

  // Reads "12", "-3", "33.125": digits, then perhaps a point and digits. No
  // exponent, no sign but "-", no spaces. INVALID_ARGUMENT that names `field`
  // for anything else, for more than nine digits after the point (zeros at the
  // end don't count), and for a number out of range.
  static absl::StatusOr<Decimal> Parse(absl::string_view field,
                                       absl::string_view text);

  constexpr int64_t billionths() const { return billionths_; }
  // The shortest text that Parse reads as this number.
  std::string ToString() const;

  constexpr auto operator<=>(const Decimal&) const = default;

 private:
  constexpr explicit Decimal(int64_t billionths) : billionths_(billionths) {}
  int64_t billionths_ = 0;
};

}  // namespace charter::contracts

#endif  // CHARTER_SERVER_CONTRACTS_DECIMAL_H_
