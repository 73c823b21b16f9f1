// The file of cases that the server and the engine must agree upon, byte for
// byte; what stands in it is said in tests/vectors/data/README.md.
#ifndef CHARTER_TESTS_VECTORS_CONFORMANCE_FILE_H_
#define CHARTER_TESTS_VECTORS_CONFORMANCE_FILE_H_

#include <string>

#include "nlohmann/json.hpp"

namespace charter::vectors {

// Its members in the order of the file, which people read.
nlohmann::ordered_json ReadConformanceFile();
void WriteConformanceFile(const nlohmann::ordered_json& file);

// An answer as it is compared: one line, members in order of their names.
std::string Canonical(const nlohmann::ordered_json& answer);

}  // namespace charter::vectors

#endif  // CHARTER_TESTS_VECTORS_CONFORMANCE_FILE_H_
