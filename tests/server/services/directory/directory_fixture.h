// Two accounts with what belongs to them, on either engine.
#ifndef CHARTER_TESTS_SERVER_SERVICES_DIRECTORY_DIRECTORY_FIXTURE_H_
#define CHARTER_TESTS_SERVER_SERVICES_DIRECTORY_DIRECTORY_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/statusor.h"
#include "server/services/directory/directory.h"
#include "tests/support/refusal.h"
#include "tests/support/service_world.h"

namespace charter::services {

// `accounts/acme` with `contacts/ann`, `accounts/other` with `contacts/oto`,
// `products/printer`, and `products/laptop`, which is serialized.
class DirectoryTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override;

  v1::Asset CreateAsset(const std::string& id, const std::string& more = "");
  // `asset` is its fields, in text.
  absl::StatusOr<v1::Asset> TryAsset(const std::string& asset);
  absl::StatusOr<v1::Asset> TryUpdate(const std::string& id,
                                      const std::string& changes);
  absl::StatusOr<v1::Asset> GetAsset(const std::string& id);

  test::ServiceWorld world_{{.engine = GetParam()}};
};

}  // namespace charter::services

#endif  // CHARTER_TESTS_SERVER_SERVICES_DIRECTORY_DIRECTORY_FIXTURE_H_
