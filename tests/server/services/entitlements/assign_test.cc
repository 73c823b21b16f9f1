// Which rule decides, and for what (C6).
#include "server/services/entitlements/assign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "server/services/catalog/catalog.h"
#include "server/sla/clock/item_schema.h"

namespace charter::services {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Result = RuleOutcome::Result;

v1::AssignmentRule Rule(const std::string& text) {
  v1::AssignmentRule rule;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &rule))
      << text;
  return rule;
}

const AssignmentSchema& Fields() {
  static const auto* const fields = new AssignmentSchema(MakeSchema({}, {}));
  return *fields;
}

// What is wrong with the rule, in a line; empty: nothing.
std::string Refusal(const std::string& rule) {
  FieldViolations violations;
  (void)CompileRule(Rule(rule), Fields(), "rule", &violations);
  return violations.empty() ? "" : std::string(violations.ToStatus().message());
}

std::vector<CompiledRule> Rules(const std::vector<std::string>& texts) {
  std::vector<CompiledRule> rules;
  FieldViolations violations;
  for (const std::string& text : texts) {
    rules.push_back(CompileRule(Rule(text), Fields(), "rule", &violations));
  }
  EXPECT_TRUE(violations.empty()) << violations.ToStatus();
  SortRules(&rules);
  return rules;
}

std::vector<std::string> NamesOf(const std::vector<CompiledRule>& rules) {
  std::vector<std::string> names;
  for (const CompiledRule& rule : rules) names.push_back(rule.name);
  return names;
}

v1::Entitlement Named(const std::string& name, const std::string& type) {
  v1::Entitlement entitlement;
  entitlement.set_name(name);
  entitlement.set_type(type);
  return entitlement;
}

// An item by its origin, of an account of tier "gold".
sla::Record Item(const std::string& origin) {
  sla::Record record(Fields().fields().size());
  record[sla::ItemSlot::kOrigin] = origin;
  record[*Fields().fields().Find("account.tier")] = "gold";
  return record;
}

std::string NameOf(const CompiledRule* rule) {
  return rule == nullptr ? "" : rule->name;
}
std::string NameOf(const v1::Entitlement* entitlement) {
  return entitlement == nullptr ? "" : entitlement->name();
}

std::vector<Result> ResultsOf(const Assignment& assignment) {
  std::vector<Result> results;
  for (const RuleOutcome& outcome : assignment.outcomes)
    results.push_back(outcome.result);
  return results;
}

class AssignTest : public testing::Test {
 protected:
  Assignment All(const std::vector<std::string>& rules,
                 const std::string& origin) {
    rules_ = Rules(rules);
    return Assign(rules_, Fields(), Item(origin), eligible_, AskRules::kAll);
  }

  std::vector<CompiledRule> rules_;
  // In order of rank.
  std::vector<v1::Entitlement> eligible_ = {
      Named("entitlements/web", "web"), Named("entitlements/day", "phone"),
      Named("entitlements/day-2", "phone")};
};

TEST_F(AssignTest, C6_WithoutARuleTheFirstInRankIsTaken) {
  EXPECT_EQ(NameOf(All({}, "email").entitlement), "entitlements/web");
  eligible_.clear();
  EXPECT_EQ(All({}, "email").entitlement, nullptr);
}

TEST_F(AssignTest, C6_TheFirstRuleInOrderDecidesAndTheOthersSayWhyNot) {
  const Assignment assignment =
      All({"name: 'e' order: 5 leave_unassigned: true",
           "name: 'd' order: 4 entitlement_condition: 'entitlement.type == "
           "\"phone\"'",
           "name: 'c' order: 3 entitlement_condition: 'entitlement.type == "
           "\"post\"'",
           "name: 'b' order: 2 condition: 'origin == \"web\"'",
           "name: 'a' order: 1 disabled: true", "name: 'f' order: 6"},
          "email");
  EXPECT_THAT(NamesOf(rules_), ElementsAre("a", "b", "c", "d", "e", "f"));
  EXPECT_THAT(ResultsOf(assignment),
              ElementsAre(Result::kDisabled, Result::kConditionFalse,
                          Result::kNoEntitlement, Result::kDecides,
                          Result::kComesTooLate, Result::kComesTooLate));
  EXPECT_EQ(NameOf(assignment.rule), "d");
  EXPECT_EQ(NameOf(assignment.entitlement), "entitlements/day");
  EXPECT_EQ(NameOf(assignment.outcomes[4].entitlement), "");
  EXPECT_EQ(NameOf(assignment.outcomes[5].entitlement), "entitlements/web");
}

TEST_F(AssignTest, C6_OfTheSameOrderTheNameComesFirst) {
  All({"name: 'b'", "name: 'c' order: 1", "name: 'a'", ""}, "");
  EXPECT_THAT(NamesOf(rules_), ElementsAre("", "a", "b", "c"));
}

TEST_F(AssignTest, C6_ARuleMayLeaveAnItemWithoutAny) {
  const Assignment assignment =
      All({"name: 'a' leave_unassigned: true condition: 'origin == \"web\"'"},
          "web");
  EXPECT_EQ(NameOf(assignment.rule), "a");
  EXPECT_EQ(assignment.entitlement, nullptr);
  EXPECT_EQ(NameOf(All({"name: 'a' leave_unassigned: true condition: 'origin "
                        "== \"web\"'"},
                       "email")
                       .entitlement),
            "entitlements/web");
}

TEST_F(AssignTest, C6_ConditionsSeeTheItemItsAccountAndTheEntitlement) {
  for (const std::string condition :
       {"entitlement == \"entitlements/day-2\"",
        "entitlement.name == \"entitlements/day-2\"",
        "entitlement.name.endsWith(\"2\") && account.tier == \"gold\"",
        "entitlement.type == \"phone\" && entitlement.name != "
        "\"entitlements/day\" && origin == \"email\""}) {
    EXPECT_EQ(NameOf(All({absl::StrCat("name: 'a' entitlement_condition: '",
                                       condition, "'")},
                         "email")
                         .entitlement),
              "entitlements/day-2")
        << condition;
  }
  // What is not there.
  EXPECT_THAT(ResultsOf(All({"name: 'a' condition: 'account.region == \"eu\"'"},
                            "email")),
              ElementsAre(Result::kConditionFalse));
}

TEST_F(AssignTest, X1_WhatIsWrongIsSaidWhereItStands) {
  EXPECT_THAT(Refusal("condition: 'origin == \"web\"'"), IsEmpty());
  EXPECT_THAT(Refusal("condition: 'orgin == \"web\"'"),
              testing::AllOf(testing::HasSubstr("rule.condition"),
                             testing::HasSubstr("line 1, column 1"),
                             testing::HasSubstr("origin")));
  EXPECT_THAT(Refusal("entitlement_condition: 'entitlement.typ == \"a\"'"),
              testing::AllOf(testing::HasSubstr("rule.entitlement_condition"),
                             testing::HasSubstr("entitlement.type")));
  EXPECT_THAT(Refusal("condition: 'changed(origin)'"),
              testing::HasSubstr("rule.condition"));
  for (const char* early : {"entitlement.type == \"a\"",
                            "has(entitlement.name)", "has(entitlement)"}) {
    EXPECT_THAT(Refusal(absl::StrCat("condition: '", early, "'")),
                testing::HasSubstr("say it in entitlement_condition"))
        << early;
  }
  EXPECT_THAT(Refusal("leave_unassigned: true entitlement_condition: "
                      "'entitlement.type == \"a\"'"),
              testing::HasSubstr("clear one of the two"));
}

// Some rules and entitlements, few of each kind so that they meet.
rc::Gen<CompiledRule> SomeRule() {
  return rc::gen::exec([] {
    const std::string type(1, static_cast<char>('a' + *rc::gen::inRange(0, 4)));
    std::string text = absl::StrCat("name: '", *rc::gen::inRange(0, 100),
                                    "' order: ", *rc::gen::inRange(0, 5));
    if (*rc::gen::inRange(0, 3) == 0) absl::StrAppend(&text, " disabled: true");
    if (*rc::gen::arbitrary<bool>())
      absl::StrAppend(&text, " condition: 'origin == \"", type, "\"'");
    const int how = *rc::gen::inRange(0, 4);
    if (how == 0) absl::StrAppend(&text, " leave_unassigned: true");
    if (how > 1) {
      absl::StrAppend(&text, " entitlement_condition: 'entitlement.type == \"",
                      type, "\"'");
    }
    return Rules({text}).front();
  });
}

rc::Gen<std::vector<v1::Entitlement>> SomeEligible() {
  return rc::gen::exec([] {
    std::vector<v1::Entitlement> eligible;
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
      eligible.push_back(Named(
          absl::StrCat("entitlements/", i),
          std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 4)))));
    }
    return eligible;
  });
}

struct World {
  std::vector<CompiledRule> rules;
  std::vector<v1::Entitlement> eligible;
  sla::Record item;
};

World SomeWorld() {
  World world;
  world.rules = *rc::gen::container<std::vector<CompiledRule>>(SomeRule());
  SortRules(&world.rules);
  world.eligible = *SomeEligible();
  world.item =
      Item(std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 4))));
  return world;
}

Assignment Ask(const World& world, AskRules ask) {
  return Assign(world.rules, Fields(), world.item, world.eligible, ask);
}

RC_GTEST_PROP(AssignPropertyTest, C6_TheFirstThatWouldDecideDoes, ()) {
  const World world = SomeWorld();
  const Assignment assignment = Ask(world, AskRules::kAll);
  RC_ASSERT(assignment.outcomes.size() == world.rules.size());
  const CompiledRule* first = nullptr;
  for (size_t i = 0; i < world.rules.size(); ++i) {
    const RuleOutcome& outcome = assignment.outcomes[i];
    RC_ASSERT(outcome.rule == &world.rules[i]);
    const bool would = outcome.result == Result::kDecides ||
                       outcome.result == Result::kComesTooLate;
    RC_ASSERT((outcome.result == Result::kDecides) ==
              (would && first == nullptr));
    if (would && first == nullptr) first = outcome.rule;
    // Each is judged as if it were alone.
    const Assignment alone = Assign({&world.rules[i], 1}, Fields(), world.item,
                                    world.eligible, AskRules::kAll);
    RC_ASSERT((alone.outcomes[0].result == Result::kDecides) == would);
    RC_ASSERT(alone.outcomes[0].entitlement == outcome.entitlement);
  }
  RC_ASSERT(assignment.rule == first);
}

RC_GTEST_PROP(AssignPropertyTest, C6_ADisabledRuleNeverDecides, ()) {
  World world = SomeWorld();
  const Assignment before = Ask(world, AskRules::kAll);
  RC_ASSERT((before.rule == nullptr || !before.rule->disabled));
  // And it is as if it were not there.
  const std::string decided = NameOf(before.rule);
  const v1::Entitlement* const entitlement = before.entitlement;
  std::erase_if(world.rules,
                [](const CompiledRule& rule) { return rule.disabled; });
  const Assignment without = Ask(world, AskRules::kAll);
  RC_ASSERT(NameOf(without.rule) == decided);
  RC_ASSERT(without.entitlement == entitlement);
}

RC_GTEST_PROP(AssignPropertyTest, C6_WhatIsAssignedIsEligibleOrNothing, ()) {
  const World world = SomeWorld();
  const Assignment assignment = Ask(world, AskRules::kAll);
  const auto eligible = [&](const v1::Entitlement* entitlement) {
    return std::any_of(
        world.eligible.begin(), world.eligible.end(),
        [&](const v1::Entitlement& one) { return &one == entitlement; });
  };
  for (const RuleOutcome& outcome : assignment.outcomes)
    RC_ASSERT(
        (outcome.entitlement == nullptr || eligible(outcome.entitlement)));
  if (assignment.entitlement != nullptr) {
    RC_ASSERT(eligible(assignment.entitlement));
  } else {
    RC_ASSERT((world.eligible.empty() || (assignment.rule != nullptr &&
                                          assignment.rule->leave_unassigned)));
  }
  if (assignment.rule == nullptr && !world.eligible.empty())
    RC_ASSERT(assignment.entitlement == &world.eligible.front());
}

RC_GTEST_PROP(AssignPropertyTest, C6_ATrialSaysWhatOpeningDoes, ()) {
  const World world = SomeWorld();
  const Assignment trial = Ask(world, AskRules::kAll);
  const Assignment opening = Ask(world, AskRules::kUntilOneDecides);
  RC_ASSERT(trial.rule == opening.rule);
  RC_ASSERT(trial.entitlement == opening.entitlement);
  for (size_t i = 0; i < opening.outcomes.size(); ++i)
    RC_ASSERT(trial.outcomes[i].result == opening.outcomes[i].result);
}

}  // namespace
}  // namespace charter::services
