#include "server/search/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_join.h"

namespace charter::search {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// The words of a reading, those that are none as "-".
std::string Words(const std::vector<Clause>& reading) {
  return absl::StrJoin(reading, " ",
                       [](std::string* out, const Clause& clause) {
                         *out += clause.word.empty() ? "-" : clause.word;
                       });
}

TEST(QueryTest, NamesAreTheirWords) {
  const Query query = ParseQuery(" Łukasz  Ødegård ");
  EXPECT_EQ(query.words, 2u);
  ASSERT_THAT(query.readings, SizeIs(1));
  EXPECT_EQ(Words(query.readings[0]), "lukasz odegard");
  EXPECT_EQ(query.readings[0][0].number, "lukasz");
  EXPECT_EQ(query.readings[0][0].id, "lukasz");
  EXPECT_THAT(query.readings[0][0].phones, IsEmpty());
}

TEST(QueryTest, AWordStandsOnce) {
  EXPECT_EQ(Words(ParseQuery("ann Ann").readings.at(0)), "ann");
}

TEST(QueryTest, WhatHasNeitherLetterNorDigitIsNothing) {
  for (const char* text : {"", "  ", "+", "@", "-- !", "\xff"}) {
    EXPECT_THAT(ParseQuery(text).readings, IsEmpty()) << text;
  }
}

TEST(QueryTest, AnAddressIsOne) {
  const Query query = ParseQuery("Ann.Lee@Acme");
  ASSERT_THAT(query.readings, SizeIs(1));
  ASSERT_THAT(query.readings[0], SizeIs(1));
  EXPECT_EQ(query.readings[0][0].address, "ann.lee@acme");
  EXPECT_EQ(query.readings[0][0].word, "");
}

TEST(QueryTest, GroupsOfATelephoneNumberAreOneNumber) {
  const Query query = ParseQuery("ann +43 (0)1 588 01");
  ASSERT_THAT(query.readings[0], SizeIs(2));
  EXPECT_EQ(query.readings[0][0].word, "ann");
  EXPECT_THAT(query.readings[0][1].phones, Contains("158801"));
  EXPECT_EQ(query.readings[0][1].word, "");
}

TEST(QueryTest, ANumberWithSignsIsOneNumberOrItsWords) {
  const Query query = ParseQuery("X-200/17");
  ASSERT_THAT(query.readings, SizeIs(3));
  EXPECT_EQ(query.readings[0][0].number, "x20017");
  EXPECT_EQ(Words(query.readings[1]), "x 200 17");
  EXPECT_EQ(query.readings[2][0].word, "x20017");
}

TEST(QueryTest, ANumberMayBeTypedWithSpaces) {
  const Query query = ParseQuery("x 200 17");
  EXPECT_EQ(query.readings.back().front().number, "x20017");
  EXPECT_EQ(Words(query.readings.front()), "x -");
}

TEST(QueryTest, WordsThatASignPartsMayBeOne) {
  const Query query = ParseQuery("O'Hara");
  ASSERT_THAT(query.readings, SizeIs(2));
  EXPECT_EQ(Words(query.readings[0]), "o hara");
  EXPECT_EQ(Words(query.readings[1]), "ohara");
  EXPECT_EQ(ParseQuery("ann.lee").readings[1][0].address, "ann.lee");
}

TEST(QueryTest, ANameOfACaseIsItsId) {
  EXPECT_EQ(ParseQuery("cases/4711-a").readings.back().front().id, "4711-a");
  EXPECT_EQ(ParseQuery("47").readings.front().front().id, "");
}

TEST(QueryTest, ManyWordsAreCounted) {
  EXPECT_EQ(ParseQuery("a b c d e f g h i").words, 9u);
  EXPECT_THAT(ParseQuery("a b c d e f g h i").readings, SizeIs(1));
}

}  // namespace
}  // namespace charter::search
