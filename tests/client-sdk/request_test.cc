#include "charter/client/request.h"

#include "charter/v1/directory_service.pb.h"
#include "gtest/gtest.h"

namespace charter::client {
namespace {

v1::CreateAccountRequest Completed(const Options& call, const Options& client,
                                   v1::CreateAccountRequest request = {}) {
  internal::Complete(call, client, &request);
  return request;
}

TEST(RequestTest, AWriteGetsAnIdUnlessTheCallerSays) {
  EXPECT_EQ(Completed({}, {}).request_id().size(), 36u);
  EXPECT_NE(Completed({}, {}).request_id(), Completed({}, {}).request_id());
  const Options mine = Options().Set<RequestIdOption>("mine");
  EXPECT_EQ(Completed(mine, {}).request_id(), "mine");
  v1::CreateAccountRequest request;
  request.set_request_id("the request's");
  EXPECT_EQ(Completed(mine, {}, request).request_id(), "the request's");
  const Options none = Options().Set<RequestIdOption>("");
  EXPECT_EQ(Completed(none, {}).request_id(), "");
  EXPECT_EQ(Completed({}, none).request_id(), "");
}

TEST(RequestTest, ACallIsAheadOfItsClientInWhatItKeeps) {
  const Options only = Options().Set<ValidateOnlyOption>(true);
  EXPECT_FALSE(Completed({}, {}).validate_only());
  EXPECT_TRUE(Completed({}, only).validate_only());
  EXPECT_TRUE(Completed(only, {}).validate_only());
  EXPECT_FALSE(Completed(Options().Set<ValidateOnlyOption>(false), only)
                   .validate_only());
}

}  // namespace
}  // namespace charter::client
