// Whole-number arithmetic that never wraps: the product of two 64-bit numbers,
// and the sum of any number of them that fits in memory, is exact in Wide; what
// leaves it is narrowed, which fails when it doesn't fit.
#ifndef CHARTER_SERVER_CONTRACTS_ROUNDING_H_
#define CHARTER_SERVER_CONTRACTS_ROUNDING_H_

#include <cstdint>
#include <limits>
#include <optional>

namespace charter::contracts {

using Wide = __int128;

// numerator / denominator, rounded to the nearest whole number, a tie to the
// even one (C8). The denominator is positive and below 2^126.
constexpr Wide DivideHalfEven(Wide numerator, Wide denominator) {
  Wide quotient = numerator / denominator;
  Wide rest = numerator % denominator;
  if (rest < 0) {  // division truncates; from here on, it is the floor
    --quotient;
    rest += denominator;
  }
  const bool odd = quotient % 2 != 0;
  if (2 * rest > denominator || (2 * rest == denominator && odd)) ++quotient;
  return quotient;
}

// nullopt for what 64 bits don't hold.
constexpr std::optional<int64_t> Narrow(Wide value) {
  if (value < std::numeric_limits<int64_t>::min() ||
      value > std::numeric_limits<int64_t>::max()) {
    return std::nullopt;
  }
  return static_cast<int64_t>(value);
}

}  // namespace charter::contracts

#endif  // CHARTER_SERVER_CONTRACTS_ROUNDING_H_
