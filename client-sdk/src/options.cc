#include "charter/client/options.h"

namespace charter::client {

Options Options::Over(const Options& lower) const {
  Options all = *this;
  for (const auto& [type, value] : lower.values_) {
    bool mine = false;
    for (const auto& own : values_) mine = mine || own.first == type;
    if (!mine) all.values_.emplace_back(type, value);
  }
  return all;
}

void Options::Put(std::type_index type, std::shared_ptr<const void> value) {
  for (auto& own : values_) {
    if (own.first == type) {
      own.second = std::move(value);
      return;
    }
  }
  values_.emplace_back(type, std::move(value));
}

}  // namespace charter::client
