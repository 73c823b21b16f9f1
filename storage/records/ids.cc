#include "storage/records/ids.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/base/internal/raw_logging.h"
#include "storage/records/record_util.h"

namespace charter::storage {
namespace {

constexpr uint64_t kHighMask = 0xffff;
constexpr uint64_t kMillisMask = (uint64_t{1} << 48) - 1;

uint64_t Millis(absl::Time time) {
  return static_cast<uint64_t>(std::max<int64_t>(0, absl::ToUnixMillis(time))) &
         kMillisMask;
}

// 26 digits hold 130 bits. The upper two are set to 10, which makes the first
// digit one of 16 to 23: a letter.
std::string Write(uint64_t millis, uint64_t high, uint64_t low) {
  const uint64_t upper = (millis << 16) | high;  // of the 128 bits
  std::string id = internal::Base32(upper, low, 26);
  id[0] = "ghjkmnpq"[upper >> 61];
  return id;
}

// Each thread takes a store of random octets at a time: to ask for the ten of
// an id costs OpenSSL more than all else that makes it.
void SystemRandom(absl::Span<uint8_t> out) {
  thread_local std::array<uint8_t, 1000> store;
  thread_local size_t used = store.size();
  ABSL_RAW_CHECK(out.size() <= store.size(), "so many at once are not asked");
  if (used + out.size() > store.size()) {
    ABSL_RAW_CHECK(
        RAND_bytes(store.data(), static_cast<int>(store.size())) == 1,
        "the system has no random numbers");
    used = 0;
  }
  std::copy_n(store.begin() + used, out.size(), out.begin());
  used += out.size();
}

}  // namespace

IdGenerator::IdGenerator() : IdGenerator(SystemRandom) {}

IdGenerator::IdGenerator(RandomSource random) : random_(std::move(random)) {}

std::string IdGenerator::Make(absl::Time now) {
  const uint64_t millis = Millis(now);
  std::lock_guard<std::mutex> lock(mutex_);
  std::array<uint8_t, 10> random;
  random_(absl::MakeSpan(random));
  uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | random[i];
  const uint64_t rest = uint64_t{random[8]} << 8 | random[9];
  if (millis > millis_) {
    millis_ = millis;
    high_ = rest;
    low_ = number;
  } else {
    // A random step forward within the same millisecond keeps the order and
    // stays unguessable.
    const uint64_t step = (number >> 32) + 1;
    low_ += step;
    if (low_ < step && ++high_ > kHighMask) {
      high_ = 0;
      millis_ = (millis_ + 1) & kMillisMask;
    }
  }
  return Write(millis_, high_, low_);
}

std::string FirstIdAt(absl::Time time) { return Write(Millis(time), 0, 0); }

}  // namespace charter::storage
