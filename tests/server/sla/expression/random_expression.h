#ifndef CHARTER_TESTS_SERVER_SLA_EXPRESSION_RANDOM_EXPRESSION_H_
#define CHARTER_TESTS_SERVER_SLA_EXPRESSION_RANDOM_EXPRESSION_H_

#include <string>
#include <vector>

#include "server/sla/expression/schema.h"
#include "server/sla/expression/value.h"

// Random conditions over CaseSchema() with a model of their own: how they are
// written and what they mean is said here a second time, as simply as possible,
// and shares nothing with the code under test but the value types.
namespace charter::sla {

struct Model {
  enum class Kind {
    kConstant,
    kBare,
    kHas,
    kChanged,
    kCompare,
    kIn,
    kCall,
    kNot,
    kAnd,
    kOr
  };
  struct Operand {
    int scope = 0;  // 0: the item, 1: old., 2: event.
    int slot = 0;
  };
  Kind kind = Kind::kConstant;
  bool constant = false;
  Operand field;
  std::string word;    // kCompare: the operator; kCall: the method
  bool other = false;  // kCompare: with `right` instead of values[0]
  Operand right;
  bool mirrored = false;      // kCompare: written right to left
  std::vector<Value> values;  // kCompare, kCall: one
  std::vector<Model> children;
};

struct Situation {
  Record record;
  Record old_record;
  Record event;
  bool creation = false;
};

// These draw from rapidcheck: call them inside a property.
Model RandomModel(int depth, bool event_terms);
Record RandomRecord(const Schema& schema);
Situation RandomSituation();

// As a person might write it: any quotes, spaces and superfluous parentheses.
std::string Write(const Model& model);

// What it means.
bool Naive(const Model& model, const Situation& situation);

}  // namespace charter::sla

#endif  // CHARTER_TESTS_SERVER_SLA_EXPRESSION_RANDOM_EXPRESSION_H_
