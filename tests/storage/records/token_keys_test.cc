#include "storage/records/token_keys.h"

#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

class TokenKeysTest : public RecordsTest {
 protected:
  std::vector<TokenKey> Rotate(char secret, double now) {
    return Do([&](Transaction& tx) {
      return RotateTokenKeys(tx, std::string(32, secret), absl::Seconds(100),
                             At(now));
    });
  }
};
CHARTER_CONFORMANCE(TokenKeysTest);

TEST_P(TokenKeysTest, TwoAreValidAtATime) {
  EXPECT_TRUE(Do([](Transaction& tx) { return LoadTokenKeys(tx); }).empty());
  EXPECT_EQ(Rotate('\0', 0).size(), 1u);
  EXPECT_EQ(Rotate('b', 99).size(), 1u);  // too early
  EXPECT_EQ(Rotate('c', 100).size(), 2u);
  const std::vector<TokenKey> keys = Rotate('d', 200);
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0].secret, std::string(32, 'd'));
  EXPECT_EQ(keys[0].create_time, At(200));
  EXPECT_EQ(keys[1].secret, std::string(32, 'c'));
  EXPECT_EQ(keys[0].id, keys[1].id + 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM token_keys"), 2);
}

TEST_P(TokenKeysTest, AShortKeyIsRefused) {
  EXPECT_EQ(
      Try([](Transaction& tx) {
        return RotateTokenKeys(tx, "short", absl::Seconds(1), At(0)).status();
      }).code(),
      absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace charter::storage
