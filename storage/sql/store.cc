#include "storage/store.h"

#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "storage/migrations/runner.h"
#include "storage/sql/backend.h"
#include "storage/sql/url.h"

namespace charter::storage {

Store::Store(std::unique_ptr<internal::Backend> backend)
    : backend_(std::move(backend)) {}
Store::~Store() = default;

std::unique_ptr<Session> Store::OpenSession() {
  return std::unique_ptr<Session>(new Session(backend_.get()));
}
int64_t Store::round_trips() const {
  return backend_->round_trips.load(std::memory_order_relaxed);
}
const Dialect& Store::dialect() const { return backend_->dialect(); }
const std::string& Store::display_url() const {
  return backend_->display_url();
}
absl::Status Store::Migrate(absl::Time now) {
  return internal::Migrate(*backend_, now);
}
absl::Status Store::CheckSchema() { return internal::CheckSchema(*backend_); }

absl::Status Store::Analyze() { return internal::Analyze(*backend_); }

absl::StatusOr<std::unique_ptr<Store>> OpenStore(absl::string_view text,
                                                 const StoreOptions& options) {
  absl::StatusOr<internal::DatabaseUrl> url = internal::ParseDatabaseUrl(text);
  if (!url.ok()) return url.status();
  if (!options.password.empty()) {
    url->password = options.password;
  } else if (!options.password_file.empty()) {
    std::ifstream file(options.password_file);
    if (!std::getline(file, url->password)) {
      return absl::InvalidArgumentError(
          absl::StrCat("database password: cannot read the first line of ",
                       options.password_file));
    }
    url->password =
        std::string(absl::StripTrailingAsciiWhitespace(url->password));
  }
  absl::StatusOr<std::unique_ptr<internal::Backend>> backend =
      url->engine == Engine::kSqlite ? internal::OpenSqlite(*url, options)
                                     : internal::OpenMysql(*url, options);
  if (!backend.ok()) return backend.status();
  return std::make_unique<Store>(*std::move(backend));
}

}  // namespace charter::storage
