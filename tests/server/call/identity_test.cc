#include "server/call/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "server/call/hidden_fields.h"
#include "server/services/shared/errors.h"
#include "tests/support/temp_dir.h"

namespace charter::call {
namespace {

using services::errors::ReasonOf;
using testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1772442000);  // 2026-03-02

std::string Entry(const std::string& token, const std::string& principal,
                  const std::string& rest) {
  return absl::StrCat("[[token]]\nsha256 = \"", HashToken(token),
                      "\"\nprincipal = \"", principal, "\"\n", rest, "\n");
}

TEST(HashTokenTest, IsWhatSha256sumPrints) {
  EXPECT_EQ(HashToken("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(TokenSetTest, SeveralTokensOfOnePrincipalAreValidAtOnce) {
  const auto set = TokenSet::Parse(
      Entry("old", "desk", "roles = [\"agent\"]") +
          Entry("new", "desk", "roles = [\"agent\", \"integration\"]"),
      "tokens.toml", Roles());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ((*set)->Find("old", kNow)->name, "desk");
  const auto principal = (*set)->Find("new", kNow);
  ASSERT_TRUE(principal.ok());
  EXPECT_TRUE(principal->permissions->Has("cases.create"));
  EXPECT_TRUE(principal->permissions->Has("actions.pull"));
  EXPECT_FALSE(principal->permissions->Has("cases.recalculate"));
  EXPECT_EQ(ReasonOf((*set)->Find("other", kNow).status()), "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf((*set)->Find("", kNow).status()), "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf((*set)->Find(std::string(5000, 'x'), kNow).status()),
            "TOKEN_INVALID");
}

TEST(TokenSetTest, TokensExpire) {
  const auto set = TokenSet::Parse(
      Entry("t", "desk",
            "roles = [\"viewer\"]\nexpires = 2026-03-02T10:00:00+01:00"),
      "tokens.toml", Roles());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_TRUE((*set)->Find("t", kNow - absl::Microseconds(1)).ok());
  EXPECT_EQ(ReasonOf((*set)->Find("t", kNow).status()), "TOKEN_INVALID");
}

TEST(TokenSetTest, MistakesNameTheirLine) {
  const auto message = [](const std::string& text) {
    const auto set = TokenSet::Parse(text, "tokens.toml", Roles());
    EXPECT_FALSE(set.ok()) << text;
    return std::string(set.status().message());
  };
  EXPECT_THAT(message("[[token]\n"), HasSubstr("tokens.toml line 1"));
  EXPECT_THAT(message("a = 1\n"), HasSubstr("line 1: only [[token]]"));
  EXPECT_THAT(message("[[token]]\nsha256 = \"abc\"\nprincipal = \"a\"\n"),
              HasSubstr("64 hex digits"));
  EXPECT_THAT(message(Entry("t", "", "")), HasSubstr("principal"));
  EXPECT_THAT(message(Entry("t", "system", "")), HasSubstr("principal"));
  EXPECT_THAT(message(Entry("t", "a", "roles = [\"boss\"]")),
              HasSubstr("no role `boss`; there are admin, agent"));
  EXPECT_THAT(message(Entry("t", "a", "colour = 1")), HasSubstr("unknown key"));
  EXPECT_THAT(message(Entry("t", "a", "expires = 2026-03-02")),
              HasSubstr("expires"));
  EXPECT_THAT(message(Entry("t", "a", "") + Entry("t", "b", "")),
              HasSubstr("twice"));
}

class IdentityFileTest : public testing::Test {
 protected:
  void Write(const std::string& text) {
    const std::string fresh = dir_.File("new");
    std::ofstream(fresh) << text;
    ASSERT_EQ(std::rename(fresh.c_str(), path_.c_str()), 0);
  }

  test::TempDir dir_;
  const std::string path_ = dir_.File("tokens.toml");
};

TEST_F(IdentityFileTest, ReadsAuthorizationMetadata) {
  Write(Entry("secret", "desk", "roles = [\"viewer\"]"));
  auto identity = Identity::FromFile(path_, Roles());
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ((*identity)->Identify({"Bearer secret", {}}, kNow)->name, "desk");
  EXPECT_EQ((*identity)->Identify({"bearer  secret ", {}}, kNow)->name, "desk");
  EXPECT_EQ(ReasonOf((*identity)->Identify({"", {}}, kNow).status()),
            "TOKEN_MISSING");
  EXPECT_EQ(ReasonOf((*identity)->Identify({"Basic abc", {}}, kNow).status()),
            "TOKEN_MISSING");
  EXPECT_EQ(ReasonOf((*identity)->Identify({"Bearer x", {}}, kNow).status()),
            "TOKEN_INVALID");
}

TEST_F(IdentityFileTest, KnowsCallersByTheirCertificate) {
  Write(
      absl::StrCat("[[token]]\ncertificate = \"spiffe://acme/desk\"\n"
                   "principal = \"desk\"\nroles = [\"viewer\"]\n",
                   Entry("secret", "portal", "roles = [\"viewer\"]")));
  auto identity = Identity::FromFile(path_, Roles());
  ASSERT_TRUE(identity.ok()) << identity.status();
  const std::vector<std::string> names = {"desk.acme", "spiffe://acme/desk"};
  EXPECT_EQ((*identity)->Identify({"", names}, kNow)->name, "desk");
  // A token counts before it, and cannot speak of certificates.
  EXPECT_EQ((*identity)->Identify({"Bearer secret", names}, kNow)->name,
            "portal");
  EXPECT_EQ(
      ReasonOf(
          (*identity)
              ->Identify({"Bearer certificate spiffe://acme/desk", {}}, kNow)
              .status()),
      "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf((*identity)->Identify({"", {"other"}}, kNow).status()),
            "CERTIFICATE_UNKNOWN");
  EXPECT_EQ(ReasonOf((*identity)->Identify({"", {}}, kNow).status()),
            "TOKEN_MISSING");
}

TEST_F(IdentityFileTest, FollowsTheFileAndKeepsTheLastGoodOne) {
  Write(Entry("one", "desk", "roles = [\"viewer\"]"));
  auto identity =
      Identity::FromFile(path_, Roles(), std::chrono::milliseconds(0));
  ASSERT_TRUE(identity.ok()) << identity.status();
  Write(Entry("two", "desk", "roles = [\"viewer\"]"));
  EXPECT_TRUE((*identity)->Identify({"Bearer two", {}}, kNow).ok());
  EXPECT_FALSE((*identity)->Identify({"Bearer one", {}}, kNow).ok());
  Write("nonsense");
  EXPECT_TRUE((*identity)->Identify({"Bearer two", {}}, kNow).ok());
  std::remove(path_.c_str());
  EXPECT_TRUE((*identity)->Identify({"Bearer two", {}}, kNow).ok());
  Write(Entry("three", "desk", ""));
  EXPECT_TRUE((*identity)->Identify({"Bearer three", {}}, kNow).ok());
}

TEST_F(IdentityFileTest, AWrongFileAtTheStartIsRefused) {
  EXPECT_FALSE(Identity::FromFile(path_, Roles()).ok());
  Write("nonsense");
  EXPECT_FALSE(Identity::FromFile(path_, Roles()).ok());
}

TEST(IdentityTest, InsecureMakesEverybodyAdmin) {
  const auto principal = Identity::Insecure()->Identify({"", {}}, kNow);
  ASSERT_TRUE(principal.ok());
  EXPECT_TRUE(principal->permissions->Has("anything.at-all"));
}

TEST(RolesTest, BuiltInRolesHoldWhatTheirNamesSay) {
  const Roles roles;
  const auto has = [&](const char* role, const char* permission) {
    return roles.RightsOf({role})->permissions->Has(permission);
  };
  for (const std::string& permission : KnownPermissions()) {
    EXPECT_TRUE(has("admin", permission.c_str())) << permission;
  }
  for (const char* write : {"cases.create", "accounts.update", "tasks.delete",
                            "businessHours.update", "operations.cancel"}) {
    EXPECT_FALSE(has("viewer", write)) << write;
  }
  EXPECT_TRUE(has("viewer", "cases.get"));
  EXPECT_TRUE(has("agent", "cases.create"));
  EXPECT_FALSE(has("agent", "entitlements.create"));
  EXPECT_FALSE(has("agent", "cases.delete"));
  EXPECT_TRUE(has("manager", "entitlements.create"));
  EXPECT_TRUE(has("manager", "cases.recalculate"));
  EXPECT_TRUE(has("integration", "actions.ack"));
  EXPECT_TRUE(has("integration", "actions.revive"));
  EXPECT_TRUE(has("viewer", "actions.list"));
  EXPECT_FALSE(has("viewer", "actions.revive"));
  EXPECT_FALSE(has("integration", "entitlements.update"));
}

TEST(RolesTest, OwnRolesAreCheckedForSpelling) {
  Roles roles;
  EXPECT_TRUE(roles.Set("supervisor", {"cases.*", "*.list"}).ok());
  EXPECT_TRUE(
      roles.RightsOf({"supervisor"})->permissions->Has("cases.recalculate"));
  const absl::Status wrong = roles.Set("x", {"case.get"});
  EXPECT_THAT(std::string(wrong.message()), HasSubstr("`case.get`"));
}

TEST(RolesTest, CustomersAreConfinedAndSeeNoInternalField) {
  const auto parse = [](const std::string& rest) {
    return TokenSet::Parse(Entry("t", "portal", rest), "tokens.toml", Roles());
  };
  const std::string account = "\naccount = \"accounts/acme\"";
  auto set = parse("roles = [\"customer\"]" + account +
                   "\ncontact = \"contacts/jane\"");
  ASSERT_TRUE(set.ok()) << set.status();
  const auto principal = (*set)->Find("t", kNow);
  EXPECT_EQ(principal->confined_to,
            (storage::Confinement{"accounts/acme", "contacts/jane"}));
  ASSERT_NE(principal->hidden, nullptr);
  EXPECT_EQ(*principal->hidden, *InternalFields());
  const auto message = [&](const std::string& rest) {
    const auto wrong = parse(rest);
    EXPECT_FALSE(wrong.ok()) << rest;
    return std::string(wrong.status().message());
  };
  // Without an account it would be everybody's.
  EXPECT_THAT(message("roles = [\"customer\"]"), HasSubstr("has an account"));
  EXPECT_THAT(message("roles = [\"customer-admin\"]\naccount = \"acme\""),
              HasSubstr("has an account"));
  EXPECT_THAT(
      message("roles = [\"customer\"]" + account + "\ncontact = \"jane\""),
      HasSubstr("contacts/jane"));
  // Nothing confines what other roles reach.
  EXPECT_THAT(message("roles = [\"agent\"]" + account),
              HasSubstr("for customers"));
  EXPECT_THAT(message("roles = [\"customer\", \"agent\"]" + account),
              HasSubstr("no other ones"));
}

TEST(RolesTest, AFieldIsHiddenFromWhoHasOnlyRolesThatHideIt) {
  Roles roles;
  ASSERT_TRUE(roles.Hide("agent", {"Contact.phone", "Case.owner"}).ok());
  ASSERT_TRUE(roles.Hide("viewer", {"Contact.phone"}).ok());
  EXPECT_EQ(roles.RightsOf({"agent"})->hidden->size(), 2u);
  EXPECT_EQ(roles.RightsOf({"agent", "viewer"})->hidden->size(), 1u);
  EXPECT_EQ(roles.RightsOf({"agent", "manager"})->hidden, nullptr);
  EXPECT_THAT(std::string(roles.Hide("boss", {}).message()),
              HasSubstr("no role `boss`"));
  EXPECT_THAT(std::string(roles.Hide("agent", {"Case.onwer"}).message()),
              HasSubstr("`Case.onwer`"));
  ASSERT_TRUE(roles.Set("customer-guest", {"cases.get"}).ok());
  EXPECT_TRUE(roles.RightsOf({"customer-guest"})->customer);
  EXPECT_NE(roles.RightsOf({"customer-guest"})->hidden, nullptr);
}

}  // namespace
}  // namespace charter::call
