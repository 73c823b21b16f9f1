// Ids that the application makes, so that no database has to hand out numbers.
#ifndef CHARTER_STORAGE_RECORDS_IDS_H_
#define CHARTER_STORAGE_RECORDS_IDS_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "absl/types/span.h"

namespace charter::storage {

// Makes ids of 26 lower-case letters and digits, the first a letter: 48 bits of
// milliseconds and 80 random bits. They match `[a-z][a-z0-9]*`, and their order
// as text is the order of their times. Thread-safe.
class IdGenerator {
 public:
  // Fills the span with random octets; called under a lock.
  using RandomSource = std::function<void(absl::Span<uint8_t>)>;

  // The operating system's own random numbers.
  IdGenerator();
  explicit IdGenerator(RandomSource random);

  // An id made at `now` (1970 to year 10889), greater than all that this
  // generator made before, also when `now` stands still or goes back.
  std::string Make(absl::Time now);

 private:
  const RandomSource random_;
  std::mutex mutex_;
  // The last id: milliseconds, then the random bits, upper 16 and lower 64.
  uint64_t millis_ = 0;
  uint64_t high_ = 0;
  uint64_t low_ = 0;
};

// The smallest id of the millisecond of `time`: bounds rows by their time.
std::string FirstIdAt(absl::Time time);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_IDS_H_
