// What the resource tables ask the database finds its rows by an index, on
// 100,000 rows a table, with statistics and without.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "storage/records/trees.h"
#include "storage/table/resource_tables.h"
#include "tests/storage/conformance/fixture.h"
#include "tests/storage/statements/checked_statements.h"
#include "tests/storage/table/full_resources.h"
#include "tests/storage/table/plan_access.h"
#include "tests/storage/table/query_plan_fixture.h"

namespace charter::storage {
namespace {

class QueryPlanTest : public QueryPlanFixture {
 protected:
  // What a caller would write for the lead, with values that many rows have, or
  // few.
  std::string FilterOf(const TableBinding& binding, const Lead& lead,
                       bool many) {
    std::vector<std::string> terms;
    for (const std::string& name : lead.equal) {
      const Column& column = *binding.FindColumn(name);
      const std::string field =
          column.field == nullptr ? name : column.field->name();
      switch (column.kind) {
        case ColumnKind::kId:
          terms.push_back(
              absl::StrCat(field, " == 'things/t", many ? 7 : 8, "'"));
          break;
        case ColumnKind::kText:
          terms.push_back(
              absl::StrCat(field, column.null_when_empty ? " == 'e" : " == 't",
                           many ? 7 : 8, "'"));
          break;
        case ColumnKind::kBool:
          terms.push_back(absl::StrCat(many ? "!" : "", field));
          break;
        case ColumnKind::kEnum:
          terms.push_back(absl::StrCat(
              field, " == '",
              column.field->enum_type()->FindValueByNumber(2)->name(), "'"));
          break;
        default:
          ADD_FAILURE() << "a lead by " << name;
      }
    }
    if (!lead.range.empty()) {
      // Days of which the table has 100,003.
      terms.push_back(absl::StrCat(lead.range, " >= date('1971-01-01')"));
      terms.push_back(absl::StrCat(lead.range, " < date('",
                                   many ? "2200-01-01" : "1971-03-01", "')"));
    }
    return absl::StrJoin(terms, " && ");
  }

  template <typename Message>
  void CheckTable(const Table<Message>& table) {
    const TableBinding& binding = table.binding();
    SCOPED_TRACE(binding.table());
    const auto in_read = [&](auto body) {
      return recorder_.Of(
          [&] { EXPECT_OK(session_->Read(Within(absl::Seconds(60)), body)); });
    };
    const std::string name = IsVersionTable(binding)
                                 ? "parents/p5/versions/5"
                                 : absl::StrCat(binding.table(), "/r1000005");
    const std::vector<std::string> primary = {"PRIMARY"};
    ExpectIndex(
        in_read([&](Transaction& tx) { return table.Get(tx, name).status(); }),
        primary, false);
    ExpectIndex(in_read([&](Transaction& tx) {
                  return table
                      .BatchGet(tx,
                                {name, absl::StrCat(name, "x"),
                                 absl::StrCat(binding.table(), "/r1000009")})
                      .status();
                }),
                primary, false);
    for (const auto& [key, field] : binding.spec().unique) {
      std::vector<Equality> equal = {{field, "e77"}};
      if (binding.FindColumn("account") != nullptr && field == "external_id")
        equal.push_back({"account", "things/t77"});
      ExpectIndex(in_read([&](Transaction& tx) {
                    return table.Find(tx, equal).status();
                  }),
                  {key}, true);
    }
    if (binding.FindColumn("purge_time") != nullptr) {
      ExpectIndex(in_read([&](Transaction& tx) {
                    return table.DueForPurge(tx, absl::FromUnixMicros(3000), 10)
                        .status();
                  }),
                  Indexes(binding, {"purge_time"}), false);
    }
    if (binding.table() == "entitlements") {  // of which it is asked
      ExpectIndex(in_read([&](Transaction& tx) {
                    return table
                        .FindLast(tx, "account", {"things/t7", "things/t8"}, 3)
                        .status();
                  }),
                  Indexes(binding, {"account"}), false);
    }
    for (const Lead& lead : binding.spec().leads) CheckLead(table, lead);
    CheckConfined(table, name);
    CheckWrites(table, name);
  }

  // As callers have it who are confined to an account, or to a contact.
  template <typename Message>
  void CheckConfined(const Table<Message>& table, const std::string& name) {
    const TableSpec& spec = table.binding().spec();
    if (spec.shared || table.binding().FindColumn(spec.owner) == nullptr)
      return;
    std::vector<std::string> allowed = Indexes(table.binding(), {spec.owner});
    allowed.push_back("PRIMARY");
    const bool listed =
        std::any_of(spec.leads.begin(), spec.leads.end(), [&](const Lead& it) {
          return it.equal == std::vector<std::string>{spec.owner};
        });
    // A row that cannot be the caller's has no plan.
    std::string person =
        absl::StartsWith(spec.own_of_contact, "name ") ? name : "things/t3";
    std::string own = name;
    if constexpr (requires(const Message& it) { it.contacts(0); }) {
      EXPECT_OK(session_->Read(Within(absl::Seconds(60)), [&](Transaction& tx) {
        auto rows = table.Find(tx, {{spec.owner, "things/t7"}});
        if (!rows.ok()) return rows.status();
        person = rows->front().contacts(0);
        own = rows->front().name();
        return rows.status();
      }));
    }
    for (const std::string& contact : {std::string(), person}) {
      TxOptions options = Within(absl::Seconds(60));
      const std::string account = spec.owner == "name" ? name : "things/t7";
      options.confined_to = Confinement{account, contact};
      const auto check = [&](auto body) {
        ExpectIndex(
            recorder_.Of([&] { EXPECT_OK(session_->Read(options, body)); }),
            allowed, true);
      };
      for (const Lock lock : {Lock::kNone, Lock::kShared, Lock::kForUpdate}) {
        check([&](Transaction& tx) {
          (void)table.Get(tx, name, lock);
          return table.BatchGet(tx, {own, "things/x"}, lock).status();
        });
      }
      if (!listed) continue;
      check([&](Transaction& tx) {
        return table.Find(tx, {{spec.owner, account}}).status();
      });
      for (const char* filter : {"", "has(create_time)"}) {
        if (*filter != '\0' && !Fits(table.binding(), filter)) continue;
        check([&](Transaction& tx) {
          ListQuery query;
          query.page_size = 3;
          query.filter = filter;
          for (int page = 0; page < 2; ++page) {
            absl::StatusOr<ListPage<Message>> got = table.List(tx, query);
            if (!got.ok()) return got.status();
            query.after = got->next;
            if (query.after.empty()) break;
          }
          return absl::OkStatus();
        });
      }
    }
  }

  // Whether callers who are confined to an account reach this lead: those
  // after it give way to the account's.
  static bool Precedes(const TableBinding& binding, const Lead& lead) {
    const std::vector<Lead>& leads = binding.spec().leads;
    const auto of_account =
        std::find_if(leads.begin(), leads.end(), [](const Lead& it) {
          return it.equal == std::vector<std::string>{"account"};
        });
    return of_account != leads.end() && &lead < &*of_account;
  }

  template <typename Message>
  void CheckLead(const Table<Message>& table, const Lead& lead) {
    const TableBinding& binding = table.binding();
    if (!lead.equal.empty() && binding.FindChild(lead.equal[0]) != nullptr)
      return CheckChildLead(table, lead);
    std::vector<std::string> columns = lead.equal;
    if (!lead.range.empty()) columns.push_back(lead.range);
    columns.insert(columns.end(), lead.order.begin(), lead.order.end());
    if (columns.empty()) columns = {"name"};
    const std::vector<std::string> indexes = Indexes(binding, columns);
    ASSERT_FALSE(indexes.empty()) << absl::StrJoin(columns, ", ");
    const Column* first =
        lead.equal.empty() ? nullptr : binding.FindColumn(lead.equal[0]);
    // At most a few rows have a unique value: little to sort.
    const bool unique = first != nullptr && first->null_when_empty;
    const bool flag = first != nullptr && first->kind == ColumnKind::kBool;
    // What no caller writes but the services' own code asks for.
    const bool inner = first != nullptr && first->hidden != nullptr &&
                       !first->hidden->filterable;
    for (const bool many : {false, true}) {
      // Nearly every row has a flag's common value: the order alone will do.
      std::vector<std::string> allowed = indexes;
      if (flag && many && lead.order.empty()) allowed.push_back("PRIMARY");
      for (const char* rest : {"", "has(create_time)", "owner != 't9'"}) {
        if (*rest != '\0' && !Fits(binding, rest)) continue;
        ListQuery query;
        query.page_size = 3;
        query.filter = inner ? "" : FilterOf(binding, lead, many);
        if (inner) query.restrict_to = {{lead.equal[0], "parents/p7"}};
        if (*rest != '\0')
          absl::StrAppend(&query.filter, query.filter.empty() ? "" : " && ",
                          rest);
        const std::vector<Statement> pages = TwoPages(table, query);
        ExpectIndex(pages, allowed, unique);
        if (lead.equal.empty() && lead.range.empty())
          ExpectIndex(LastWindow(pages), allowed, unique);
        if (inner || lead.equal.empty()) continue;
        // As the services ask, and for callers who are confined to an account.
        if (!Precedes(binding, lead)) continue;
        query.restrict_to = {{"account", many ? "things/t7" : "things/t8"}};
        ExpectIndex(TwoPages(table, query), allowed, unique);
      }
    }
    if (inner || first == nullptr || lead.equal.size() != 1) return;
    // Restricted by the lead's column, without a filter.
    ListQuery query;
    query.page_size = 3;
    query.restrict_to = {{lead.equal[0], SomeValue(*first)}};
    ExpectIndex(TwoPages(table, query), indexes, unique);
  }

  // By a value of a child table, as the services ask.
  template <typename Message>
  void CheckChildLead(const Table<Message>& table, const Lead& lead) {
    const std::string& field = lead.equal[0];
    for (const char* filter : {"", "has(create_time)"}) {
      ListQuery query;
      query.page_size = 1;
      query.filter = filter;
      query.restrict_to = {{field, "contacts/r7"}};
      ExpectIndex(TwoPages(table, query), {"entitlement_contacts_contact"},
                  true);
      query.restrict_to.push_back({"account", "things/t7"});
      ExpectIndex(TwoPages(table, query), {"entitlement_contacts_contact"},
                  true);
    }
  }

  // The same pages where no more rows follow than are looked at at once, as in
  // a table of few rows: they have no end.
  static std::vector<Statement> LastWindow(std::vector<Statement> statements) {
    for (Statement& statement : statements) {
      const int ends = absl::StrReplaceAll({{"name <= :until_name AND ", ""}},
                                           &statement.sql);
      if (ends == 0) continue;
      Binds binds;
      for (const Bind& bind : statement.binds) {
        if (bind.name != "until_name") binds.Add(bind.name, bind.value);
      }
      statement.binds = std::move(binds);
    }
    return statements;
  }

  static Value SomeValue(const Column& column) {
    if (column.kind == ColumnKind::kId) return Value("things/t7");
    if (column.kind == ColumnKind::kText)
      return Value(column.null_when_empty ? "e7" : "t7");
    return Value(1);
  }

  static bool Fits(const TableBinding& binding, absl::string_view filter) {
    return sla::Expression::Parse(filter, binding.filter_schema(),
                                  sla::Usage::kLevel)
        .ok();
  }

  // The statements of the first page and the second.
  template <typename Message>
  std::vector<Statement> TwoPages(const Table<Message>& table,
                                  ListQuery query) {
    return recorder_.Of([&] {
      for (int page_number = 0; page_number < 2; ++page_number) {
        EXPECT_OK(
            session_->Read(Within(absl::Seconds(60)), [&](Transaction& tx) {
              absl::StatusOr<ListPage<Message>> page = table.List(tx, query);
              if (page.ok()) query.after = page->next;
              return page.status();
            }));
        if (query.after.empty()) break;
      }
    });
  }

  template <typename Message>
  void CheckWrites(const Table<Message>& table, const std::string& name) {
    std::vector<Statement> statements = recorder_.Of([&] {
      TxOptions options = Within(absl::Seconds(60));
      options.dry_run = true;
      EXPECT_OK(session_->Write(options, [&](Transaction& tx) {
        absl::StatusOr<Message> row = table.Get(tx, name, Lock::kForUpdate);
        if (!row.ok()) return row.status();
        absl::Status status =
            table.BatchGet(tx, {name}, Lock::kForUpdate).status();
        if (status.ok())
          status =
              table.BatchGet(tx, {name}, Lock::kForUpdateSkipLocked).status();
        if (status.ok()) status = table.Get(tx, name, Lock::kShared).status();
        if (status.ok())
          status = table.BatchGet(tx, {name}, Lock::kShared).status();
        HiddenValues hidden;
        for (const HiddenColumn& column : table.binding().spec().hidden)
          if (column.make == nullptr) hidden.push_back(5);
        if (status.ok()) status = table.UpdateDerived(tx, *row);
        if (status.ok() && !hidden.empty())
          status = table.UpdateDerived(tx, *row, &hidden);
        if (status.ok() && table.binding().has_etag())
          status = table.Update(tx, &*row);
        if (status.ok() && !hidden.empty())
          status = table.Update(tx, &*row, &hidden);
        if constexpr (requires { row->clear_contacts(); }) {
          row->clear_contacts();
          if (status.ok()) status = table.Update(tx, &*row);
        }
        if (status.ok() && !table.binding().has_etag())
          status = table.Reconcile(tx, {*row}, {});
        else if (status.ok())
          status = table.Delete(tx, name);
        return status;
      }));
    });
    statements.erase(std::remove_if(statements.begin(), statements.end(),
                                    [](const Statement& it) {
                                      return absl::StartsWith(it.sql, "INSERT");
                                    }),
                     statements.end());
    ExpectIndex(statements, {"PRIMARY"}, true);
  }

  template <typename... Messages>
  void CheckTables(const Table<Messages>&... tables) {
    (CheckTable(tables), ...);
  }

  void CheckAll() {
    CheckTables(AccountTable(), ContactTable(), ProductTable(), AssetTable(),
                PriceBookEntryTable(), ServiceContractTable(),
                ContractLineItemTable(), ContractTemplateTable(),
                BusinessHoursTable(), BusinessHoursVersionTable(),
                MilestoneTypeTable(), ItemStatusTable(),
                AttributeDefinitionTable(), EntitlementProcessTable(),
                EntitlementProcessVersionTable(), EntitlementTable(),
                EntitlementTemplateTable(), ProductEntitlementTemplateTable(),
                AssignmentRuleTable(), EntitlementVerdictTable(), CaseTable(),
                MilestoneTable(), TaskTable());
    ExpectIndex(recorder_.Of([&] {
      EXPECT_OK(session_->Read(Within(absl::Seconds(60)), [](Transaction& tx) {
        return MilestoneTable()
            .FindIn(tx, "case_name", {"things/t1", "things/t2"})
            .status();
      }));
    }),
                {"milestones_case"}, true);
    ExpectIndex(recorder_.Of([&] {
      TxOptions options = Within(absl::Seconds(60));
      options.confined_to = Confinement{"things/t7"};
      EXPECT_OK(session_->Read(options, [](Transaction& tx) {
        return MilestoneTable().FindIn(tx, "case_name", {"things/t1"}).status();
      }));
    }),
                {"milestones_case", "milestones_account"}, true);
    CheckFindIn(ContractLineItemTable(), "asset", "contract_line_items_asset");
    CheckFindIn(EntitlementTable(), "asset", "entitlements_asset");
    CheckCount();
    CheckTree("service_contracts");
    CheckTree("contract_line_items");
    CheckTree("assets");
    CheckFind(BusinessHoursTable(), {{"is_default", 1}},
              "business_hours_default");
    CheckFind(EntitlementTable(), {{"account", "things/t8"}},
              "entitlements_account");
    CheckFind(EntitlementTable(), {{"asset", "things/t8"}},
              "entitlements_asset");
    CheckFind(EntitlementTable(), {{"contract_line_item", "things/t8"}},
              "entitlements_contract_line_item");
    CheckFind(EntitlementTable(), {{"service_contract", "things/t8"}},
              "entitlements_service_contract", Lock::kForUpdate);
    ExpectIndex(recorder_.Of([&] {
      EXPECT_OK(session_->Read(Within(absl::Seconds(60)), [](Transaction& tx) {
        return ProductEntitlementTemplateTable()
            .FindIn(tx, "product", {"things/t8", "things/t9"})
            .status();
      }));
    }),
                {"product_entitlement_templates_product"}, true);
    CheckFind(MilestoneTable(), {{"case_name", "things/t8"}},
              "milestones_case");
    CheckFind(TaskTable(), {{"case_name", "things/t8"}}, "tasks_case");
    CheckFind(ServiceContractTable(), {{"contract_number", "e8"}},
              "service_contracts_contract_number");
    CheckFind(ServiceContractTable(), {{"root", "things/t8"}},
              "service_contracts_root");
    CheckFind(ContractLineItemTable(), {{"service_contract", "things/t8"}},
              "contract_line_items_contract");
    CheckFind(ContractLineItemTable(), {{"asset", "things/t8"}},
              "contract_line_items_asset");
  }

  template <typename Message>
  void CheckFindIn(const Table<Message>& table, const std::string& column,
                   const std::string& index) {
    ExpectIndex(recorder_.Of([&] {
      EXPECT_OK(session_->Read(Within(absl::Seconds(60)), [&](Transaction& tx) {
        return table.FindIn(tx, column, {"things/t1", "things/t2"}).status();
      }));
    }),
                {index}, true);
  }

  void CheckTree(const std::string& table) {
    ExpectIndex(recorder_.Of([&] {
      EXPECT_OK(
          session_->Write(Within(absl::Seconds(60)), [&](Transaction& tx) {
            absl::Status status = ReadTree(tx, table, "things/t8").status();
            status.Update(CountTree(tx, table, "things/t8").status());
            status.Update(LevelInTree(tx, table, "things/t8", 64).status());
            status.Update(MoveToTree(tx, table, {"things/a", "things/b"}, "c"));
            return status;
          }));
    }),
                {table + "_root", "PRIMARY"}, false);
  }

  // A job's total: all rows count, but out of a narrow index, not the table.
  void CheckCount() {
    for (const Statement& statement : recorder_.Of([&] {
           EXPECT_OK(session_->Read(
               Within(absl::Seconds(60)),
               [](Transaction& tx) { return CaseTable().Count(tx).status(); }));
         })) {
      checked_.insert({GetParam().engine, StatementShape(statement.sql)});
      EXPECT_THAT(
          Explain(statement).indexes,
          testing::ElementsAre(testing::Not(testing::AnyOf("", "PRIMARY"))));
    }
  }

  template <typename Message>
  void CheckFind(const Table<Message>& table,
                 const std::vector<Equality>& equal, const char* index,
                 Lock lock = Lock::kNone) {
    ExpectIndex(recorder_.Of([&] {
      EXPECT_OK(session_->Read(Within(absl::Seconds(60)), [&](Transaction& tx) {
        return table.Find(tx, equal, lock).status();
      }));
    }),
                {index}, false);
  }
};
CHARTER_CONFORMANCE(QueryPlanTest);

TEST_P(QueryPlanTest, X3_EveryStatementUsesItsIndex) {
  EXPECT_EQ(Number("SELECT COUNT(*) FROM cases"), kFullRows);
  {
    SCOPED_TRACE("without statistics");
    CheckAll();
  }
  GatherStatistics();
  {
    SCOPED_TRACE("with statistics");
    CheckAll();
  }
  ExpectListed("resources.txt", GetParam().engine, checked_);
}

}  // namespace
}  // namespace charter::storage
