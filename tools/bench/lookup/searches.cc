#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/directory/directory.h"
#include "tools/bench/lookup/customers.h"

namespace charter::bench {
namespace {

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
         request.set_account(AccountName(i));
         return request;
       }},
      {"nobody",
       [](const C& c, int64_t) {
         return Typed(absl::StrCat(c.first, " zzyzx"));
       }},
  };
}

}  // namespace

void MeasureSearches(test::ServiceWorld& world, int customers, int times) {
  PrintHead("found");
  for (const Kind& kind : Kinds()) {
    std::mt19937_64 random(17);
    Print(kind.name, Measure(world, times, [&](services::Call& call) {
            const auto index = static_cast<int64_t>(
                random() % static_cast<uint64_t>(customers));
            const auto response = services::SearchCallers(
                call, kind.make(MakeCustomer(index), index));
            Check(response.status());
            return int64_t{response->callers_size()};
          }));
  }
}

}  // namespace charter::bench
