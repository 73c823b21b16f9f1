"""The ledger of allotments: units granted, held, used, moved; cases that take them, merge and log work."""

from tour import ABSENT, PRESENT

START = {"start_date": {"year": 2024, "month": 1, "day": 1}}


def ledger(t):
    service = "EntitlementService/"
    t.ok("DirectoryService/CreateAccount", {"account_id": "counted", "account": {"display_name": "Counted"}}, {"name": PRESENT})

    def create(name, **allotment):
        t.ok(service + "CreateEntitlement", {"entitlement_id": name, "entitlement": {
            "display_name": name, "account": "accounts/counted", "allotment": allotment, **START}}, {"units_available": ABSENT})

    create("five-cases", unit="CASES", commit="CLOSING")
    create("hours", unit="MINUTES")
    create("next-hours", unit="MINUTES", policy="ALLOW_OVERDRAFT")
    hours, cases = "entitlements/hours", "entitlements/five-cases"
    t.ok(service + "GrantUnits", {"name": hours, "units": 600, "subject": "order-7", "lapse_time": "2099-01-01T00:00:00Z"},
         {"balance.available": "600", "entries.0.kind": "GRANT", "entries.0.name": hours + "/ledgerEntries/1"})
    t.ok(service + "GrantUnits", {"name": hours, "units": 600, "subject": "order-7"}, {"balance.available": "600", "entries": ABSENT})
    t.ok(service + "ReserveUnits", {"name": hours, "units": 60, "subject": "visit-1"},
         {"balance.available": "540", "reservation.state": "RESERVED", "reservation.draws.0.lot": "1"})
    t.ok(service + "CommitUnits", {"name": hours, "units": 45, "subject": "visit-1"}, {"balance.available": "555", "balance.committed": "45"})
    t.ok(service + "ReserveUnits", {"name": hours, "subject": "visit-2"}, {"balance.reserved": "1"})
    t.ok(service + "ReleaseUnits", {"name": hours, "subject": "visit-2", "cause": "called off"}, {"reservation.state": "RELEASED"})
    t.ok(service + "AdjustUnits", {"name": hours, "units": -5, "cause": "a gift to us"}, {"balance.available": "550"})
    t.ok(service + "TransferUnits", {"name": hours, "destination": "entitlements/next-hours", "units": 50}, {"balance.available": "500"})
    t.ok(service + "ReserveUnits", {"name": "entitlements/next-hours", "units": 60, "subject": "visit-3"}, {"balance.available": "-10"})
    t.ok(service + "ListLedgerEntries", {"parent": hours, "page_size": 4},
         {"ledger_entries.#": 4, "ledger_entries.3.kind": "COMMIT", "next_page_token": PRESENT})
    t.ok(service + "GetLedgerStatement", {"name": hours}, {"opening.available": ABSENT, "closing.available": "500", "movements.0.kind": "GRANT",
                                                          "lots.0.lapse_time": "2099-01-01T00:00:00Z"})

    t.ok(service + "GrantUnits", {"name": cases, "units": 2}, {"balance.available": "2"})

    def opening(case_id, **more):
        return {"case_id": case_id, "case": {"account": "accounts/counted", "entitlement": cases, **more}}

    for case_id in ("counted", "copy"):
        t.ok("CaseService/OpenCase", opening(case_id), {"case.unit_state": "RESERVED"})
    t.refused("CaseService/OpenCase", opening("third"), "ALLOTMENT_EXHAUSTED", cases)
    t.ok(service + "VerifyEntitlement", {"account": "accounts/counted"}, {"candidates.0.reasons.0": "ALLOTMENT_EXHAUSTED"})
    t.refused("CaseService/MergeCases", {"name": "cases/copy", "into": "cases/copy"}, "FIELD_INVALID", "into")
    t.refused("CaseService/MergeCases", {"name": "cases/copy", "into": "cases/late"}, "FIELD_INVALID", "OTHER_ACCOUNT")
    t.ok("CaseService/MergeCases", {"name": "cases/copy", "into": "cases/counted"},
         {"closed": True, "merged_into": "cases/counted", "unit_state": "RELEASED"})
    t.refused("CaseService/MergeCases", {"name": "cases/counted", "into": "cases/copy"}, "STATE_TRANSITION_NOT_ALLOWED")
    t.ok("CaseService/CloseCase", {"name": "cases/counted"}, {"unit_state": "COMMITTED"})
    t.ok("CaseService/OpenCase", {"case_id": "visit", "case": {"account": "accounts/counted", "entitlement": hours, "kind": "WORK_ORDER"}},
         {"case.unit_state": ABSENT})
    work = {"events": [{"case": "cases/visit", "event": {"key": "w1", "work_logged": {"minutes": 30, "worker": "ann"}}}]}
    for _ in range(2):
        t.ok("CaseService/RecordEvents", work, {"results.0.event.work_logged.minutes": 30})
    t.ok(service + "GetEntitlement", {"name": hours}, {"units_available": "470", "units_committed": "75"})

    t.refused(service + "GrantUnits", {"name": hours, "units": 0}, "FIELD_INVALID", "units")
    t.refused(service + "GrantUnits", {"name": hours, "units": 7, "subject": "order-7"}, "RESOURCE_ALREADY_EXISTS", "order-7")
    t.refused(service + "GrantUnits", {"name": hours, "units": 7, "lapse_time": "2001-01-01T00:00:00Z"}, "FIELD_INVALID", "lapse_time")
    t.refused(service + "GrantUnits", {"name": "entitlements/gold", "units": 7}, "ALLOTMENT_MISSING", "entitlements/gold")
    t.refused(service + "ReserveUnits", {"name": hours, "units": 471, "subject": "visit-9"}, "ALLOTMENT_EXHAUSTED", "470 available")
    t.refused(service + "ReserveUnits", {"name": hours, "subject": "cases/visit"}, "FIELD_INVALID", "subject")
    t.refused(service + "CommitUnits", {"name": hours, "subject": "visit-9"}, "RESOURCE_NOT_FOUND", "visit-9")
    t.refused(service + "ReleaseUnits", {"name": hours, "subject": "visit-1"}, "UNITS_NOT_RESERVED")
    t.refused(service + "AdjustUnits", {"name": hours, "units": -471, "cause": "too much"}, "ALLOTMENT_EXHAUSTED")
    t.refused(service + "AdjustUnits", {"name": hours, "units": 1}, "FIELD_INVALID", "cause")
    t.refused(service + "TransferUnits", {"name": hours, "units": 1, "destination": cases}, "FIELD_INVALID", "OTHER_UNIT")
    t.refused(service + "TransferUnits", {"name": hours, "units": 1, "destination": hours}, "FIELD_INVALID", "destination")
    t.refused(service + "UpdateEntitlement", {"entitlement": {"name": hours, "allotment": {"unit": "CASES"}}}, "FIELD_INVALID", "allotment.unit")
    t.ok("AdminService/CheckIntegrity", {}, {"checked_count": 3, "problems": ABSENT})
