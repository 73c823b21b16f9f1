// What a process makes of an item, event by event: E3 to E5.
#include <functional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/sla/clock/item_builder.h"

namespace charter::sla {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kClosed = "CLOSED";
constexpr const char* kOpen = "OPEN";

TEST(ProcessChangeTest, E3_CompletingAtTheVeryTargetIsInTime) {
  TestItem item;
  item.Add("m", Min(60)).triggers = {Violation("v", Duration::Zero())};