#include "server/contracts/decimal.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "server/contracts/refusal.h"
#include "server/contracts/rounding.h"

namespace charter::contracts {
namespace {

// The digits that `text` begins with, which are taken from it.
absl::string_view TakeDigits(absl::string_view& text) {
  size_t n = 0;
  while (n < text.size() && absl::ascii_isdigit(text[n])) ++n;
  const absl::string_view digits = text.substr(0, n);
  text.remove_prefix(n);
  return digits;
}

}  // namespace

absl::StatusOr<Decimal> Decimal::Parse(absl::string_view field,
                                       absl::string_view text) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  absl::string_view whole = TakeDigits(text);
  absl::string_view fraction;
  bool well_formed = !whole.empty();
  if (absl::ConsumePrefix(&text, ".")) {
    fraction = TakeDigits(text);
    well_formed = well_formed && !fraction.empty();
  }
  if (!well_formed || !text.empty()) {
    return Invalid(field,
                   "is not a decimal number such as \"12\" or \"33.125\"");
  }
  while (absl::ConsumeSuffix(&fraction, "0")) {
  }
  if (fraction.size() > kDigits) {
    return Invalid(field, absl::StrCat("has more than ", kDigits,
                                       " digits after the point"));
  }
  while (absl::ConsumePrefix(&whole, "0")) {
  }
  // Eleven digits before the point are too many already.
  Wide billionths = 0;
  for (const char digit : whole.substr(0, 11)) {
    billionths = 10 * billionths + (digit - '0');
  }
  for (size_t i = 0; i < kDigits; ++i) {
    const int digit = i < fraction.size() ? fraction[i] - '0' : 0;
    billionths = 10 * billionths + digit;
  }
  const std::optional<int64_t> narrow =
      Narrow(negative ? -billionths : billionths);
  if (!narrow) {
    return Invalid(field, "is out of range: at most 9223372036.854775807");
  }
  return FromBillionths(*narrow);
}

std::string Decimal::ToString() const {
  const Wide size = billionths_ < 0 ? -Wide{billionths_} : Wide{billionths_};
  std::string text = absl::StrFormat("%s%d.%09d", billionths_ < 0 ? "-" : "",
                                     static_cast<int64_t>(size / kOne),
                                     static_cast<int64_t>(size % kOne));
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace charter::contracts
