// What resources name of each other, in more than one service.
#ifndef CHARTER_SERVER_SERVICES_SHARED_REFERENCES_H_
#define CHARTER_SERVER_SERVICES_SHARED_REFERENCES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "storage/table/resource_tables.h"

namespace charter::services {

// Whether a write names something for the first time, or brings back what named
// it already: then it may be retired.
enum class Naming { kAnew, kAgain };

// The product that a write names for the first time, at the request's `field`;
// prefetched by NamedAhead. NOT_FOUND;
// FAILED_PRECONDITION PRODUCT_RETIRED.
inline absl::StatusOr<v1::Product> ProductToName(
    storage::Transaction& tx, const std::string& name, absl::string_view field,
    Naming naming = Naming::kAnew) {
  absl::StatusOr<v1::Product> product =
      Named(tx, storage::ProductTable(), name, field);
  if (product.ok() && product->retired() && naming == Naming::kAnew) {
    return errors::Precondition(
        ErrorReason::PRODUCT_RETIRED, name,
        absl::StrCat(field, ": ", name,
                     " is retired: nothing new may name it. Name another, or "
                     "clear its `retired`"),
        {{"field", std::string(field)}});
  }
  return product;
}

// FAILED_PRECONDITION RESOURCE_IN_USE when a row of `table` that is not deleted
// has `name` in `column`, by which a lead of the table goes.
template <typename Message>
absl::Status CheckUnused(storage::Transaction& tx,
                         const storage::Table<Message>& table,
                         const std::string& column, const std::string& name) {
  absl::StatusOr<std::string> user = FindUser(tx, table, column, name);
  if (!user.ok()) return user.status();
  return user->empty() ? absl::OkStatus() : errors::ResourceInUse(name, *user);
}

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_REFERENCES_H_
