#include "charter/client/field.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"

namespace charter::client::internal {

std::string Literal(absl::string_view text) {
  return absl::StrCat("\"", absl::Utf8SafeCEscape(text), "\"");
}
std::string Literal(bool value) { return value ? "true" : "false"; }
std::string Literal(double value) {
  // The shortest that reads back as the same number.
  for (int digits = 6; digits < 17; ++digits) {
    std::string text = absl::StrFormat("%.*g", digits, value);
    if (std::stod(text) == value) return text;
  }
  return absl::StrFormat("%.17g", value);
}
std::string Literal(int64_t value) { return absl::StrCat(value); }
std::string Literal(absl::Time time) {
  return absl::StrCat(
      "timestamp(\"",
      absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone()),
      "\")");
}
std::string Literal(absl::Duration duration) {
  // The language wants a unit of zero, too.
  return absl::StrCat(
      "duration(\"",
      duration == absl::ZeroDuration() ? "0s" : absl::FormatDuration(duration),
      "\")");
}
std::string Literal(absl::CivilDay date) {
  return absl::StrCat("date(\"", absl::FormatCivilTime(date), "\")");
}

}  // namespace charter::client::internal
