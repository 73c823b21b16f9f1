// Takes a call: quickstart WHO SUBJECT. The server is the one that
// CHARTER_ENDPOINT names, and CHARTER_TOKEN_FILE holds the token to show it.
#include <cstdio>
#include <string>

#include "charter/client/channel.h"
#include "charter/client/status.h"
#include "desk.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s WHO SUBJECT\n", argv[0]);
    return 2;
  }
  Desk desk(charter::client::Channel::Open());
  const auto opened = desk.TakeCall(argv[1], argv[2]);
  if (!opened.ok()) {
    std::fprintf(stderr, "%s\n",
                 charter::client::Describe(opened.status()).c_str());
    return 1;
  }
  std::printf("%s, number %s\n", opened->name().c_str(),
              opened->case_number().c_str());
  const auto clocks = desk.Clocks(opened->name());
  if (!clocks.ok()) {
    std::fprintf(stderr, "%s\n",
                 charter::client::Describe(clocks.status()).c_str());
    return 1;
  }
  for (const charter::v1::Milestone& clock : *clocks) {
    std::printf("  %s is due in %lld s of business time\n",
                clock.placement().c_str(),
                static_cast<long long>(clock.remaining().seconds()));
  }
  return 0;
}
