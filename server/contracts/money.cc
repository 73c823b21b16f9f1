#include "server/contracts/money.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/contracts/refusal.h"
#include "server/contracts/rounding.h"

namespace charter::contracts {
namespace {

constexpr int64_t kNanosPerUnit = 1000000000;

}  // namespace

absl::StatusOr<Money> Money::FromUnits(absl::string_view field,
                                       absl::string_view currency_code,
                                       int64_t units, int32_t nanos) {
  absl::StatusOr<Currency> currency =
      Currency::Find(absl::StrCat(field, ".currency_code"), currency_code);
  if (!currency.ok()) return currency.status();
  if (nanos <= -kNanosPerUnit || nanos >= kNanosPerUnit) {
    return Invalid(absl::StrCat(field, ".nanos"),
                   "must be -999999999 to 999999999");
  }
  if ((units > 0 && nanos < 0) || (units < 0 && nanos > 0)) {
    return Invalid(absl::StrCat(field, ".nanos"),
                   "must have the sign of units: -1.75 is -1 and -750000000");
  }
  const int64_t per_unit = currency->minor_per_unit();
  const int64_t nanos_per_minor = kNanosPerUnit / per_unit;
  if (nanos % nanos_per_minor != 0) {
    return Invalid(
        field, absl::StrCat("is finer than the minor unit of ",
                            currency->code(), ": at most ", currency->digits(),
                            " digits after the point (C8)"));
  }
  const std::optional<int64_t> minor =
      Narrow(Wide{units} * per_unit + nanos / nanos_per_minor);
  if (!minor) {
    return Invalid(field, "is more money than can be kept (C8)");
  }
  return Money{*currency, *minor};
}

int32_t Money::nanos() const {
  const int64_t per_unit = currency.minor_per_unit();
  return static_cast<int32_t>(minor % per_unit * (kNanosPerUnit / per_unit));
}

std::string Money::ToString() const {
  const int64_t per_unit = currency.minor_per_unit();
  const Wide size = minor < 0 ? -Wide{minor} : Wide{minor};
  std::string text = absl::StrCat(currency.code(), minor < 0 ? " -" : " ",
                                  static_cast<uint64_t>(size / per_unit));
  if (currency.digits() > 0) {
    absl::StrAppendFormat(&text, ".%0*d", currency.digits(),
                          static_cast<int64_t>(size % per_unit));
  }
  return text;
}

absl::Status CheckCurrency(absl::string_view field, const Currency& currency,
                           const Money& amount) {
  if (amount.currency == currency) return absl::OkStatus();
  return Invalid(field, absl::StrCat("is in ", amount.currency.code(),
                                     ", not in the one currency of its "
                                     "contract, ",
                                     currency.code(), " (C8)"));
}

absl::StatusOr<Money> Sum(absl::string_view field, const Currency& currency,
                          absl::Span<const Money> amounts) {
  Wide sum = 0;
  for (const Money& amount : amounts) {
    if (absl::Status s = CheckCurrency(field, currency, amount); !s.ok()) {
      return s;
    }
    sum += amount.minor;
  }
  const std::optional<int64_t> minor = Narrow(sum);
  if (!minor) {
    return Invalid(field, "is a sum of more money than can be kept (C8)");
  }
  return Money{currency, *minor};
}

}  // namespace charter::contracts
