// Resources as rows: a column per field that a client can write.
#ifndef CHARTER_TOOLS_CHARTERCTL_CELLS_H_
#define CHARTER_TOOLS_CHARTERCTL_CELLS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace charter::tools {

// `name`, then the fields that a client can write, in the proto's order: no
// etag, and nothing that only the server sets.
std::vector<const google::protobuf::FieldDescriptor*> ColumnsOf(
    const google::protobuf::Descriptor& resource);

// The field's value as a cell; empty: it has none. A date is 2026-03-31, an
// amount of money 12.50 EUR, an instant and a duration as in JSON
// (2026-03-31T08:00:00Z, 3600s), an enum its value's name; texts of a list
// stand with `;` between them; other messages, lists and maps are JSON.
std::string ToCell(const google::protobuf::Message& resource,
                   const google::protobuf::FieldDescriptor& field);

// Sets the field from a cell; an empty one clears it. INVALID_ARGUMENT with
// what the cell must look like.
absl::Status FromCell(absl::string_view cell,
                      const google::protobuf::FieldDescriptor& field,
                      google::protobuf::Message* resource);

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_CELLS_H_
