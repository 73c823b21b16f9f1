#include "tools/bench/lookup/customers.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/services/shared/caller_terms.h"
#include "storage/table/resource_tables.h"

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

template <typename Message>
void AddTermsOf(const std::vector<Message>& rows,
                std::vector<storage::TermRow>* terms) {
  for (const Message& row : rows) {
    for (storage::SearchTerm& term : services::TermsOf(row))
      terms->push_back({row.name(), services::AccountOf(row), std::move(term)});
  }
}

v1::Entitlement Gold(const std::string& account, int64_t i, int n) {
  v1::Entitlement entitlement;
  entitlement.set_name(absl::StrFormat("entitlements/e%07d-%d", i, n));
  entitlement.set_account(account);
  entitlement.set_display_name("Gold support");
  entitlement.set_state(v1::Entitlement::ACTIVE);
  entitlement.mutable_start_date()->set_year(2020);
  entitlement.mutable_start_date()->set_month(1);
  entitlement.mutable_start_date()->set_day(1);
  entitlement.set_priority(n + 1);
  return entitlement;
}

// An account with as many entitlements as its share says.
absl::Status AddSharing(storage::Transaction& tx, size_t share, int64_t i) {
  v1::Account account;
  account.set_name(SharingAccount(share, i));
  account.set_display_name("Sharing");
  std::vector<v1::Account> accounts = {std::move(account)};
  std::vector<v1::Entitlement> entitlements;
  for (int n = 0; n < kShares[share].entitlements; ++n) {
    entitlements.push_back(
        Gold(accounts.front().name(),
             static_cast<int64_t>(9'000'000 + share * 1000) + i, n));
  }
  absl::Status status = storage::AccountTable().InsertAll(tx, &accounts);
  if (status.ok())
    status = storage::EntitlementTable().InsertAll(tx, &entitlements);
  return status;
}

}  // namespace

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

std::string AccountName(int64_t i) {
  return absl::StrFormat("accounts/a%07d", i);
}

std::string SharingAccount(size_t share, int64_t i) {
  return absl::StrFormat("accounts/s%d-%d", share, i);
}

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

void Fill(test::ServiceWorld& world, int customers) {
  const auto session = world.store().OpenSession();
  services::Call call(world.services(), *session, world.Info());
  for (int from = 0; from < customers; from += kBatch) {
    Check(call.Apply([&](storage::Transaction& tx) -> absl::Status {
      std::vector<v1::Account> accounts;
      std::vector<v1::Contact> contacts;
      std::vector<v1::Asset> assets;
      std::vector<v1::Entitlement> entitlements;
      for (int i = from; i < std::min(from + kBatch, customers); ++i) {
        const Customer customer = MakeCustomer(i);
        v1::Account& account = accounts.emplace_back();
        account.set_name(AccountName(i));
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
        entitlements.push_back(Gold(account.name(), i, 0));
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
      if (status.ok())
        status = storage::EntitlementTable().InsertAll(tx, &entitlements);
      return status;
    }));
  }
  for (size_t share = 0; share < std::size(kShares); ++share) {
    for (int i = 0; i < kShares[share].accounts; ++i) {
      Check(call.Apply(
          [&](storage::Transaction& tx) { return AddSharing(tx, share, i); }));
    }
  }
  Check(world.store().Analyze());
}

Figures Measure(test::ServiceWorld& world, int times,
                const std::function<int64_t(services::Call&)>& one) {
  const auto session = world.store().OpenSession();
  std::vector<double> took;
  int64_t returned = 0;
  for (int i = 0; i < kWarmUp + times; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    services::Call call(world.services(), *session, world.Info());
    const int64_t count = one(call);
    const auto end = std::chrono::steady_clock::now();
    if (i < kWarmUp) continue;
    took.push_back(
        std::chrono::duration<double, std::milli>(end - begin).count());
    returned += count;
  }
  std::sort(took.begin(), took.end());
  return {took[took.size() / 2], took[took.size() * 99 / 100], took.back(),
          static_cast<double>(returned) / static_cast<double>(times)};
}

void PrintHead(absl::string_view returned) {
  std::printf("%-34s %8s %8s %8s %8s\n", "", "p50 ms", "p99 ms", "most",
              std::string(returned).c_str());
}

void Print(absl::string_view name, const Figures& figures) {
  std::printf("%-34s %8.2f %8.2f %8.2f %8.1f\n", std::string(name).c_str(),
              figures.p50_ms, figures.p99_ms, figures.most_ms,
              figures.returned);
}

}  // namespace charter::bench
