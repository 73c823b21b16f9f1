#include "server/sla/expression/literals.h"

#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "re2/re2.h"

namespace charter::sla {
namespace {

// Abseil's parsers also take spaces, "infinite-future", years of any length and
// numbers without a unit: the form is checked before they see the text.
bool HasForm(absl::string_view text, const RE2& form) {
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), form);
}

constexpr absl::Duration kLongest = absl::Hours(10000 * 8766);

std::string NumberText(double number) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer),
                                 number == 0 ? 0.0 : number);
  std::string text(buffer, end.ptr);
  // A whole number this large is read only with its fraction, which says that
  // it is not meant to be exact.
  if (std::abs(number) > 0x1p53 && text.find_first_of(".e") == text.npos) {
    text += ".0";
  }
  return text;
}

std::string StringText(absl::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          absl::StrAppendFormat(&out, "\\x%02x", c);
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
  return out;
}

struct Printer {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(const std::string& text) const {
    return StringText(text);
  }
  std::string operator()(double number) const { return NumberText(number); }
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(Date d) const {
    return absl::StrFormat("date(\"%04d-%02d-%02d\")", d.year(), d.month(),
                           d.day());
  }
  std::string operator()(Instant t) const {
    return absl::StrCat("timestamp(\"",
                        absl::FormatTime("%E4Y-%m-%dT%H:%M:%E*SZ", t.ToAbsl(),
                                         absl::UTCTimeZone()),
                        "\")");
  }
  std::string operator()(Duration d) const {
    if (d == Duration::Zero()) return "duration(\"0s\")";
    return absl::StrCat("duration(\"", absl::FormatDuration(d.ToAbsl()), "\")");
  }
};

}  // namespace

std::optional<Instant> ParseInstant(absl::string_view text) {
  static const RE2& kForm = *new RE2(
      R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))");
  absl::Time time;
  if (!HasForm(text, kForm) ||
      !absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) {
    return std::nullopt;
  }
  const Instant instant = Instant::From(time);
  if (instant < Instant::Min() || instant > Instant::Max()) return std::nullopt;
  return instant;
}

std::optional<Duration> ParseDuration(absl::string_view text) {
  static const RE2& kForm =
      *new RE2(R"([-+]?(\d{1,18}(\.\d{1,18})?(h|m|s|ms|us|ns))+)");
  absl::Duration duration;
  if (!HasForm(text, kForm) || !absl::ParseDuration(text, &duration) ||
      absl::AbsDuration(duration) > kLongest) {
    return std::nullopt;
  }
  return Duration::From(duration);
}

std::optional<Date> ParseDate(absl::string_view text) {
  static const RE2& kForm = *new RE2(R"(\d{4}-\d\d-\d\d)");
  Date date;
  if (!HasForm(text, kForm) || !absl::ParseCivilTime(text, &date) ||
      date.year() < 1) {
    return std::nullopt;
  }
  return date;
}

std::string ToText(const Value& value) { return std::visit(Printer(), value); }

}  // namespace charter::sla
