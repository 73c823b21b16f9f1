#include "server/search/terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace charter::search {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(TermsTest, WordsAreRunsOfLettersAndDigits) {
  EXPECT_THAT(WordsOf("Ann-Marie O'Hara"),
              ElementsAre("ann", "marie", "o", "hara"));
  EXPECT_THAT(WordsOf("  Büro 4711, Büro "), ElementsAre("buro", "4711"));
  EXPECT_THAT(WordsOf("王芳 Ltd."), ElementsAre("王芳", "ltd"));
  EXPECT_THAT(WordsOf("-- !"), IsEmpty());
}

TEST(TermsTest, ALongTermIsCutBetweenCharacters) {
  EXPECT_THAT(WordsOf(std::string(70, 'a')),
              ElementsAre(std::string(kLongestTerm, 'a')));
  std::string long_word;  // three octets each
  for (int i = 0; i < 30; ++i) long_word += "王";
  EXPECT_EQ(WordsOf(long_word).front().size(), 63u);
}

TEST(TermsTest, ANameIsFoundByEachOfItsWords) {
  EXPECT_THAT(
      NameFormsOf("Ann O'Hara"),
      ElementsAre("ann o hara", "o hara ann", "hara ann o", "ohara ann"));
  EXPECT_THAT(NameFormsOf("Müller"), ElementsAre("muller"));
  EXPECT_THAT(
      NameFormsOf("R2-D2 GmbH"),
      ElementsAre("r2 d2 gmbh", "d2 gmbh r2", "gmbh r2 d2", "r2d2 gmbh"));
  EXPECT_THAT(NameFormsOf(" - "), IsEmpty());
  std::string many;
  for (int i = 0; i < 60; ++i) many += "w" + std::to_string(i) + "王 ";
  const std::vector<std::string> forms = NameFormsOf(many);
  EXPECT_EQ(forms.size(), kMostNameForms);
  for (const std::string& form : forms) EXPECT_LE(form.size(), kLongestName);
}

TEST(TermsTest, NumbersAreTheirLettersAndDigits) {
  EXPECT_EQ(NumberOf("X-200/17"), "x20017");
  EXPECT_EQ(NumberOf(" x200 17"), "x20017");
  EXPECT_EQ(NumberOf("SC-00001234"), "sc00001234");
  EXPECT_EQ(NumberOf("--"), "");
}

TEST(TermsTest, AddressesKeepTheirSigns) {
  EXPECT_EQ(AddressOf(" Ann.Lee@Acme.Example "), "ann.lee@acme.example");
}

TEST(TermsTest, ATelephoneNumberIsTheSameInAnyNotation) {
  for (const char* notation : {"+43 (0)1 58801", "0043 1 58801", "01/588 01",
                               "+43-1-588-01", "(01) 58801", " +43 1 58801"}) {
    EXPECT_THAT(PhoneFormsOf(notation), Contains("158801")) << notation;
  }
  EXPECT_THAT(PhoneFormsOf("+43 1 58801"),
              ElementsAre("43158801", "3158801", "158801", "58801"));
  EXPECT_THAT(PhoneFormsOf("01 58801"), ElementsAre("158801"));
  EXPECT_THAT(PhoneFormsOf("+1 212 555 0100"), Contains("2125550100"));
  EXPECT_THAT(PhoneFormsOf("12"), IsEmpty());
  EXPECT_THAT(PhoneFormsOf("+12"), IsEmpty());
  EXPECT_THAT(PhoneFormsOf("Ann"), IsEmpty());
}

}  // namespace
}  // namespace charter::search
