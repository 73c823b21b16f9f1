// Names of resources, a type for each kind: `v1::AccountName("acme")` is
// `accounts/acme`, and goes where a function takes text; `.text()` for what
// takes nothing but std::string. Generated code derives them. An id is put in
// as it is: one with a `/` in it, or an empty one, gives a name that no server
// knows and Parse refuses.
#ifndef CHARTER_CLIENT_RESOURCE_NAME_H_
#define CHARTER_CLIENT_RESOURCE_NAME_H_

#include <initializer_list>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace charter::client {

// The name of a resource of some kind: `accounts/acme`. Generated code derives
// a class for each.
class ResourceName {
 public:
  // As it is sent.
  const std::string& text() const& { return text_; }
  std::string text() && { return std::move(text_); }
  operator const std::string&() const { return text_; }  // NOLINT: meant
  operator absl::string_view() const { return text_; }   // NOLINT: meant

  friend bool operator==(const ResourceName& a, const ResourceName& b) {
    return a.text_ == b.text_;
  }
  friend bool operator<(const ResourceName& a, const ResourceName& b) {
    return a.text_ < b.text_;
  }
  // With names as messages hold them.
  friend bool operator==(const ResourceName& a, const std::string& b) {
    return a.text_ == b;
  }
  friend std::ostream& operator<<(std::ostream& out, const ResourceName& name) {
    return out << name.text_;
  }
  template <typename H>
  friend H AbslHashValue(H h, const ResourceName& name) {
    return H::combine(std::move(h), name.text_);
  }

 protected:
  // `pattern`: `cases/*/milestones/*`, an id for each `*`.
  ResourceName(absl::string_view pattern,
               std::initializer_list<absl::string_view> ids);

  // The ids in `text`. INVALID_ARGUMENT: it is not of the pattern.
  static absl::StatusOr<std::vector<std::string>> Split(
      absl::string_view pattern, absl::string_view text);

 private:
  std::string text_;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_RESOURCE_NAME_H_
