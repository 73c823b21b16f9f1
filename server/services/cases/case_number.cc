#include "server/services/cases/case_number.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "storage/records/case_numbers.h"

namespace charter::services {
namespace {

// FNV-1a, 64 bits.
uint64_t Hash(absl::string_view text) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

}  // namespace

std::string CaseNumberOf(absl::string_view name, int attempt) {
  const uint64_t hash =
      Hash(absl::StrCat(name, absl::string_view("\0", 1), attempt));
  return absl::StrCat(100'000'000'000 + hash % 900'000'000'000);
}

absl::StatusOr<std::string> NewCaseNumber(storage::Transaction& tx,
                                          absl::string_view name) {
  for (int attempt = 0;; ++attempt) {
    std::string number = CaseNumberOf(name, attempt);
    const absl::StatusOr<bool> taken = storage::IsCaseNumberTaken(tx, number);
    if (!taken.ok()) return taken.status();
    if (!*taken) return number;
  }
}

void PrefetchCaseNumber(storage::Transaction& tx, absl::string_view name) {
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::IsCaseNumberTaken(ahead, CaseNumberOf(name, 0));
  });
}

}  // namespace charter::services
