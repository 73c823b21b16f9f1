#include "tools/bench/floor/floor_connection.h"

#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/sql/url.h"
#include "tools/bench/load/support.h"

namespace charter::bench {
namespace {

MYSQL_BIND BindOf(const storage::Value& value) {
  MYSQL_BIND bind;
  std::memset(&bind, 0, sizeof bind);
  if (const int64_t* integer = value.integer()) {
    bind.buffer_type = MYSQL_TYPE_LONGLONG;
    bind.buffer = const_cast<int64_t*>(integer);
  } else if (const double* real = value.real()) {
    bind.buffer_type = MYSQL_TYPE_DOUBLE;
    bind.buffer = const_cast<double*>(real);
  } else if (value.is_null()) {
    bind.buffer_type = MYSQL_TYPE_NULL;
  } else {
    const bool text = value.text() != nullptr;
    const std::string& octets = text ? *value.text() : value.bytes()->data;
    bind.buffer_type = text ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
    bind.buffer = const_cast<char*>(octets.data());
    bind.buffer_length = octets.size();
  }
  return bind;
}

}  // namespace

FloorConnection::FloorConnection(absl::string_view url, bool prepared)
    : mysql_(mysql_init(nullptr)), prepared_(prepared) {
  const auto parts = storage::internal::ParseDatabaseUrl(url);
  if (!parts.ok()) Die(parts.status().ToString());
  mysql_options(mysql_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (mysql_real_connect(mysql_, parts->host.c_str(), parts->user.c_str(),
                         parts->password.c_str(), parts->name.c_str(),
                         static_cast<unsigned>(parts->port), nullptr,
                         CLIENT_FOUND_ROWS) == nullptr) {
    Die(mysql_error(mysql_));
  }
  Query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  counts_ = {};
}

FloorConnection::~FloorConnection() {
  for (const auto& [sql, statement] : statements_) mysql_stmt_close(statement);
  mysql_close(mysql_);
}

void FloorConnection::Fail(const std::string& sql) const {
  Die(absl::StrCat("floor: ", mysql_error(mysql_), " in ", sql));
}

void FloorConnection::Query(const std::string& sql) {
  if (mysql_real_query(mysql_, sql.data(), sql.size()) != 0) Fail(sql);
  ++counts_.round_trips;
}

void FloorConnection::Count(const RecordedStatement& statement,
                            uint64_t affected, uint64_t returned) {
  if (statement.writes) {
    counts_.rows_written += static_cast<int64_t>(affected);
  } else {
    counts_.rows_read += static_cast<int64_t>(returned);
  }
}

void FloorConnection::SendText(const RecordedStatement& statement) {
  text_.clear();
  size_t next = 0;
  for (const char c : statement.sql) {
    if (c != '?') {
      text_ += c;
      continue;
    }
    const storage::Value& value = statement.values[next++];
    if (value.is_null()) {
      text_ += "NULL";
    } else if (value.integer() != nullptr) {
      absl::StrAppend(&text_, *value.integer());
    } else if (value.real() != nullptr) {
      absl::StrAppend(&text_, *value.real());
    } else {
      const std::string& octets =
          value.text() != nullptr ? *value.text() : value.bytes()->data;
      text_ += value.text() != nullptr ? "'" : "_binary'";
      const size_t at = text_.size();
      text_.resize(at + octets.size() * 2 + 1);
      text_.resize(at + mysql_real_escape_string(mysql_, text_.data() + at,
                                                 octets.data(), octets.size()));
      text_ += '\'';
    }
  }
  Query(text_);
  MYSQL_RES* const result = mysql_store_result(mysql_);
  Count(statement, mysql_affected_rows(mysql_),
        result == nullptr ? 0 : mysql_num_rows(result));
  if (result != nullptr) mysql_free_result(result);
}

void FloorConnection::SendPrepared(const RecordedStatement& statement) {
  MYSQL_STMT*& prepared = statements_[statement.sql];
  if (prepared == nullptr) {
    prepared = mysql_stmt_init(mysql_);
    if (mysql_stmt_prepare(prepared, statement.sql.data(),
                           statement.sql.size()) != 0)
      Fail(statement.sql);
  }
  std::vector<MYSQL_BIND> binds;
  binds.reserve(statement.values.size());
  for (const storage::Value& value : statement.values)
    binds.push_back(BindOf(value));
  if ((!binds.empty() && mysql_stmt_bind_param(prepared, binds.data()) != 0) ||
      mysql_stmt_execute(prepared) != 0 ||
      mysql_stmt_store_result(prepared) != 0) {
    Die(absl::StrCat("floor: ", mysql_stmt_error(prepared), " in ",
                     statement.sql));
  }
  ++counts_.round_trips;
  Count(statement, mysql_stmt_affected_rows(prepared),
        mysql_stmt_num_rows(prepared));
  mysql_stmt_free_result(prepared);
}

void FloorConnection::Send(const RecordedCall& call) {
  if (call.commits == autocommit_) {
    // Once for all calls of a kind, as the server does it.
    Query(absl::StrCat("SET autocommit = ", call.commits ? 0 : 1));
    autocommit_ = !call.commits;
    --counts_.round_trips;
  }
  for (const RecordedStatement& statement : call.statements) {
    if (prepared_) {
      SendPrepared(statement);
    } else {
      SendText(statement);
    }
  }
  if (call.commits) Query("COMMIT");
}

}  // namespace charter::bench
