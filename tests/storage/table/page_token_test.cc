#include "storage/table/page_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"

namespace charter::storage {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

TokenContext Context() {
  return {"charter.v1.CaseService/ListCases",
          "agents/ann",
          {"account == \"accounts/acme\"", "name"}};
}

SealingKey Key(uint32_t id) {
  return {id, std::string(32, static_cast<char>(id))};
}

void ExpectRefused(const TokenSealer& sealer, const TokenContext& context,
                   absl::string_view token, absl::Time now = kNow) {
  const absl::Status status = sealer.Open(context, token, now).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(IsInvalidToken(status)) << status;
}

TEST(TokenSealerTest, GivesBackWhatWasSealed) {
  const TokenSealer sealer({Key(1)});
  for (const std::string& payload :
       {std::string(), std::string("place"), std::string(3000, '\0')}) {
    const std::string token = sealer.Seal(Context(), payload, kNow);
    const absl::StatusOr<std::string> opened =
        sealer.Open(Context(), token, kNow);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(*opened, payload);
  }
}

TEST(TokenSealerTest, TellsNothingAndNeverTheSame) {
  const TokenSealer sealer({Key(1)});
  const std::string payload = "accounts/secret";
  const std::string one = sealer.Seal(Context(), payload, kNow);
  const std::string two = sealer.Seal(Context(), payload, kNow);
  EXPECT_NE(one, two);
  std::string octets;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(one, &octets));
  EXPECT_FALSE(absl::StrContains(octets, "secret"));
}

TEST(TokenSealerTest, RefusesEveryChange) {
  const TokenSealer sealer({Key(1)});
  std::string octets;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(sealer.Seal(Context(), "place", kNow),
                                          &octets));
  for (size_t i = 0; i < octets.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = octets;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      ExpectRefused(sealer, Context(), absl::WebSafeBase64Escape(changed));
    }
    ExpectRefused(sealer, Context(),
                  absl::WebSafeBase64Escape(octets.substr(0, i)));
  }
  ExpectRefused(sealer, Context(), absl::WebSafeBase64Escape(octets + "x"));
  ExpectRefused(sealer, Context(), "");
  ExpectRefused(sealer, Context(), "not a token!");
}

TEST(TokenSealerTest, IsBoundToCallerMethodAndRequest) {
  const TokenSealer sealer({Key(1)});
  const std::string token = sealer.Seal(Context(), "place", kNow);
  TokenContext other = Context();
  other.principal = "agents/bob";
  ExpectRefused(sealer, other, token);
  other = Context();
  other.purpose = "charter.v1.CaseService/ListTasks";
  ExpectRefused(sealer, other, token);
  other = Context();
  other.request[0] = "account == \"accounts/other\"";
  ExpectRefused(sealer, other, token);
  other = Context();
  other.request.pop_back();
  ExpectRefused(sealer, other, token);
  // The same octets, cut elsewhere.
  other = Context();
  other.request = {other.request[0] + other.request[1]};
  ExpectRefused(sealer, other, token);
  other = Context();
  other.purpose += other.principal;
  other.principal.clear();
  ExpectRefused(sealer, other, token);
}

TEST(TokenSealerTest, ExpiresAfterADay) {
  const TokenSealer sealer({Key(1)});
  const std::string token = sealer.Seal(Context(), "place", kNow);
  EXPECT_TRUE(sealer
                  .Open(Context(), token,
                        kNow + absl::Hours(24) - absl::Microseconds(1))
                  .ok());
  ExpectRefused(sealer, Context(), token, kNow + absl::Hours(24));
  EXPECT_THAT(std::string(sealer.Open(Context(), token, kNow + absl::Hours(24))
                              .status()
                              .message()),
              testing::HasSubstr("too old"));
}

TEST(TokenSealerTest, TwoKeysAreValidAndThenTheOldOneIsNot) {
  const TokenSealer before({Key(1)});
  const TokenSealer during({Key(2), Key(1)});
  const TokenSealer after({Key(3), Key(2)});
  const std::string old_token = before.Seal(Context(), "place", kNow);
  EXPECT_TRUE(during.Open(Context(), old_token, kNow).ok());
  ExpectRefused(after, Context(), old_token);
  const std::string new_token = during.Seal(Context(), "place", kNow);
  EXPECT_TRUE(after.Open(Context(), new_token, kNow).ok());
  ExpectRefused(before, Context(), new_token);
}

TEST(TokenSealerTest, AKeyOfTheSameNumberIsNotEnough) {
  const TokenSealer ours({Key(1)});
  const TokenSealer theirs({{1, std::string(32, 'x')}});
  ExpectRefused(ours, Context(), theirs.Seal(Context(), "place", kNow));
}

TEST(TokenSealerTest, NewSecretsDiffer) {
  EXPECT_EQ(NewTokenSecret().size(), 32u);
  EXPECT_NE(NewTokenSecret(), NewTokenSecret());
}

}  // namespace
}  // namespace charter::storage
