#include "server/search/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>

namespace charter::search {
namespace {

TEST(FoldTest, CaseAndAccentsAreGone) {
  for (const auto& [text, folded] :
       {std::pair("Łukasz Ødegård", "lukasz odegard"),
        std::pair("GROẞ", "gross"), std::pair("groß", "gross"),
        std::pair("Zoë", "zoe"), std::pair("Zoe\u0308", "zoe"),
        std::pair("ŽIŽEK", "zizek"), std::pair("Ａｎｎ", "ann"),
        std::pair("İstanbul", "istanbul"), std::pair("Ελλάς", "ελλασ"),
        std::pair("Ёлка", "елка"), std::pair("ﬁne", "fine"),
        std::pair("Æther", "aether"), std::pair("王芳", "王芳")}) {
    EXPECT_EQ(Fold(text), folded) << text;
  }
}

TEST(FoldTest, WhatIsNoUtf8IsLeftOut) {
  EXPECT_EQ(Fold("A\xff"
                 "b"),
            "ab");
  EXPECT_EQ(Fold(""), "");
}

RC_GTEST_PROP(FoldProperty, FoldingTwiceChangesNothing,
              (const std::string& text)) {
  const std::string once = Fold(text);
  RC_ASSERT(Fold(once) == once);
}

}  // namespace
}  // namespace charter::search
