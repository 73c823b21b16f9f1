// Page and resume tokens: what the server gives out and takes back sealed.
#ifndef CHARTER_SERVER_SERVICES_SHARED_TOKENS_H_
#define CHARTER_SERVER_SERVICES_SHARED_TOKENS_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/services/shared/call.h"
#include "storage/store.h"
#include "storage/table/page_token.h"

namespace charter::services {

// Holds the keys of the database in memory. Thread-safe.
class Tokens {
 public:
  // How long a key seals before the next one takes its place; for as long again
  // it opens what it sealed. More than the lifetime of any token.
  static constexpr absl::Duration kKeyAge = absl::Hours(24 * 9);
  // How long a place in the feed can be given back: as long as its events are
  // kept by default, and some (W1).
  static constexpr absl::Duration kFeedLifetime = absl::Hours(24 * 8);

  // Reads the keys, and makes a new one when there is none or the newest is
  // kKeyAge old. The server calls it at its start and the purge worker now and
  // then. Not inside a transaction.
  absl::Status Load(storage::Session& session, absl::Time now);

  // `request`: everything that the token's next call must repeat.
  std::string Seal(const Call& call, std::vector<std::string> request,
                   absl::string_view payload);
  // The payload. PAGE_TOKEN_INVALID under `field`. Not inside a transaction: a
  // key that another server made since is read first.
  absl::StatusOr<std::string> Open(Call& call, std::vector<std::string> request,
                                   absl::string_view token,
                                   absl::string_view field);

  // The same for streams, which outlive their call, and for tokens that several
  // methods take: bound to what `context` says.
  std::string Seal(const storage::TokenContext& context,
                   absl::string_view payload, absl::Time now,
                   absl::Duration lifetime);
  absl::StatusOr<std::string> Open(Call& call,
                                   const storage::TokenContext& context,
                                   absl::string_view token,
                                   absl::string_view field);
  static storage::TokenContext ContextOf(const Call& call,
                                         std::vector<std::string> request);

 private:
  std::shared_ptr<const storage::TokenSealer> sealer();

  std::mutex mutex_;
  std::shared_ptr<const storage::TokenSealer> sealer_;
  absl::Time loaded_;
};

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_TOKENS_H_
