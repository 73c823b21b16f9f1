#include "tests/vectors/conformance_file.h"

#include <fstream>

#include "absl/strings/str_cat.h"

namespace charter::vectors {
namespace {

using nlohmann::ordered_json;

constexpr char kFile[] = CHARTER_CONFORMANCE_FILE;
constexpr size_t kWidth = 200;

// What fits on a line stands on one.
void Print(const ordered_json& value, size_t indent, std::string* text) {
  const std::string line = value.dump();
  if (!value.is_structured() || indent + line.size() <= kWidth) {
    absl::StrAppend(text, line);
    return;
  }
  const std::string margin(indent + 1, ' ');
  const char* separator = "\n";
  absl::StrAppend(text, value.is_object() ? "{" : "[");
  for (const auto& [key, part] : value.items()) {
    absl::StrAppend(text, separator, margin);
    if (value.is_object())
      absl::StrAppend(text, ordered_json(key).dump(), ": ");
    Print(part, indent + 1, text);
    separator = ",\n";
  }
  absl::StrAppend(text, value.is_object() ? "}" : "]");
}

}  // namespace

ordered_json ReadConformanceFile() {
  std::ifstream file(kFile);
  return ordered_json::parse(file);
}

void WriteConformanceFile(const ordered_json& file) {
  std::string text;
  Print(file, 0, &text);
  std::ofstream(kFile) << text << "\n";
}

std::string Canonical(const ordered_json& answer) {
  return nlohmann::json::parse(answer.dump()).dump();
}

}  // namespace charter::vectors
