#include "storage/sql/rows.h"

#include <charconv>

#include "absl/strings/str_cat.h"

namespace charter::storage {
namespace {

constexpr Cell kNoCell;

template <typename T>
std::optional<T> Parse(const Cell& cell) {
  T value{};
  const char* end = cell.text + cell.size;
  auto [stop, error] = std::from_chars(cell.text, end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

const Cell& Row::At(size_t column) const {
  if (column < columns_) return cells_[column];
  Fail(column, "there");
  return kNoCell;
}

void Row::Fail(size_t column, absl::string_view wanted) const {
  if (misread_ != nullptr && misread_->what.empty()) {
    misread_->what =
        absl::StrCat("column ", column, " of ", columns_, " is not ", wanted);
  }
}

bool Row::IsNull(size_t column) const {
  return At(column).kind == Cell::Kind::kNull;
}

int64_t Row::Int64(size_t column) const {
  const Cell& cell = At(column);
  if (cell.kind == Cell::Kind::kInteger) return cell.integer;
  // Sums come as decimals on MySQL.
  if (cell.kind == Cell::Kind::kText) {
    if (std::optional<int64_t> value = Parse<int64_t>(cell)) return *value;
  }
  Fail(column, "an integer");
  return 0;
}

double Row::Double(size_t column) const {
  const Cell& cell = At(column);
  if (cell.kind == Cell::Kind::kReal) return cell.real;
  if (cell.kind == Cell::Kind::kInteger)
    return static_cast<double>(cell.integer);
  if (cell.kind == Cell::Kind::kText) {
    if (std::optional<double> value = Parse<double>(cell)) return *value;
  }
  Fail(column, "a number");
  return 0;
}

absl::string_view Row::Text(size_t column) const {
  const Cell& cell = At(column);
  if (cell.kind == Cell::Kind::kText)
    return absl::string_view(cell.text, cell.size);
  Fail(column, "text");
  return "";
}

std::optional<int64_t> Row::OptionalInt64(size_t column) const {
  if (IsNull(column)) return std::nullopt;
  return Int64(column);
}

std::optional<absl::string_view> Row::OptionalText(size_t column) const {
  if (IsNull(column)) return std::nullopt;
  return Text(column);
}

}  // namespace charter::storage
