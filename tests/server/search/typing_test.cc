#include "server/search/typing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace charter::search {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TypingTest, OneErrorAndNoMore) {
  for (const char* typed : {"schmidt", "schmid", "shmidt", "schmiidt",
                            "schmjdt", "shcmidt", "schmitd", "schmidtt"}) {
    EXPECT_TRUE(WithinOneError("schmidt", typed)) << typed;
    EXPECT_TRUE(WithinOneError(typed, "schmidt")) << typed;
  }
  for (const char* typed :
       {"schmi", "schmiedtt", "scmhitd", "", "tdimhcs", "schdimt"}) {
    EXPECT_FALSE(WithinOneError("schmidt", typed)) << typed;
  }
}

TEST(TypingTest, CharactersAreNotOctets) {
  EXPECT_TRUE(WithinOneError("王芳王芳王", "王芳王芳"));
  EXPECT_FALSE(WithinOneError("王芳王芳王", "王芳王"));
}

TEST(TypingTest, ShapesAreTheWordAndTheWordLessEachCharacter) {
  EXPECT_THAT(ShapesOf("hallo"),
              ElementsAre("hallo", "allo", "hllo", "halo", "hall"));
  EXPECT_THAT(ShapesOf("ann"), IsEmpty());
}

// What a typist does to a word: `kind` at `place`.
std::string Typed(std::string word, int kind, size_t place, char letter) {
  place %= word.size();
  switch (kind % 4) {
    case 0:
      return word.insert(place, 1, letter);
    case 1:
      return word.erase(place, 1);
    case 2:
      word[place] = letter;
      return word;
    default:
      if (place + 1 < word.size()) std::swap(word[place], word[place + 1]);
      return word;
  }
}

RC_GTEST_PROP(TypingProperty, WordsWithinOneErrorShareAShape, ()) {
  const auto letters = rc::gen::inRange('a', 'd');
  const auto word = *rc::gen::suchThat(
      rc::gen::container<std::string>(letters), [](const std::string& it) {
        return it.size() >= static_cast<size_t>(kFewestLetters);
      });
  const std::string typed = Typed(word, *rc::gen::inRange(0, 4),
                                  *rc::gen::inRange<size_t>(0, 100), *letters);
  RC_ASSERT(WithinOneError(word, typed));
  RC_ASSERT(WithinOneError(typed, word));
  const std::vector<std::string> of_word = ShapesOf(word);
  const std::vector<std::string> of_typed = ShapesOf(typed);
  RC_ASSERT(std::any_of(of_word.begin(), of_word.end(), [&](const auto& shape) {
    return std::count(of_typed.begin(), of_typed.end(), shape) > 0;
  }));
}

// Against the definition: no way of one error leads from one to the other.
RC_GTEST_PROP(TypingProperty, MoreThanOneErrorIsTooMany, ()) {
  const auto words = rc::gen::resize(
      6, rc::gen::container<std::string>(rc::gen::inRange('a', 'c')));
  const std::string a = *words;
  const std::string b = *words;
  bool reached = a == b;
  for (size_t place = 0; place <= a.size() && !reached; ++place) {
    for (const char letter : {'a', 'b'})
      reached |= std::string(a).insert(place, 1, letter) == b;
    if (place == a.size()) continue;
    for (int kind = 1; kind < 4; ++kind) {
      for (const char letter : {'a', 'b'})
        reached |= Typed(a, kind, place, letter) == b;
    }
  }
  RC_ASSERT(WithinOneError(a, b) == reached);
}

}  // namespace
}  // namespace charter::search
