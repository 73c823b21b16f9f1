#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/sla/expression/expression.h"
#include "tests/server/sla/expression/schema_for_test.h"

namespace charter::sla {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::Status Check(absl::string_view text, Usage usage = Usage::kLevel) {
  return Expression::Parse(text, CaseSchema(), usage).status();
}

std::string Repeat(absl::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) absl::StrAppend(&out, text);
  return out;
}

struct Bad {
  std::string text;
  std::string where;  // "L:C"
  std::string says;
};

void ExpectRefused(const Bad& bad, Usage usage) {
  const absl::Status status = Check(bad.text, usage);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad.text;
  const size_t colon = bad.where.find(':');
  EXPECT_THAT(
      std::string(status.message()),
      StartsWith(absl::StrCat("line ", bad.where.substr(0, colon), ", column ",
                              bad.where.substr(colon + 1), ": ")))
      << bad.text;
  EXPECT_THAT(std::string(status.message()), HasSubstr(bad.says)) << bad.text;
  EXPECT_LT(status.message().size(), 600u) << bad.text;
}

TEST(ExpressionErrorTest, X2_UnknownNamesGetASuggestion) {
  for (const Bad& bad : std::vector<Bad>{
           {"priorty == 1", "1:1", "did you mean \"priority\"?"},
           {"Priority == 1", "1:1", "did you mean \"priority\"?"},
           {"site == 'x'", "1:1", "did you mean \"attributes.site\"?"},
           {"atributes.site == 'x'", "1:1", "\"attributes.site\"?"},
           {"xyzzy == 1", "1:1",
            "unknown field \"xyzzy\"; there are priority, status, "},
           {"true &&\n  is_close", "2:3", "did you mean \"is_closed\"?"},
           {"status == 'wating'", "1:11", "did you mean \"waiting\"?"},
           {"'wating' == status", "1:1", "did you mean \"waiting\"?"},
           {"status != 'resolved'", "1:11",
            "there are \"new\", \"open\", \"waiting\", \"closed\""},
           {"status in ['new', 'opened']", "1:19", "did you mean \"open\"?"},
           {"account.tier == 'Gold'", "1:17", "did you mean \"gold\"?"},
           {"hass(status)", "1:1", "did you mean \"has\"?"},
           {"subject.beginsWith('x')", "1:9", "unknown function"},
           {"subject.startswith('x')", "1:9", "did you mean \"startsWith\"?"},
           {"startsWith(subject, 'x')", "1:1", "is called on a field"},
           {"size(subject) == 1", "1:1", "unknown function \"size\""},
           {"null == subject", "1:1", "use has(field)"},
           {"not is_closed", "1:1", "did you mean \"!\"?"},
           {"is_closed and is_stopped", "1:11", "did you mean \"&&\"?"},
           {"is_closed OR is_stopped", "1:11", "did you mean \"||\"?"},
           {"priority = 1", "1:10", "did you mean \"==\"?"},
           {"is_closed & is_stopped", "1:11", "did you mean \"&&\"?"},
           {"is_closed | is_stopped", "1:11", "did you mean \"||\"?"},
       }) {
    ExpectRefused(bad, Usage::kLevel);
  }
}

TEST(ExpressionErrorTest, X2_TypesAreChecked) {
  for (const Bad& bad : std::vector<Bad>{
           {"priority", "1:1", "is a number, but a condition is expected"},
           {"!subject", "1:2", "\"subject\" is a string"},
           {"is_closed && priority", "1:14", "compare it, as in priority == 3"},
           {"'text'", "1:1", "a condition is expected here, not a string"},
           {"true && 1", "1:9", "not a number"},
           {"priority == '1'", "1:13",
            "\"priority\" is a number, but is compared with a string: write 3"},
           {"subject == 1", "1:12", "write \"text\""},
           {"is_closed == 'true'", "1:14", "write true"},
           {"due_date == '2026-01-01'", "1:13", "write date(\"2026-01-01\")"},
           {"due_date < timestamp('2026-01-01T00:00:00Z')", "1:12",
            "is a date, but is compared with an instant"},
           {"last_inbound_time > '2026-01-01T00:00:00Z'", "1:21",
            "write timestamp(\"2026-01-01T00:00:00Z\")"},
           {"work_time > 3", "1:13", "write duration(\"3h30m\")"},
           {"priority in [1, '2']", "1:17", "is a number"},
           {"priority == subject", "1:10", "they can't be compared"},
           {"is_closed < true", "1:11", "have no order"},
           {"status < 'open'", "1:8", "have no order"},
           {"'open' < status", "1:8", "have no order"},
           {"1 == 1", "1:1", "one side of a comparison must be a field"},
           {"(1 == priority) == true", "1:1", "a condition can't be compared"},
           {"is_closed == has(subject)", "1:14", "can't be compared"},
           {"priority.contains('1')", "1:10", "contains() is of strings"},
           {"subject.contains(1)", "1:18", "one argument"},
           {"subject.contains(status)", "1:18", "takes a text in quotes"},
           {"has('subject')", "1:5", "takes the name of a field"},
           {"has()", "1:5", "one argument"},
           {"has(subject, status)", "1:12", "expected \")\", found \",\""},
           {"'a' in ['a']", "1:1", "left side of \"in\" must be a field"},
           {"status in [subject]", "1:12", "a literal is expected"},
           {"status in []", "1:12", "the list is empty"},
           {"status in 'new'", "1:11", "expected \"[\""},
           {"subject.matches('(')", "1:17", "not a pattern of RE2"},
       }) {
    ExpectRefused(bad, Usage::kLevel);
  }
}

TEST(ExpressionErrorTest, X2_FormIsChecked) {
  for (const Bad& bad : std::vector<Bad>{
           {"", "1:1", "the expression is empty"},
           {" \n ", "2:2", "the expression is empty"},
           {"(is_closed", "1:11", "expected \")\", but the expression ends"},
           {"is_closed)", "1:10", "unexpected \")\""},
           {"is_closed &&", "1:13", "the expression ends"},
           {"&& is_closed", "1:1", "unexpected \"&&\""},
           {"is_closed is_stopped", "1:11", "unexpected \"is_stopped\""},
           {"priority == 1 == 2", "1:15", "comparisons don't chain"},
           {"1 < priority < 3", "1:14", "comparisons don't chain"},
           {"priority - 1 == 2", "1:10", "no arithmetic"},
           {"priority + 1 == 2", "1:10", "no arithmetic"},
           {"priority == 5x", "1:13", "not a number"},
           {"priority == 0x10", "1:13", "not a number"},
           {"priority == 1.", "1:13", "not a number"},
           {"priority == 1e", "1:13", "not a number"},
           {"priority == 1e999", "1:13", "out of range"},
           {"priority == 9007199254740993", "1:13", "9007199254740992"},
           {"priority == --1", "1:13", "unexpected \"-\""},
           {"subject == 'open", "1:12", "not closed"},
           {"subject == \"a\nb\"", "1:12", "not closed"},
           {"subject == 'a\\q'", "1:14", "unknown escape"},
           {"subject == '\\x4'", "1:13", "unknown escape"},
           {"subject == '\\", "1:13", "unknown escape"},
           {"subject == '\\000'", "1:13", "text can hold"},
           {"subject == '\\ud800'", "1:13", "text can hold"},
           {"subject == '\\U00110000'", "1:13", "text can hold"},
           {std::string("subject == 'a\0b'", 16), "1:14", "NUL"},
           {"attributes. == 1", "1:13", "a name is expected after the dot"},
           {"attributes.site-a == 'x'", "1:16", "no arithmetic"},
           {"is_closed @ true", "1:11", "unexpected \"@\""},
           {"is_closed é true", "1:11", "unexpected \"é\""},
           {"subject == 'é' && x", "1:19", "unknown field \"x\""},
           {"subject == 'a'\n&& x", "2:4", "unknown field \"x\""},
       }) {
    ExpectRefused(bad, Usage::kLevel);
  }
}

TEST(ExpressionErrorTest, X2_TimesAreChecked) {
  for (absl::string_view text :
       {"2026-01-01", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z",
        "2026-01-01T25:00:00Z", "0000-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
        " 2026-01-01T00:00:00Z", "infinite-future", "2026-01-01 00:00:00Z",
        ""}) {
    ExpectRefused({absl::StrCat("last_inbound_time > timestamp('", text, "')"),
                   "1:31", "expected an instant as in timestamp("},
                  Usage::kLevel);
  }
  for (absl::string_view text : {"", "3", "3 h", "3d", "inf", "h", "1h-1m",
                                 "87660001h", "999999999999999999h", "0"}) {
    ExpectRefused({absl::StrCat("work_time > duration('", text, "')"), "1:22",
                   "expected a duration as in duration("},
                  Usage::kLevel);
  }
  for (absl::string_view text :
       {"", "2026-02-29", "2026-1-1", "0000-01-01", "20260101", "2026-13-01",
        "2026-01-01T00:00:00Z"}) {
    ExpectRefused({absl::StrCat("due_date > date('", text, "')"), "1:17",
                   "expected a date as in date("},
                  Usage::kLevel);
  }
  ExpectRefused({"due_date > date(2026)", "1:17", "one argument"},
                Usage::kLevel);
  ExpectRefused({"due_date > date(due_date)", "1:17", "expected a date"},
                Usage::kLevel);
}

TEST(ExpressionErrorTest, X1_EventTermsAreRefusedInLevels) {
  for (const Bad& bad : std::vector<Bad>{
           {"old.priority == 1", "1:1", "\"old.priority\" is about one event"},
           {"is_closed || event.kind == 'created'", "1:14",
            "\"event.kind\" is about one event"},
           {"!event.automatic", "1:2", "criteria marked on_event"},
           {"changed(priority)", "1:1", "changed() is about one event"},
           {"has(old.priority)", "1:5", "completion criteria"},
           {"old.subject.contains('x')", "1:1", "is about one event"},
       }) {
    ExpectRefused(bad, Usage::kLevel);
    EXPECT_TRUE(Check(bad.text, Usage::kEvent).ok()) << bad.text;
  }
}

TEST(ExpressionErrorTest, X1_EventTermsAreChecked) {
  for (const Bad& bad : std::vector<Bad>{
           {"old.priorty == 1", "1:1", "did you mean \"old.priority\"?"},
           {"event.knd == 'created'", "1:1", "did you mean \"event.kind\"?"},
           {"direction == 'inbound'", "1:1",
            "did you mean \"event.direction\"?"},
           {"event.kind == 'create'", "1:15", "did you mean \"created\"?"},
           {"event.author == 'robot'", "1:17", "\"customer\", \"agent\""},
           {"old == 1", "1:1", "unknown field \"old\""},
           {"event.old.priority == 1", "1:1", "unknown field"},
           {"changed(old.priority)", "1:9", "without old. or event."},
           {"changed(event.kind)", "1:9", "without old. or event."},
           {"changed('priority')", "1:9", "takes the name of a field"},
           {"event.automatic == 'true'", "1:20", "is a bool"},
           {"old.status == 'wating'", "1:15", "did you mean \"waiting\"?"},
       }) {
    ExpectRefused(bad, Usage::kEvent);
  }
}

TEST(ExpressionErrorTest, X2_TextMustBeUtf8) {
  for (absl::string_view bytes :
       {"\xff", "\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3",
        "\xe2\x82"}) {
    ExpectRefused({absl::StrCat("subject == '\u00e9", bytes, "'"), "1:14",
                   "not valid UTF-8"},
                  Usage::kLevel);
    ExpectRefused({std::string(bytes), "1:1", "not valid UTF-8"},
                  Usage::kLevel);
  }
}

TEST(ExpressionErrorTest, X2_AtMost4KiB) {
  const std::string longest =
      "subject == '" + std::string(kMaxExpressionBytes - 13, 'x') + "'";
  ASSERT_EQ(longest.size(), 4096u);
  EXPECT_TRUE(Check(longest).ok());
  ExpectRefused({longest + " ", "1:1", "4097 bytes; at most 4096"},
                Usage::kLevel);
}

TEST(ExpressionErrorTest, X2_AtMost64Terms) {
  const std::string most = "is_closed" + Repeat(" || priority == 1", 63);
  EXPECT_TRUE(Check(most).ok());
  ExpectRefused({most + " || true", "1:1085", "more than 64 conditions"},
                Usage::kLevel);
  for (absl::string_view term :
       {"true", "is_closed", "has(subject)", "priority in [1]",
        "subject.contains('x')", "changed(subject)", "priority != 2"}) {
    EXPECT_TRUE(Check(absl::StrCat(term, Repeat(absl::StrCat("&&", term), 63)),
                      Usage::kEvent)
                    .ok());
    EXPECT_FALSE(Check(absl::StrCat(term, Repeat(absl::StrCat("&&", term), 64)),
                       Usage::kEvent)
                     .ok());
  }
}

TEST(ExpressionErrorTest, X2_NestedAtMost16Deep) {
  EXPECT_TRUE(Check(Repeat("(", 16) + "true" + Repeat(")", 16)).ok());
  EXPECT_TRUE(Check(Repeat("!", 16) + "true").ok());
  EXPECT_TRUE(Check(Repeat("!(", 8) + "true" + Repeat(")", 8)).ok());
  ExpectRefused({Repeat("(", 17) + "true" + Repeat(")", 17), "1:17",
                 "nested deeper than 16"},
                Usage::kLevel);
  ExpectRefused({Repeat("!", 17) + "true", "1:17", "nested deeper than 16"},
                Usage::kLevel);
  // Deep enough to overflow a stack that followed it, in every construct.
  for (absl::string_view open : {"(", "!", "[", "has(", "priority in [",
                                 "date(", "-", "x.", "true||(", "true&&!"}) {
    EXPECT_FALSE(
        Check(Repeat(open, static_cast<int>(4096 / open.size()))).ok());
  }
  // Siblings don't add up.
  EXPECT_TRUE(Check("true" + Repeat(" && ((!(is_closed)))", 63)).ok());
}

TEST(ExpressionErrorTest, X2_PatternsAreBounded) {
  EXPECT_TRUE(Check("subject.matches('a{100}')").ok());
  EXPECT_TRUE(Check("subject.matches(r'(?i)^[\\p{L} ]+$')").ok());
  EXPECT_TRUE(Check("subject.matches('(a{30}){30}')").ok());
  ExpectRefused({"is_closed || subject.matches('(a{30}){30}') || "
                 "subject.matches('(a{30}){30}b{500}')",
                 "1:64", "patterns too large"},
                Usage::kLevel);
  EXPECT_FALSE(Check("subject.matches('((a{100}){100}){100}')").ok());
  EXPECT_FALSE(
      Check("subject.matches('" + Repeat("(", 1500) + Repeat(")", 1500) + "')")
          .ok());
  EXPECT_FALSE(Check("subject.matches(r'(a)\\1')").ok());
}

// A message never grows with its input.
TEST(ExpressionErrorTest, X2_MessagesStayShort) {
  const std::string name(4000, 'x');
  for (const std::string& text :
       {name, name + " == 1", "subject." + name + "('x')",
        "status == '" + name + "'", "status == '" + Repeat("é", 1900) + "'",
        "subject.matches('[[:" + name + ":]]')"}) {
    const absl::Status status = Check(text);
    EXPECT_FALSE(status.ok());
    EXPECT_LT(status.message().size(), 300u) << status;
  }
}

}  // namespace
}  // namespace charter::sla
