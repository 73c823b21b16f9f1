// The rows that a statement returned.
#ifndef CHARTER_STORAGE_SQL_ROWS_H_
#define CHARTER_STORAGE_SQL_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace charter::storage {

// The first reading of a column as something that it isn't. A session keeps
// one; its transaction fails with INTERNAL at the end instead of going on with
// a made-up value.
struct Misread {
  std::string what;  // empty: none
};

// One field. Integers and doubles are kept as such where the driver knows the
// column's type, everything else as text or octets in memory that Rows owns.
struct Cell {
  enum class Kind : uint8_t { kNull, kInteger, kReal, kText };
  Kind kind = Kind::kNull;
  uint32_t size = 0;
  union {
    int64_t integer = 0;
    double real;
    const char* text;
  };
};

// A view of one row; lives as long as its Rows. Columns are counted from 0 in
// the order of the SELECT. Reading a NULL, or a column of another type, gives 0
// or "" and makes the transaction fail (see Misread): ask IsNull first, or use
// the optional readings.
class Row {
 public:
  Row(const Cell* cells, size_t columns, Misread* misread)
      : cells_(cells), columns_(columns), misread_(misread) {}

  size_t columns() const { return columns_; }
  // How the field came; an integer column of either engine is kInteger.
  Cell::Kind kind(size_t column) const { return At(column).kind; }
  bool IsNull(size_t column) const;
  int64_t Int64(size_t column) const;
  double Double(size_t column) const;
  // Text or octets, as stored.
  absl::string_view Text(size_t column) const;

  std::optional<int64_t> OptionalInt64(size_t column) const;
  std::optional<absl::string_view> OptionalText(size_t column) const;

 private:
  const Cell& At(size_t column) const;
  void Fail(size_t column, absl::string_view wanted) const;

  const Cell* cells_;
  size_t columns_;
  Misread* misread_;
};

// All rows of one answer, in memory: page everything. Move-only. Must not
// outlive the Session that made it.
class Rows {
 public:
  // `keeper` owns the memory that text cells point into.
  Rows(size_t columns, std::vector<Cell> cells,
       std::shared_ptr<const void> keeper, Misread* misread)
      : columns_(columns),
        cells_(std::move(cells)),
        keeper_(std::move(keeper)),
        misread_(misread) {}
  Rows(Rows&&) = default;
  Rows& operator=(Rows&&) = default;

  size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  bool empty() const { return cells_.empty(); }
  size_t columns() const { return columns_; }
  // `index` must be below size().
  Row operator[](size_t index) const {
    return Row(cells_.data() + index * columns_, columns_, misread_);
  }

  class Iterator {
   public:
    Iterator(const Rows* rows, size_t index) : rows_(rows), index_(index) {}
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const Rows* rows_;
    size_t index_;
  };
  Iterator begin() const { return Iterator(this, 0); }
  Iterator end() const { return Iterator(this, size()); }

 private:
  size_t columns_;
  std::vector<Cell> cells_;
  std::shared_ptr<const void> keeper_;
  Misread* misread_;
};

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_SQL_ROWS_H_
