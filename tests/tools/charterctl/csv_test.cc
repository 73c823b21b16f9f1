// Files of comma-separated values, and resources as their cells.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "charter/v1/business_hours.pb.h"
#include "charter/v1/entitlement.pb.h"
#include "charter/v1/price_book_entry.pb.h"
#include "tools/charterctl/cells.h"
#include "tools/charterctl/csv_file.h"

namespace charter::tools {
namespace {

using google::protobuf::Message;
using testing::ElementsAre;
using testing::HasSubstr;

std::string Mistake(const std::string& text) {
  const absl::Status status = ParseCsv(text).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(status.message());
}

TEST(CsvTest, CellsMayHoldAnything) {
  const auto table = ParseCsv(
      "\xef\xbb\xbfname,note\r\na,\"one, \"\"two\"\"\nthree\"\r\n\r\nb,\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->header, ElementsAre("name", "note"));
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_THAT(table->rows[0].cells, ElementsAre("a", "one, \"two\"\nthree"));
  EXPECT_EQ(table->rows[0].line, 2);
  EXPECT_THAT(table->rows[1].cells, ElementsAre("b", ""));
  EXPECT_EQ(table->rows[1].line, 5);
}

TEST(CsvTest, MistakesAreToldByTheirLine) {
  EXPECT_THAT(Mistake(""), HasSubstr("no header"));
  EXPECT_THAT(Mistake("a,a\n"), HasSubstr("two columns `a`"));
  EXPECT_THAT(Mistake("a,\n1,2\n"), HasSubstr("has no name"));
  EXPECT_THAT(Mistake("a,b\n1,2\n3\n"), HasSubstr("line 3: the row has 1"));
  EXPECT_THAT(Mistake("a,b\n1,2\n3,x\"y\n"), HasSubstr("line 3"));
  EXPECT_THAT(Mistake("a\n\"1\n2\n"), HasSubstr("quote"));
}

RC_GTEST_PROP(CsvProperty, WhatIsWrittenIsRead,
              (const std::vector<std::vector<std::string>>& rows)) {
  std::string text = CsvLine({"a", "b"});
  std::vector<std::vector<std::string>> written;
  for (std::vector<std::string> row : rows) {
    row.resize(2);
    text += CsvLine(row);
    written.push_back(row);
  }
  const auto table = ParseCsv(text);
  RC_ASSERT(table.ok());
  RC_ASSERT(table->rows.size() == written.size());
  for (size_t i = 0; i < written.size(); ++i)
    RC_ASSERT(table->rows[i].cells == written[i]);
}

// The field's cell, read into an empty message and written again.
template <typename M>
std::string Again(const M& message, const std::string& field) {
  const auto& descriptor = *M::descriptor()->FindFieldByName(field);
  const std::string cell = ToCell(message, descriptor);
  M read;
  EXPECT_EQ(FromCell(cell, descriptor, &read), absl::OkStatus()) << cell;
  EXPECT_EQ(ToCell(read, descriptor), cell);
  return cell;
}

TEST(CellsTest, EveryKindOfFieldHasAForm) {
  v1::Entitlement entitlement;
  entitlement.set_display_name("Gold; \"really\"");
  entitlement.mutable_start_date()->set_year(2026);
  entitlement.mutable_start_date()->set_month(3);
  entitlement.mutable_start_date()->set_day(1);
  entitlement.add_contacts("contacts/ann");
  entitlement.add_contacts("contacts/art");
  entitlement.set_priority(7);
  (*entitlement.mutable_annotations())["b"] = "2";
  (*entitlement.mutable_annotations())["a"] = "1";
  EXPECT_EQ(Again(entitlement, "display_name"), "Gold; \"really\"");
  EXPECT_EQ(Again(entitlement, "start_date"), "2026-03-01");
  EXPECT_EQ(Again(entitlement, "end_date"), "");
  EXPECT_EQ(Again(entitlement, "contacts"), "contacts/ann;contacts/art");
  EXPECT_EQ(Again(entitlement, "priority"), "7");
  EXPECT_EQ(Again(entitlement, "annotations"), R"({"a":"1","b":"2"})");
  v1::PriceBookEntry entry;
  entry.mutable_unit_price()->set_currency_code("EUR");
  entry.mutable_unit_price()->set_units(12);
  entry.mutable_unit_price()->set_nanos(500000000);
  EXPECT_EQ(Again(entry, "unit_price"), "12.50 EUR");
  entry.mutable_unit_price()->set_units(0);
  entry.mutable_unit_price()->set_nanos(-1250000);
  EXPECT_EQ(Again(entry, "unit_price"), "-0.00125 EUR");
  v1::BusinessHours hours;
  hours.mutable_definition()->set_time_zone("Europe/Vienna");
  EXPECT_EQ(Again(hours, "definition"), R"({"time_zone":"Europe/Vienna"})");
}

TEST(CellsTest, AWrongCellIsToldWhatItMustBe) {
  v1::Entitlement entitlement;
  v1::PriceBookEntry entry;
  const auto mistake = [](Message& message, const char* field,
                          const char* cell) {
    const absl::Status status = FromCell(
        cell, *message.GetDescriptor()->FindFieldByName(field), &message);
    EXPECT_FALSE(status.ok()) << field << " " << cell;
    return std::string(status.message());
  };
  for (const char* date : {"01.03.2026", "2026-02-30", "x"}) {
    EXPECT_THAT(mistake(entitlement, "start_date", date),
                HasSubstr("a date such as 2026-03-31"));
  }
  EXPECT_THAT(mistake(entitlement, "priority", "high"), HasSubstr("a number"));
  EXPECT_THAT(mistake(entitlement, "annotations", "a=b"), HasSubstr("JSON"));
  for (const char* money : {"12,50 EUR", "12.50", "1.0000000001 EUR", "- EUR"})
    EXPECT_THAT(mistake(entry, "unit_price", money), HasSubstr("12.50 EUR"));
}

TEST(CellsTest, ColumnsAreWhatAClientCanWrite) {
  std::vector<std::string> names;
  for (const auto* column : ColumnsOf(*v1::PriceBookEntry::descriptor()))
    names.push_back(column->name());
  EXPECT_THAT(names, ElementsAre("name", "annotations", "external_id",
                                 "product", "price_book", "unit_price"));
}

}  // namespace
}  // namespace charter::tools
