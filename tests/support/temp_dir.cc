#include "tests/support/temp_dir.h"

#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace charter::test {

TempDir::TempDir() {
  const char* const parent = std::getenv("TMPDIR");
  path_ = absl::StrCat(parent != nullptr && *parent != '\0' ? parent : "/tmp",
                       "/charter-XXXXXX");
  if (mkdtemp(path_.data()) == nullptr) {
    std::perror(path_.c_str());
    std::abort();
  }
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::File(absl::string_view name) const {
  return absl::StrCat(path_, "/", name);
}

}  // namespace charter::test
