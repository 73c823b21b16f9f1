// The etag of a resource: `"VERSION-HASH"`, with the quotes. VERSION is the
// row's version, HASH makes sure that an etag of another resource never fits.
#ifndef CHARTER_STORAGE_TABLE_ETAG_H_
#define CHARTER_STORAGE_TABLE_ETAG_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace charter::storage {

// `kind` is the table's name.
std::string MakeEtag(absl::string_view kind, absl::string_view name,
                     int64_t row_version);

// Nothing when it is no etag of this resource.
std::optional<int64_t> VersionOfEtag(absl::string_view kind,
                                     absl::string_view name,
                                     absl::string_view etag);

// Whether a client that sent `given` may write the resource that has `current`:
// it is empty or the same.
bool EtagMatches(absl::string_view given, absl::string_view current);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_ETAG_H_
