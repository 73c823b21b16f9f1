// How long SearchCallers takes, by how many there are to search: in one
// process, so without gRPC, on a database of its own.
//
//   search_bench --customers 100000 [--sqlite]
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/services/directory/directory.h"
#include "server/services/shared/caller_terms.h"
#include "storage/table/resource_tables.h"
#include "tests/support/service_world.h"

namespace charter::bench {
namespace {

constexpr int kBatch = 1000;
constexpr int kWarmUp = 20;

const std::vector<std::string>& FirstNames() {
  static const auto* const names = new std::vector<std::string>{
      "Anna",   "Maria",  "Thomas",   "Michael", "Andreas", "Sabine",   "Peter",
      "Ursula", "Stefan", "Monika",   "Jürgen",  "Karin",   "Wolfgang", "Petra",
      "Łukasz", "Zoë",    "François", "Siobhán", "José",    "Inès",     "Björn",
      "Agnes",  "Tobias", "Clara",    "Felix",   "Greta",   "Hannes",   "Ida",
      "Jakob",  "Katrin", "Leon",     "Mira",    "Nils",    "Olga",     "Paul",
      "Rosa",   "Simon",  "Tamara",   "Viktor",  "Wanda"};
  return *names;
}

// 1,600 family names of two parts.
std::string FamilyName(size_t i) {
  static const char* const kBegins[] = {
      "Müll",  "Schmid", "Schneid", "Fisch",  "Web",     "Mey",  "Wagn",
      "Beck",  "Schulz", "Hoffm",   "Schäf",  "Koch",    "Bau",  "Richt",
      "Klein", "Wolf",   "Schröd",  "Neum",   "Schwarz", "Zimm", "Braun",
      "Krüg",  "Hofm",   "Hartm",   "Lang",   "Schmitt", "Wern", "Krau",
      "Mei",   "Lehm",   "Köhl",    "Herrm",  "König",   "Walt", "May",
      "Kais",  "Fuchs",  "Pet",     "Scholz", "Möll"};
  static const char* const kEnds[] = {
      "er",   "mann",  "inger", "bauer", "berg",  "feld",  "hofer", "stein",
      "s",    "lein",  "ner",   "holz",  "bach",  "thal",  "wald",  "burg",
      "dorf", "hauer", "meier", "huber", "egger", "rath",  "brand", "horn",
      "kamp", "land",  "litz",  "ow",    "sen",   "ski",   "ing",   "ert",
      "old",  "rich",  "fried", "lieb",  "gut",   "traut", "helm",  "rad"};
  return absl::StrCat(kBegins[i % std::size(kBegins)],
                      kEnds[i / std::size(kBegins) % std::size(kEnds)]);
}

// Few are common and many are rare.
size_t Skewed(std::mt19937_64& random, size_t count) {
  const double u = std::uniform_real_distribution<double>(0, 1)(random);
  return static_cast<size_t>(u * u * static_cast<double>(count));
}

struct Customer {
  std::string account, first, family, email, phone, serial;
};

// Customer `i`, always the same.
Customer MakeCustomer(int64_t i) {
  std::mt19937_64 random(static_cast<uint64_t>(i) + 4711);
  static const char* const kTrades[] = {
      "Bau", "Druck", "Technik", "Handel", "Logistik", "Metall", "Optik"};
  static const char* const kForms[] = {"GmbH", "AG", "KG", "Ltd."};
  Customer customer;
  customer.account = absl::StrCat(FamilyName(random() % 1600), " ",
                                  kTrades[random() % std::size(kTrades)], " ",
                                  i, " ", kForms[random() % std::size(kForms)]);
  customer.first = FirstNames()[Skewed(random, FirstNames().size())];
  customer.family = FamilyName(Skewed(random, 1600));
  customer.email = absl::StrCat("c", i, "@firm", i % 5000, ".example");
  customer.phone = absl::StrFormat("+43 (0)%d %07d", 600 + i % 90,
                                   static_cast<int>(random() % 10'000'000));
  customer.serial =
      absl::StrFormat("SN-%04x/%08d", static_cast<int>(random() % 0x10000), i);
  return customer;
}

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

template <typename Message>
void AddTermsOf(const std::vector<Message>& rows,
                std::vector<storage::TermRow>* terms) {
  for (const Message& row : rows) {
    for (storage::SearchTerm& term : services::TermsOf(row))
      terms->push_back({row.name(), services::AccountOf(row), std::move(term)});
  }
}

// An account, a contact and an asset for each.
void Fill(test::ServiceWorld& world, int customers) {
  const auto session = world.store().OpenSession();
  services::Call call(world.services(), *session, world.Info());
  for (int from = 0; from < customers; from += kBatch) {
    Check(call.Apply([&](storage::Transaction& tx) -> absl::Status {
      std::vector<v1::Account> accounts;
      std::vector<v1::Contact> contacts;
      std::vector<v1::Asset> assets;
      for (int i = from; i < std::min(from + kBatch, customers); ++i) {
        const Customer customer = MakeCustomer(i);
        v1::Account& account = accounts.emplace_back();
        account.set_name(absl::StrFormat("accounts/a%07d", i));
        account.set_display_name(customer.account);
        v1::Contact& contact = contacts.emplace_back();
        contact.set_name(absl::StrFormat("contacts/c%07d", i));
        contact.set_account(account.name());
        contact.set_display_name(
            absl::StrCat(customer.first, " ", customer.family));
        contact.set_email(customer.email);
        contact.set_phone(customer.phone);
        v1::Asset& asset = assets.emplace_back();
        asset.set_name(absl::StrFormat("assets/s%07d", i));
        asset.set_account(account.name());
        asset.set_display_name("Drucker");
        asset.set_serial_number(customer.serial);
      }
      std::vector<storage::TermRow> terms;
      AddTermsOf(accounts, &terms);
      AddTermsOf(contacts, &terms);
      AddTermsOf(assets, &terms);
      absl::Status status = services::AddMissingTerms(tx, terms);
      if (status.ok())
        status = storage::AccountTable().InsertAll(tx, &accounts);
      if (status.ok())
        status = storage::ContactTable().InsertAll(tx, &contacts);
      if (status.ok()) status = storage::AssetTable().InsertAll(tx, &assets);
      return status;
    }));
  }
  Check(world.store().Analyze());
}

// As somebody types who hits two keys in the wrong order.
std::string Mistyped(std::string word) {
  // Behind the umlauts.
  std::swap(word[word.size() - 2], word[word.size() - 3]);
  return word;
}

struct Kind {
  const char* name;
  std::function<v1::SearchCallersRequest(const Customer&, int64_t index)> make;
};

v1::SearchCallersRequest Typed(const std::string& text) {
  v1::SearchCallersRequest request;
  request.set_query(text);
  return request;
}

std::vector<Kind> Kinds() {
  using C = Customer;
  return {
      {"first name alone", [](const C& c, int64_t) { return Typed(c.first); }},
      {"family name alone",
       [](const C& c, int64_t) { return Typed(c.family); }},
      {"both names",
       [](const C& c, int64_t) {
         return Typed(absl::StrCat(c.family, " ", c.first));
       }},
      {"first name, family name begun",
       [](const C& c, int64_t) {
         return Typed(absl::StrCat(c.first, " ", c.family.substr(0, 4)));
       }},
      {"both names begun",
       [](const C& c, int64_t) {
         return Typed(
             absl::StrCat(c.first.substr(0, 3), " ", c.family.substr(0, 4)));
       }},
      {"family name with an error",
       [](const C& c, int64_t) { return Typed(Mistyped(c.family)); }},
      {"both names, one with an error",
       [](const C& c, int64_t) {
         return Typed(absl::StrCat(c.first, " ", Mistyped(c.family)));
       }},
      {"e-mail", [](const C& c, int64_t) { return Typed(c.email); }},
      {"telephone",
       [](const C& c, int64_t) {
         return Typed(absl::StrCat("0", c.phone.substr(7)));
       }},
      {"serial number, without signs",
       [](const C& c, int64_t) {
         return Typed(
             absl::StrCat("sn", c.serial.substr(3, 4), c.serial.substr(8)));
       }},
      {"first name and account",
       [](const C& c, int64_t) {
         return Typed(absl::StrCat(c.first, " ", c.account));
       }},
      {"first name, within the account",
       [](const C& c, int64_t i) {
         v1::SearchCallersRequest request = Typed(c.first);
         request.set_account(absl::StrFormat("accounts/a%07d", i));
         return request;
       }},
      {"nobody",
       [](const C& c, int64_t) {
         return Typed(absl::StrCat(c.first, " zzyzx"));
       }},
  };
}

void Measure(test::ServiceWorld& world, int customers, int queries) {
  const auto session = world.store().OpenSession();
  std::printf("%-34s %8s %8s %8s %8s\n", "", "p50 ms", "p99 ms", "most",
              "found");
  for (const Kind& kind : Kinds()) {
    std::mt19937_64 random(17);
    std::vector<double> times;
    int64_t found = 0;
    for (int i = 0; i < kWarmUp + queries; ++i) {
      const auto index =
          static_cast<int64_t>(random() % static_cast<uint64_t>(customers));
      const v1::SearchCallersRequest request =
          kind.make(MakeCustomer(index), index);
      const auto begin = std::chrono::steady_clock::now();
      services::Call call(world.services(), *session, world.Info());
      const auto response = services::SearchCallers(call, request);
      const auto end = std::chrono::steady_clock::now();
      Check(response.status());
      if (i < kWarmUp) continue;
      times.push_back(
          std::chrono::duration<double, std::milli>(end - begin).count());
      found += response->callers_size();
    }
    std::sort(times.begin(), times.end());
    std::printf("%-34s %8.2f %8.2f %8.2f %8.1f\n", kind.name,
                times[times.size() / 2], times[times.size() * 99 / 100],
                times.back(),
                static_cast<double>(found) / static_cast<double>(queries));
  }
}

}  // namespace
}  // namespace charter::bench

int main(int argc, char** argv) {
  CLI::App app("Measures the search for callers.", "search_bench");
  int customers = 100'000;
  int queries = 300;
  bool sqlite = false;
  app.add_option("--customers", customers,
                 "accounts, each with a contact and an asset")
      ->check(CLI::PositiveNumber);
  app.add_option("--queries", queries, "of each kind")
      ->check(CLI::PositiveNumber);
  app.add_flag("--sqlite", sqlite, "on SQLite instead of MariaDB");
  CLI11_PARSE(app, argc, argv);
  using charter::storage::Engine;
  charter::test::ServiceWorld world(
      {.engine = sqlite ? Engine::kSqlite : Engine::kMysql});
  const auto begin = std::chrono::steady_clock::now();
  charter::bench::Fill(world, customers);
  std::printf(
      "%s, %d accounts, contacts and assets each, filled in %.0f s\n",
      sqlite ? "SQLite" : "MariaDB", customers,
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count());
  charter::bench::Measure(world, customers, queries);
}
