"""Milestone types, processes, statuses and attributes, and what bad ones are told."""

import copy

from tour import PRESENT

GOLD = {
    "stop_criteria": "status_category == 'WAITING_CUSTOMER'",
    "milestones": [
        {"key": "first-response", "milestone_type": "milestoneTypes/first-response", "business_hours": "businessHours/always",
         "target": "3600s", "completion_criteria": "has(last_outbound_time)",
         "target_rules": [{"when": "priority == 1", "target": "900s"}],
         "triggers": [
             {"key": "soon", "kind": "WARNING", "used_percent": 75,
              "actions": [{"key": "tell", "notify": {"recipients": ["owner"], "template": "{milestone} is due"}}]},
             {"key": "missed", "kind": "VIOLATION", "over_percent": 0, "actions": [
                 {"key": "raise", "set_fields": {"fields": {"owner": "duty-manager"}}},
                 {"key": "call", "create_task": {"subject": "Call {case}", "owner": "duty-manager"}},
                 {"key": "escalate", "publish": {"topic": "escalations", "data": {"level": "2"}}}]}]},
        {"key": "resolution", "milestone_type": "milestoneTypes/resolution", "business_hours": "businessHours/always",
         "target": "2592000s", "completion_criteria": "is_closed"}]}


def process(t):
    service = "ProcessService/"
    for name in ("first-response", "resolution", "spare"):
        t.ok(service + "CreateMilestoneType", {"milestone_type_id": name, "milestone_type": {"display_name": name, "recurrence": "NONE"}},
             {"name": "milestoneTypes/" + name, "recurrence": "NONE"})
    t.ok(service + "GetMilestoneType", {"name": "milestoneTypes/resolution"}, {"display_name": "resolution"})
    t.ok(service + "ListMilestoneTypes", {"page_size": 2}, {"milestone_types.#": 2, "next_page_token": PRESENT})
    t.ok(service + "UpdateMilestoneType", {"milestone_type": {"name": "milestoneTypes/spare", "description": "Unused"}}, {"description": "Unused"})
    t.ok(service + "DeleteMilestoneType", {"name": "milestoneTypes/spare"}, {})

    t.ok(service + "CreateItemStatus", {"item_status_id": "on-site", "item_status": {"display_name": "On site", "category": "OPEN"}},
         {"name": "itemStatuses/on-site", "category": "OPEN"})
    t.ok(service + "GetItemStatus", {"name": "itemStatuses/waiting-customer"}, {"category": "WAITING_CUSTOMER"})
    t.ok(service + "ListItemStatuses", {}, {"item_statuses.#": 7})
    t.ok(service + "UpdateItemStatus", {"item_status": {"name": "itemStatuses/on-site", "display_name": "There"}}, {"display_name": "There"})
    t.ok(service + "DeleteItemStatus", {"name": "itemStatuses/on-site"}, {})

    t.ok(service + "CreateAttributeDefinition", {"attribute_definition_id": "severity", "attribute_definition": {"type": "NUMBER"}},
         {"name": "attributeDefinitions/severity", "type": "NUMBER"})
    t.ok(service + "CreateAttributeDefinition", {"attribute_definition_id": "spare", "attribute_definition": {"type": "STRING"}},
         {"name": "attributeDefinitions/spare"})
    t.ok(service + "GetAttributeDefinition", {"name": "attributeDefinitions/severity"}, {"type": "NUMBER"})
    t.ok(service + "ListAttributeDefinitions", {}, {"attribute_definitions.#": 2})
    t.ok(service + "UpdateAttributeDefinition", {"attribute_definition": {"name": "attributeDefinitions/severity", "display_name": "Severity"}},
         {"display_name": "Severity"})
    t.ok(service + "DeleteAttributeDefinition", {"name": "attributeDefinitions/spare"}, {})

    t.ok(service + "CreateEntitlementProcess", {"entitlement_process_id": "gold", "entitlement_process": {
        "display_name": "Gold", "definition": GOLD}}, {"name": "entitlementProcesses/gold", "definition.milestones.#": 2})
    t.ok(service + "CreateEntitlementProcess", {"entitlement_process_id": "spare", "entitlement_process": {"definition": GOLD}},
         {"name": "entitlementProcesses/spare"})
    t.ok(service + "DeleteEntitlementProcess", {"name": "entitlementProcesses/spare"}, {})
    t.ok(service + "GetEntitlementProcess", {"name": "entitlementProcesses/gold"}, {"display_name": "Gold"})
    t.ok(service + "ListEntitlementProcesses", {}, {"entitlement_processes.#": 1})
    t.ok(service + "UpdateEntitlementProcess", {"entitlement_process": {"name": "entitlementProcesses/gold", "display_name": "Gold support"}},
         {"display_name": "Gold support"})
    t.ok(service + "PublishVersion", {"name": "entitlementProcesses/gold"},
         {"name": "entitlementProcesses/gold/versions/1", "milestone_types.#": 2})
    t.ok(service + "GetProcessVersion", {"name": "entitlementProcesses/gold/versions/1"}, {"definition.milestones.0.target": "3600s"})
    t.ok(service + "ListProcessVersions", {"parent": "entitlementProcesses/gold"}, {"versions.#": 1})


def simulate(t):
    t.ok("ProcessService/SimulateProcess", {
        "process_version": "entitlementProcesses/gold/versions/1", "case": {"account": "accounts/acme", "priority": 1},
        "open_time": "2026-03-02T09:00:00Z", "as_of": "2026-03-02T10:00:00Z"},
        {"milestones.#": 2, "milestones.0.violated": True, "milestones.0.violation_time": "2026-03-02T09:15:00Z", "case.violated": True})


def bad_process(t):
    create = "ProcessService/CreateEntitlementProcess"
    at = "entitlement_process.definition"

    def with_first(**changes):
        definition = copy.deepcopy(GOLD)
        definition["milestones"][0].update(changes)
        return {"entitlement_process": {"definition": definition}}

    t.refused(create, {"entitlement_process": {"definition": GOLD | {"stop_criteria": "priority == 1 &&\n  statsu == 'open'"}}},
              "FIELD_INVALID", at + ".stop_criteria", "CRITERIA_SYNTAX", "line 2, column 3", "did you mean")
    t.refused(create, with_first(criteria="priority == 'high'"), "FIELD_INVALID", at + ".milestones[0].criteria", "line 1, column 13")
    t.refused(create, with_first(criteria="changed(status)"), "FIELD_INVALID", at + ".milestones[0].criteria", "about one event")
    t.refused(create, with_first(pause_criteria="event.direction == 'INBOUND'"), "FIELD_INVALID", at + ".milestones[0].pause_criteria", "about one event")
    t.refused(create, with_first(completion_criteria="status == 'opne'"), "FIELD_INVALID", "CRITERIA_SYNTAX", "line 1, column 11", "open")
    t.refused(create, with_first(target="0s"), "FIELD_INVALID", at + ".milestones[0].target")
    t.refused(create, with_first(milestone_type="milestoneTypes/none"), "FIELD_INVALID", at + ".milestones[0].milestone_type", "NOT_FOUND")
    t.refused(create, with_first(on_reopen="NEW_OCCURRENCE"), "FIELD_INVALID", at + ".milestones[0].on_reopen")
    t.refused(create, with_first(key="resolution"), "FIELD_INVALID", at + ".milestones[1].key")
    t.ok(create, {**with_first(triggers=[{"key": "early", "kind": "WARNING", "before_target": "7200s"}]), "validate_only": True},
         {"definition.milestones.0.triggers.0.before_target": "7200s"})
    t.refused("ProcessService/DeleteMilestoneType", {"name": "milestoneTypes/resolution"}, "RESOURCE_IN_USE")
    t.refused("ProcessService/CreateItemStatus", {"item_status_id": "odd", "item_status": {}}, "FIELD_INVALID", "item_status.category")
    t.refused("ProcessService/UpdateItemStatus", {"item_status": {"name": "itemStatuses/open", "category": "CLOSED"},
                                                  "update_mask": {"paths": ["category"]}}, "FIELD_INVALID", "category", "IMMUTABLE")
