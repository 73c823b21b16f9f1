// Expressions whose value an implementation of CEL of another author gave
// (tests/vectors/data/README.md): what Charter's subset says must be the same.
#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "server/sla/expression/expression.h"
#include "server/sla/expression/literals.h"
#include "tests/server/sla/expression/schema_for_test.h"

namespace charter::sla {
namespace {

Value ToValue(Type type, const nlohmann::json& json) {
  switch (type) {
    case Type::kString:
      return json.get<std::string>();
    case Type::kNumber:
      return json.get<double>();
    case Type::kBool:
      return json.get<bool>();
    case Type::kDate:
      return ParseDate(json.get<std::string>()).value();
    case Type::kInstant:
      return ParseInstant(json.get<std::string>()).value();
    case Type::kDuration:
      return ParseDuration(json.get<std::string>()).value();
  }
  return {};
}

TEST(ExpressionCelTest, X1_SaysWhatCelSays) {
  std::ifstream in(CHARTER_EXPRESSION_VECTORS);
  ASSERT_TRUE(in) << CHARTER_EXPRESSION_VECTORS;
  int rows = 0;
  for (std::string line; std::getline(in, line); ++rows) {
    const nlohmann::json row = nlohmann::json::parse(line);
    const std::string text = row.at("expression");
    SCOPED_TRACE(row.at("id").get<std::string>() + ": " + text);
    Record record(CaseSchema().size());
    for (const auto& [name, value] : row.at("record").items()) {
      const int slot = CaseSchema().Find(name).value();
      record[slot] = ToValue(CaseSchema().field(slot).type, value);
    }
    const absl::StatusOr<Expression> expression =
        Expression::Parse(text, CaseSchema(), Usage::kLevel);
    ASSERT_TRUE(expression.ok()) << expression.status();
    EXPECT_EQ(expression->Evaluate(record), row.at("expected").get<bool>());
  }
  EXPECT_GE(rows, 600);
}

}  // namespace
}  // namespace charter::sla
