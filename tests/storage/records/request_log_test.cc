#include "storage/records/request_log.h"

#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

class RequestLogTest : public RecordsTest {};
CHARTER_CONFORMANCE(RequestLogTest);

RequestRecord Answer(absl::string_view id, double expire = 60) {
  RequestRecord record;
  record.key = {"team-ü", "charter.v1.CaseService/OpenCase", std::string(id)};
  record.fingerprint = std::string("\0\x01'\\\xff", 5) + std::string(27, 'f');
  record.response = std::string("\0\xfe:answer", 9);
  record.expire_time = At(expire);
  return record;
}

TEST_P(RequestLogTest, GivesBackWhatWasAnswered) {
  const RequestRecord record = Answer("r1");
  Do([&](Transaction& tx) { return InsertRequest(tx, record, At(0)); });
  const auto found =
      Do([&](Transaction& tx) { return FindRequest(tx, record.key, At(59)); });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->fingerprint, record.fingerprint);
  EXPECT_EQ(found->response, record.response);
  EXPECT_EQ(found->read_again, "");
  EXPECT_EQ(found->expire_time, record.expire_time);
}

TEST_P(RequestLogTest, KeysDifferInEveryPartAndOctet) {
  Do([&](Transaction& tx) { return InsertRequest(tx, Answer("r1"), At(0)); });
  RequestRecord other = Answer("R1");
  Do([&](Transaction& tx) { return InsertRequest(tx, other, At(0)); });
  other.key = {"team-u", other.key.method, "r1"};
  Do([&](Transaction& tx) { return InsertRequest(tx, other, At(0)); });
  other.key = {"team-ü", other.key.method, "r1 "};
  Do([&](Transaction& tx) { return InsertRequest(tx, other, At(0)); });
  other.key = {"team-ü", "charter.v1.CaseService/UpdateCase", "r1"};
  Do([&](Transaction& tx) { return InsertRequest(tx, other, At(0)); });
  EXPECT_EQ(Number("SELECT COUNT(*) FROM request_log"), 5);
}

TEST_P(RequestLogTest, AUsedIdIsADuplicateUntilItExpires) {
  Do([&](Transaction& tx) { return InsertRequest(tx, Answer("r1"), At(0)); });
  EXPECT_THAT(Try([&](Transaction& tx) {
                return InsertRequest(tx, Answer("r1", 200), At(59.999999));
              }),
              IsKind(ErrorKind::kDuplicateKey));
  EXPECT_FALSE(Do([&](Transaction& tx) {
                 return FindRequest(tx, Answer("r1").key, At(60));
               }).has_value());
  Do([&](Transaction& tx) {
    return InsertRequest(tx, Answer("r1", 200), At(60));
  });
  const auto found = Do([&](Transaction& tx) {
    return FindRequest(tx, Answer("r1").key, At(60));
  });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->expire_time, At(200));
}

TEST_P(RequestLogTest, ALargeAnswerIsKeptOrItsName) {
  RequestRecord record = Answer("r1");
  record.response = std::string(kMaxKeptResponse + 1, 'x');
  EXPECT_EQ(Try([&](Transaction& tx) {
              return InsertRequest(tx, record, At(0));
            }).code(),
            absl::StatusCode::kInvalidArgument);
  record.response.pop_back();
  Do([&](Transaction& tx) { return InsertRequest(tx, record, At(0)); });
  record.key.request_id = "r2";
  record.response.clear();
  record.read_again = "cases/c1";
  Do([&](Transaction& tx) { return InsertRequest(tx, record, At(0)); });
  const auto found =
      Do([&](Transaction& tx) { return FindRequest(tx, record.key, At(0)); });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->read_again, "cases/c1");
}

TEST_P(RequestLogTest, PurgesWhatExpired) {
  for (int i = 0; i < 5; ++i) {
    Do([&](Transaction& tx) {
      return InsertRequest(tx, Answer(std::to_string(i), i), At(-1));
    });
  }
  EXPECT_EQ(Do([](Transaction& tx) { return PurgeRequests(tx, At(3), 3); }), 3);
  EXPECT_EQ(Do([](Transaction& tx) { return PurgeRequests(tx, At(3), 3); }), 1);
  EXPECT_THAT(Lines("SELECT request_id FROM request_log"),
              testing::ElementsAre("4"));
}

}  // namespace
}  // namespace charter::storage
