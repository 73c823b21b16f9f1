// The numbers that people call cases by.
#include "server/services/cases/case_number.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::ElementsAre;
using testing::IsEmpty;

class CaseNumberTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override { world_.SetUpSupport(); }

  v1::Case Get(const std::string& id) {
    return world_.Do(&GetCase, Proto<v1::GetCaseRequest>(
                                   absl::StrCat("name: 'cases/", id, "'")));
  }
  std::string NumberOf(const std::string& id) { return Get(id).case_number(); }
  std::vector<std::string> Listed(const std::string& number) {
    const auto page = world_.Do(
        &ListCases, Proto<v1::ListCasesRequest>(absl::StrCat(
                        "filter: \"case_number == '", number, "'\"")));
    std::vector<std::string> names;
    for (const v1::Case& item : page.cases()) names.push_back(item.name());
    return names;
  }
  std::vector<std::string> Found(const std::string& typed) {
    v1::SearchCallersRequest request;
    request.set_query(typed);
    const v1::SearchCallersResponse found = world_.Do(&SearchCallers, request);
    std::vector<std::string> names;
    for (const v1::Caller& caller : found.callers())
      names.push_back(caller.name());
    return names;
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, CaseNumberTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST(CaseNumberOfTest, IsTwelveDigitsAndTheSameEverywhere) {
  // These never change: cases that are imported again have them again.
  EXPECT_EQ(CaseNumberOf("cases/one", 0), "626359054737");
  EXPECT_EQ(CaseNumberOf("cases/one", 1), "426847426526");
  std::set<std::string> numbers;
  for (int i = 0; i < 1000; ++i) {
    const std::string number = CaseNumberOf(absl::StrCat("cases/", i), i % 3);
    EXPECT_EQ(number.size(), 12u) << number;
    EXPECT_NE(number[0], '0') << number;
    for (const char c : number) EXPECT_TRUE(absl::ascii_isdigit(c)) << number;
    numbers.insert(number);
  }
  EXPECT_EQ(numbers.size(), 1000u);
}

TEST_P(CaseNumberTest, IsMadeWhenTheCaseIsOpenedAndStays) {
  const v1::OpenCaseResponse opened =
      world_.Do(&OpenCase, Proto<v1::OpenCaseRequest>(
                               "case_id: 'one' case { account: 'accounts/acme' "
                               "case_number: '100000000001' }"));
  const std::string number = opened.case_().case_number();
  EXPECT_EQ(number, CaseNumberOf("cases/one", 0)) << "clients do not choose it";
  EXPECT_EQ(NumberOf("one"), number);
  world_.Open("two");
  EXPECT_NE(NumberOf("two"), number);
  // By an update, with the history and without, and by what follows.
  world_.Do(&UpdateCase,
            Proto<v1::UpdateCaseRequest>(
                "case { name: 'cases/one' priority: 1 case_number: '1' "
                "annotations { key: 'k' value: 'v' } } "
                "update_mask { paths: 'priority' paths: 'case_number' }"));
  EXPECT_EQ(NumberOf("one"), number);
  world_.Do(&UpdateCase,
            Proto<v1::UpdateCaseRequest>(
                "case { name: 'cases/one' annotations { key: 'k' value: 'v' } "
                "}"));
  world_.Do(&CloseCase, Proto<v1::CloseCaseRequest>("name: 'cases/one'"));
  EXPECT_EQ(NumberOf("one"), number);
  EXPECT_EQ(
      world_.Do(&DeleteCase, Proto<v1::DeleteCaseRequest>("name: 'cases/one'"))
          .case_number(),
      number);
}

TEST_P(CaseNumberTest, FindsTheCase) {
  world_.Open("one");
  world_.Open("two");
  const std::string number = NumberOf("one");
  EXPECT_THAT(Listed(number), ElementsAre("cases/one"));
  EXPECT_THAT(Listed("100000000000"), IsEmpty());
  // As it is read out, and by how it begins.
  for (const std::string& typed :
       {number, absl::StrCat(number.substr(0, 4), " ", number.substr(4)),
        number.substr(0, 8)}) {
    EXPECT_THAT(Found(typed), ElementsAre("cases/one")) << typed;
  }
  world_.Do(&DeleteCase, Proto<v1::DeleteCaseRequest>("name: 'cases/one'"));
  EXPECT_THAT(Found(number), IsEmpty());
}

TEST_P(CaseNumberTest, WhereAnotherCaseHasItTheNextIsTaken) {
  world_.Open("other");
  world_.Execute(absl::StrCat("UPDATE cases SET case_number = '",
                              CaseNumberOf("cases/one", 0),
                              "' WHERE name = 'cases/other'"));
  world_.Open("one");
  EXPECT_EQ(NumberOf("one"), CaseNumberOf("cases/one", 1));
  EXPECT_THAT(Listed(CaseNumberOf("cases/one", 0)), ElementsAre("cases/other"));
}

// After it was looked for, before the row is written.
TEST_P(CaseNumberTest, ANumberThatIsGivenMeanwhileIsNotGivenTwice) {
  if (GetParam() == storage::Engine::kSqlite) return;  // one writes at a time
  world_.Open("other");
  const std::string give = absl::StrCat("UPDATE cases SET case_number = '",
                                        CaseNumberOf("cases/one", 0),
                                        "' WHERE name = 'cases/other'");
  bool given = false;
  world_.SetFault([&](absl::string_view sql) {
    if (!given && sql.find("INSERT INTO cases ") != absl::string_view::npos) {
      given = true;
      world_.Execute(give);
    }
    return 0;
  });
  world_.Open("one");
  world_.SetFault(nullptr);
  EXPECT_TRUE(given);
  EXPECT_EQ(NumberOf("one"), CaseNumberOf("cases/one", 1));
}

TEST_P(CaseNumberTest, WhatWasOpenedBeforeThereWereNumbersHasNone) {
  world_.Open("one");
  world_.Open("two");
  world_.Execute("UPDATE cases SET case_number = NULL");
  EXPECT_EQ(NumberOf("one"), "");
  EXPECT_EQ(NumberOf("two"), "");
  world_.Do(&UpdateCase, Proto<v1::UpdateCaseRequest>(
                             "case { name: 'cases/one' priority: 1 }"));
  EXPECT_EQ(NumberOf("one"), "");
}

}  // namespace
}  // namespace charter::services
