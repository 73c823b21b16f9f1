// Resources filled by reflection.
#ifndef CHARTER_TESTS_STORAGE_TABLE_RANDOM_MESSAGE_H_
#define CHARTER_TESTS_STORAGE_TABLE_RANDOM_MESSAGE_H_

#include <random>
#include <string>

#include "google/protobuf/message.h"
#include "storage/table/binding.h"

namespace charter::storage {

// Sets every field of a resource to something that may stand in it, extremes
// included, or leaves it unset. Fields that are not stored stay unset. The name
// is made from `id`; what is unique differs from id to id.
void FillRandomly(const TableBinding& binding, int id, std::mt19937& random,
                  google::protobuf::Message* message);

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_TABLE_RANDOM_MESSAGE_H_
