#include "charter/client/credentials.h"

#include <sys/stat.h>

#include <fstream>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace charter::client {
namespace {

std::shared_ptr<Timing> OrSystem(std::shared_ptr<Timing> timing) {
  return timing == nullptr ? SystemTiming() : std::move(timing);
}

class FixedToken : public Credentials {
 public:
  explicit FixedToken(std::string token) : token_(std::move(token)) {}
  absl::StatusOr<std::string> Token() override { return token_; }
  bool Refused(const std::string&) override { return false; }

 private:
  const std::string token_;
};

class Refreshing : public Credentials {
 public:
  Refreshing(std::function<absl::StatusOr<ExpiringToken>()> refresh,
             absl::Duration margin, std::shared_ptr<Timing> timing)
      : refresh_(std::move(refresh)),
        margin_(margin),
        timing_(OrSystem(std::move(timing))) {}

  absl::StatusOr<std::string> Token() override {
    const std::lock_guard lock(mutex_);
    const absl::Time now = timing_->Now();
    if (!token_.has_value() || now + margin_ >= token_->expire_time) {
      absl::StatusOr<ExpiringToken> token = refresh_();
      if (!token.ok()) {
        // What is still good goes on.
        if (token_.has_value() && now < token_->expire_time)
          return token_->token;
        return token.status();
      }
      token_ = *std::move(token);
    }
    return token_->token;
  }
  bool Refused(const std::string& token) override {
    const std::lock_guard lock(mutex_);
    if (token_.has_value() && token_->token == token) token_.reset();
    return true;
  }

 private:
  const std::function<absl::StatusOr<ExpiringToken>()> refresh_;
  const absl::Duration margin_;
  const std::shared_ptr<Timing> timing_;
  std::mutex mutex_;  // of what follows
  std::optional<ExpiringToken> token_;
};

class FileToken : public Credentials {
 public:
  FileToken(std::string path, std::shared_ptr<Timing> timing)
      : path_(std::move(path)), timing_(OrSystem(std::move(timing))) {}

  absl::StatusOr<std::string> Token() override {
    const std::lock_guard lock(mutex_);
    if (timing_->Steady() >= look_again_) Look();
    if (token_.empty()) {
      return absl::FailedPreconditionError(absl::StrCat(
          path_, ": no token can be read; its first line must be one"));
    }
    return token_;
  }
  bool Refused(const std::string& token) override {
    const std::lock_guard lock(mutex_);
    Look();
    return token_ != token;
  }

 private:
  // What tells that a file changed.
  struct Stamp {
    int64_t modified_ns = 0;
    int64_t size = -1;
    uint64_t inode = 0;
    bool operator==(const Stamp&) const = default;
  };

  void Look() {
    look_again_ = timing_->Steady() + absl::Seconds(1);
    struct stat found;
    if (stat(path_.c_str(), &found) != 0) return;
    // A pipe, as of a shell's <(…), gives its token once.
    if (!S_ISREG(found.st_mode) && !token_.empty()) return;
    const Stamp stamp = {
        int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec,
        found.st_size, found.st_ino};
    if (stamp == stamp_) return;
    std::ifstream file(path_);
    std::string line;
    if (!std::getline(file, line)) return;
    line = std::string(absl::StripAsciiWhitespace(line));
    if (line.empty()) return;
    token_ = std::move(line);
    stamp_ = stamp;
  }

  const std::string path_;
  const std::shared_ptr<Timing> timing_;
  std::mutex mutex_;  // of what follows
  std::string token_;
  Stamp stamp_;
  absl::Time look_again_ = absl::InfinitePast();
};

}  // namespace

std::shared_ptr<Credentials> BearerToken(std::string token) {
  return std::make_shared<FixedToken>(std::move(token));
}

std::shared_ptr<Credentials> RefreshingToken(
    std::function<absl::StatusOr<ExpiringToken>()> refresh,
    absl::Duration margin, std::shared_ptr<Timing> timing) {
  return std::make_shared<Refreshing>(std::move(refresh), margin,
                                      std::move(timing));
}

std::shared_ptr<Credentials> TokenFile(std::string path,
                                       std::shared_ptr<Timing> timing) {
  return std::make_shared<FileToken>(std::move(path), std::move(timing));
}

}  // namespace charter::client
