"""Customers, entitlements, cases and their clocks, and what bad ones are told."""

import datetime

from tour import ABSENT, PRESENT

START = {"start_date": {"year": 2024, "month": 1, "day": 1}}


def ago(**parts):
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**parts)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


def directory(t):
    service = "DirectoryService/"
    for name in ("acme", "other", "spare"):
        t.ok(service + "CreateAccount", {"account_id": name, "account": {"display_name": name}}, {"name": "accounts/" + name})
    t.ok(service + "GetAccount", {"name": "accounts/acme"}, {"display_name": "acme"})
    t.ok(service + "ListAccounts", {"page_size": 2}, {"accounts.#": 2, "next_page_token": PRESENT})
    t.ok(service + "UpdateAccount", {"account": {"name": "accounts/acme", "tier": "gold"}}, {"tier": "gold", "display_name": "acme"})
    t.ok(service + "CreateAccount", {"account_id": "branch", "account": {"display_name": "Branch", "parent": "accounts/acme"}}, {"parent": "accounts/acme"})
    t.ok(service + "ListAccounts", {"filter": "parent == 'accounts/acme'"}, {"accounts.#": 1})
    t.deleted(service + "DeleteAccount", "accounts/spare")
    for name in ("ann", "spare"):
        t.ok(service + "CreateContact", {"contact_id": name, "contact": {"display_name": name, "account": "accounts/acme"}},
             {"account": "accounts/acme"})
    t.ok(service + "GetContact", {"name": "contacts/ann"}, {"display_name": "ann"})
    t.ok(service + "ListContacts", {"filter": "account == 'accounts/acme'"}, {"contacts.#": 2})
    t.ok(service + "UpdateContact", {"contact": {"name": "contacts/ann", "email": "ann@acme.example"}}, {"email": "ann@acme.example"})
    t.deleted(service + "DeleteContact", "contacts/spare")
    for name in ("printer", "spare"):
        t.ok(service + "CreateProduct", {"product_id": name, "product": {"display_name": name, "family": "Printers"}}, {"name": "products/" + name})
    t.ok(service + "GetProduct", {"name": "products/printer"}, {"display_name": "printer"})
    t.ok(service + "ListProducts", {"filter": "family == 'Printers'"}, {"products.#": 2})
    t.ok(service + "UpdateProduct", {"product": {"name": "products/printer", "serialized": True}}, {"serialized": True})
    asset = {"account": "accounts/acme", "product": "products/printer", "serial_number": "X-1"}
    for name, more in (("press", {"contact": "contacts/ann"}), ("tray", {"parent": "assets/press"}), ("spare", {})):
        t.ok(service + "CreateAsset", {"asset_id": name, "asset": asset | {"display_name": name} | more}, {"name": "assets/" + name, **more})
    t.ok(service + "GetAsset", {"name": "assets/tray"}, {"parent": "assets/press"})
    t.ok(service + "ListAssets", {"filter": "parent == 'assets/press'"}, {"assets.#": 1})
    t.ok(service + "ListAssets", {"filter": "root == 'assets/press'"}, {"assets.#": 2})
    t.ok(service + "UpdateAsset", {"asset": {"name": "assets/press", "install_date": {"year": 2024, "month": 2, "day": 29}}},
         {"install_date.day": 29})
    t.refused(service + "TransferAsset", {"name": "assets/spare", "account": "accounts/acme"}, "FIELD_INVALID", "account: ")
    t.ok(service + "TransferAsset", {"name": "assets/spare", "account": "accounts/branch", "coverage": "CANCEL"},
         {"account": "accounts/branch", "root": "assets/spare"})
    t.deleted(service + "DeleteAsset", "assets/spare")
    t.ok(service + "SearchCallers", {"query": "ANN@acme"}, {"callers.#": 1, "callers.0.name": "contacts/ann", "callers.0.account": "accounts/acme"})
    t.ok(service + "SearchCallers", {"query": "x 1", "account": "accounts/acme", "max_callers": 1}, {"callers.#": 1})
    t.ok(service + "SearchCallers", {"query": "spare"}, {"callers": ABSENT})
    prices = "ContractService/"
    entry = {"product": "products/printer", "unit_price": {"currency_code": "EUR", "units": "99", "nanos": 990000000}}
    for name in ("standard", "spare"):
        t.ok(prices + "CreatePriceBookEntry", {"price_book_entry_id": name, "price_book_entry": entry | {"price_book": name}},
             {"name": "priceBookEntries/" + name, "unit_price.nanos": 990000000})
    t.ok(prices + "GetPriceBookEntry", {"name": "priceBookEntries/standard"}, {"price_book": "standard", "unit_price.units": "99"})
    t.ok(prices + "ListPriceBookEntries", {"filter": "product == 'products/printer'"}, {"price_book_entries.#": 2})
    t.ok(prices + "UpdatePriceBookEntry", {"price_book_entry": {
        "name": "priceBookEntries/standard", "unit_price": {"currency_code": "EUR", "units": "120"}}}, {"unit_price.units": "120"})
    t.deleted(prices + "DeletePriceBookEntry", "priceBookEntries/spare")
    t.deleted(service + "DeleteProduct", "products/spare")


def entitlements(t):
    service = "EntitlementService/"

    def create(name, account, **more):
        t.ok(service + "CreateEntitlement", {"entitlement_id": name, "entitlement": {
            "display_name": name, "account": "accounts/" + account, "process": "entitlementProcesses/gold", **START, **more}},
            {"name": "entitlements/" + name})

    create("gold", "acme", priority=1)
    create("silver", "acme")
    create("trial", "acme", end_date={"year": 2024, "month": 1, "day": 31})
    create("foreign", "other")
    create("spare", "acme")
    t.ok(service + "GetEntitlement", {"name": "entitlements/trial"}, {"status": "EXPIRED"})
    t.ok(service + "ListEntitlements", {"filter": "account == 'accounts/acme'"}, {"entitlements.#": 4})
    t.ok(service + "UpdateEntitlement", {"entitlement": {"name": "entitlements/silver", "type": "phone"}}, {"type": "phone"})
    silver = {"name": "entitlements/silver"}
    t.ok(service + "SuspendEntitlement", silver, {"status": "SUSPENDED"})
    t.ok(service + "ResumeEntitlement", silver, {"status": "ACTIVE"})
    t.ok(service + "CreateEntitlement", {"entitlement_id": "draft", "draft": True, "entitlement": {
        "display_name": "Draft", "account": "accounts/other", **START}}, {"status": "DRAFT"})
    t.ok(service + "ActivateEntitlement", {"name": "entitlements/draft"}, {"effective_status": "ACTIVE"})
    t.ok(service + "CancelEntitlement", {"name": "entitlements/draft"}, {"status": "CANCELLED"})
    t.refused(service + "CancelEntitlement", {"name": "entitlements/draft"}, "STATE_TRANSITION_NOT_ALLOWED")
    t.ok(service + "RenewEntitlement", {"name": "entitlements/trial", "entitlement_id": "trial-2"},
         {"start_date.month": 2, "end_date.day": 29, "renewed_from": "entitlements/trial"})
    people = {"name": "entitlements/silver", "contacts": ["contacts/ann"]}
    t.ok(service + "AddEntitlementContacts", people, {"contacts.#": 1})
    t.refused(service + "RemoveEntitlementContacts", people, "LAST_CONTACT")
    t.ok(service + "RemoveEntitlementContacts", {"name": "entitlements/gold", "contacts": ["contacts/ann"]}, {"name": "entitlements/gold"})
    templates(t)
    t.deleted(service + "DeleteEntitlement", "entitlements/spare")
    t.ok(service + "VerifyEntitlement", {"contact": "contacts/ann"}, {"eligible": True, "entitlement": "entitlements/gold"})
    t.ok(service + "VerifyEntitlement", {"asset": "assets/tray", "channel": "phone"}, {"eligible": True, "entitlement": "entitlements/gold"})
    kept = t.ok(service + "RecordVerdict", {"contact": "contacts/ann", "asset": "assets/tray"}, {"entitlement": "entitlements/gold", "actor": PRESENT})
    t.ok(service + "GetEntitlementVerdict", {"name": kept.get("name")}, {"asset": "assets/tray"})
    t.ok(service + "ListEntitlementVerdicts", {"filter": "account == 'accounts/acme'"}, {"entitlement_verdicts.#": 1})
    t.refused(service + "VerifyEntitlement", {"account": "accounts/other", "asset": "assets/tray"}, "FIELD_INVALID", "asset", "OTHER_ACCOUNT")
    t.refused(service + "CreateEntitlement", {"entitlement": {"display_name": "x", "account": "accounts/other", "asset": "assets/tray"}},
              "FIELD_INVALID", "entitlement.asset", "OTHER_ACCOUNT")


def templates(t):
    service = "EntitlementService/"
    for name in ("warranty", "spare"):
        t.ok(service + "CreateEntitlementTemplate", {"entitlement_template_id": name, "entitlement_template": {
            "display_name": name, "term_days": 365, "process": "entitlementProcesses/gold", "priority": 50}}, {"term_days": 365})
    warranty = {"name": "entitlementTemplates/warranty"}
    t.ok(service + "GetEntitlementTemplate", warranty, {"display_name": "warranty"})
    t.ok(service + "ListEntitlementTemplates", {}, {"entitlement_templates.#": 2})
    t.ok(service + "UpdateEntitlementTemplate", {"entitlement_template": warranty | {"term_days": 366}}, {"term_days": 366})
    t.deleted(service + "DeleteEntitlementTemplate", "entitlementTemplates/spare")
    link = {"name": "productEntitlementTemplates/printer"}
    t.ok(service + "CreateProductEntitlementTemplate", {"product_entitlement_template_id": "printer", "product_entitlement_template": {
        "product": "products/printer", "entitlement_template": "entitlementTemplates/warranty", "start": "INSTALL_DATE"}}, link)
    t.ok(service + "GetProductEntitlementTemplate", link, {"start": "INSTALL_DATE"})
    t.ok(service + "ListProductEntitlementTemplates", {"filter": "product == 'products/printer'"}, {"product_entitlement_templates.#": 1})
    t.ok(service + "UpdateProductEntitlementTemplate", {"product_entitlement_template": link | {"start": "PURCHASE_DATE"}}, {"start": "PURCHASE_DATE"})
    t.ok("DirectoryService/CreateAsset", {"asset_id": "second", "asset": {
        "account": "accounts/other", "display_name": "Second", "product": "products/printer", "serial_number": "X-2",
        "purchase_date": {"year": 2024, "month": 3, "day": 1}}}, {"name": "assets/second"})
    t.ok(service + "ListEntitlements", {"filter": "asset == 'assets/second'"},
         {"entitlements.#": 1, "entitlements.0.end_date.day": 1, "entitlements.0.end_date.month": 3, "entitlements.0.end_date.year": 2025})
    t.ok(service + "DeleteProductEntitlementTemplate", link, {})
    t.ok(service + "ApplyTemplate", {"entitlement_template": "entitlementTemplates/warranty", "asset": "assets/second",
                                     "start_date": {"year": 2025, "month": 3, "day": 2}}, {"account": "accounts/other", "end_date.year": 2026})


def cases(t):
    service = "CaseService/"
    case = {"account": "accounts/acme", "contact": "contacts/ann", "owner": "bob", "subject": "Help"}
    t.ok(service + "EstimateTargets", {"case": case, "occur_time": "2026-03-02T09:00:00Z"},
         {"entitlement": "entitlements/gold", "milestones.0.target_time": "2026-03-02T10:00:00Z"})
    opened = t.ok(service + "OpenCase", {"case_id": "running", "case": case},
                  {"case.status": "new", "milestones.#": 2, "milestones.0.state": "RUNNING", "verification.entitlement": "entitlements/gold",
                   "case.case_number": lambda number: len(number) == 12})
    number = opened["case"]["case_number"]
    t.ok(service + "ListCases", {"filter": f"case_number == '{number}'"}, {"cases.#": 1, "cases.0.name": "cases/running"})
    t.ok("DirectoryService/SearchCallers", {"query": f"{number[:6]} {number[6:]}"}, {"callers.#": 1, "callers.0.name": "cases/running"})
    t.ok(service + "OpenCase", {"case_id": "late", "case": case, "occur_time": ago(days=40)},
         {"case.violated": True, "milestones.0.violated": True, "milestones.1.violated": True})
    t.ok(service + "OpenCase", {"case_id": "spare", "case": {"contact": "contacts/ann", "kind": "WORK_ORDER"}},
         {"case.kind": "WORK_ORDER", "case.account": "accounts/acme"})
    t.ok(service + "GetCase", {"name": "cases/late"}, {"owner": "duty-manager", "violated": True})
    t.ok(service + "GetCase", {"name": "cases/late", "as_of": ago(days=39, hours=23, minutes=30)}, {"owner": "bob", "violated": ABSENT})
    t.ok(service + "ListCases", {"filter": "account == 'accounts/acme' && status == 'new'"}, {"cases.#": 3})
    t.ok(service + "UpdateCase", {"case": {"name": "cases/running", "priority": 2, "attributes": {"severity": {"number_value": 4}}}},
         {"priority": 2, "attributes.severity.number_value": 4})
    # Late, and a second time by the same key.
    answer = {"case": "cases/running", "event": {"key": "mail-1", "interaction": {"direction": "OUTBOUND", "author": "AGENT"}}}
    t.ok(service + "RecordEvents", {"events": [answer]}, {"results.0.event.key": "mail-1", "results.0.duplicate": ABSENT})
    t.ok(service + "RecordEvents", {"events": [answer]}, {"results.0.duplicate": True})
    t.ok(service + "ListMilestones", {"filter": "case == 'cases/running'"}, {"milestones.#": 2})
    first, resolution = (f"cases/running/milestones/{key}~1" for key in ("first-response", "resolution"))
    t.ok(service + "ExplainMilestone", {"name": first}, {"milestone.state": "COMPLETED", "stretches.#": PRESENT, "explanation.#": PRESENT})
    t.ok(service + "StopClock", {"name": "cases/running", "reason": "Waiting for parts"}, {"stopped": True})
    t.ok(service + "ResumeClock", {"name": "cases/running"}, {"stopped": ABSENT})
    t.ok(service + "CompleteMilestone", {"name": resolution}, {"state": "COMPLETED"})
    t.ok(service + "CloseCase", {"name": "cases/running"}, {"closed": True, "status": "closed"})
    t.ok(service + "ReopenCase", {"name": "cases/running"}, {"closed": ABSENT, "reopen_count": 1})
    t.ok(service + "ChangeEntitlement", {"name": "cases/running", "entitlement": "entitlements/silver"}, {"entitlement": "entitlements/silver"})
    t.ok(service + "RefreshContext", {"name": "cases/running"}, {"name": "cases/running"})
    t.ok(service + "ListCaseEvents", {"parent": "cases/running"}, {"events.#": 10, "events.0.created.case.subject": "Help"})
    t.ok(service + "GetTimeline", {"name": "cases/late"}, {"clocks.#": 2, "transitions.#": PRESENT, "clocks.0.stretches.1.kind": "OVERDUE"})
    t.ok(service + "DeleteCase", {"name": "cases/spare"}, {"delete_time": PRESENT})


def tasks(t):
    service = "CaseService/"
    t.ok(service + "CreateTask", {"task_id": "call-back", "task": {"display_name": "Call back", "case": "cases/late"}},
         {"name": "tasks/call-back", "account": "accounts/acme"})
    t.ok(service + "GetTask", {"name": "tasks/call-back"}, {"display_name": "Call back"})
    t.ok(service + "ListTasks", {"filter": "case == 'cases/late'"}, {"tasks.#": 2})
    t.ok(service + "UpdateTask", {"task": {"name": "tasks/call-back", "state": "DONE"}}, {"state": "DONE"})
    t.ok(service + "DeleteTask", {"name": "tasks/call-back"}, {})


def bad_directory(t):
    service = "DirectoryService/"
    asset = {"account": "accounts/acme", "display_name": "Refused"}

    def create(**more):
        return {"asset": asset | more}

    def update(name, **more):
        return {"asset": {"name": "assets/" + name, **more}}

    t.refused(service + "UpdateAccount", {"account": {"name": "accounts/acme", "parent": "accounts/branch"}}, "FIELD_INVALID", "account.parent", "CYCLE")
    t.refused(service + "CreateAccount", {"account": {"display_name": "B", "parent": "accounts/none"}}, "RESOURCE_NOT_FOUND", "account.parent")
    t.refused(service + "DeleteAccount", {"name": "accounts/acme"}, "RESOURCE_IN_USE", "accounts/branch")
    t.refused(service + "CreateProduct", {"product": {"display_name": "P", "end_of_life_date": {"year": 2025, "month": 2, "day": 29}}},
              "FIELD_INVALID", "product.end_of_life_date")
    t.refused(service + "CreateProduct", {"product": {"family": "Printers"}}, "FIELD_INVALID", "product.display_name", "REQUIRED")
    t.refused(service + "CreateProduct", {"product_id": "printer", "product": {"display_name": "P"}}, "RESOURCE_ALREADY_EXISTS", "products/printer")
    t.refused(service + "DeleteProduct", {"name": "products/printer"}, "RESOURCE_IN_USE", "assets/press")
    t.refused(service + "UpdateProduct", {"product": {"name": "products/spare", "sku": "1"}}, "RESOURCE_NOT_FOUND", "is deleted")
    t.refused(service + "CreateAsset", {"asset": {"display_name": "Whose?"}}, "FIELD_INVALID", "asset.account", "REQUIRED")
    t.refused(service + "CreateAsset", create(product="products/none"), "RESOURCE_NOT_FOUND", "asset.product")
    t.refused(service + "CreateAsset", create(product="products/spare"), "RESOURCE_NOT_FOUND", "asset.product")
    t.refused(service + "CreateAsset", create(product="products/printer"), "FIELD_INVALID", "asset.serial_number", "serialized")
    t.refused(service + "CreateAsset", create(contact="contacts/Ann"), "RESOURCE_NOT_FOUND", "contacts/Ann")
    t.refused(service + "CreateAsset", create(contact="contacts/ann "), "FIELD_INVALID", "asset.contact")
    t.refused(service + "CreateAsset", create(account="accounts/other", contact="contacts/ann"), "FIELD_INVALID", "asset.contact", "OTHER_ACCOUNT")
    t.refused(service + "CreateAsset", create(account="accounts/other", parent="assets/press"), "FIELD_INVALID", "asset.parent", "OTHER_ACCOUNT")
    t.refused(service + "CreateAsset", create(quantity=-1), "FIELD_INVALID", "asset.quantity")
    t.refused(service + "CreateAsset", create(price={"currency_code": "EUR", "nanos": 1}), "FIELD_INVALID", "asset.price")
    t.refused(service + "SearchCallers", {"query": ""}, "FIELD_INVALID", "query", "REQUIRED")
    t.refused(service + "SearchCallers", {"query": " - "}, "FIELD_INVALID", "query")
    t.refused(service + "SearchCallers", {"query": "x" * 256}, "FIELD_INVALID", "query")
    t.refused(service + "SearchCallers", {"query": "a b c d e f g h i"}, "FIELD_INVALID", "query")
    t.refused(service + "SearchCallers", {"query": "ann", "max_callers": -1}, "FIELD_INVALID", "max_callers")
    t.refused(service + "SearchCallers", {"query": "ann", "account": "accounts/none"}, "RESOURCE_NOT_FOUND", "account")
    t.refused("CaseService/OpenCase", {"case": {"account": "accounts/other", "asset": "assets/press"}}, "FIELD_INVALID", "case.asset", "OTHER_ACCOUNT")
    t.refused("CaseService/OpenCase", {"case": {"account": "accounts/acme", "product": "products/none"}}, "RESOURCE_NOT_FOUND", "case.product")
    t.refused(service + "UpdateAsset", update("press", parent="assets/tray"), "FIELD_INVALID", "asset.parent", "CYCLE")
    t.refused(service + "UpdateAsset", update("press", parent="assets/press"), "FIELD_INVALID", "asset.parent", "CYCLE")
    t.refused(service + "UpdateAsset", update("press", usage_end_date={"year": 2024, "month": 2, "day": 28}), "FIELD_INVALID", "asset.usage_end_date")
    t.refused(service + "UpdateAsset", update("press", account="accounts/other"), "FIELD_INVALID", "asset.account", "IMMUTABLE")
    t.refused(service + "DeleteAsset", {"name": "assets/press"}, "RESOURCE_IN_USE", "assets/tray")

    def price(**money):
        return {"price_book_entry": {"product": "products/printer", "price_book": "other", "unit_price": {"currency_code": "EUR", **money}}}

    create_price = "ContractService/CreatePriceBookEntry"
    t.refused(create_price, price(units="1", nanos=5000000), "FIELD_INVALID", "price_book_entry.unit_price", "minor unit")
    t.refused(create_price, price(units="-1"), "FIELD_INVALID", "price_book_entry.unit_price", "OUT_OF_RANGE")
    t.refused(create_price, price(currency_code="EUROS"), "FIELD_INVALID", "price_book_entry.unit_price.currency_code")
    t.refused(create_price, {"price_book_entry": {"product": "products/printer", "price_book": "other"}}, "FIELD_INVALID", "price_book_entry.unit_price", "REQUIRED")
    t.refused(create_price, {"price_book_entry": price()["price_book_entry"] | {"price_book": "standard"}}, "RESOURCE_ALREADY_EXISTS", "priceBookEntries/standard")
    t.refused(create_price, {"price_book_entry": price()["price_book_entry"] | {"product": "products/none"}}, "RESOURCE_NOT_FOUND", "price_book_entry.product")
    t.refused("ContractService/UpdatePriceBookEntry", {"price_book_entry": {
        "name": "priceBookEntries/standard", "unit_price": {"currency_code": "USD", "units": "1"}}}, "FIELD_INVALID", "currency_code", "IMMUTABLE")


def bad_cases(t):
    service = "CaseService/"
    case = {"account": "accounts/acme", "subject": "Help"}

    def recorded(occur_time):
        return {"name": "cases/late", "occur_time": occur_time}

    # Out of order is not bad: an earlier event takes its place.
    t.ok(service + "UpdateCase", {"case": {"name": "cases/late", "reason": "later"}, "occur_time": ago(days=2)}, {"reason": "later"})
    t.ok(service + "UpdateCase", {"case": {"name": "cases/late", "origin": "phone"}, "occur_time": ago(days=3)}, {"origin": "phone", "reason": "later"})
    t.refused(service + "StopClock", recorded(ago(days=41)), "EVENT_TIME_INVALID", "occur_time")
    t.refused(service + "StopClock", recorded(ago(days=-1)), "EVENT_TIME_INVALID", "occur_time")
    t.refused(service + "OpenCase", {"case": case, "occur_time": ago(days=-1)}, "EVENT_TIME_INVALID", "occur_time")
    t.refused(service + "OpenCase", {"case": case | {"entitlement": "entitlements/trial"}}, "ENTITLEMENT_NOT_ELIGIBLE", "EXPIRED")
    t.refused(service + "OpenCase", {"case": case | {"entitlement": "entitlements/foreign"}}, "FIELD_INVALID", "case.entitlement")
    t.refused(service + "OpenCase", {"case": {"account": "accounts/none"}}, "RESOURCE_NOT_FOUND", "accounts/none")
    t.refused(service + "OpenCase", {"case": case | {"priority": 6}}, "FIELD_INVALID", "case.priority")
    t.refused(service + "OpenCase", {"case": case | {"status": "odd"}}, "FIELD_INVALID", "case.status")
    t.refused(service + "OpenCase", {"case": case | {"attributes": {"severity": {"string_value": "high"}}}}, "FIELD_INVALID", "severity")
    t.refused(service + "OpenCase", {"case": {"subject": "Whose?"}}, "FIELD_INVALID", "case.account", "REQUIRED")
    t.refused(service + "OpenCase", {"case_id": "late", "case": case}, "RESOURCE_ALREADY_EXISTS", "cases/late")
    t.refused(service + "OpenCase", {"case": case | {"description": "x" * 5_000_000}}, "MESSAGE_TOO_LARGE")

    etag = t.ok(service + "GetCase", {"name": "cases/late"}, {"etag": PRESENT}).get("etag")
    t.ok(service + "UpdateCase", {"case": {"name": "cases/late", "etag": etag, "type": "fault"}}, {"type": "fault"})
    t.refused(service + "UpdateCase", {"case": {"name": "cases/late", "etag": etag, "type": "question"}}, "ETAG_MISMATCH", "cases/late")
    t.refused(service + "UpdateCase", {"case": {"name": "cases/late"}, "update_mask": {"paths": ["colour"]}}, "FIELD_MASK_INVALID", "colour")
    t.refused(service + "UpdateCase", {"case": {"name": "cases/late"}, "update_mask": {"paths": ["violated"]}}, "FIELD_MASK_INVALID", "violated")

    create = {"request_id": "6f1a6d0e-0d2c-4b1e-9d0a-3b6f2f6f1a01", "case": case}
    name = t.ok(service + "OpenCase", create, {"case.name": PRESENT})["case"]["name"]
    t.ok(service + "OpenCase", create, {"case.name": name})
    t.refused(service + "OpenCase", create | {"case": case | {"subject": "Other"}}, "REQUEST_ID_REUSED", "request_id")

    token = t.ok(service + "ListCases", {"page_size": 1}, {"cases.#": 1})["next_page_token"]
    t.ok(service + "ListCases", {"page_size": 1, "page_token": token}, {"cases.#": 1})
    forged = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
    t.refused(service + "ListCases", {"page_size": 1, "page_token": forged}, "PAGE_TOKEN_INVALID", "page_token")
    t.refused(service + "ListCases", {"page_size": 1, "page_token": token, "filter": "status == 'new'"}, "PAGE_TOKEN_INVALID")
    t.refused(service + "ListTasks", {"page_size": 1, "page_token": token}, "PAGE_TOKEN_INVALID")
    t.refused(service + "ListCases", {"page_size": -1}, "FIELD_INVALID", "page_size")
    t.refused(service + "ListCases", {"filter": "status = 'new'"}, "FILTER_SYNTAX", '"line": "1"', '"column": "8"')
    t.refused(service + "ListCases", {"filter": "colour == 'red'"}, "FILTER_SYNTAX", "colour")
    t.refused(service + "GetCase", {"name": "cases/none"}, "RESOURCE_NOT_FOUND", "cases/none")
    t.refused(service + "CompleteMilestone", {"name": "cases/late/milestones/none"}, "RESOURCE_NOT_FOUND")
    t.refused(service + "ReopenCase", {"name": "cases/late"}, "STATE_TRANSITION_NOT_ALLOWED")
    t.refused("DirectoryService/CreateAccount", {"account": {}}, "FIELD_INVALID", "account.display_name")
    t.refused("DirectoryService/CreateContact", {"contact": {"display_name": "Eve", "account": "accounts/acme", "email": "nobody"}},
              "FIELD_INVALID", "contact.email")
    t.refused("EntitlementService/CreateEntitlement", {"entitlement": {
        "display_name": "Odd", "account": "accounts/acme", **START, "end_date": {"year": 2023, "month": 1, "day": 1}}},
        "FIELD_INVALID", "entitlement.end_date")
    t.refused("EntitlementService/VerifyEntitlement", {}, "FIELD_INVALID", "account")
