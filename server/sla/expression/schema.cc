#include "server/sla/expression/schema.h"

#include <utility>

namespace charter::sla {

int Schema::Add(Field field) {
  auto [it, added] = slots_.try_emplace(field.name, size());
  if (added) fields_.push_back(std::move(field));
  return it->second;
}

std::optional<int> Schema::Find(absl::string_view name) const {
  auto it = slots_.find(name);
  if (it == slots_.end()) return std::nullopt;
  return it->second;
}

}  // namespace charter::sla
