#include "storage/records/audit_log.h"

#include "storage/records/ids.h"
#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

class AuditLogTest : public RecordsTest {};
CHARTER_CONFORMANCE(AuditLogTest);

TEST_P(AuditLogTest, KeepsRowsInOrderAndPurgesTheOldest) {
  IdGenerator ids;
  std::vector<AuditRecord> records;
  for (int i = 0; i < 5; ++i) {
    records.push_back({ids.Make(At(i)), At(i), "agent ß",
                       "charter.v1.CaseService/OpenCase", "cases/c", 7, "r1",
                       "ipv4:127.0.0.1:5", "\1before", std::string("\0a", 2)});
  }
  Do([&](Transaction& tx) { return AppendAudit(tx, records); });
  auto read =
      Do([&](Transaction& tx) { return ReadAudit(tx, records[1].id, 2); });
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].id, records[2].id);
  EXPECT_EQ(read[0].time, At(2));
  EXPECT_EQ(read[0].principal, "agent ß");
  EXPECT_EQ(read[0].method, "charter.v1.CaseService/OpenCase");
  EXPECT_EQ(read[0].subject, "cases/c");
  EXPECT_EQ(read[0].outcome, 7);
  EXPECT_EQ(read[0].request_id, "r1");
  EXPECT_EQ(read[0].remote_peer, "ipv4:127.0.0.1:5");
  EXPECT_EQ(read[0].before, "\1before");
  EXPECT_EQ(read[0].after, std::string("\0a", 2));
  EXPECT_EQ(read[1].id, records[3].id);

  EXPECT_EQ(Do([](Transaction& tx) { return PurgeAudit(tx, At(3), 2); }), 2);
  EXPECT_EQ(Do([](Transaction& tx) { return PurgeAudit(tx, At(3), 2); }), 1);
  read = Do([](Transaction& tx) { return ReadAudit(tx, "", 10); });
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].time, At(3));
}

}  // namespace
}  // namespace charter::storage
