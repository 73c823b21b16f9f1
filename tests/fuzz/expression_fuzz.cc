// Any bytes as an expression: refused with a short message that names a place,
// or read; and then its canonical text reads as the same expression, which
// holds for the same records.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "server/sla/expression/expression.h"
#include "tests/server/sla/expression/schema_for_test.h"

namespace charter::sla {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

const std::vector<Record>& Records() {
  static const auto& records = *new std::vector<Record>{
      Record(), RecordBuilder().Get(),
      RecordBuilder()
          .Set("priority", 1.0)
          .Set("status", "open")
          .Set("subject", "a printer on fire")
          .Set("attributes.site", "a")
          .Set("is_closed", true)
          .Set("due_date", Date(2026, 1, 1))
          .Set("last_inbound_time", Instant::FromSeconds(1767225600))
          .Set("work_time", Duration::Minutes(210))
          .Get()};
  return records;
}

void Check(absl::string_view text, Usage usage) {
  const absl::StatusOr<Expression> parsed =
      Expression::Parse(text, CaseSchema(), usage);
  if (!parsed.ok()) {
    Require(absl::IsInvalidArgument(parsed.status()));
    Require(absl::StartsWith(parsed.status().message(), "line "));
    Require(parsed.status().message().size() < 1000);
    return;
  }
  Require(usage == Usage::kEvent || !parsed->uses_event());
  const std::string printed = ToText(parsed->root(), CaseSchema());
  // Spaces and escapes can make it longer than may be read.
  if (printed.size() > kMaxExpressionBytes) return;
  const absl::StatusOr<Expression> again =
      Expression::Parse(printed, CaseSchema(), usage);
  Require(again.ok());
  Require(again->root() == parsed->root());
  for (const Record& record : Records()) {
    for (const Record& old_record : Records()) {
      EventView view;
      view.old_record = &old_record;
      Require(parsed->Evaluate(record, view) == again->Evaluate(record, view));
    }
  }
}

}  // namespace
}  // namespace charter::sla

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  charter::sla::Check(text, charter::sla::Usage::kLevel);
  charter::sla::Check(text, charter::sla::Usage::kEvent);
  return 0;
}
