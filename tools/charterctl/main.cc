// charterctl: what operators do from a shell.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "charter/version.h"
#include "tools/charterctl/commands.h"
#include "tools/charterctl/demo_data.h"
#include "tools/charterctl/figures.h"
#include "tools/charterctl/import_incidents.h"
#include "tools/charterctl/kinds.h"
#include "tools/charterctl/records.h"

namespace charter::tools {
namespace {

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

// Rows that were refused make the whole a failure, for scripts.
absl::Status Import(const Connection& connection,
                    const ImportRecordsOptions& options) {
  const absl::StatusOr<ImportSummary> summary =
      ImportRecords(connection, options);
  if (!summary.ok()) return summary.status();
  std::printf(
      "%s: %lld created, %lld changed, %lld as they were, %lld refused%s\n",
      options.kind.c_str(), static_cast<long long>(summary->created),
      static_cast<long long>(summary->changed),
      static_cast<long long>(summary->unchanged),
      static_cast<long long>(summary->refused),
      options.dry_run ? " (dry run: nothing was kept)" : "");
  if (summary->refused == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the rows that were refused are in ", summary->refused_file,
      " with what is wrong: correct them there and import that file"));
}

absl::Status DemoData(DemoDataOptions options, const std::string& today) {
  if (!absl::ParseCivilTime(today, &options.today)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--today: `", today, "` is no day such as 2026-03-31"));
  }
  return WriteDemoData(options);
}

int Run(int argc, char** argv) {
  CLI::App app("Looks after a Charter server.", "charterctl");
  app.set_version_flag("--version", absl::StrCat("charterctl ", kVersion),
                       "Print the version and exit");
  app.require_subcommand(1);
  ConnectionOptions server;
  app.add_option("--server", server.server,
                 "HOST:PORT of the server; default: $CHARTER_ENDPOINT, else "
                 "127.0.0.1:50051");
  app.add_option(
         "--token-file", server.token_file,
         "file whose first line is the bearer token; default: the token "
         "$CHARTER_TOKEN, else the file $CHARTER_TOKEN_FILE. To other machines "
         "it is sent by TLS only")
      ->check(CLI::ExistingFile);
  app.add_flag("--tls", server.encrypt,
               "encrypt; the server's certificate must be of an authority that "
               "this machine trusts. Each of the options below does so, too");
  app.add_option("--tls-ca", server.tls.ca_file,
                 "authorities to trust instead (PEM)")
      ->check(CLI::ExistingFile);
  CLI::Option* cert = app.add_option("--tls-cert", server.tls.cert_file,
                                     "certificate to show to the server (PEM)")
                          ->check(CLI::ExistingFile);
  CLI::Option* key = app.add_option("--tls-key", server.tls.key_file,
                                    "the key of --tls-cert (PEM)")
                         ->check(CLI::ExistingFile);
  cert->needs(key);
  key->needs(cert);
  app.add_option("--tls-server-name", server.tls.server_name,
                 "name in the server's certificate, if it is not --server's: "
                 "behind a tunnel");

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

  ImportRecordsOptions records;
  std::string exported_file;
  CLI::App* exports = app.add_subcommand(
      "export", "Writes resources of a kind into a CSV file");
  exports->require_subcommand(1);
  for (const Kind& kind : Kinds()) {
    const auto chosen = [&records, name = kind.name] { records.kind = name; };
    CLI::App* in = import->add_subcommand(
        kind.name, "Brings in " + kind.name + " (CSV, see export)");
    in->add_option("file", records.file, "the file")->required();
    in->add_option("--refused", records.refused,
                   "write rows that are refused here; default: "
                   "FILE.refused.csv");
    in->add_flag("--dry-run", records.dry_run,
                 "check everything, keep nothing");
    in->add_option("--connections", records.connections, "calls at once")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    in->callback(chosen);
    CLI::App* out = exports->add_subcommand(
        kind.name, "Writes all " + kind.name + ", in order of name");
    out->add_option("file", exported_file, "the file")->required();
    out->callback(chosen);
  }

  DemoDataOptions demo;
  std::string today = "2026-11-01";
  CLI::App* demo_data = app.add_subcommand(
      "demo-data", "Makes files of customers up, for import; needs no server");
  demo_data->add_option("folder", demo.folder, "where to")->required();
  demo_data->add_option("--accounts", demo.accounts, "how many customers")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  demo_data->add_option("--seed", demo.seed, "other ones for each")
      ->capture_default_str();
  demo_data->add_option("--process", demo.process,
                        "that entitlements run under; default: none");
  demo_data
      ->add_option("--today", today, "YYYY-MM-DD, around which they bought")
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
  } else if (demo_data->parsed()) {
    result = DemoData(demo, today);
  } else {
    const Connection connection = Connect(server);
    if (status->parsed()) result = Status(connection);
    if (import_incidents->parsed())
      result = ImportIncidents(connection, incidents);
    if (exports->parsed()) {
      result = ExportRecords(connection, records.kind, exported_file);
    } else if (!records.kind.empty()) {
      result = Import(connection, records);
    }
    if (report_incidents->parsed())
      result = Report(connection, as_of, figures, instances);
    if (watch->parsed()) result = Watch(connection, watch_options);
    if (timeline->parsed())
      result = Timeline(connection, name, timeline_as_of, width);
  }
  if (result.ok()) return 0;
  std::fprintf(stderr, "charterctl: %s\n", Told(result).c_str());
  return 1;
}

}  // namespace
}  // namespace charter::tools

int main(int argc, char** argv) { return charter::tools::Run(argc, argv); }
