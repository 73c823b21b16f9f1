// charterctl: what operators do from a shell.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/time/time.h"
#include "tools/charterctl/commands.h"
#include "tools/charterctl/figures.h"
#include "tools/charterctl/import_incidents.h"

namespace charter::tools {
namespace {

std::string ReadToken(const std::string& file) {
  if (file.empty()) {
    const char* token = std::getenv("CHARTER_TOKEN");
    return token == nullptr ? "" : token;
  }
  std::ifstream stream(file);
  std::string token;
  std::getline(stream, token);
  return token;
}

absl::Status Report(const Connection& connection, const std::string& as_of,
                    const std::string& figures, const std::string& instances) {
  absl::StatusOr<ImportFacts> facts = LoadFacts(connection);
  if (!facts.ok()) return facts.status();
  absl::Time at = facts->latest;
  if (!as_of.empty()) {
    const absl::StatusOr<absl::Time> asked = ParseInstant("--as-of", as_of);
    if (!asked.ok()) return asked.status();
    at = *asked;
  }
  return ReportIncidents(connection, *facts, at, figures, instances);
}

int Run(int argc, char** argv) {
  CLI::App app("Looks after a Charter server.", "charterctl");
  app.require_subcommand(1);
  std::string server = "127.0.0.1:50051";
  std::string token_file;
  app.add_option("--server", server, "HOST:PORT of the server")
      ->capture_default_str();
  app.add_option(
      "--token-file", token_file,
      "file whose first line is the bearer token; without it $CHARTER_TOKEN. "
      "Not sent to other machines, since it would go unencrypted");

  std::string database;
  CLI::App* migrate =
      app.add_subcommand("migrate", "Brings a database's schema up to date");
  migrate
      ->add_option("--database", database,
                   "sqlite://PATH or mysql://user@host:port/name")
      ->required();

  CLI::App* status =
      app.add_subcommand("status", "Says what the server is and how it does");

  CLI::App* import = app.add_subcommand("import", "Brings in history");
  import->require_subcommand(1);
  ImportOptions incidents;
  CLI::App* import_incidents = import->add_subcommand(
      "incidents", "Brings in a history of incidents (CSV, maybe gzipped)");
  import_incidents->add_option("file", incidents.file, "the file")->required();
  import_incidents
      ->add_option("--policy", incidents.policy, "folder of the policy")
      ->required();
  import_incidents->add_option("--figures", incidents.figures,
                               "write the figures here, as JSON");
  import_incidents->add_option("--instances", incidents.instances,
                               "write each clock here, as CSV");
  import_incidents
      ->add_option("--connections", incidents.connections, "calls at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();

  CLI::App* report =
      app.add_subcommand("report", "Reports on what was brought in");
  report->require_subcommand(1);
  std::string as_of, figures, instances;
  CLI::App* report_incidents = report->add_subcommand(
      "incidents", "How the promises on incidents were kept");
  report_incidents->add_option("--as-of", as_of,
                               "instant, RFC 3339; default: the latest update");
  report_incidents->add_option("--figures", figures,
                               "write the figures here, as JSON");
  report_incidents->add_option("--instances", instances,
                               "write each clock here, as CSV");

  WatchOptions watch_options;
  CLI::App* watch = app.add_subcommand("watch", "Follows the feed");
  watch->add_option("--account", watch_options.account, "of this account only");
  watch->add_option("--type", watch_options.types,
                    "of these types only: milestone.*");
  watch->add_flag("--from-earliest", watch_options.from_earliest,
                  "from the oldest event kept");
  watch->add_option("--count", watch_options.count, "end after so many events");

  std::string name, timeline_as_of;
  int width = 72;
  CLI::App* timeline =
      app.add_subcommand("timeline", "Draws the clocks of a case");
  timeline->add_option("case", name, "cases/ID or ID")->required();
  timeline->add_option("--as-of", timeline_as_of,
                       "instant, RFC 3339; default: now");
  timeline->add_option("--width", width, "of the bars")
      ->check(CLI::Range(20, 400))
      ->capture_default_str();

  CLI11_PARSE(app, argc, argv);
  absl::Status result;
  if (migrate->parsed()) {
    result = Migrate(database);
  } else if (const std::string token = ReadToken(token_file);
             !CheckToken(server, token).ok()) {
    result = CheckToken(server, token);
  } else {
    const Connection connection(server, token);
    if (status->parsed()) result = Status(connection);
    if (import_incidents->parsed())
      result = ImportIncidents(connection, incidents);
    if (report_incidents->parsed())
      result = Report(connection, as_of, figures, instances);
    if (watch->parsed()) result = Watch(connection, watch_options);
    if (timeline->parsed())
      result = Timeline(connection, name, timeline_as_of, width);
  }
  if (result.ok()) return 0;
  std::fprintf(stderr, "charterctl: %s\n",
               std::string(result.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace charter::tools

int main(int argc, char** argv) { return charter::tools::Run(argc, argv); }
