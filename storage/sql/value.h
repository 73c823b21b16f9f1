// The values a statement may be given.
#ifndef CHARTER_STORAGE_SQL_VALUE_H_
#define CHARTER_STORAGE_SQL_VALUE_H_

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace charter::storage {

// Octets that are not text: goes into a BLOB column. A plain string is UTF-8
// text and goes into a text column; SQLite's STRICT tables refuse the mix-up.
struct Bytes {
  std::string data;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

// One value for a statement: NULL, an integer, a double, text or octets. It
// owns what it holds, so that nothing bound can dangle (SOCI's own `use()`
// takes references, also to temporaries). Doubles must be finite; times, money
// and counts are integers.
class Value {
 public:
  Value(std::nullptr_t = nullptr) {}  // NOLINT: a value is written as itself
  template <std::integral T>
  Value(T number) : value_(static_cast<int64_t>(number)) {}     // NOLINT
  Value(double number) : value_(number) {}                      // NOLINT
  Value(std::string text) : value_(std::move(text)) {}          // NOLINT
  Value(absl::string_view text) : value_(std::string(text)) {}  // NOLINT
  Value(const char* text) : value_(std::string(text)) {}        // NOLINT
  Value(Bytes octets) : value_(std::move(octets)) {}            // NOLINT
  template <typename T>
  Value(const std::optional<T>& value) {  // NOLINT
    if (value.has_value()) *this = Value(*value);
  }

  bool is_null() const {
    return std::holds_alternative<std::monostate>(value_);
  }
  const int64_t* integer() const { return std::get_if<int64_t>(&value_); }
  const double* real() const { return std::get_if<double>(&value_); }
  const std::string* text() const { return std::get_if<std::string>(&value_); }
  const Bytes* bytes() const { return std::get_if<Bytes>(&value_); }

  friend bool operator==(const Value&, const Value&) = default;

 private:
  std::variant<std::monostate, int64_t, double, std::string, Bytes> value_;
};

// A value with the name that the statement's text gives it, without the colon.
struct Bind {
  std::string name;
  Value value;
};

// What a statement is run with: `{{"id", id}, {"due_us", due_us}}`. The names
// must be exactly those in the text; a name may stand in the text many times
// but is bound once.
class Binds {
 public:
  Binds() = default;
  Binds(std::initializer_list<Bind> binds) : binds_(binds) {}

  void Add(absl::string_view name, Value value) {
    binds_.push_back({std::string(name), std::move(value)});
  }

  size_t size() const { return binds_.size(); }
  std::vector<Bind>::const_iterator begin() const { return binds_.begin(); }
  std::vector<Bind>::const_iterator end() const { return binds_.end(); }

 private:
  std::vector<Bind> binds_;
};

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_SQL_VALUE_H_
