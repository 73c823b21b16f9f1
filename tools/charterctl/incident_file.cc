#include "tools/charterctl/incident_file.h"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace charter::tools {
namespace {

// The columns that matter, in the order of kColumns.
enum Column {
  kNumber,
  kState,
  kModCount,
  kOpened,
  kUpdated,
  kLocation,
  kPriority,
  kColumnCount
};
constexpr const char* kColumns[] = {
    "number",         "incident_state", "sys_mod_count", "opened_at",
    "sys_updated_at", "location",       "priority"};

class Lines {
 public:
  explicit Lines(const std::string& path)
      : file_(gzopen(path.c_str(), "rb"), &gzclose) {}
  bool ok() const { return file_ != nullptr; }
  // False at the end.
  bool Next(std::string* line) {
    line->clear();
    char buffer[4096];
    while (gzgets(file_.get(), buffer, sizeof(buffer)) != nullptr) {
      line->append(buffer);
      if (!line->empty() && line->back() == '\n') {
        while (!line->empty() && (line->back() == '\n' || line->back() == '\r'))
          line->pop_back();
        return true;
      }
    }
    return !line->empty();
  }

 private:
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

bool ParseWallTime(const std::string& text, absl::TimeZone zone,
                   absl::Time* time) {
  absl::CivilMinute wall;
  if (!absl::ParseLenientCivilTime(text, &wall)) return false;
  // `pre` is the offset before a gap, and the first of two occurrences.
  *time = zone.At(absl::CivilSecond(wall)).pre;
  return true;
}

}  // namespace

std::vector<std::string> SplitCsv(absl::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      if (c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
        fields.back() += '"';
        ++i;
      } else if (c == '"') {
        quoted = false;
      } else {
        fields.back() += c;
      }
    } else if (c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

absl::StatusOr<IncidentFile> ReadIncidents(
    const std::string& path, absl::TimeZone zone,
    const std::map<std::string, std::string>& statuses) {
  Lines lines(path);
  std::string line;
  if (!lines.ok() || !lines.Next(&line)) {
    return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  }
  const std::vector<std::string> header = SplitCsv(line);
  size_t columns[kColumnCount];
  for (int i = 0; i < kColumnCount; ++i) {
    const auto found = std::find(header.begin(), header.end(), kColumns[i]);
    if (found == header.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, " has no column ", kColumns[i]));
    }
    columns[i] = static_cast<size_t>(found - header.begin());
  }
  IncidentFile file;
  file.latest = absl::InfinitePast();
  for (int number = 2; lines.Next(&line); ++number) {
    if (line.empty()) continue;
    const std::vector<std::string> fields = SplitCsv(line);
    const auto field = [&](Column column) {
      return columns[column] < fields.size() ? fields[columns[column]]
                                             : std::string();
    };
    IncidentRow row;
    row.line = number;
    const auto refuse = [&](std::string why) {
      file.refused.push_back({number, field(kNumber), std::move(why)});
    };
    const auto status = statuses.find(field(kState));
    if (field(kNumber).empty()) {
      refuse("has no number");
    } else if (status == statuses.end()) {
      refuse(absl::StrCat("state '", field(kState), "' is unknown"));
    } else if (!absl::SimpleAtoi(field(kPriority), &row.priority) ||
               row.priority < 1 || row.priority > 4) {
      refuse(absl::StrCat("priority '", field(kPriority), "' is not 1 to 4"));
    } else if (!ParseWallTime(field(kUpdated), zone, &row.updated)) {
      refuse("has no sys_updated_at");
    } else {
      // Only that of an incident's first row counts; without one it opens then.
      if (!ParseWallTime(field(kOpened), zone, &row.opened))
        row.opened = row.updated;
      if (!absl::SimpleAtoi(field(kModCount), &row.mod_count))
        row.mod_count = 0;
      row.status = status->second;
      row.location = field(kLocation);
      file.latest = std::max(file.latest, row.updated);
      ++file.accepted;
      file.incidents[field(kNumber)].push_back(std::move(row));
    }
  }
  for (auto& [number, rows] : file.incidents) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const IncidentRow& a, const IncidentRow& b) {
                       return std::pair(a.updated, a.mod_count) <
                              std::pair(b.updated, b.mod_count);
                     });
  }
  return file;
}

}  // namespace charter::tools
