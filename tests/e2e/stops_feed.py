"""The feed, actions, reports, operations, and what surrounds them."""

import concurrent.futures

from tour import ABSENT, PRESENT


def feed(t):
    service = "EventService/"
    violations = {"filter": {"event_types": ["milestone.violated"]}, "page_size": 1}
    page = t.ok(service + "ListEvents", violations, {"events.0.type": "milestone.violated", "events.0.transition.kind": "VIOLATED", "resume_token": PRESENT})
    t.ok(service + "ListEvents", violations | {"resume_token": page.get("resume_token", "")}, {"events.0.subject": "cases/late/milestones/resolution~1"})
    # grpcurl ends the stream after so many seconds; a quiet one brings bookmarks.
    t.ok(service + "WatchEvents", {"from_earliest": True, "filter": {"account": "accounts/acme"}, "heartbeat_interval": "0.2s"},
         {"0.resume_token": PRESENT, "#": lambda n: n > 1}, cut_after=4)
    actions = t.ok(service + "PullActions", {"topic": "escalations", "wait": "5s"},
                   {"actions.0.case": "cases/late", "actions.0.data.level": "2", "actions.0.attempt": 1}).get("actions", [])
    leases = [action["lease_id"] for action in actions]
    keys = [action["effect_key"] for action in actions]
    t.ok(service + "ExtendActionLease", {"lease_ids": leases, "lease_duration": "120s"}, {"lease_expire_time": PRESENT, "expired_lease_ids": ABSENT})
    t.ok(service + "RejectAction", {"lease_id": leases[0], "reason": "the pager is off", "dead": True}, {"lease_expired": ABSENT})
    t.ok(service + "ListDeadActions", {"topic": "escalations"},
         {"actions.#": 1, "actions.0.effect_key": keys[0], "actions.0.last_failure": "the pager is off", "actions.0.lease_id": ABSENT})
    t.ok(service + "ReviveActions", {"effect_keys": [keys[0], "never"]}, {"not_dead_effect_keys": ["never"]})
    leases[0] = t.ok(service + "PullActions", {"topic": "escalations"}, {"actions.#": 1, "actions.0.attempt": 2})["actions"][0]["lease_id"]
    t.ok(service + "AckActions", {"lease_ids": leases}, {"expired_lease_ids": ABSENT})
    t.ok(service + "PullActions", {"topic": "escalations"}, {"actions": ABSENT})
    t.refused(service + "ListEvents", {"resume_token": "forged"}, "PAGE_TOKEN_INVALID", "resume_token")
    t.refused(service + "PullActions", {"max_actions": 1000}, "FIELD_INVALID", "max_actions")
    t.refused(service + "AckActions", {}, "FIELD_INVALID", "lease_ids")
    t.refused(service + "ExtendActionLease", {"lease_ids": ["nonsense"]}, "FIELD_INVALID", "lease_ids")
    t.refused(service + "RejectAction", {"lease_id": leases[0], "dead": True, "uncounted": True}, "FIELD_INVALID", "uncounted")
    t.refused(service + "ReviveActions", {}, "FIELD_INVALID", "effect_keys")
    t.refused(service + "ListDeadActions", {"page_token": "forged"}, "PAGE_TOKEN_INVALID", "page_token")


def resumed(t):
    """A stream that is cut amid writes is taken up where it was: nothing is lost between the two, nothing told twice."""
    service = "EventService/"
    contacts = {"filter": {"account": "accounts/acme", "resource_types": ["contacts"]}}
    written = []

    def write():
        title = f"Head of {len(written)} things"
        t.ok("DirectoryService/UpdateContact", {"contact": {"name": "contacts/ann", "title": title}}, {"title": title})
        written.append(title)

    def watch(**start):
        asked = contacts | start | {"heartbeat_interval": "0.2s"}
        messages = t.ok(service + "WatchEvents", asked, {"0.resume_token": PRESENT}, cut_after=4)
        events = [event for message in messages for event in message.get("events", [])]
        return events, messages[-1]["resume_token"] if messages else ""

    def numbers(events):
        return [f"{event['sequence']}.{event.get('index', 0)}" for event in events]

    def titles(events):
        return [event["resource"]["title"] for event in events if "title" in event["resource"]]

    write()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        stream = pool.submit(watch, from_earliest=True)
        while not stream.done():
            write()
    before, token = stream.result()
    write()  # this one surely after the cut
    after, _ = watch(resume_token=token)
    t.same(service + "WatchEvents", "told before the cut", titles(before)[:1], written[:1])
    t.same(service + "WatchEvents", "told after the cut", titles(after)[-1:], written[-1:])
    t.same(service + "WatchEvents", "written", titles(before + after), written)
    listed = t.ok(service + "ListEvents", contacts | {"page_size": 1000}, {"events": PRESENT}).get("events", [])
    t.same(service + "WatchEvents", "in the feed", numbers(before + after), numbers(listed))


def expired(t):
    # Not by a long poll, which answers a little before its deadline. Whether a write that came too late is still made is open:
    # it says again what is there.
    service = "DirectoryService/"
    title = t.ok(service + "GetContact", {"name": "contacts/ann"}, {"title": PRESENT}).get("title")
    with t.server.writes_held_up():
        t.expired(service + "UpdateContact", {"contact": {"name": "contacts/ann", "title": title}}, 2)


def reports(t):
    t.ok("ReportService/GetComplianceReport", {"dimensions": ["MILESTONE_TYPE"], "account": "accounts/acme"},
         {"rows.#": 2, "rows.0.milestone_type": "milestoneTypes/first-response", "rows.0.overdue_count": "1"})
    t.refused("ReportService/GetComplianceReport", {"account": "acme"}, "FIELD_INVALID", "account")


def operations(t):
    service = "google.longrunning.Operations/"
    t.ok("AdminService/Recalculate", {"case": "cases/late"}, {"name": PRESENT})
    name = t.ok("AdminService/Recalculate", {}, {"name": PRESENT}).get("name", "")
    t.ok(service + "WaitOperation", {"name": name, "timeout": "30s"}, {"done": True, "response.changed_count": ABSENT})
    t.ok(service + "GetOperation", {"name": name}, {"done": True, "name": name})
    t.ok(service + "ListOperations", {"name": "operations"}, {"operations.#": lambda n: n >= 2})
    t.ok(service + "CancelOperation", {"name": name}, {})
    t.ok(service + "DeleteOperation", {"name": name}, {})
    t.refused(service + "GetOperation", {"name": name}, "RESOURCE_NOT_FOUND", name)
    t.refused("AdminService/Recalculate", {"case": "cases/none"}, "RESOURCE_NOT_FOUND", "cases/none")


def server(t):
    t.ok("AdminService/GetServerInfo", {}, {"backend": "sqlite", "schema_version": lambda n: n >= 2, "head_sequence": PRESENT})
    t.ok("AdminService/ListAuditEntries", {"subject": "entitlements/silver"}, {"audit_entries.0.principal": "local"})
    t.ok("grpc.health.v1.Health/Check", {}, {"status": "SERVING"})
    t.ok("grpc.health.v1.Health/Watch", {"service": "charter.v1.CaseService"}, {"0.status": "SERVING"}, cut_after=2)
    for version in ("v1", "v1alpha"):
        t.ok(f"grpc.reflection.{version}.ServerReflection/ServerReflectionInfo", {"list_services": ""},
             {"list_services_response.service.#": lambda n: n >= 12})
