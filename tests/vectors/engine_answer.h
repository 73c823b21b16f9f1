// What the engine says of a clock, as the server says it in JSON.
#ifndef CHARTER_TESTS_VECTORS_ENGINE_ANSWER_H_
#define CHARTER_TESTS_VECTORS_ENGINE_ANSWER_H_

#include <string>

#include "nlohmann/json.hpp"
#include "server/sla/clock/evaluation.h"
#include "server/sla/clock/explain.h"

namespace charter::vectors {

// Messages Milestone, ClockStretch and Transition. `hours`: of the milestone.
nlohmann::ordered_json ToJson(const sla::Milestone& milestone,
                              const sla::Evaluation& evaluation,
                              const std::string& hours);
nlohmann::ordered_json ToJson(const sla::Stretch& stretch);
nlohmann::ordered_json ToJson(const sla::Transition& transition,
                              const sla::Evaluation& evaluation);

}  // namespace charter::vectors

#endif  // CHARTER_TESTS_VECTORS_ENGINE_ANSWER_H_
