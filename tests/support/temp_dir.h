// A folder for one test, removed with all in it at the end.
#ifndef CHARTER_TESTS_SUPPORT_TEMP_DIR_H_
#define CHARTER_TESTS_SUPPORT_TEMP_DIR_H_

#include <string>

#include "absl/strings/string_view.h"

namespace charter::test {

class TempDir {
 public:
  // Made under TMPDIR, or /tmp; aborts when that can't be.
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  // path()/name
  std::string File(absl::string_view name) const;

 private:
  std::string path_;
};

}  // namespace charter::test

#endif  // CHARTER_TESTS_SUPPORT_TEMP_DIR_H_
