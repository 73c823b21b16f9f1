// The samples against the server that CHARTER_ENDPOINT names, with the token in
// the file that CHARTER_TOKEN_FILE names, and over TLS if CHARTER_CA_FILE names
// its authority:
//
//   samples verify WHAT-WAS-TYPED
//   samples open NUMBER ACCOUNT SUBJECT
//   samples follow DATABASE-FILE            until it is killed
//   samples page DATABASE-FILE              until a line comes in
//   samples import < FILE                   lines of: ID NAME
#include <sqlite3.h>

#include <iostream>
#include <string>
#include <vector>

#include "charter/client/channel.h"
#include "charter/client/status.h"
#include "samples.h"

namespace v1 = charter::v1;

int Fail(const absl::Status& status) {
  std::cerr << charter::client::Describe(status) << "\n";
  return 1;
}

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const std::string task = words.empty() ? "" : words[0];
  const auto channel = charter::client::Channel::Open();
  v1::DirectoryClient directory(channel);
  if (task == "verify" && words.size() == 2) {
    v1::EntitlementClient entitlements(channel);
    const auto caller =
        samples::VerifyCaller(directory, entitlements, words[1]);
    if (!caller.ok()) return Fail(caller.status());
    std::cout << caller->caller.display_name() << " of "
              << caller->caller.account_display_name() << ": "
              << caller->entitlement << "\n";
    return 0;
  }
  if (task == "open" && words.size() == 4) {
    v1::CaseClient cases(channel);
    const auto opened =
        samples::OpenTicket(cases, {words[1], words[2], words[3]});
    if (!opened.ok()) return Fail(opened.status());
    std::cout << opened->name() << ", number " << opened->case_number() << "\n";
    return 0;
  }
  if (task == "follow" && words.size() == 2) {
    sqlite3* database = nullptr;
    if (sqlite3_open(words[1].c_str(), &database) != SQLITE_OK)
      return Fail(absl::UnavailableError(sqlite3_errmsg(database)));
    return Fail(samples::KeepCases(v1::MakeEventConnection(channel), database,
                                   [] { return false; }));
  }
  if (task == "page" && words.size() == 2) {
    sqlite3* database = nullptr;
    if (sqlite3_open(words[1].c_str(), &database) != SQLITE_OK)
      return Fail(absl::UnavailableError(sqlite3_errmsg(database)));
    auto pages = samples::PagesIn(database);
    if (!pages.ok()) return Fail(pages.status());
    const auto worker = samples::PageOnViolation(
        v1::MakeEventConnection(channel), *std::move(pages),
        {.on_end = [](const absl::Status& why) { Fail(why); }});
    std::cin.get();
    const absl::Status stopped = worker->Stop(absl::Seconds(20));
    if (!stopped.ok()) return Fail(stopped);
    return worker->status().ok() ? 0 : Fail(worker->status());
  }
  if (task == "import" && words.size() == 1) {
    std::vector<v1::Account> accounts;
    std::string id, name;
    while (std::cin >> id && std::getline(std::cin >> std::ws, name)) {
      accounts.emplace_back().set_external_id(id);
      accounts.back().set_display_name(name);
    }
    const auto refused = samples::ImportAccounts(directory, accounts);
    for (const samples::Refused& one : refused)
      std::cerr << one.external_id << ": " << one.why << "\n";
    return refused.empty() ? 0 : 1;
  }
  std::cerr << "usage: samples verify TYPED | open NUMBER ACCOUNT SUBJECT | "
               "follow DATABASE | page DATABASE | import\n";
  return 2;
}
