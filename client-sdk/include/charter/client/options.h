// What a call may be told besides its request, by type: `Options().Set<
// DeadlineOption>(absl::Seconds(2))`. Each option is a struct that names the
// type of its value and stands beside what it configures.
//
// The one order of precedence, first wins: the call's options, the client's,
// the channel's, the environment (only where an option says so), the default.
#ifndef CHARTER_CLIENT_OPTIONS_H_
#define CHARTER_CLIENT_OPTIONS_H_

#include <memory>
#include <string>
#include <typeindex>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace charter::client {

// A bag of options. A value: cheap to copy while it holds few.
class Options {
 public:
  // Sets the option, in place of what it was.
  template <typename Option>
  Options& Set(typename Option::Type value) & {
    Put(typeid(Option),
        std::make_shared<const typename Option::Type>(std::move(value)));
    return *this;
  }
  template <typename Option>
  Options&& Set(typename Option::Type value) && {
    return std::move(Set<Option>(std::move(value)));
  }

  // Its value; null: it is not set here.
  template <typename Option>
  const typename Option::Type* Find() const {
    for (const auto& [type, value] : values_) {
      if (type == typeid(Option))
        return static_cast<const typename Option::Type*>(value.get());
    }
    return nullptr;
  }

  // None is set.
  bool empty() const { return values_.empty(); }

  // These, and those of `lower` that are not set here.
  Options Over(const Options& lower) const;

 private:
  void Put(std::type_index type, std::shared_ptr<const void> value);

  std::vector<std::pair<std::type_index, std::shared_ptr<const void>>> values_;
};

// How long a call may take in all, with its repetitions and the pauses between
// them. More than zero. Default: what the method's policy says
// (`default_deadline` in its proto). A stream that may stay open has none, and
// none of the channel's either; one of the client's or its own ends it.
struct DeadlineOption {
  using Type = absl::Duration;
};

// The id under which the server knows repetitions of a write, a UUID. Default:
// a new one for each call, the same for all its attempts. Give one to repeat a
// call whose process died: within 24 hours the server gives the first answer.
// Empty: none is sent, which saves the server a row; for writes that name what
// they make and can tell ALREADY_EXISTS from trouble. Per call; for a
// client only to say that none is sent, since an id is for one request.
struct RequestIdOption {
  using Type = std::string;
};

// The server does everything but keeps nothing. Per client or call. Methods
// that change nothing ignore it; one that changes something and cannot be asked
// for this is not sent: INVALID_ARGUMENT.
struct ValidateOnlyOption {
  using Type = bool;
};

// Metadata to send besides, as keys (lower case) and values.
struct MetadataOption {
  using Type = std::vector<std::pair<std::string, std::string>>;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_OPTIONS_H_
