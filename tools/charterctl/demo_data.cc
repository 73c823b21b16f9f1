#include "tools/charterctl/demo_data.h"

#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "tools/charterctl/csv_file.h"

namespace charter::tools {
namespace {

constexpr std::array kFamilies = {
    "Lindner",    "Okafor",    "Moreau",  "Kowalska", "Hansen",    "Ferrari",
    "Novák",      "Andersson", "Yılmaz",  "O'Brien",  "Fernández", "Schröder",
    "Haddad",     "Tanaka",    "Ivanova", "Costa",    "Müller",    "Nguyen",
    "Østergaard", "Petrov",    "Silva",   "Berger",   "Kovács",    "Rossi"};
constexpr std::array kGiven = {
    "Ann",  "Björn",  "Chiara", "Davide", "Élodie", "Farid", "Greta", "Hana",
    "Ines", "Jürgen", "Katja",  "Luís",   "Mei",    "Noah",  "Olga",  "Paulo",
    "Rosa", "Sven",   "Tomás",  "Ulrike", "Viktor", "Wendy", "Yusuf", "Zoë"};
constexpr std::array kTrades = {"Druck",    "Logistics", "Foods",   "Optics",
                                "Textiles", "Robotics",  "Clinics", "Energy",
                                "Shipping", "Packaging", "Dental",  "Timber"};
constexpr std::array kForms = {"GmbH", "Ltd", "S.A.", "AB", "Inc.", "s.r.o."};
constexpr std::array kCities = {"Vienna", "Lyon",   "Gdańsk", "Porto",
                                "Malmö",  "Dublin", "Brno",   "Turin"};
constexpr std::array kRegions = {"emea", "emea", "emea", "amer", "apac"};

struct Model {
  const char *id, *name, *code, *family;
  bool serialized;
  int yearly;  // what a year of service for it costs, in EUR
};
constexpr std::array<Model, 6> kModels = {{
    {"press-100", "Press 100", "P-100", "Presses", true, 1200},
    {"press-200", "Press 200 Duo", "P-200", "Presses", true, 2150},
    {"binder-5", "Binder 5", "B-5", "Finishing", true, 380},
    {"cutter-x", "Cutter X", "C-X", "Finishing", true, 520},
    {"ink-unit", "Ink unit", "IU-1", "Parts", true, 95},
    {"flow", "Flow workflow licence", "F-SW", "Software", false, 640},
}};

struct Plan {
  const char *id, *name, *tier;
  int priority;
};
constexpr std::array<Plan, 3> kPlans = {
    {{"gold", "Gold support", "gold", 1},
     {"silver", "Silver support", "silver", 2},
     {"bronze", "Bronze support", "bronze", 3}}};

class Table {
 public:
  explicit Table(std::vector<std::string> header) : text_(CsvLine(header)) {}
  void Add(const std::vector<std::string>& cells) {
    text_ += CsvLine(cells);
    ++rows_;
  }
  absl::Status Write(const std::string& folder, const char* kind) const {
    absl::Status status =
        WriteFile(absl::StrCat(folder, "/", kind, ".csv"), text_);
    if (status.ok()) {
      std::printf("%s/%s.csv: %lld\n", folder.c_str(), kind,
                  static_cast<long long>(rows_));
    }
    return status;
  }

 private:
  std::string text_;
  int64_t rows_ = 0;
};

std::string Date(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

// The letters of a name that an address may have.
std::string Plain(absl::string_view name) {
  std::string plain;
  for (char c : absl::StrReplaceAll(name, {{"á", "a"},
                                           {"ã", "a"},
                                           {"å", "a"},
                                           {"ä", "ae"},
                                           {"é", "e"},
                                           {"É", "e"},
                                           {"ë", "e"},
                                           {"í", "i"},
                                           {"ı", "i"},
                                           {"ń", "n"},
                                           {"ö", "oe"},
                                           {"ó", "o"},
                                           {"Ø", "o"},
                                           {"ø", "o"},
                                           {"ü", "ue"}})) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)))
      plain += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return plain;
}

class Maker {
 public:
  explicit Maker(const DemoDataOptions& options)
      : options_(options), random_(options.seed) {}

  absl::Status Run() {
    for (const Model& model : kModels) {
      products_.Add({absl::StrCat("products/", model.id), model.name,
                     model.code, model.family,
                     model.serialized ? "true" : "false"});
      prices_.Add({absl::StrCat("priceBookEntries/", model.id),
                   absl::StrCat("products/", model.id), "standard",
                   absl::StrCat(model.yearly, ".00 EUR")});
    }
    for (int64_t i = 0; i < options_.accounts; ++i) AddAccount(i);
    for (const auto& [table, kind] :
         {std::pair(&products_, "products"), std::pair(&prices_, "prices"),
          std::pair(&accounts_, "accounts"), std::pair(&contacts_, "contacts"),
          std::pair(&assets_, "assets"), std::pair(&contracts_, "contracts"),
          std::pair(&lines_, "lines"),
          std::pair(&entitlements_, "entitlements")}) {
      absl::Status status = table->Write(options_.folder, kind);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  // The standard's distributions differ between libraries; this doesn't.
  int Below(int n) { return static_cast<int>(random_() % n); }
  template <typename List>
  auto Pick(const List& list) {
    return list[Below(static_cast<int>(list.size()))];
  }

  void AddAccount(int64_t i) {
    const std::string id = absl::StrFormat("demo-%06d", i + 1);
    const std::string family = Pick(kFamilies);
    const std::string trade = Pick(kTrades);
    const std::string city = Pick(kCities);
    const Plan& plan = kPlans[Below(3)];
    const bool branch = i > 0 && Below(6) == 0;
    accounts_.Add({absl::StrCat("accounts/", id),
                   branch ? absl::StrCat(head_name_, ", ", city)
                          : absl::StrCat(family, " ", trade, " ", Pick(kForms)),
                   absl::StrCat("D", 10000 + i), plan.tier, Pick(kRegions),
                   branch ? absl::StrCat("accounts/", head_) : ""});
    if (!branch) {
      head_ = id;
      head_name_ = absl::StrCat(family, " ", trade);
    }
    const std::string domain =
        absl::StrCat(Plain(family), "-", Plain(trade), i + 1, ".example");
    std::vector<std::string> people;
    for (int n = 1 + Below(5); n > 0; --n)
      people.push_back(AddContact(id, people.size(), domain));
    const std::string contract = Below(2) == 0 ? AddContract(id, people) : "";
    for (int n = Below(6); n > 0; --n) AddAsset(id, n, people, contract);
    AddEntitlements(id, plan, people);
  }

  std::string AddContact(const std::string& account, size_t number,
                         const std::string& domain) {
    const std::string given = Pick(kGiven);
    const std::string family = Pick(kFamilies);
    const std::string name =
        absl::StrCat("contacts/", account, "-", number + 1);
    contacts_.Add({name, absl::StrCat(given, " ", family),
                   absl::StrCat("accounts/", account),
                   absl::StrCat(Plain(given), ".", Plain(family), number + 1,
                                "@", domain),
                   absl::StrFormat("+43 1 %03d %02d %02d", Below(1000),
                                   Below(100), Below(100))});
    return name;
  }

  // A draft, as every new contract is.
  std::string AddContract(const std::string& account,
                          const std::vector<std::string>& people) {
    const std::string name = absl::StrCat("serviceContracts/", account);
    contracts_.Add({name, "Service agreement",
                    absl::StrCat("accounts/", account), people.front(), "EUR",
                    "standard", Date(options_.today - Below(300)),
                    absl::StrCat(12 * (1 + Below(3)))});
    return name;
  }

  void AddAsset(const std::string& account, int number,
                const std::vector<std::string>& people,
                const std::string& contract) {
    const Model& model = kModels[Below(6)];
    const std::string name = absl::StrCat("assets/", account, "-", number);
    const absl::CivilDay bought = options_.today - Below(5 * 365);
    const auto add = [&](const std::string& asset, const Model& of,
                         const std::string& parent) {
      assets_.Add({asset, absl::StrCat(of.name, " ", Pick(kCities)),
                   absl::StrCat("accounts/", account), Pick(people),
                   absl::StrCat("products/", of.id), parent,
                   of.serialized
                       ? absl::StrFormat("%s/%07d", of.code, Below(10000000))
                       : "",
                   "installed", Date(bought), Date(bought + Below(30))});
    };
    add(name, model, "");
    if (!contract.empty()) {
      lines_.Add({absl::StrCat("contractLineItems/", account, "-", number),
                  contract, absl::StrCat("priceBookEntries/", model.id), name,
                  "1", Below(3) == 0 ? "7.5" : ""});
    }
    // A press has an ink unit of its own.
    if (model.id == kModels[1].id)
      add(absl::StrCat(name, "-ink"), kModels[4], name);
  }

  void AddEntitlements(const std::string& account, const Plan& plan,
                       const std::vector<std::string>& people) {
    const absl::CivilDay start = options_.today - Below(330);
    // One in eight ran out and was not renewed.
    const bool over = Below(8) == 0;
    const std::string listed =
        Below(4) == 0 ? absl::StrJoin(people.begin(), people.begin() + 1, ";")
                      : "";
    const absl::CivilDay from = over ? start - 730 : start;
    entitlements_.Add({absl::StrCat("entitlements/", account, "-", plan.id),
                       plan.name, absl::StrCat("accounts/", account), listed,
                       "phone", Date(from), Date(from + 364), options_.process,
                       absl::StrCat(plan.priority)});
    if (Below(3) == 0) {
      entitlements_.Add({absl::StrCat("entitlements/", account, "-web"),
                         "Web support", absl::StrCat("accounts/", account), "",
                         "web", Date(start), "", options_.process, "9"});
    }
  }

  const DemoDataOptions& options_;
  std::mt19937_64 random_;
  std::string head_, head_name_;
  Table products_{
      {"name", "display_name", "product_code", "family", "serialized"}};
  Table accounts_{
      {"name", "display_name", "external_id", "tier", "region", "parent"}};
  Table contacts_{{"name", "display_name", "account", "email", "phone"}};
  Table assets_{{"name", "display_name", "account", "contact", "product",
                 "parent", "serial_number", "status", "purchase_date",
                 "install_date"}};
  Table prices_{{"name", "product", "price_book", "unit_price"}};
  Table contracts_{{"name", "display_name", "account", "contact",
                    "currency_code", "price_book", "start_date",
                    "term_months"}};
  Table lines_{{"name", "service_contract", "price_book_entry", "asset",
                "quantity", "discount"}};
  Table entitlements_{{"name", "display_name", "account", "contacts", "type",
                       "start_date", "end_date", "process", "priority"}};
};

}  // namespace

absl::Status WriteDemoData(const DemoDataOptions& options) {
  mkdir(options.folder.c_str(), 0755);  // or it is there already
  return Maker(options).Run();
}

}  // namespace charter::tools
