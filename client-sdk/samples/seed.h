// What the samples' tests begin with: a customer, and what they were promised.
#ifndef SAMPLES_SEED_H_
#define SAMPLES_SEED_H_

#include "charter/testing/fake_charter.h"

namespace samples {

// The account `accounts/acme`, its contact `contacts/ann`, and the entitlement
// `entitlements/acme-gold`: a first response within 4 hours, or the action
// `page` on the topic `pager`.
void Seed(charter::testing::FakeCharter& fake);

}  // namespace samples

#endif  // SAMPLES_SEED_H_
