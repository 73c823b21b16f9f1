// What the texts of generated files name, for google::protobuf::io::Printer.
#ifndef CHARTER_TOOLS_PROTOC_GEN_CHARTER_CLIENT_WORDS_H_
#define CHARTER_TOOLS_PROTOC_GEN_CHARTER_CLIENT_WORDS_H_

#include <map>
#include <string>
#include <vector>

#include "tools/protoc-gen-charter-client/model.h"

namespace charter::generator {

using Words = std::map<std::string, std::string>;

Words WordsOf(const ServiceModel& service);
Words WordsOf(const MethodModel& method);
// Parameters of a function, each with a comma after it.
std::string ParametersOf(const std::vector<Parameter>& parameters);
// What the client's function returns.
std::string ReturnOf(const MethodModel& method);

}  // namespace charter::generator

#endif  // CHARTER_TOOLS_PROTOC_GEN_CHARTER_CLIENT_WORDS_H_
