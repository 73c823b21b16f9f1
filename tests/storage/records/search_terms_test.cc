#include "storage/records/search_terms.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SearchTermsTest : public RecordsTest {
 protected:
  // The subjects that a range finds, in order.
  std::vector<std::string> Found(const TermRange& range, int limit = 10) {
    std::vector<std::string> subjects;
    EXPECT_OK(Try([&](Transaction& tx) {
      const auto found = FindTerms(tx, {range}, limit);
      if (!found.ok()) return found.status();
      for (const FoundTerm& one : *found) subjects.push_back(one.subject);
      return absl::OkStatus();
    }));
    return subjects;
  }
  void Replace(const std::string& subject, const std::string& account,
               const std::vector<SearchTerm>& before,
               const std::vector<SearchTerm>& after) {
    EXPECT_OK(Try([&](Transaction& tx) {
      return ReplaceTerms(tx, subject, account, before, after);
    }));
  }
};
CHARTER_CONFORMANCE(SearchTermsTest);

TEST_P(SearchTermsTest, TermsThatBeginAlikeAreARange) {
  const std::vector<SearchTerm> ann = {{TermKind::kContactName, "ann lee"},
                                       {TermKind::kContactName, "lee ann"},
                                       {TermKind::kAddress, "ann@b.example"}};
  Replace("contacts/ann", "accounts/b", {}, ann);
  Replace("contacts/anna", "accounts/c", {},
          {{TermKind::kContactName, "anna"}});
  Replace("contacts/an", "accounts/c", {},
          {{TermKind::kContactName, "ann\u00e9"}});
  const TermRange begin = BeginningWith(TermKind::kContactName, "ann");
  EXPECT_THAT(Found(begin),
              ElementsAre("contacts/ann", "contacts/anna", "contacts/an"));
  EXPECT_THAT(Found(begin, 2), ElementsAre("contacts/ann", "contacts/anna"));
  EXPECT_THAT(Found(WithFirstWord(TermKind::kContactName, "ann")),
              ElementsAre("contacts/ann"));
  EXPECT_THAT(Found(WithFirstWord(TermKind::kContactName, "anna")),
              ElementsAre("contacts/anna"));
  EXPECT_THAT(Found(BeginningWith(TermKind::kPhone, "ann")), IsEmpty());
  EXPECT_THAT(Found({TermKind::kContactName, "ann", "anz", "accounts/c"}),
              ElementsAre("contacts/anna", "contacts/an"));
}

TEST_P(SearchTermsTest, OnlyWhatDiffersIsWritten) {
  const std::vector<SearchTerm> before = {{TermKind::kNumber, "x1"},
                                          {TermKind::kNumber, "x2"}};
  Replace("assets/a", "accounts/b", {}, before);
  Replace("assets/b", "accounts/b", {}, before);
  Replace("assets/a", "accounts/b", before,
          {{TermKind::kNumber, "x2"}, {TermKind::kNumber, "y"}});
  EXPECT_THAT(Found(BeginningWith(TermKind::kNumber, "x1")),
              ElementsAre("assets/b"));
  EXPECT_THAT(Found(BeginningWith(TermKind::kNumber, "x2")),
              ElementsAre("assets/a", "assets/b"));
  EXPECT_THAT(Found(BeginningWith(TermKind::kNumber, "y")),
              ElementsAre("assets/a"));
  Replace("assets/b", "accounts/b", before, {});
  EXPECT_THAT(Found(BeginningWith(TermKind::kNumber, "x")),
              ElementsAre("assets/a"));
}

TEST_P(SearchTermsTest, EachFoundTermSaysByWhichRange) {
  Replace("assets/a", "accounts/b", {}, {{TermKind::kNumber, "x1"}});
  EXPECT_OK(Try([&](Transaction& tx) {
    const TermRange x = BeginningWith(TermKind::kNumber, "x");
    TermRange within = x;
    within.account = "accounts/b";
    const TermRange none = BeginningWith(TermKind::kNumber, "z");
    const auto found = FindTerms(tx, {none, x, within}, 5);
    EXPECT_OK(found.status());
    std::vector<size_t> ranges;
    for (const FoundTerm& one : *found) {
      ranges.push_back(one.range);
      EXPECT_EQ(one.account, "accounts/b");
      EXPECT_EQ(one.term.term, "x1");
    }
    EXPECT_THAT(ranges, ElementsAre(1, 2));
    EXPECT_OK(FindTerms(tx, {}, 5).status());
    return absl::OkStatus();
  }));
}

TEST_P(SearchTermsTest, WordsAreAddedOnceAndFoundByTheirShapes) {
  const std::vector<WordShapes> words = {{"huber", {"huber", "uber", "hber"}},
                                         {"tuber", {"tuber", "uber"}}};
  for (int i = 0; i < 2; ++i) {
    EXPECT_OK(Try([&](Transaction& tx) { return AddWords(tx, words); }));
  }
  EXPECT_OK(Try([&](Transaction& tx) {
    const auto found = FindWords(tx, {"uber", "hber"}, 10);
    EXPECT_OK(found.status());
    EXPECT_THAT(*found, ElementsAre("huber", "tuber"));
    EXPECT_THAT(*FindWords(tx, {"ube"}, 10), IsEmpty());
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace charter::storage
