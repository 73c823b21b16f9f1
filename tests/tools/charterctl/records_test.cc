// Files that come in and go out, at a real server.
#include "tools/charterctl/records.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/test_server.h"
#include "tools/charterctl/csv_file.h"
#include "tools/charterctl/demo_data.h"
#include "tools/charterctl/kinds.h"

namespace charter::tools {
namespace {

using testing::HasSubstr;

class RecordsTest : public testing::TestWithParam<test::Database> {
 protected:
  RecordsTest() : server_({.database = GetParam()}), connection_(To(server_)) {}

  static Connection To(const test::TestServer& server) {
    ConnectionOptions options;
    options.server = server.target();
    return Connect(options);
  }
  std::string Path(const std::string& file) { return dir_.path() + "/" + file; }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(file)),
                       std::istreambuf_iterator<char>());
  }

  ImportSummary Import(const std::string& kind, const std::string& text,
                       bool dry_run = false) {
    EXPECT_EQ(WriteFile(Path("in.csv"), text), absl::OkStatus());
    return ImportFile(connection_, kind, Path("in.csv"), dry_run);
  }
  static ImportSummary ImportFile(const Connection& connection,
                                  const std::string& kind,
                                  const std::string& file,
                                  bool dry_run = false) {
    ImportRecordsOptions options;
    options.kind = kind;
    options.file = file;
    options.dry_run = dry_run;
    options.connections = 4;
    const auto summary = ImportRecords(connection, options);
    EXPECT_TRUE(summary.ok()) << summary.status();
    return summary.ok() ? *summary : ImportSummary();
  }
  std::string Exported(const std::string& kind) {
    EXPECT_EQ(ExportRecords(connection_, kind, Path("out.csv")),
              absl::OkStatus());
    return Read(Path("out.csv"));
  }
  std::string Mistake(const std::string& kind, const std::string& text) {
    EXPECT_EQ(WriteFile(Path("in.csv"), text), absl::OkStatus());
    ImportRecordsOptions options;
    options.kind = kind;
    options.file = Path("in.csv");
    return std::string(ImportRecords(connection_, options).status().message());
  }

  test::TempDir dir_;
  test::TestServer server_;
  const Connection connection_;
};
INSTANTIATE_TEST_SUITE_P(All, RecordsTest, testing::ValuesIn(test::kDatabases),
                         testing::PrintToStringParamName());

TEST_P(RecordsTest, WhatWentOutComesInAndGoesOutTheSame) {
  DemoDataOptions demo;
  demo.accounts = 25;
  demo.seed = 7;
  demo.folder = Path("demo");
  demo.today = absl::CivilDay(2026, 3, 2);
  ASSERT_EQ(WriteDemoData(demo), absl::OkStatus());
  test::TestServer other({.database = GetParam()});
  const Connection there = To(other);
  for (const char* kind : {"products", "prices", "accounts", "contacts",
                           "assets", "contracts", "lines", "entitlements"}) {
    SCOPED_TRACE(kind);
    const std::string file = absl::StrCat(demo.folder, "/", kind, ".csv");
    const ImportSummary first = ImportFile(connection_, kind, file);
    EXPECT_GT(first.created, 5);
    EXPECT_EQ(first.refused, 0) << Read(first.refused_file);
    // Given again, it changes nothing.
    const ImportSummary again = ImportFile(connection_, kind, file);
    EXPECT_EQ(again.unchanged, first.created);
    EXPECT_EQ(again.created + again.changed + again.refused, 0);

    const std::string out = Exported(kind);
    ASSERT_EQ(WriteFile(Path("moved.csv"), out), absl::OkStatus());
    EXPECT_EQ(ImportFile(there, kind, Path("moved.csv")).created,
              first.created);
    EXPECT_EQ(ExportRecords(there, kind, Path("there.csv")), absl::OkStatus());
    EXPECT_EQ(Read(Path("there.csv")), out);
  }
  // The same seed makes the same people, another one others.
  const std::string contacts = Read(demo.folder + "/contacts.csv");
  ASSERT_EQ(WriteDemoData(demo), absl::OkStatus());
  EXPECT_EQ(Read(demo.folder + "/contacts.csv"), contacts);
  demo.seed = 8;
  ASSERT_EQ(WriteDemoData(demo), absl::OkStatus());
  EXPECT_NE(Read(demo.folder + "/contacts.csv"), contacts);
}

TEST_P(RecordsTest, RowsThatAreRefusedAreWrittenToBeCorrected) {
  ImportSummary summary = Import("accounts",
                                 "name,display_name,business_hours\n"
                                 "accounts/a,A,\n"
                                 "accounts/b,,\n"
                                 "accounts/C,C,\n"
                                 "accounts/d,D,businessHours/none\n");
  EXPECT_EQ(summary.created, 1);
  EXPECT_EQ(summary.refused, 3);
  auto refused = ReadCsv(summary.refused_file);
  ASSERT_TRUE(refused.ok()) << refused.status();
  ASSERT_EQ(refused->rows.size(), 3u);
  EXPECT_EQ(refused->header.back(), "error");
  EXPECT_THAT(refused->rows[0].cells[3], HasSubstr("line 3: "));
  EXPECT_THAT(refused->rows[0].cells[3], HasSubstr("display_name"));
  EXPECT_THAT(refused->rows[2].cells[3], HasSubstr("businessHours/none"));
  // Corrected, the file is given as it is, with its column of errors.
  std::string text = CsvLine(refused->header);
  refused->rows[0].cells[1] = "B";
  refused->rows[1].cells[0] = "accounts/c";
  refused->rows[2].cells[2] = "businessHours/always";
  for (const CsvRow& row : refused->rows) text += CsvLine(row.cells);
  summary = Import("accounts", text);
  EXPECT_EQ(summary.created, 3);
  EXPECT_EQ(summary.refused, 0);
}

TEST_P(RecordsTest, ARowMayNameOneThatFollows) {
  const std::string text =
      "name,display_name,parent\n"
      "accounts/a,A,accounts/b\n"
      "accounts/b,B,accounts/c\n"
      "accounts/c,C,\n"
      "accounts/d,D,accounts/nobody\n";
  const std::string before = server_.HashOfAllTables();
  ImportSummary summary = Import("accounts", text, /*dry_run=*/true);
  EXPECT_EQ(summary.created, 3);
  EXPECT_EQ(summary.refused, 1);
  EXPECT_EQ(server_.HashOfAllTables(), before);
  summary = Import("accounts", text);
  EXPECT_EQ(summary.created, 3);
  EXPECT_EQ(summary.refused, 1);
}

TEST_P(RecordsTest, ARowIsKnownByItsExternalId) {
  EXPECT_EQ(
      Import("accounts", "display_name,external_id\nA,x1\nB,it's\n").created,
      2);
  ImportSummary summary = Import(
      "accounts", "external_id,display_name,tier\nx1,A,gold\nit's,B,\n,C,\n");
  EXPECT_EQ(summary.changed, 1);
  EXPECT_EQ(summary.unchanged, 1);
  EXPECT_EQ(summary.refused, 1);
  EXPECT_THAT(Read(summary.refused_file),
              HasSubstr("a name or an external_id"));
  EXPECT_THAT(Exported("accounts"), HasSubstr(",A,x1,gold,"));
  // A column that isn't there is left as it is; an empty cell clears.
  Import("accounts", "external_id,display_name\nx1,A2\n");
  EXPECT_THAT(Exported("accounts"), HasSubstr(",A2,x1,gold,"));
  Import("accounts", "external_id,display_name,tier\nx1,A2,\n");
  EXPECT_THAT(Exported("accounts"), HasSubstr(",A2,x1,,"));
}

TEST_P(RecordsTest, AHeaderMustNameColumnsThereAre) {
  EXPECT_THAT(Mistake("accounts", "name,nmae\n"),
              HasSubstr("no column `nmae`"));
  EXPECT_THAT(Mistake("accounts", "name,create_time\n"),
              HasSubstr("no column `create_time`"));
  EXPECT_THAT(Mistake("acounts", "name\n"), HasSubstr("there are accounts,"));
  ImportRecordsOptions options;
  options.kind = "accounts";
  options.file = Path("none.csv");
  EXPECT_EQ(ImportRecords(connection_, options).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace charter::tools
