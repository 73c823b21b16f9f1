"""Rules that say which entitlement an item gets that names none."""

from tour import ABSENT, PRESENT

START = {"start_date": {"year": 2024, "month": 1, "day": 1}}


def assignment(t):
    service = "EntitlementService/"
    t.ok("DirectoryService/CreateAccount", {"account_id": "ruled", "account": {"display_name": "Ruled", "tier": "ruled"}}, {"tier": "ruled"})
    for name, more in (("desk", {"priority": 1}), ("night", {"type": "night"})):
        t.ok(service + "CreateEntitlement", {"entitlement_id": "ruled-" + name, "entitlement": {
            "display_name": name, "account": "accounts/ruled", **START, **more}}, {"status": "ACTIVE"})
    # Of this account alone: other stops open cases beside it.
    machines = {"display_name": "Machines", "order": 10, "condition": 'account.tier == "ruled" && origin == "machine"',
                "entitlement_condition": 'entitlement.type == "night"'}
    spam = {"display_name": "Spam", "order": 20, "condition": 'account.tier == "ruled" && subject == "Win"', "leave_unassigned": True}
    for name, rule in (("machines", machines), ("spam", spam), ("spare", {"display_name": "Spare", "disabled": True})):
        t.ok(service + "CreateAssignmentRule", {"assignment_rule_id": name, "assignment_rule": rule}, {"name": "assignmentRules/" + name})
    t.ok(service + "GetAssignmentRule", {"name": "assignmentRules/spam"}, {"leave_unassigned": True})
    t.ok(service + "ListAssignmentRules", {"filter": "order >= 10"}, {"assignment_rules.#": 2, "assignment_rules.0.name": "assignmentRules/machines"})
    t.ok(service + "UpdateAssignmentRule", {"assignment_rule": {"name": "assignmentRules/spam", "order": 5}}, {"order": 5})

    case = {"account": "accounts/ruled", "origin": "machine"}
    t.ok(service + "TestAssignmentRules", {"case": case}, {
        "outcomes.#": 3, "outcomes.0.result": "DISABLED", "outcomes.1.result": "CONDITION_FALSE", "outcomes.2.result": "DECIDES",
        "assignment_rule": "assignmentRules/machines", "entitlement": "entitlements/ruled-night", "verification.entitlement": "entitlements/ruled-desk"})
    t.ok(service + "TestAssignmentRules", {"case": case, "rules": [spam | {"condition": ""}]},
         {"outcomes.0.result": "DECIDES", "entitlement": ABSENT, "assignment_rule": ABSENT})
    opening = "CaseService/OpenCase"
    t.ok(opening, {"case": case}, {"case.entitlement": "entitlements/ruled-night", "assignment_rule": "assignmentRules/machines"})
    t.ok(opening, {"case": case | {"origin": "email"}}, {"case.entitlement": "entitlements/ruled-desk", "assignment_rule": ABSENT})
    kept = t.ok(opening, {"case": case, "record_verdict": True, "verdict_note": "By telephone"}, {"verdict": PRESENT})
    t.ok(service + "ListEntitlementVerdicts", {"filter": f"case == '{kept['case']['name']}'"}, {
        "entitlement_verdicts.#": 1, "entitlement_verdicts.0.name": kept["verdict"], "entitlement_verdicts.0.note": "By telephone",
        "entitlement_verdicts.0.assignment_rule": "assignmentRules/machines"})
    t.ok(opening, {"case": case | {"subject": "Win"}}, {"case.name": PRESENT, "case.entitlement": ABSENT, "assignment_rule": "assignmentRules/spam"})
    name = kept["case"]["name"]
    t.ok("CaseService/ChangeEntitlement", {"name": name, "entitlement": "entitlements/ruled-desk"}, {"entitlement": "entitlements/ruled-desk"})
    again = {"name": name, "reassign": True}
    t.ok("CaseService/ChangeEntitlement", again, {"entitlement": "entitlements/ruled-night", "event_count": 3})
    t.ok("CaseService/ChangeEntitlement", again, {"entitlement": "entitlements/ruled-night", "event_count": 3})
    t.refused("CaseService/ChangeEntitlement", again | {"entitlement": "entitlements/ruled-desk"}, "FIELD_INVALID", "entitlement", "NOT_ALLOWED")
    t.ok(service + "DeleteAssignmentRule", {"name": "assignmentRules/spare"}, {})

    t.ok("EventService/ListEvents", {"filter": {"resource_types": ["assignmentRules"]}}, {"events.0.type": "assignment_rule.created"})

    t.refused(opening, {"case": case | {"subject": "Win"}, "require_entitlement": True}, "ENTITLEMENT_NOT_ELIGIBLE", "assignmentRules/spam")
    t.refused(service + "TestAssignmentRules", {"case": case | {"entitlement": "entitlements/ruled-desk"}}, "FIELD_INVALID", "case.entitlement")
    t.refused(service + "TestAssignmentRules", {"case": case, "rules": [spam | {"condition": "subjct == 'x'"}]}, "FIELD_INVALID", "rules[0].condition", "subject")
    for rule, words in (
            ({"condition": "entitlement.type == 'night'"}, ["assignment_rule.condition", "entitlement_condition"]),
            ({"condition": "priority == 'high'"}, ["assignment_rule.condition", "line 1, column 13"]),
            ({"entitlement_condition": "entitlement.typ == 'night'"}, ["assignment_rule.entitlement_condition", "entitlement.type"]),
            ({"entitlement_condition": "entitlement.type == 'night'", "leave_unassigned": True}, ["assignment_rule.entitlement_condition", "clear one"]),
            ({"order": -1}, ["assignment_rule.order"])):
        t.refused(service + "CreateAssignmentRule", {"assignment_rule": {"display_name": "Odd", **rule}}, "FIELD_INVALID", *words)
    t.refused(service + "UpdateAssignmentRule", {"assignment_rule": {"name": "assignmentRules/spare", "order": 5}}, "RESOURCE_NOT_FOUND", "assignmentRules/spare")
