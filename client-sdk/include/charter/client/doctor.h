// Why does it not work? Looks at everything between a program and its server.
#ifndef CHARTER_CLIENT_DOCTOR_H_
#define CHARTER_CLIENT_DOCTOR_H_

#include <memory>
#include <string>
#include <vector>

#include "charter/client/channel.h"

namespace charter::client {

// One thing that was looked at.
struct Finding {
  std::string what;  // `connection`, `identity`, `version`, `clock`, `feed`
  bool good = false;
  std::string detail;   // what was seen; never a token
  std::string way_out;  // empty when good
};

// Asks the server a few harmless questions, each with a deadline of 5 s.
// Findings come in order; after one that makes the next ones pointless, it
// ends.
std::vector<Finding> Doctor(const std::shared_ptr<Channel>& channel);

// A line for each, `ok` or `!!` first.
std::string Print(const std::vector<Finding>& findings);

}  // namespace charter::client

#endif  // CHARTER_CLIENT_DOCTOR_H_
