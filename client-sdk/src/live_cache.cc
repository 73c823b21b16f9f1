#include "charter/client/live_cache.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace charter::client::internal {

Tells WhatTells(const v1::Event& event, const std::string& type) {
  if (absl::EndsWith(event.type(), ".deleted") ||
      absl::EndsWith(event.type(), ".transferred_out"))
    return Tells::kGone;
  // Events leave out what customers wrote: a case's description.
  if (type == "charter.v1.Case") return Tells::kPart;
  return absl::EndsWith(event.resource().type_url(), absl::StrCat("/", type))
             ? Tells::kWhole
             : Tells::kPart;
}

}  // namespace charter::client::internal
