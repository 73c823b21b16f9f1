#!/usr/bin/env python3
"""A tour of every method with the real grpcurl, on a server of its own.

  grpcurl_tour.py CHARTERD GRPCURL

Reflection says which methods there are; one that no stop has called fails the
tour. Each answer has a field checked, each refusal its reason, and a refused
call must have changed no row of any table.
"""

import sys

from server_process import Server
import stops_assignment
import stops_batches
import stops_calendar
import stops_cases
import stops_contracts
import stops_feed
import stops_ledger
import stops_process
from tour import Tour

STOPS = [
    stops_calendar.calendar, stops_process.process, stops_cases.directory, stops_contracts.contracts, stops_cases.entitlements,
    stops_process.simulate, stops_cases.cases, stops_cases.tasks, stops_feed.feed, stops_feed.reports, stops_feed.operations,
    stops_calendar.bad_calendar, stops_process.bad_process, stops_cases.bad_directory, stops_contracts.bad_contracts, stops_cases.bad_cases,
    stops_ledger.ledger, stops_contracts.contract_templates, stops_assignment.assignment, stops_batches.batches,
    stops_feed.resumed, stops_feed.expired, stops_feed.server]


def main(charterd, grpcurl):
    server = Server(charterd, grpcurl)
    tour = Tour(server)
    try:
        methods = {"/".join(method.rsplit(".", 1))
                   for service in server.describe() for method in server.describe(service)}
        for stop in STOPS:
            stop(tour)
            print(f"{stop.__name__}: {tour.steps} calls so far", flush=True)
    finally:
        if tour.failures:
            server.show_log()
        code = server.stop()
    never = sorted(methods - tour.called)
    if never:
        print("never called:", *never, sep="\n  ")
    print(f"{len(methods)} methods, {tour.steps} calls, {len(tour.failures)} failed")
    return 1 if never or tour.failures or code != 0 or not methods else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
