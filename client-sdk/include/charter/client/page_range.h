// All rows of a list, fetched a page at a time while they are read:
//
//   for (absl::StatusOr<v1::Account>& account : directory.ListAccounts()) {
//     if (!account.ok()) return account.status();
//     …
//   }
//
// An input range: it is walked once, by one thread. After the first failure it
// ends. A page may be empty and not the last (AIP-158).
#ifndef CHARTER_CLIENT_PAGE_RANGE_H_
#define CHARTER_CLIENT_PAGE_RANGE_H_

#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace charter::client {

// All rows of a list, page by page as they are asked for; see ToVector for all
// at once. One thread at a time.
template <typename T>
class PageRange {
 public:
  // Rows, and the token of the next page; empty: this is the last one.
  struct Page {
    std::vector<T> rows;
    std::string next_page_token;
  };
  using Fetch = std::function<absl::StatusOr<Page>(const std::string& token)>;

  // `token`: where to begin; empty: at the start.
  explicit PageRange(Fetch fetch, std::string token = "")
      : fetch_(std::move(fetch)), token_(std::move(token)) {}

  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = absl::StatusOr<T>;
    using difference_type = std::ptrdiff_t;
    using pointer = value_type*;
    using reference = value_type&;

    iterator() = default;
    reference operator*() const { return *range_->current_; }
    pointer operator->() const { return &*range_->current_; }
    iterator& operator++() {
      range_->Advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& it, std::default_sentinel_t) {
      return it.AtEnd();
    }

   private:
    friend class PageRange;
    bool AtEnd() const {
      return range_ == nullptr || !range_->current_.has_value();
    }
    explicit iterator(PageRange* range) : range_(range) {}
    PageRange* range_ = nullptr;
  };

  // Fetches the first page.
  iterator begin() {
    if (!begun_) {
      begun_ = true;
      Advance();
    }
    return iterator(this);
  }
  std::default_sentinel_t end() const { return {}; }

  // All rows at once, for lists that are known to be short; the failure, if one
  // of the pages fails.
  absl::StatusOr<std::vector<T>> ToVector() {
    std::vector<T> rows;
    for (absl::StatusOr<T>& row : *this) {
      if (!row.ok()) return row.status();
      rows.push_back(*std::move(row));
    }
    return rows;
  }

  // The token of the page after the one that is being read; empty: it is the
  // last. With it another range goes on there.
  const std::string& next_page_token() const { return token_; }

 private:
  void Advance() {
    current_.reset();
    while (next_ == rows_.size()) {
      if (last_) return;
      absl::StatusOr<Page> page = fetch_(token_);
      if (!page.ok()) {
        last_ = true;
        rows_.clear();
        next_ = 0;
        current_.emplace(page.status());
        return;
      }
      rows_ = std::move(page->rows);
      next_ = 0;
      token_ = std::move(page->next_page_token);
      last_ = token_.empty();
    }
    current_.emplace(std::move(rows_[next_++]));
  }

  Fetch fetch_;
  std::string token_;
  std::vector<T> rows_;
  size_t next_ = 0;
  bool begun_ = false;
  bool last_ = false;
  std::optional<absl::StatusOr<T>> current_;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_PAGE_RANGE_H_
