#include "server/sla/expression/expression.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/sla/expression/schema_for_test.h"

namespace charter::sla {
namespace {

using ::testing::ElementsAre;

Expression MustParse(absl::string_view text, Usage usage = Usage::kLevel) {
  absl::StatusOr<Expression> expression =
      Expression::Parse(text, CaseSchema(), usage);
  EXPECT_TRUE(expression.ok()) << text << ": " << expression.status();
  return *expression;
}

bool Eval(absl::string_view text, const Record& record) {
  return MustParse(text).Evaluate(record);
}

// Everything set.
Record Full() {
  return RecordBuilder()
      .Set("priority", 2.0)
      .Set("status", "open")
      .Set("subject", "Printer on fire, 50% \\ _done_")
      .Set("account.tier", "gold")
      .Set("attributes.site", "Zürich")
      .Set("attributes.visits", -2.5)
      .Set("is_closed", false)
      .Set("is_stopped", true)
      .Set("due_date", Date(2026, 3, 1))
      .Set("renewal_date", Date(2026, 3, 1))
      .Set("last_inbound_time", Instant::FromSeconds(1767225600))
      .Set("last_outbound_time", Instant::FromSeconds(1767225601))
      .Set("work_time", Duration::Minutes(210))
      .Set("travel_time", Duration::Minutes(-90))
      .Get();
}

TEST(ExpressionTest, X1_HoldsForAFullRecord) {
  const Record record = Full();
  for (absl::string_view text : {
           "true",
           "!false",
           "priority == 2",
           "priority == 2.0",
           "priority != 3",
           "priority < 3",
           "priority <= 2",
           "priority > 1.5",
           "priority >= 2",
           "1 < priority",
           "2 >= priority",
           "2 == priority",
           "attributes.visits == -2.5",
           "attributes.visits < -2",
           "attributes.visits > -1e1",
           "attributes.visits < priority",
           "status == \"open\"",
           "status == 'open'",
           "status != 'closed'",
           "status in ['new', 'open']",
           "!(status in ['new', 'closed'])",
           "priority in [1, 2.0]",
           "subject.startsWith('Printer')",
           "subject.endsWith('_done_')",
           "subject.contains('50% \\\\ ')",
           "subject.contains(r'% \\ _')",
           "subject.contains('')",
           "subject.matches('^Printer .* fire')",
           "subject.matches(r'\\d+%')",
           "!subject.matches('^fire')",
           "!subject.startsWith('printer')",
           "subject > 'Printer'",
           "subject < 'a'",
           "attributes.site == 'Z\\u00fcrich'",
           "attributes.site == 'Z\\xfcrich'",
           "attributes.site == \"Z\\374rich\"",
           "attributes.site > 'Zzz'",
           "has(priority) && has(subject) && has(is_closed) && has(due_date)",
           "is_stopped",
           "is_stopped == true",
           "true == is_stopped",
           "is_closed == false",
           "is_closed != true",
           "is_closed != is_stopped",
           "!is_closed",
           "due_date == date('2026-03-01')",
           "due_date < date('2026-03-02')",
           "due_date == renewal_date",
           "due_date in [date('2026-03-01')]",
           "last_inbound_time == timestamp('2026-01-01T00:00:00Z')",
           "last_inbound_time == timestamp('2026-01-01T01:30:00.000+01:30')",
           "last_inbound_time < timestamp('2026-01-01T00:00:00.000001Z')",
           "last_inbound_time < last_outbound_time",
           "work_time == duration('3h30m')",
           "work_time == duration('3.5h')",
           "work_time > duration('209m59.999999s')",
           "travel_time == duration('-1h30m')",
           "travel_time < work_time",
           "is_closed || is_stopped",
           "is_closed && is_closed || is_stopped",
           "is_stopped || is_closed && is_closed",
           "!(is_stopped && is_closed)",
           "!is_closed && is_stopped",
           "( ( priority ) == ( 2 ) )",
           "priority\n==\n\t2",
           "account.tier == 'gold'",
           "account . tier == 'gold'",
       }) {
    EXPECT_TRUE(Eval(text, record)) << text;
  }
}

TEST(ExpressionTest, X1_DoesNotHoldForAFullRecord) {
  const Record record = Full();
  for (absl::string_view text : {
           "false",
           "priority != 2",
           "priority < 2",
           "priority > 2",
           "priority in [1, 3]",
           "status == 'new'",
           "subject == 'printer on fire, 50% \\\\ _done_'",
           "subject == 'Printer on fire, 50% \\\\ _done_ '",
           "(is_stopped || is_closed) && is_closed",
           "is_closed",
           "is_closed == is_stopped",
           "due_date != renewal_date",
           "!has(account.tier)",
           "last_inbound_time >= last_outbound_time",
       }) {
    EXPECT_FALSE(Eval(text, record)) << text;
  }
}

TEST(ExpressionTest, X1_AStringThatIsNotSetIsEmpty) {
  Record not_set = RecordBuilder().Get();
  Record empty = not_set;
  empty[CaseSchema().Find("subject").value()] = "";
  for (const Record& record : {not_set, empty, Record()}) {
    EXPECT_FALSE(Eval("has(subject)", record));
    EXPECT_TRUE(Eval("subject == ''", record));
    EXPECT_FALSE(Eval("subject != ''", record));
    EXPECT_TRUE(Eval("subject != 'x'", record));
    EXPECT_TRUE(Eval("subject < 'x'", record));
    EXPECT_FALSE(Eval("subject > ''", record));
    EXPECT_TRUE(Eval("subject == attributes.site", record));
    EXPECT_TRUE(Eval("subject in ['', 'x']", record));
    EXPECT_FALSE(Eval("subject in ['x']", record));
    EXPECT_TRUE(Eval("subject.startsWith('')", record));
    EXPECT_FALSE(Eval("subject.contains('x')", record));
    EXPECT_TRUE(Eval("subject.matches('^$')", record));
    EXPECT_TRUE(Eval("status == ''", record));
  }
}

TEST(ExpressionTest, X1_AnotherFieldThatIsNotSetEqualsNothing) {
  struct Sample {
    std::string field;
    std::string literal;
    std::string twin;
  };
  for (const Sample& sample : std::vector<Sample>{
           {"priority", "0", "attributes.visits"},
           {"due_date", "date('1970-01-01')", "renewal_date"},
           {"last_inbound_time", "timestamp('1970-01-01T00:00:00Z')",
            "last_outbound_time"},
           {"work_time", "duration('0s')", "travel_time"}}) {
    const Record record = RecordBuilder().Get();
    for (const std::string& right : {sample.literal, sample.twin}) {
      for (absl::string_view op : {"==", "<", "<=", ">", ">="}) {
        const std::string text =
            absl::StrCat(sample.field, " ", op, " ", right);
        EXPECT_FALSE(Eval(text, record)) << text;
        EXPECT_TRUE(Eval(absl::StrCat("!(", text, ")"), record)) << text;
      }
      EXPECT_TRUE(Eval(absl::StrCat(sample.field, " != ", right), record));
    }
    EXPECT_FALSE(
        Eval(absl::StrCat(sample.field, " in [", sample.literal, "]"), record));
    EXPECT_FALSE(Eval(absl::StrCat("has(", sample.field, ")"), record));
  }
}

TEST(ExpressionTest, X1_ABoolThatIsNotSetIsNeitherTrueNorFalse) {
  const Record record = RecordBuilder().Get();
  EXPECT_FALSE(Eval("is_closed", record));
  EXPECT_TRUE(Eval("!is_closed", record));
  EXPECT_FALSE(Eval("is_closed == true", record));
  EXPECT_FALSE(Eval("is_closed == false", record));
  EXPECT_TRUE(Eval("is_closed != true", record));
  EXPECT_TRUE(Eval("is_closed != false", record));
  EXPECT_FALSE(Eval("is_closed == is_stopped", record));
  EXPECT_FALSE(Eval("has(is_closed)", record));
  EXPECT_FALSE(Eval("is_closed in [true, false]", record));
}

// Evaluation cannot fail: a value of the wrong type counts as not set.
TEST(ExpressionTest, X2_AValueOfAnotherTypeCountsAsNotSet) {
  const Record record = RecordBuilder()
                            .Set("priority", "2")
                            .Set("subject", 2.0)
                            .Set("is_closed", Date(2026, 1, 1))
                            .Get();
  EXPECT_FALSE(Eval("priority == 2 || has(priority)", record));
  EXPECT_FALSE(Eval("priority in [2]", record));
  EXPECT_TRUE(Eval("subject == '' && !has(subject)", record));
  EXPECT_TRUE(Eval("subject in ['']", record));
  EXPECT_FALSE(Eval("is_closed || has(is_closed)", record));
}

TEST(ExpressionTest, X1_NumbersAreDoublesExactToTwoToThe53) {
  const Record record =
      RecordBuilder().Set("priority", 9007199254740992.0).Get();
  EXPECT_TRUE(Eval("priority == 9007199254740992", record));
  EXPECT_FALSE(Eval("priority == 9007199254740991", record));
  EXPECT_TRUE(Eval("priority < 9.1e15", record));
}

TEST(ExpressionTest, X1_TimesAreTruncatedToTheMicrosecond) {
  const Record record = RecordBuilder()
                            .Set("last_inbound_time", Instant::FromMicros(-1))
                            .Set("work_time", Duration::Micros(1))
                            .Get();
  EXPECT_TRUE(
      Eval("last_inbound_time == timestamp('1969-12-31T23:59:59.9999999Z')",
           record));
  EXPECT_TRUE(Eval("work_time == duration('1999ns')", record));
  EXPECT_TRUE(Eval("work_time == duration('1us')", record));
}

TEST(ExpressionTest, X1_EventTermsSeeBothSidesOfAnEvent) {
  Record before = Full();
  Record after = RecordBuilder()
                     .Set("priority", 1.0)
                     .Set("status", "waiting")
                     .Set("subject", "Printer on fire")
                     .Get();
  Record event(EventSchema().size());
  event[kEventKind] = "interaction";
  event[kEventDirection] = "outbound";
  event[kEventAuthor] = "agent";
  event[kEventAutomatic] = false;
  EventView view;
  view.old_record = &before;
  view.event = &event;
  for (absl::string_view text : {
           "old.priority == 2 && priority == 1",
           "old.priority > priority",
           "changed(status) && old.status == 'open' && status == 'waiting'",
           "changed(due_date) && !has(due_date) && has(old.due_date)",
           "event.kind == 'interaction' && event.direction == 'outbound'",
           "event.author in ['agent', 'system'] && !event.automatic",
           "!has(event.channel) && event.channel == ''",
           "old.subject.startsWith('Printer')",
       }) {
    EXPECT_TRUE(MustParse(text, Usage::kEvent).Evaluate(after, view)) << text;
  }
  EXPECT_FALSE(MustParse("changed(attributes.site)", Usage::kEvent)
                   .Evaluate(before, {&before, &event, false}));
}

// "" and not set are the same text, so going from one to the other is no
// change.
TEST(ExpressionTest, X1_ChangedComparesAsEqualityDoes) {
  Record before = RecordBuilder().Get();
  Record after = RecordBuilder().Set("subject", "").Set("priority", 0.0).Get();
  EventView view;
  view.old_record = &before;
  EXPECT_FALSE(
      MustParse("changed(subject)", Usage::kEvent).Evaluate(after, view));
  EXPECT_TRUE(
      MustParse("changed(priority)", Usage::kEvent).Evaluate(after, view));
}

TEST(ExpressionTest, X2_OnCreationNothingChangedAndOldIsNew) {
  Record stale = Full();
  Record record = RecordBuilder().Set("priority", 1.0).Get();
  EventView view;
  view.old_record = &stale;
  view.creation = true;
  for (const EventView& creation : {view, EventView()}) {
    EXPECT_FALSE(
        MustParse("changed(priority) || changed(subject) || changed(status)",
                  Usage::kEvent)
            .Evaluate(record, creation));
    EXPECT_TRUE(MustParse("old.priority == priority && old.priority == 1 && "
                          "!has(old.subject)",
                          Usage::kEvent)
                    .Evaluate(record, creation));
  }
}

TEST(ExpressionTest, TellsWhatItReads) {
  const auto slot = [](absl::string_view name) {
    return CaseSchema().Find(name).value();
  };
  const Expression level = MustParse(
      "is_closed || status == 'open' && priority < "
      "attributes.visits || status == 'new'");
  EXPECT_FALSE(level.uses_event());
  EXPECT_THAT(level.slots(),
              ElementsAre(slot("priority"), slot("status"),
                          slot("attributes.visits"), slot("is_closed")));
  const Expression event =
      MustParse("changed(subject) && event.automatic && old.priority == 1",
                Usage::kEvent);
  EXPECT_TRUE(event.uses_event());
  EXPECT_THAT(event.slots(), ElementsAre(slot("priority"), slot("subject")));
  EXPECT_FALSE(MustParse("is_closed", Usage::kEvent).uses_event());
  EXPECT_TRUE(MustParse("changed(subject)", Usage::kEvent).uses_event());
  EXPECT_THAT(MustParse("true").slots(), ElementsAre());
  EXPECT_EQ(level.text().substr(0, 12), "is_closed ||");
}

TEST(ExpressionTest, PrintsCanonicalText) {
  const auto print = [](absl::string_view text) {
    return ToText(MustParse(text, Usage::kEvent).root(), CaseSchema());
  };
  EXPECT_EQ(print("((priority)<=(2))"), "priority <= 2");
  EXPECT_EQ(print("2<priority"), "priority > 2");
  EXPECT_EQ(print("!(! is_closed)"), "!!is_closed");
  EXPECT_EQ(print("!(priority==1)"), "!(priority == 1)");
  EXPECT_EQ(print("(is_closed&&is_stopped)&&(true||false)"),
            "is_closed && is_stopped && (true || false)");
  EXPECT_EQ(print("is_closed||(is_stopped&&true)"),
            "is_closed || is_stopped && true");
  EXPECT_EQ(print("status in ['waiting','new','waiting']"),
            R"(status in ["new", "waiting"])");
  EXPECT_EQ(print(R"(subject == 'a"\'\n\x01\\é')"),
            R"(subject == "a\"'\n\x01\\é")");
  EXPECT_EQ(print("attributes.visits == -0"), "attributes.visits == 0");
  EXPECT_EQ(print("attributes.visits == 1e300"), "attributes.visits == 1e+300");
  EXPECT_EQ(print("attributes.visits == 9007199254740994.0"),
            "attributes.visits == 9007199254740994.0");
  EXPECT_EQ(print("last_inbound_time > timestamp('0001-01-01T01:00:00+01:00')"),
            "last_inbound_time > timestamp(\"0001-01-01T00:00:00Z\")");
  EXPECT_EQ(print("work_time > duration('90m1500us')"),
            "work_time > duration(\"1h30m0.0015s\")");
  EXPECT_EQ(print("due_date > date('0009-02-28')"),
            "due_date > date(\"0009-02-28\")");
  EXPECT_EQ(print("changed(status) && old.status=='new' && event.automatic"),
            "changed(status) && old.status == \"new\" && event.automatic");
}

TEST(SchemaTest, AddsANameOnce) {
  Schema schema;
  EXPECT_EQ(schema.Add({"a", Type::kBool, {}}), 0);
  EXPECT_EQ(schema.Add({"b.c", Type::kNumber, {}}), 1);
  EXPECT_EQ(schema.Add({"a", Type::kDate, {}}), 0);
  EXPECT_EQ(schema.size(), 2);
  EXPECT_EQ(schema.field(0).type, Type::kBool);
  EXPECT_EQ(schema.Find("b.c"), 1);
  EXPECT_EQ(schema.Find("b"), std::nullopt);
}

}  // namespace
}  // namespace charter::sla
