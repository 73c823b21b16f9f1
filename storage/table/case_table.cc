#include "storage/table/resource_tables.h"

namespace charter::storage {
namespace {

const v1::Case& AsCase(const google::protobuf::Message& message) {
  return static_cast<const v1::Case&>(message);
}

Value HasEvaluationError(const google::protobuf::Message& message) {
  return Value(!AsCase(message).evaluation_error().empty());
}

const v1::AttributeValue* Attribute(const google::protobuf::Message& message,
                                    const std::string& name) {
  const auto& attributes = AsCase(message).attributes();
  auto found = attributes.find(name);
  return found == attributes.end() ? nullptr : &found->second;
}

}  // namespace

const Table<v1::Case>& CaseTable() {
  static const auto* const table = new Table<v1::Case>({
      .table = "cases",
      .ids = {"process_version"},
      .null_when_empty = {"external_id", "case_number"},
      .blob = {"annotations", "attributes"},
      .attribute = &Attribute,
      .hidden = {{"next_due_us", ColumnKind::kInteger},
                 {"evaluation_error_set", ColumnKind::kBool,
                  &HasEvaluationError, /*filterable=*/true}},
      .leads = {{{"case_number"}},
                {{"external_id"}, {"account"}},
                {{"entitlement"}},
                {{"account"}},
                {{"owner"}},
                {{"evaluation_error_set"}},
                {{"status"}},
                {}},
      .own_of_contact = "contact = :confined_contact",
      .unique = {{"cases_external_id", "external_id"},
                 {"cases_case_number", "case_number"}},
  });
  return *table;
}

}  // namespace charter::storage
