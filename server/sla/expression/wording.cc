#include "server/sla/expression/wording.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace charter::sla {
namespace {

constexpr size_t kLongestWord = 64;
// Of the names in a message, in octets.
constexpr size_t kLongestList = 400;

// Insertions, deletions and replacements of letters that turn `a` into `b`.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const bool same = absl::ascii_tolower(a[i]) == absl::ascii_tolower(b[j]);
      const size_t replaced = diagonal + (same ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string Nearest(absl::string_view word,
                    const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kLongestWord) return "";
  const std::string suffix = absl::StrCat(".", word);
  for (const std::string& candidate : candidates) {
    if (absl::EndsWith(candidate, suffix)) return candidate;
  }
  const std::string* nearest = nullptr;
  size_t best = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongestWord) continue;
    const size_t distance = EditDistance(word, candidate);
    if (distance < best) {
      best = distance;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? "" : *nearest;
}

std::string Quoted(absl::string_view text) {
  if (text.size() <= kLongestWord) {
    return absl::StrCat("\"", absl::Utf8SafeCEscape(text), "\"");
  }
  size_t end = kLongestWord;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // whole characters
  return absl::StrCat("\"", absl::Utf8SafeCEscape(text.substr(0, end)), "…\"");
}

std::string ThereAre(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (text.size() + name.size() > kLongestList) {
      absl::StrAppend(&text, ", …");
      break;
    }
    absl::StrAppend(&text, text.empty() ? "; there are " : ", ", name);
  }
  return text;
}

std::string DidYouMean(absl::string_view nearest) {
  if (nearest.empty()) return "";
  return absl::StrCat(": did you mean ", Quoted(nearest), "?");
}

absl::string_view TypeName(Type type) {
  switch (type) {
    case Type::kString:
      return "a string";
    case Type::kNumber:
      return "a number";
    case Type::kBool:
      return "a bool";
    case Type::kDate:
      return "a date";
    case Type::kInstant:
      return "an instant";
    case Type::kDuration:
      return "a duration";
  }
  return "";
}

absl::string_view Example(Type type) {
  switch (type) {
    case Type::kString:
      return "\"text\"";
    case Type::kNumber:
      return "3";
    case Type::kBool:
      return "true";
    case Type::kDate:
      return "date(\"2026-01-01\")";
    case Type::kInstant:
      return "timestamp(\"2026-01-01T00:00:00Z\")";
    case Type::kDuration:
      return "duration(\"3h30m\")";
  }
  return "";
}

}  // namespace charter::sla
