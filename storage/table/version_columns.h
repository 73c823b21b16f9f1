// Versions of a resource are rows of their own, `PARENT/versions/NUMBER`.
#ifndef CHARTER_STORAGE_TABLE_VERSION_COLUMNS_H_
#define CHARTER_STORAGE_TABLE_VERSION_COLUMNS_H_

#include <vector>

#include "google/protobuf/message.h"
#include "storage/table/binding.h"

namespace charter::storage {

// The hidden columns `parent` and `number`, made from the name.
std::vector<HiddenColumn> VersionColumns();
// The newest version of a parent first; or all, by name.
std::vector<Lead> VersionLeads();

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_VERSION_COLUMNS_H_
