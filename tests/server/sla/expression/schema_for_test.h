#ifndef CHARTER_TESTS_SERVER_SLA_EXPRESSION_SCHEMA_FOR_TEST_H_
#define CHARTER_TESTS_SERVER_SLA_EXPRESSION_SCHEMA_FOR_TEST_H_

#include <utility>

#include "absl/strings/string_view.h"
#include "server/sla/expression/schema.h"
#include "server/sla/expression/value.h"

namespace charter::sla {

// Fields of every type, as a case has them.
inline const Schema& CaseSchema() {
  static const Schema& schema = *[] {
    auto* s = new Schema;
    s->Add({"priority", Type::kNumber, {}});
    s->Add({"status", Type::kString, {"new", "open", "waiting", "closed"}});
    s->Add({"subject", Type::kString, {}});
    s->Add({"account.tier", Type::kString, {"gold", "silver", "bronze"}});
    s->Add({"attributes.site", Type::kString, {}});
    s->Add({"attributes.visits", Type::kNumber, {}});
    s->Add({"is_closed", Type::kBool, {}});
    s->Add({"is_stopped", Type::kBool, {}});
    s->Add({"due_date", Type::kDate, {}});
    s->Add({"renewal_date", Type::kDate, {}});
    s->Add({"last_inbound_time", Type::kInstant, {}});
    s->Add({"last_outbound_time", Type::kInstant, {}});
    s->Add({"work_time", Type::kDuration, {}});
    s->Add({"travel_time", Type::kDuration, {}});
    return s;
  }();
  return schema;
}

// An empty record of the schema with some fields set by name.
class RecordBuilder {
 public:
  explicit RecordBuilder(const Schema& schema = CaseSchema())
      : schema_(schema), record_(schema.size()) {}
  RecordBuilder& Set(absl::string_view name, Value value) {
    record_[schema_.Find(name).value()] = std::move(value);
    return *this;
  }
  const Record& Get() const { return record_; }

 private:
  const Schema& schema_;
  Record record_;
};

}  // namespace charter::sla

#endif  // CHARTER_TESTS_SERVER_SLA_EXPRESSION_SCHEMA_FOR_TEST_H_
