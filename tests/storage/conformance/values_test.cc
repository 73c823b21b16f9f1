// What goes in comes out, on every engine, to the last bit.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "tests/storage/conformance/fixture.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ValuesTest : public ConformanceTest {
 protected:
  absl::Status Put(absl::string_view id, int64_t number, Value title,
                   Value body = {}, Value ratio = {}) {
    return Write(
        "INSERT INTO item (id, number, title, body, ratio) VALUES (:id, "
        ":number, :title, :body, :ratio)",
        {{"id", id},
         {"number", number},
         {"title", title},
         {"body", body},
         {"ratio", ratio}});
  }

  // Runs `see` on the one row of `id`.
  void See(absl::string_view id, const std::function<void(Row)>& see) {
    EXPECT_OK(session_->Read(Within(absl::Seconds(30)), [&](Transaction& tx) {
      absl::StatusOr<Rows> rows =
          tx.Query("SELECT number, title, body, ratio FROM item WHERE id = :id",
                   {{"id", id}});
      if (!rows.ok()) return rows.status();
      EXPECT_EQ(rows->size(), 1u);
      for (Row row : *rows) see(row);
      return absl::OkStatus();
    }));
  }
};

CHARTER_CONFORMANCE(ValuesTest);

TEST_P(ValuesTest, TrapS4_IntegersKeepAll64Bits) {
  int i = 0;
  for (int64_t number :
       {std::numeric_limits<int64_t>::min(), int64_t{-1}, int64_t{0},
        int64_t{5'000'000'000}, int64_t{1'700'000'000'123'456},
        std::numeric_limits<int64_t>::max()}) {
    const std::string id = "n" + std::to_string(i++);
    ASSERT_OK(Put(id, number, nullptr));
    See(id, [number](Row row) { EXPECT_EQ(row.Int64(0), number); });
  }
  // Counts, sums and maxima have no declared type.
  EXPECT_THAT(Lines("SELECT COUNT(*), MAX(number), MIN(number) FROM item"),
              ElementsAre("6|9223372036854775807|-9223372036854775808"));
  EXPECT_EQ(Number("SELECT SUM(number) FROM item WHERE id IN ('n3', 'n4')"),
            1'700'005'000'123'456);
}

TEST_P(ValuesTest, TrapS5_MicrosecondTimesSurvive) {
  const absl::Time years[] = {
      absl::FromCivil(absl::CivilSecond(1), absl::UTCTimeZone()),
      absl::FromUnixMicros(1'700'000'000'123'456),
      absl::FromCivil(absl::CivilSecond(9999, 12, 31, 23, 59, 59),
                      absl::UTCTimeZone()) +
          absl::Microseconds(999'999)};
  int i = 0;
  for (absl::Time time : years) {
    const std::string id = "t" + std::to_string(i++);
    ASSERT_OK(Put(id, absl::ToUnixMicros(time), nullptr));
    See(id, [time](Row row) {
      EXPECT_EQ(absl::FromUnixMicros(row.Int64(0)), time);
    });
  }
}

TEST_P(ValuesTest, TrapS3_TextIsNeverReadAsSql) {
  const std::string texts[] = {
      "",
      " ",
      "'",
      "''",
      "\\",
      "\\'",
      "'; DROP TABLE item; --",
      ":id",
      "a:b",
      "\"",
      "`",
      "100%_",
      "?",
      "-- x",
      "\n\r\t\x1a",
      std::string("a\0b", 3),
      "\xF0\x9F\x94\xA5\xF0\x9F\x94\xA5",           // four octets each
      "\xE4\xBA\xAC\xE9\x83\xBD \xC3\xA9\xCC\x81",  // and a combining mark
      std::string(65'536, 'x')};
  int i = 0;
  for (const std::string& text : texts) {
    const std::string id = "s" + std::to_string(i);
    ASSERT_OK(Put(id, i++, text));
    See(id, [&text](Row row) { EXPECT_EQ(row.Text(1), text); });
    EXPECT_EQ(
        Number("SELECT COUNT(*) FROM item WHERE title = :title AND id = :id",
               {{"title", text}, {"id", id}}),
        1);
  }
}

TEST_P(ValuesTest, OctetsSurviveWhateverTheyAre) {
  std::string all;
  for (int round = 0; round < 300; ++round) {
    for (int octet = 0; octet < 256; ++octet)
      all += static_cast<char>(octet ^ (round & 255));
  }
  int i = 0;
  for (const std::string& octets :
       {std::string(), std::string(1, '\0'), std::string("\xff\xfe'\\\"\0x", 7),
        all, std::string(1 << 20, '\xC3')}) {
    const std::string id = "b" + std::to_string(i);
    ASSERT_OK(Put(id, i++, nullptr, Bytes{octets}));
    See(id, [&octets](Row row) {
      EXPECT_FALSE(row.IsNull(2));
      EXPECT_EQ(row.Text(2), octets);
    });
  }
}

TEST_P(ValuesTest, DoublesSurviveExactly) {
  int i = 0;
  for (double ratio :
       {0.0, -0.1, 1.0 / 3, 1e300, std::numeric_limits<double>::min(),
        123456789.125, std::numeric_limits<double>::max()}) {
    const std::string id = "d" + std::to_string(i);
    ASSERT_OK(Put(id, i++, nullptr, nullptr, ratio));
    See(id, [ratio](Row row) { EXPECT_EQ(row.Double(3), ratio); });
  }
  EXPECT_THAT(
      Put("d", 99, nullptr, nullptr, std::numeric_limits<double>::infinity()),
      IsKind(ErrorKind::kInternal));
  EXPECT_THAT(Put("d", 99, nullptr, nullptr, std::nan("")),
              IsKind(ErrorKind::kInternal));
}

TEST_P(ValuesTest, TrapS11_NullIsNeitherZeroNorEmpty) {
  ASSERT_OK(Put("null", 1, std::optional<std::string>()));
  ASSERT_OK(Put("empty", 2, ""));
  See("null", [](Row row) {
    EXPECT_TRUE(row.IsNull(1));
    EXPECT_EQ(row.OptionalText(1), std::nullopt);
    EXPECT_EQ(row.OptionalInt64(3), std::nullopt);
  });
  See("empty", [](Row row) {
    EXPECT_FALSE(row.IsNull(1));
    EXPECT_EQ(row.OptionalText(1), "");
  });
  EXPECT_THAT(Lines("SELECT id FROM item WHERE title IS NULL"),
              ElementsAre("null"));
}

TEST_P(ValuesTest, TrapS11_NoRowIsNoRow) {
  EXPECT_THAT(Lines("SELECT id FROM item WHERE id = 'nobody'"), IsEmpty());
  EXPECT_THAT(Lines("SELECT MAX(number) FROM item"), ElementsAre("NULL"));
}

TEST_P(ValuesTest, TrapS11_ReadingANullAsANumberFailsTheTransaction) {
  ASSERT_OK(Put("null", 1, nullptr));
  absl::Status status =
      session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
        absl::StatusOr<Rows> rows = tx.Query("SELECT title, id FROM item");
        if (!rows.ok()) return rows.status();
        EXPECT_EQ((*rows)[0].Int64(0), 0);
        return tx.Execute("DELETE FROM item").status();
      });
  EXPECT_THAT(status, IsKind(ErrorKind::kInternal));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), 1)
      << "what was decided on a misread row must not stay";
  // The session is as good as before.
  ASSERT_OK(Put("next", 2, nullptr));
}

TEST_P(ValuesTest, TrapS16_JsonComesAsText) {
  EXPECT_THAT(Lines("SELECT JSON_EXTRACT(JSON_ARRAY(1, 'a'), '$[1]')"),
              ElementsAre(sqlite() ? "a" : "\"a\""));
}

TEST_P(ValuesTest, TrapM6_IdsAndTextsDifferByCase) {
  ASSERT_OK(Put("abc", 1, "abc"));
  ASSERT_OK(Put("ABC", 2, "ABC"));
  ASSERT_OK(Put("Abc", 3, "Abc"));
  EXPECT_EQ(Number("SELECT number FROM item WHERE id = :id", {{"id", "ABC"}}),
            2);
  EXPECT_THAT(Lines("SELECT number FROM item WHERE id = :id", {{"id", "aBC"}}),
              IsEmpty());
  EXPECT_THAT(
      Lines("SELECT number FROM item WHERE title = :title", {{"title", "Abc"}}),
      ElementsAre("3"));
  EXPECT_THAT(Lines("SELECT id FROM item ORDER BY id"),
              ElementsAre("ABC", "Abc", "abc"));
}

TEST_P(ValuesTest, TrapM6_NoTwoIdsDifferByATrailingSpaceOnly) {
  // MySQL takes them for the same, SQLite does not: so the schema keeps such
  // ids out.
  ASSERT_OK(Put("abc", 1, nullptr));
  EXPECT_THAT(Put("abc ", 2, nullptr), IsKind(ErrorKind::kCheck));
  EXPECT_THAT(Put("other ", 3, nullptr), IsKind(ErrorKind::kCheck));
}

TEST_P(ValuesTest, TrapS10_ValuesOutliveTheirSources) {
  Binds binds;
  {
    std::string id(100, 'x');
    id.resize(40);
    binds.Add("id", id);
    binds.Add("title", absl::string_view(id).substr(0, 10));
    id.assign(200, 'y');
  }
  ASSERT_OK(Write(
      "INSERT INTO item (id, number, title) VALUES (:id, 1, :title)", binds));
  EXPECT_THAT(Lines("SELECT id, title FROM item"),
              ElementsAre(std::string(40, 'x') + "|" + std::string(10, 'x')));
}

TEST_P(ValuesTest, TrapQ2_ColumnsTakeOnlyTheirType) {
  EXPECT_THAT(Write("INSERT INTO item (id, number) VALUES ('a', :number)",
                    {{"number", "not a number"}}),
              IsKind(ErrorKind::kCheck));
  EXPECT_THAT(Write("INSERT INTO item (id, number) VALUES (:id, 1)",
                    {{"id", std::string(64, 'x')}}),
              IsKind(ErrorKind::kCheck));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), 0);
}

}  // namespace
}  // namespace charter::storage
