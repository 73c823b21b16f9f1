// A database with the product's schema, on every engine. The program has one
// per engine; each test begins with empty tables.
#ifndef CHARTER_TESTS_STORAGE_RECORDS_RECORDS_FIXTURE_H_
#define CHARTER_TESTS_STORAGE_RECORDS_RECORDS_FIXTURE_H_

#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/v1/event_service.pb.h"
#include "storage/store.h"
#include "tests/storage/conformance/fixture.h"

namespace charter::storage {

// While one lives, this thread's statements are those of records, and must be
// among the checked.
class OfRecords {
 public:
  OfRecords();
  ~OfRecords();
};

class RecordsTest : public ConformanceTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Runs `body` in a transaction of `session`, expects success, and returns
  // what it gave.
  template <typename Body>
  static auto On(Session& session, Body body) {
    using Result = std::invoke_result_t<Body, Transaction&>;
    const OfRecords mark;
    if constexpr (std::is_same_v<Result, absl::Status>) {
      EXPECT_OK(session.Write(Within(absl::Seconds(60)), body));
    } else {
      Result result = absl::UnknownError("not run");
      EXPECT_OK(session.Write(Within(absl::Seconds(60)), [&](Transaction& tx) {
        result = body(tx);
        return result.status();
      }));
      return std::move(result).value();
    }
  }
  template <typename Body>
  auto Do(Body body) {
    return On(*session_, std::move(body));
  }
  // What `body` gives in a transaction, failures included.
  absl::Status Try(const std::function<absl::Status(Transaction&)>& body) {
    const OfRecords mark;
    return session_->Write(Within(absl::Seconds(60)), body);
  }

  // Consulted before each statement, see StoreOptions::inject_error, until the
  // test's end.
  static void Inject(std::function<int(absl::string_view)> inject);
};

// Noon and so many seconds.
absl::Time At(double seconds);

// An event of `subject`, recorded at noon.
charter::v1::Event EventOf(absl::string_view subject,
                           absl::string_view type = "case.updated",
                           absl::string_view account = "accounts/a");

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_RECORDS_RECORDS_FIXTURE_H_
