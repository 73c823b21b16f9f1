#include <string>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "server/sla/expression/expression.h"
#include "tests/server/sla/expression/random_expression.h"
#include "tests/server/sla/expression/schema_for_test.h"

namespace charter::sla {
namespace {

bool Evaluate(const Expression& expression, const Situation& s) {
  EventView view;
  view.old_record = &s.old_record;
  view.event = &s.event;
  view.creation = s.creation;
  return expression.Evaluate(s.record, view);
}

RC_GTEST_PROP(ExpressionProperty, X1_MeansWhatANaiveReadingSays, ()) {
  const Model model = RandomModel(3, /*event_terms=*/true);
  const std::string text = Write(model);
  const absl::StatusOr<Expression> expression =
      Expression::Parse(text, CaseSchema(), Usage::kEvent);
  if (!expression.ok()) RC_FAIL(text + ": " + expression.status().ToString());
  for (int i = 0; i < 20; ++i) {
    const Situation s = RandomSituation();
    if (Evaluate(*expression, s) != Naive(model, s)) RC_FAIL(text);
  }
}

RC_GTEST_PROP(ExpressionProperty, X1_PrintedTextIsTheSameExpression, ()) {
  const std::string text = Write(RandomModel(3, /*event_terms=*/true));
  const absl::StatusOr<Expression> first =
      Expression::Parse(text, CaseSchema(), Usage::kEvent);
  if (!first.ok()) RC_FAIL(text + ": " + first.status().ToString());
  const std::string printed = ToText(first->root(), CaseSchema());
  const absl::StatusOr<Expression> second =
      Expression::Parse(printed, CaseSchema(), Usage::kEvent);
  if (!second.ok()) RC_FAIL(printed + ": " + second.status().ToString());
  RC_ASSERT(first->root() == second->root());
  RC_ASSERT(ToText(second->root(), CaseSchema()) == printed);
  RC_ASSERT(first->slots() == second->slots());
  RC_ASSERT(first->uses_event() == second->uses_event());
}

RC_GTEST_PROP(ExpressionProperty, X1_NotIsAlwaysTheOpposite, ()) {
  const std::string text = Write(RandomModel(2, /*event_terms=*/true));
  const absl::StatusOr<Expression> plain =
      Expression::Parse(text, CaseSchema(), Usage::kEvent);
  const absl::StatusOr<Expression> negated =
      Expression::Parse("!(" + text + ")", CaseSchema(), Usage::kEvent);
  if (!plain.ok() || !negated.ok()) RC_FAIL(text);
  const Situation s = RandomSituation();
  RC_ASSERT(Evaluate(*plain, s) != Evaluate(*negated, s));
}

}  // namespace
}  // namespace charter::sla
