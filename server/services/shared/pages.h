// How many a list returns.
#ifndef CHARTER_SERVER_SERVICES_SHARED_PAGES_H_
#define CHARTER_SERVER_SERVICES_SHARED_PAGES_H_

#include <cstdint>

namespace charter::services {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 1000;
// A page ends early rather than grow beyond this many bytes: clients take 4 MiB
// at most unless told otherwise.
inline constexpr int kMaxPageBytes = 3 << 20;

// 0: the default; above the maximum: the maximum. Negative ones were refused by
// the call path.
inline int PageSize(int32_t asked) {
  if (asked <= 0) return kDefaultPageSize;
  return asked < kMaxPageSize ? asked : kMaxPageSize;
}

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_PAGES_H_
