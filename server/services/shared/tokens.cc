#include "server/services/shared/tokens.h"

#include <utility>

#include "server/services/shared/errors.h"
#include "storage/records/token_keys.h"
#include "storage/sql/errors.h"

namespace charter::services {
namespace {

// Keys that another server made are looked for at most this often.
constexpr absl::Duration kReload = absl::Seconds(1);

}  // namespace

absl::Status Tokens::Load(storage::Session& session, absl::Time now) {
  std::vector<storage::TokenKey> keys;
  const std::string secret = storage::NewTokenSecret();
  storage::TxOptions options;
  options.now = now;
  absl::Status status =
      session.Write(options, [&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<std::vector<storage::TokenKey>> loaded =
            storage::LoadTokenKeys(tx);
        if (!loaded.ok()) return loaded.status();
        if (loaded->empty() || now - loaded->front().create_time >= kKeyAge) {
          loaded = storage::RotateTokenKeys(tx, secret, kKeyAge, now);
          if (storage::KindOf(loaded.status()) ==
              storage::ErrorKind::kDuplicateKey) {
            loaded = storage::LoadTokenKeys(tx);  // another server was first
          }
          if (!loaded.ok()) return loaded.status();
        }
        keys = *std::move(loaded);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  std::vector<storage::SealingKey> sealing;
  for (storage::TokenKey& key : keys) {
    sealing.push_back({static_cast<uint32_t>(key.id), std::move(key.secret)});
  }
  if (sealing.empty()) return absl::InternalError("no key to seal tokens with");
  auto sealer =
      std::make_shared<const storage::TokenSealer>(std::move(sealing));
  std::lock_guard<std::mutex> lock(mutex_);
  sealer_ = std::move(sealer);
  loaded_ = now;
  return absl::OkStatus();
}

std::shared_ptr<const storage::TokenSealer> Tokens::sealer() {
  std::lock_guard<std::mutex> lock(mutex_);
  return sealer_;
}

storage::TokenContext Tokens::ContextOf(const Call& call,
                                        std::vector<std::string> request) {
  return {call.method() == nullptr ? std::string() : call.method()->name,
          call.principal().name, std::move(request)};
}

std::string Tokens::Seal(const storage::TokenContext& context,
                         absl::string_view payload, absl::Time now,
                         absl::Duration lifetime) {
  return sealer()->Seal(context, payload, now, lifetime);
}

std::string Tokens::Seal(const Call& call, std::vector<std::string> request,
                         absl::string_view payload) {
  return Seal(ContextOf(call, std::move(request)), payload, call.now(),
              storage::kTokenLifetime);
}

absl::StatusOr<std::string> Tokens::Open(Call& call,
                                         std::vector<std::string> request,
                                         absl::string_view token,
                                         absl::string_view field) {
  return Open(call, ContextOf(call, std::move(request)), token, field);
}

absl::StatusOr<std::string> Tokens::Open(Call& call,
                                         const storage::TokenContext& context,
                                         absl::string_view token,
                                         absl::string_view field) {
  absl::StatusOr<std::string> payload =
      sealer()->Open(context, token, call.now());
  if (payload.ok()) return payload;
  bool reload = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    reload = call.now() - loaded_ > kReload;
  }
  if (reload) {
    if (absl::Status status = Load(call.session(), call.now()); !status.ok())
      return status;
    payload = sealer()->Open(context, token, call.now());
    if (payload.ok()) return payload;
  }
  return errors::PageTokenInvalid(field);
}

}  // namespace charter::services
