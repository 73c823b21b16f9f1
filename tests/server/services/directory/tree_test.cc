// Trees stay trees.
#include "server/services/shared/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/contracts/tree.h"
#include "storage/migrations/migration.h"
#include "storage/table/resource_tables.h"
#include "tests/server/services/directory/directory_fixture.h"

namespace charter::services {
namespace {

using test::Proto;

class TreeTest : public DirectoryTest {
 protected:
  absl::Status Move(const std::string& id, const std::string& parent) {
    return world_
        .Try(&UpdateAsset, Proto<v1::UpdateAssetRequest>(absl::StrCat(
                               "asset { name: 'assets/", id, "' parent: '",
                               parent.empty() ? "" : "assets/", parent,
                               "' } update_mask { paths: 'parent' }")))
        .status();
  }
};
INSTANTIATE_TEST_SUITE_P(All, TreeTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(TreeTest, APartIsAtMostSoManyLevelsBelowTheWhole) {
  CreateAsset("l0");
  for (int level = 1; level <= kMaxParents; ++level) {
    CreateAsset(absl::StrCat("l", level),
                absl::StrCat("parent: 'assets/l", level - 1, "'"));
  }
  EXPECT_THAT(TryAsset(absl::StrCat("account: 'accounts/acme' parent: "
                                    "'assets/l",
                                    kMaxParents, "'"))
                  .status(),
              IsRefusal("FIELD_INVALID", "asset.parent: "));
  EXPECT_THAT(Move("l0", absl::StrCat("l", kMaxParents - 1)),
              IsRefusal("FIELD_INVALID", "asset.parent: "));
  // Nor does what hangs below it go deeper.
  CreateAsset("whole");
  EXPECT_THAT(Move("l0", "whole"),
              IsRefusal("FIELD_INVALID", "more than 64 levels below the top"));
  EXPECT_EQ(Move("l1", "whole"), absl::OkStatus());
}

TEST_P(TreeTest, C8_AWholeHasSoManyPartsAndNoMore) {
  CreateAsset("whole");
  const auto session = world_.store().OpenSession();
  Call call(world_.services(), *session, world_.Info());
  ASSERT_EQ(call.Apply([&](storage::Transaction& tx) {
    std::vector<v1::Asset> parts;
    for (size_t i = 2; i < contracts::kMaxTreeNodes; ++i) {
      v1::Asset& part = parts.emplace_back();
      part.set_name(absl::StrCat("assets/part-", i));
      part.set_account("accounts/acme");
      part.set_display_name("Part");
      part.set_parent("assets/whole");
      part.set_root("assets/whole");
    }
    return storage::AssetTable().InsertAll(tx, &parts);
  }),
            absl::OkStatus());
  const auto one_more = [&] {
    return TryAsset("account: 'accounts/acme' parent: 'assets/whole'").status();
  };
  EXPECT_EQ(one_more(), absl::OkStatus());
  EXPECT_THAT(one_more(),
              IsRefusal("FIELD_INVALID", "a tree of more than 10000"));
  // One that is deleted makes room.
  world_.Do(&DeleteAsset,
            Proto<v1::DeleteAssetRequest>("name: 'assets/part-7'"));
  EXPECT_EQ(one_more(), absl::OkStatus());
  EXPECT_THAT(one_more(),
              IsRefusal("FIELD_INVALID", "a tree of more than 10000"));
}

TEST_P(TreeTest, ANewPartIsPutThereWithoutReadingTheOthers) {
  CreateAsset("whole");
  CreateAsset("part", "parent: 'assets/whole'");
  CreateAsset("other", "parent: 'assets/whole'");
  std::vector<std::string> read;
  world_.SetFault([&](absl::string_view sql) {
    if (absl::StartsWith(sql, "SELECT name, parent")) read.emplace_back(sql);
    return 0;
  });
  EXPECT_EQ(CreateAsset("bolt", "parent: 'assets/part'").root(),
            "assets/whole");
  world_.SetFault(nullptr);
  EXPECT_THAT(read, testing::IsEmpty());
}

// Against a walk over all parents at once.
TEST_P(TreeTest, AMoveIsRefusedExactlyWhenItWouldCloseACircle) {
  constexpr int kNodes = 6;
  for (int i = 0; i < kNodes; ++i) CreateAsset(absl::StrCat("n", i));
  std::map<int, int> parents;  // as it is stored
  const auto is_below = [&](int node, int top) {
    while (node != top) {
      const auto found = parents.find(node);
      if (found == parents.end()) return false;
      node = found->second;
    }
    return true;
  };
  using Moves = std::vector<std::pair<uint8_t, uint8_t>>;
  EXPECT_TRUE(rc::check("moves", [&] {
    const Moves moves = *rc::gen::resize(20, rc::gen::arbitrary<Moves>());
    for (const auto& [a, b] : moves) {
      const int node = a % kNodes;
      const int parent = b % (kNodes + 1);  // kNodes: none
      const bool none = parent == kNodes;
      const absl::Status status =
          Move(absl::StrCat("n", node), none ? "" : absl::StrCat("n", parent));
      RC_ASSERT(status.ok() == (none || !is_below(parent, node)));
      if (!status.ok()) continue;
      parents.erase(node);
      if (!none) parents[node] = parent;
      for (int i = 0; i < kNodes; ++i) {
        int top = i;
        while (parents.contains(top)) top = parents.at(top);
        RC_ASSERT(GetAsset(absl::StrCat("n", i))->root() ==
                  absl::StrCat("assets/n", top));
      }
    }
  }));
}

TEST_P(TreeTest, AssetsOfBeforeAreInTheirTrees) {
  CreateAsset("a");
  CreateAsset("b", "parent: 'assets/a'");
  CreateAsset("c", "parent: 'assets/b'");
  CreateAsset("other");
  for (const char* id : {"lost", "x", "y"}) CreateAsset(id);
  // What was damaged into a circle.
  world_.Execute(
      "UPDATE assets SET parent = 'assets/y' WHERE name = 'assets/x'");
  world_.Execute(
      "UPDATE assets SET parent = 'assets/x' WHERE name = 'assets/y'");
  world_.Execute(
      "UPDATE assets SET parent = 'assets/none' WHERE name = 'assets/lost'");
  world_.Execute("UPDATE assets SET root = '' WHERE name <> ''");
  const storage::MigrationSet& all = storage::ProductMigrations();
  for (const storage::Migration& migration :
       GetParam() == storage::Engine::kMysql ? all.mysql : all.sqlite) {
    if (migration.name != "asset_roots") continue;
    for (const std::string& statement : migration.statements) {
      if (absl::StrContains(statement, "UPDATE assets"))
        world_.Execute(statement);
    }
  }
  EXPECT_THAT(world_.Lines("SELECT name, root FROM assets ORDER BY name"),
              testing::ElementsAre(
                  "assets/a|assets/a", "assets/b|assets/a", "assets/c|assets/a",
                  "assets/lost|assets/lost", "assets/other|assets/other",
                  "assets/x|assets/x", "assets/y|assets/y"));
}

// Whichever comes first, the other one sees it.
TEST_P(TreeTest, TwoMovesAtOnceCloseNoCircle) {
  CreateAsset("a");
  CreateAsset("b");
  CreateAsset("c", "parent: 'assets/b'");
  for (int round = 0; round < 20; ++round) {
    ASSERT_EQ(Move("a", ""), absl::OkStatus());
    ASSERT_EQ(Move("b", ""), absl::OkStatus());
    absl::Status of_a, of_b;
    std::thread other([&] { of_a = Move("a", "c"); });
    of_b = Move("b", "a");
    other.join();
    EXPECT_NE(of_a.ok(), of_b.ok()) << of_a << " " << of_b;
    for (const absl::Status& status : {of_a, of_b}) {
      if (status.ok()) continue;
      EXPECT_THAT(status, IsRefusal("FIELD_INVALID", "asset.parent: "));
    }
  }
}

}  // namespace
}  // namespace charter::services
