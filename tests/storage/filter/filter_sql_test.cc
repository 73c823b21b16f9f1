#include "storage/filter/filter_sql.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/server/sla/expression/schema_for_test.h"

namespace charter::storage {
namespace {

sla::Expression MustParse(absl::string_view text) {
  absl::StatusOr<sla::Expression> filter =
      sla::Expression::Parse(text, sla::CaseSchema(), sla::Usage::kLevel);
  EXPECT_TRUE(filter.ok()) << text << ": " << filter.status();
  return *filter;
}

FilterColumns Columns() {
  const auto slot = [](absl::string_view name) {
    return sla::CaseSchema().Find(name).value();
  };
  FilterColumns columns;
  columns[slot("priority")] = {"priority", FilterKind::kNumber, {}};
  columns[slot("status")] = {
      "status",
      FilterKind::kEnum,
      {{"new", 1}, {"open", 2}, {"waiting", 3}, {"closed", 4}}};
  columns[slot("subject")] = {"subject", FilterKind::kText, {}};
  columns[slot("account.tier")] = {"tier", FilterKind::kId, {}};
  columns[slot("is_closed")] = {"is_closed", FilterKind::kNumber, {}};
  columns[slot("due_date")] = {"due_days", FilterKind::kNumber, {}};
  columns[slot("last_inbound_time")] = {"inbound_us", FilterKind::kNumber, {}};
  columns[slot("last_outbound_time")] = {
      "outbound_us", FilterKind::kNumber, {}};
  columns[slot("work_time")] = {"work_us", FilterKind::kNumber, {}};
  return columns;
}

std::string Show(const Value& value) {
  if (value.integer() != nullptr) return absl::StrCat(*value.integer());
  if (value.real() != nullptr) return absl::StrCat(*value.real(), "r");
  if (value.text() != nullptr) return absl::StrCat("'", *value.text(), "'");
  return "?";
}

// The condition, then the values, then a ~ when it is not exact.
std::string Sql(absl::string_view filter) {
  const FilterSql sql = ToSql(MustParse(filter), Columns());
  std::vector<std::string> values;
  for (const Bind& bind : sql.binds) {
    values.push_back(absl::StrCat(bind.name, "=", Show(bind.value)));
  }
  return absl::StrCat(sql.where, values.empty() ? "" : " | ",
                      absl::StrJoin(values, " "), sql.exact ? "" : " ~");
}

TEST(FilterSqlTest, X3_NumbersAndTimes) {
  EXPECT_EQ(Sql("priority == 2"), "priority = :f0 | f0=2");
  EXPECT_EQ(Sql("priority < 2.5"), "priority < :f0 | f0=2.5r");
  EXPECT_EQ(Sql("2 != priority"),
            "(priority IS NULL OR priority <> :f0) | f0=2");
  EXPECT_EQ(Sql("!(priority < 2)"),
            "(priority IS NULL OR priority >= :f0) | f0=2");
  EXPECT_EQ(Sql("!(priority != 2)"), "priority = :f0 | f0=2");
  EXPECT_EQ(Sql("priority in [3, 1]"),
            "priority IN (:f0_0, :f0_1) | f0_0=1 f0_1=3");
  EXPECT_EQ(Sql("!(priority in [1])"),
            "(priority IS NULL OR priority NOT IN (:f0_0)) | f0_0=1");
  EXPECT_EQ(Sql("has(priority) || !has(due_date)"),
            "(priority IS NOT NULL OR due_days IS NULL)");
  EXPECT_EQ(Sql("is_closed"), "is_closed <> 0");
  EXPECT_EQ(Sql("!is_closed"), "(is_closed IS NULL OR is_closed = 0)");
  EXPECT_EQ(Sql("is_closed == false"), "is_closed = :f0 | f0=0");
  EXPECT_EQ(Sql("due_date >= date('1970-01-02')"), "due_days >= :f0 | f0=1");
  EXPECT_EQ(Sql("last_inbound_time < timestamp('1970-01-01T00:00:01Z')"),
            "inbound_us < :f0 | f0=1000000");
  EXPECT_EQ(Sql("work_time == duration('1ms')"), "work_us = :f0 | f0=1000");
  EXPECT_EQ(Sql("last_inbound_time > last_outbound_time"),
            "inbound_us > outbound_us");
  EXPECT_EQ(Sql("last_inbound_time != last_outbound_time"),
            "(inbound_us IS NULL OR outbound_us IS NULL OR "
            "inbound_us <> outbound_us)");
}

TEST(FilterSqlTest, X3_TextIsComparedByItsBytes) {
  EXPECT_EQ(Sql("subject == 'a '"),
            "(subject = :f0 AND HEX(subject) = :f1) | f0='a ' f1='6120'");
  EXPECT_EQ(Sql("subject == ''"), "COALESCE(HEX(subject), '') = ''");
  EXPECT_EQ(Sql("has(subject)"), "COALESCE(HEX(subject), '') <> ''");
  EXPECT_EQ(Sql("subject < 'b'"), "COALESCE(HEX(subject), '') < :f0 | f0='62'");
  EXPECT_EQ(Sql("subject.startsWith('a%')"),
            "SUBSTR(HEX(subject), 1, :f0) = :f1 | f0=4 f1='6125'");
  EXPECT_EQ(Sql("subject.endsWith('_')"),
            "SUBSTR(HEX(subject), :f0) = :f1 | f0=-2 f1='5F'");
  EXPECT_EQ(Sql("!subject.contains('x')"),
            "(subject IS NULL OR NOT (INSTR(subject, :f0) > 0)) | f0='x'");
  EXPECT_EQ(Sql("subject.contains('')"), "1 = 1");
}

TEST(FilterSqlTest, X3_AnIdIsComparedAsItIs) {
  EXPECT_EQ(Sql("account.tier == 'gold'"), "tier = :f0 | f0='gold'");
  EXPECT_EQ(Sql("account.tier != 'gold'"),
            "(tier IS NULL OR NOT (tier = :f0)) | f0='gold'");
  EXPECT_EQ(Sql("account.tier.contains('é')"), "1 = 0");
  // What no id can be is not handed to a collation that overlooks it.
  FilterColumns columns;
  columns[sla::CaseSchema().Find("subject").value()] = {
      "owner", FilterKind::kId, {}};
  const auto where = [&](absl::string_view filter) {
    return ToSql(MustParse(filter), columns).where;
  };
  EXPECT_EQ(where("subject == 'a '"), "1 = 0");
  EXPECT_EQ(where("subject != 'é'"), "1 = 1");
  EXPECT_EQ(where("subject in ['a', 'a ']"), "owner = :f0");
  EXPECT_EQ(where("subject == ''"), "COALESCE(HEX(owner), '') = ''");
}

TEST(FilterSqlTest, X3_AnEnumIsTheSetOfItsNumbers) {
  EXPECT_EQ(Sql("status == 'open'"), "status IN (:f0_0) | f0_0=2");
  EXPECT_EQ(Sql("status != 'open'"),
            "(status IS NULL OR status NOT IN (:f0_0)) | f0_0=2");
  EXPECT_EQ(Sql("status.matches('^(new|waiting)$')"),
            "status IN (:f0_0, :f0_1) | f0_0=1 f0_1=3");
  EXPECT_EQ(Sql("status.startsWith('x')"), "1 = 0");
  EXPECT_EQ(Sql("status.contains('')"), "1 = 1");
}

TEST(FilterSqlTest, X3_WhatHasNoTranslationIsLeftToTheRows) {
  EXPECT_EQ(Sql("subject.matches('^a') && priority == 1"),
            "priority = :f0 | f0=1 ~");
  EXPECT_EQ(Sql("!(subject.matches('^a') || priority == 1)"),
            "(priority IS NULL OR priority <> :f0) | f0=1 ~");
  EXPECT_EQ(Sql("priority == 1 || subject.matches('^a')"), "1 = 1 ~");
  EXPECT_EQ(Sql("attributes.site == 'x'"), "1 = 1 ~");
  EXPECT_EQ(Sql("(priority == 1 || subject.matches('^a') || is_closed) && "
                "priority < 3"),
            "priority < :f1 | f1=3 ~");
  EXPECT_EQ(Sql("(priority == 1 && subject.matches('^a')) || is_closed"),
            "(priority = :f0 OR is_closed <> 0) | f0=1 ~");
}

// So that few texts are prepared.
TEST(FilterSqlTest, X3_TheTextDependsOnTheShapeAlone) {
  const auto where = [](absl::string_view filter) {
    return ToSql(MustParse(filter), Columns(), "p").where;
  };
  EXPECT_EQ(where("subject == 'x' && priority in [1, 2, 3]"),
            where("subject == \"it's: %\" && priority in [1, 5, 6, 7]"));
}

}  // namespace
}  // namespace charter::storage
