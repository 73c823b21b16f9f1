#include "server/contracts/currency.h"

#include "absl/strings/str_cat.h"
#include "server/contracts/refusal.h"

namespace charter::contracts {
namespace {

struct Group {
  int digits;
  absl::string_view codes;  // three letters each, a space between
};

// Source: ISO 4217, list one (current currencies and funds), column "minor
// unit", with its amendments up to the Caribbean guilder (XCG), the Zimbabwe
// gold (ZWG) and the Arab accounting dinar (XAD). Codes that were withdrawn
// since 2020 stay (ANG, BGN, CUC, HRK, SLL, ZWL): contracts of those years name
// them.
constexpr Group kGroups[] = {
    {2,
     "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV "
     "BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE "
     "CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD "
     "HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR "
     "LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD "
     "NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR "
     "SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY "
     "TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG "
     "ZWL"},
    {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"},
    {3, "BHD IQD JOD KWD LYD OMR TND"},
    {4, "CLF UYW"},
};

}  // namespace

absl::StatusOr<Currency> Currency::Find(absl::string_view field,
                                        absl::string_view code) {
  if (code.size() == 3) {
    for (const Group& group : kGroups) {
      for (size_t at = 0; at < group.codes.size(); at += 4) {
        const absl::string_view known = group.codes.substr(at, 3);
        if (known == code) return Currency(known, group.digits);
      }
    }
  }
  return Invalid(
      field, absl::StrCat("\"", code.substr(0, 16),
                          "\" is no currency of ISO 4217 with a minor unit: "
                          "give its three capital letters, such as \"EUR\""));
}

int64_t Currency::minor_per_unit() const {
  int64_t n = 1;
  for (int i = 0; i < digits_; ++i) n *= 10;
  return n;
}

}  // namespace charter::contracts
