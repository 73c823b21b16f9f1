// Fields of a resource, typed, for masks and filters: a field that there is
// not, or one of another resource, does not compile.
//
//   const v1::AccountFields account;
//   directory.UpdateAccount(changed, {account.display_name(), account.tier()});
//   directory.ListAccounts(account.tier() == "gold" &&
//                          account.create_time() >= monday);
//
// Generated code derives a class for each message; these are its bases.
#ifndef CHARTER_CLIENT_FIELD_H_
#define CHARTER_CLIENT_FIELD_H_

#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace charter::client {

// A path within `Root`, by the names of the proto.
template <typename Root>
class Path {
 public:
  // The path as text; empty: the message itself.
  const std::string& path() const { return path_; }

 protected:
  Path() = default;
  explicit Path(std::string path) : path_(std::move(path)) {}

  // The path of a field of this message.
  std::string Of(absl::string_view field) const {
    return path_.empty() ? std::string(field) : absl::StrCat(path_, ".", field);
  }

 private:
  std::string path_;
};

// Which fields of `Root` an update changes.
template <typename Root>
class Mask {
 public:
  Mask() = default;
  Mask(std::initializer_list<Path<Root>> fields) {
    for (const Path<Root>& field : fields) Add(field);
  }
  // All that clients can write.
  static Mask All() {
    Mask mask;
    mask.paths_.push_back("*");
    return mask;
  }
  Mask& Add(const Path<Root>& field) {
    paths_.push_back(field.path());
    return *this;
  }
  const std::vector<std::string>& paths() const { return paths_; }

 private:
  std::vector<std::string> paths_;
};

// Which resources a list gives: an expression in the language that
// `ProcessDefinition` explains.
template <typename Root>
class Filter {
 public:
  explicit Filter(std::string text) : text_(std::move(text)) {}
  // As it is sent.
  const std::string& text() const { return text_; }

  friend Filter operator&&(const Filter& a, const Filter& b) {
    return Filter(absl::StrCat("(", a.text_, ") && (", b.text_, ")"));
  }
  friend Filter operator||(const Filter& a, const Filter& b) {
    return Filter(absl::StrCat("(", a.text_, ") || (", b.text_, ")"));
  }
  friend Filter operator!(const Filter& a) {
    return Filter(absl::StrCat("!(", a.text_, ")"));
  }

 private:
  std::string text_;
};

namespace internal {

// Literals of the language.
std::string Literal(absl::string_view text);
std::string Literal(bool value);
std::string Literal(double value);
std::string Literal(int64_t value);
std::string Literal(absl::Time time);
std::string Literal(absl::Duration duration);
std::string Literal(absl::CivilDay date);

}  // namespace internal

// How the values of a field are written in C++: by default text.
struct Text {
  using Value = absl::string_view;
};
struct Flag {
  using Value = bool;
};
struct Number {
  using Value = double;
};
struct Integer {
  using Value = int64_t;
};
struct Instant {
  using Value = absl::Time;
};
struct Length {
  using Value = absl::Duration;
};
struct Day {
  using Value = absl::CivilDay;
};
// Of an enum: filters name its values by their proto names.
template <typename E, const std::string& (*NameOf)(E)>
struct Choice {
  using Value = E;
  // Its proto name.
  static absl::string_view Name(E value) { return NameOf(value); }
};

// A field whose values are of `Kind`, one of the above.
template <typename Root, typename Kind>
class Field : public Path<Root> {
 public:
  using Value = typename Kind::Value;
  // Whether values come before and after each other.
  static constexpr bool kOrdered =
      !std::is_same_v<Kind, Flag> && !std::is_enum_v<Value>;

  explicit Field(std::string path) : Path<Root>(std::move(path)) {}

  Filter<Root> operator==(Value value) const { return Compare("==", value); }
  Filter<Root> operator!=(Value value) const { return Compare("!=", value); }
  Filter<Root> operator<(Value value) const requires(kOrdered) {
    return Compare("<", value);
  }
  Filter<Root> operator<=(Value value) const requires(kOrdered) {
    return Compare("<=", value);
  }
  Filter<Root> operator>(Value value) const requires(kOrdered) {
    return Compare(">", value);
  }
  Filter<Root> operator>=(Value value) const requires(kOrdered) {
    return Compare(">=", value);
  }
  // Is one of these.
  Filter<Root> In(std::initializer_list<Value> values) const {
    return In<std::initializer_list<Value>>(values);
  }
  // The same of a container.
  template <typename Values>
  Filter<Root> In(const Values& values) const {
    std::string text = absl::StrCat(this->path(), " in [");
    const char* separator = "";
    for (const auto& value : values) {
      absl::StrAppend(&text, separator, LiteralOf(value));
      separator = ", ";
    }
    return Filter<Root>(text + "]");
  }
  Filter<Root> StartsWith(absl::string_view beginning) const
      requires(std::is_same_v<Kind, Text>) {
    return Filter<Root>(absl::StrCat(this->path(), ".startsWith(",
                                     internal::Literal(beginning), ")"));
  }
  // Is set.
  Filter<Root> Has() const {
    return Filter<Root>(absl::StrCat("has(", this->path(), ")"));
  }

 private:
  static std::string LiteralOf(Value value) {
    if constexpr (std::is_enum_v<Value>) {
      return internal::Literal(Kind::Name(value));
    } else {
      return internal::Literal(value);
    }
  }
  Filter<Root> Compare(absl::string_view sign, Value value) const {
    return Filter<Root>(
        absl::StrCat(this->path(), " ", sign, " ", LiteralOf(value)));
  }
};

// A field of many values, or a map: for masks.
template <typename Root>
class Many : public Path<Root> {
 public:
  explicit Many(std::string path) : Path<Root>(std::move(path)) {}
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_FIELD_H_
