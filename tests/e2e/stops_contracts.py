"""Contracts with their lines: prices, states, trees, renewal, and what bad ones are told."""

from tour import ABSENT, PRESENT

SERVICE = "ContractService/"


def day(year, month, date):
    return {"year": year, "month": month, "day": date}


def contract(name, **more):
    return {"service_contract_id": name, "service_contract": {
        "display_name": name, "account": "accounts/acme", "currency_code": "EUR", **more}}


def line(of, name="", **more):
    return {"contract_line_item_id": name, "contract_line_item": {
        "service_contract": "serviceContracts/" + of, "price_book_entry": "priceBookEntries/standard", **more}}


def contracts(t):
    t.ok(SERVICE + "CreateServiceContract", contract("frame", contact="contacts/ann", start_date=day(2026, 1, 31), term_months=13,
                                                     tax={"currency_code": "EUR", "units": "40"}),
         {"state": "DRAFT", "end_date": day(2027, 2, 27), "contract_number": lambda number: len(number) == 12})
    for name in ("part", "spare"):
        t.ok(SERVICE + "CreateServiceContract", contract(name, parent="serviceContracts/frame"), {"root": "serviceContracts/frame"})
    t.ok(SERVICE + "CreateContractLineItem", line("frame", "press", asset="assets/press", quantity="2.5", discount="10"),
         {"list_price.units": "120", "subtotal.units": "300", "total_price.units": "270", "status": "DRAFT"})
    for name in ("tray", "spare"):
        t.ok(SERVICE + "CreateContractLineItem", line("frame", name, parent="contractLineItems/press"), {"root": "contractLineItems/press"})
    t.ok(SERVICE + "UpdateContractLineItem", {"contract_line_item": {
        "name": "contractLineItems/tray", "unit_price": {"currency_code": "EUR", "units": "30"}}}, {"total_price.units": "30"})
    t.deleted(SERVICE + "DeleteContractLineItem", "contractLineItems/spare")
    t.ok(SERVICE + "GetContractLineItem", {"name": "contractLineItems/tray"}, {"product": "products/printer"})
    t.ok(SERVICE + "ListContractLineItems", {"filter": "service_contract == 'serviceContracts/frame'"}, {"contract_line_items.#": 2})
    t.ok(SERVICE + "GetServiceContract", {"name": "serviceContracts/frame"},
         {"line_count": 2, "subtotal.units": "330", "total_price.units": "300", "discount": "9.0909", "grand_total.units": "340"})
    t.ok(SERVICE + "ListServiceContracts", {"filter": "parent == 'serviceContracts/frame'"}, {"service_contracts.#": 2})
    t.ok(SERVICE + "UpdateServiceContract", {"service_contract": {"name": "serviceContracts/frame", "additional_discount": "50"}},
         {"net_price.units": "150", "grand_total.units": "190"})
    t.deleted(SERVICE + "DeleteServiceContract", "serviceContracts/spare")
    t.ok(SERVICE + "GetContractTree", {"name": "serviceContracts/part"},
         {"nodes.#": 2, "nodes.0.service_contract": "serviceContracts/frame", "nodes.0.tree_grand_totals.0.units": "190"})
    t.ok(SERVICE + "GetContractTree", {"name": "serviceContracts/frame", "show_lines": True},
         {"nodes.0.lines.#": 2, "nodes.0.lines.0.tree_total_price.units": PRESENT, "nodes.1.lines": ABSENT})
    t.ok(SERVICE + "PriceContract", {"currency_code": "EUR", "lines": [{"price_book_entry": "priceBookEntries/standard", "quantity": "3"}]},
         {"grand_total.units": "360"})
    t.ok(SERVICE + "ActivateContract", {"name": "serviceContracts/frame"}, {"status": "ACTIVE", "activation_time": PRESENT})
    t.ok(SERVICE + "SuspendContract", {"name": "serviceContracts/frame"}, {"status": "SUSPENDED"})
    t.ok(SERVICE + "ResumeContract", {"name": "serviceContracts/frame"}, {"status": "ACTIVE"})
    t.ok(SERVICE + "RenewContract", {"name": "serviceContracts/frame", "service_contract_id": "next", "price_change_percent": "10",
                                     "validate_only": True}, {"name": "serviceContracts/next", "subtotal.units": "363"})
    ending = "end_date >= date('2027-01-01') && end_date < date('2027-04-01') && renewed_to == ''"
    t.ok(SERVICE + "ListServiceContracts", {"filter": ending, "as_of": "2027-03-01T00:00:00Z"},
         {"service_contracts.#": 1, "service_contracts.0.name": "serviceContracts/frame", "service_contracts.0.status": "EXPIRED"})
    t.ok(SERVICE + "RenewContract", {"name": "serviceContracts/frame", "service_contract_id": "next"},
         {"start_date": day(2027, 2, 28), "end_date": day(2028, 3, 27), "line_count": 2, "renewed_from": "serviceContracts/frame"})
    t.ok(SERVICE + "ListServiceContracts", {"filter": ending}, {"service_contracts": ABSENT})
    t.ok(SERVICE + "BatchRenewContracts", {"names": ["serviceContracts/frame", "serviceContracts/part"]},
         {"results.0.successor.name": "serviceContracts/next", "results.0.status": ABSENT, "results.1.status.code": 9})
    t.ok(SERVICE + "CloneContract", {"name": "serviceContracts/frame", "service_contract_id": "copy"}, {"state": "DRAFT", "line_count": 2})
    t.ok(SERVICE + "CancelContract", {"name": "serviceContracts/copy"}, {"status": "CANCELLED"})


def bad_contracts(t):
    create, create_line = SERVICE + "CreateServiceContract", SERVICE + "CreateContractLineItem"
    t.refused(create, contract("x", start_date=day(2026, 1, 1), end_date=day(2026, 12, 30), term_months=12),
              "FIELD_INVALID", "service_contract.end_date", "contradicts")
    t.refused(create, contract("x", tax={"currency_code": "EUR", "nanos": 1}), "FIELD_INVALID", "service_contract.tax", "minor unit")
    t.refused(create, contract("x", additional_discount="100.5"), "FIELD_INVALID", "service_contract.additional_discount")
    t.refused(create, contract("x", currency_code="EURO"), "FIELD_INVALID", "service_contract.currency_code")
    t.refused(create, contract("x", contact="contacts/Ann"), "RESOURCE_NOT_FOUND", "service_contract.contact")
    t.refused(create, contract("x", contact="contacts/ann "), "FIELD_INVALID", "service_contract.contact")
    t.refused(SERVICE + "UpdateServiceContract", {"service_contract": {"name": "serviceContracts/frame", "parent": "serviceContracts/part"}},
              "FIELD_INVALID", "service_contract.parent", "CYCLE")
    t.refused(SERVICE + "UpdateServiceContract", {"service_contract": {"name": "serviceContracts/frame", "state": "CANCELLED"}, "update_mask": {"paths": ["state"]}},
              "FIELD_MASK_INVALID", "state")
    t.refused(SERVICE + "DeleteServiceContract", {"name": "serviceContracts/frame"}, "RESOURCE_IN_USE", "serviceContracts/frame")
    t.refused(create_line, line("frame", start_date=day(2027, 2, 28)), "FIELD_INVALID", "contract_line_item.start_date", "contract")
    t.refused(create_line, line("frame", asset="assets/press"), "FIELD_INVALID", "contract_line_item.asset", "ASSET_ON_CONTRACT")
    t.refused(create_line, line("frame", asset="assets/Press"), "RESOURCE_NOT_FOUND", "contract_line_item.asset")
    t.refused(create_line, line("frame", quantity="0"), "FIELD_INVALID", "contract_line_item.quantity", "more than zero")
    t.refused(create_line, line("frame", discount="101"), "FIELD_INVALID", "contract_line_item.discount")
    t.refused(create_line, line("frame", unit_price={"currency_code": "USD", "units": "1"}), "FIELD_INVALID", "MIXED_CURRENCIES")
    t.refused(create_line, line("copy"), "STATE_TRANSITION_NOT_ALLOWED", "CANCELLED")
    t.refused(SERVICE + "CancelContract", {"name": "serviceContracts/copy"}, "STATE_TRANSITION_NOT_ALLOWED", "CANCELLED")
    t.refused(SERVICE + "RenewContract", {"name": "serviceContracts/frame", "pricing": "PRICE_BOOK", "price_change_percent": "3.5"},
              "FIELD_INVALID", "price_change_percent", "not both")
    t.refused(SERVICE + "UndeleteServiceContract", {"name": "serviceContracts/frame"}, "RESOURCE_ALREADY_EXISTS", "not deleted")
    t.refused(SERVICE + "UndeleteServiceContract", {"name": "serviceContracts/none"}, "RESOURCE_NOT_FOUND", "serviceContracts/none")
    t.refused(SERVICE + "RenewContract", {"name": "serviceContracts/part"}, "STATE_TRANSITION_NOT_ALLOWED", "DRAFT")


def contract_templates(t):
    """What is sold again and again: a template, whose contract comes with lines, an entitlement and its units."""
    entitlements = "EntitlementService/"
    t.ok("DirectoryService/CreateAccount", {"account_id": "sold", "account": {"display_name": "Sold"}}, {"name": PRESENT})
    t.ok("DirectoryService/CreateProduct", {"product_id": "care", "product": {"display_name": "Care"}}, {"name": PRESENT})
    for entry, book in (("care", "2026"), ("old-care", "2025")):
        t.ok(SERVICE + "CreatePriceBookEntry", {"price_book_entry_id": entry, "price_book_entry": {
            "product": "products/care", "price_book": book, "unit_price": {"currency_code": "EUR", "units": "120"}}}, {"name": PRESENT})
    calls = {"display_name": "Ten calls", "term_days": 365, "allotment": {"unit": "CASES"}, "initial_units": 10, "units_term_days": 365}
    t.ok(entitlements + "CreateEntitlementTemplate", {"entitlement_template_id": "calls", "entitlement_template": calls}, {"initial_units": "10"})
    t.ok(entitlements + "CreateProductEntitlementTemplate", {"product_entitlement_template": {
        "product": "products/care", "entitlement_template": "entitlementTemplates/calls", "start": "PURCHASE_DATE"}}, {"name": PRESENT})

    def template(name, *lines, **more):
        return {"contract_template_id": name, "contract_template": {
            "display_name": name, "currency_code": "EUR", "term_months": 12, "lines": lines, **more}}

    care = {"price_book_entry": "priceBookEntries/care"}
    t.ok(SERVICE + "CreateContractTemplate", template("year", care, care | {"quantity": "2", "discount": "10"}, price_book="2026"), {"lines.#": 2})
    t.ok(SERVICE + "CreateContractTemplate", template("spare"), {"lines": ABSENT})
    year = {"name": "contractTemplates/year"}
    t.ok(SERVICE + "GetContractTemplate", year, {"term_months": 12})
    t.ok(SERVICE + "ListContractTemplates", {}, {"contract_templates.#": 2})
    t.ok(SERVICE + "UpdateContractTemplate", {"contract_template": year | {"additional_discount": "50"}}, {"additional_discount": "50"})
    t.deleted(SERVICE + "DeleteContractTemplate", "contractTemplates/spare")
    apply = {"contract_template": year["name"], "account": "accounts/sold", "service_contract_id": "sold", "start_date": day(2026, 1, 31)}
    t.ok(SERVICE + "ApplyContractTemplate", apply | {"validate_only": True}, {"net_price.units": "168"})
    request_id = {"request_id": "0b1f8a52-4f4e-4c62-8d7e-6f1d1c8f4a11"}
    for _ in range(2):
        t.ok(SERVICE + "ApplyContractTemplate", apply | request_id, {
            "state": "DRAFT", "contract_template": year["name"], "end_date": day(2027, 1, 30), "line_count": 2, "subtotal.units": "360",
            "total_price.units": "336", "net_price.units": "168"})
    sold = t.ok(entitlements + "ListEntitlements", {"filter": "service_contract == 'serviceContracts/sold'"},
                {"entitlements.#": 2, "entitlements.0.units_available": "10", "entitlements.1.effective_status": "DRAFT"})
    t.ok(entitlements + "GetLedgerStatement", {"name": sold.get("entitlements", [{}])[0].get("name", "")},
         {"closing.available": "10", "lots.#": 1, "lots.0.lapse_time": "2027-01-31T00:00:00Z"})
    t.ok(entitlements + "CreateEntitlement", {"initial_units": 3, "units_lapse_time": "2099-01-01T00:00:00Z", "entitlement": {
        "display_name": "three", "account": "accounts/sold", "allotment": {"unit": "CASES"}}}, {"units_available": "3", "ledger_entry_count": "1"})

    t.refused(SERVICE + "CreateContractTemplate", template("x", care, {"price_book_entry": "priceBookEntries/none"}),
              "RESOURCE_NOT_FOUND", "contract_template.lines[1].price_book_entry")
    t.refused(SERVICE + "CreateContractTemplate", template("x", care | {"quantity": "0"}), "FIELD_INVALID", "contract_template.lines[0].quantity")
    t.refused(SERVICE + "CreateContractTemplate", template("x", {"price_book_entry": "priceBookEntries/old-care"}, price_book="2026"),
              "FIELD_INVALID", "contract_template.lines[0].price_book_entry", "price book")
    t.refused(SERVICE + "ApplyContractTemplate", apply | {"account": "accounts/none", "service_contract_id": "x"}, "RESOURCE_NOT_FOUND", "account")
    t.refused(SERVICE + "ApplyContractTemplate", apply | {"contract_template": "contractTemplates/spare"}, "RESOURCE_NOT_FOUND", "contract_template")
    t.refused(entitlements + "CreateEntitlementTemplate", {"entitlement_template": {"display_name": "x", "initial_units": 3}},
              "FIELD_INVALID", "entitlement_template.initial_units", "allotment")
    t.refused(entitlements + "CreateEntitlement", {"initial_units": 3, "entitlement": {"display_name": "x", "account": "accounts/sold"}},
              "FIELD_INVALID", "initial_units", "allotment")
    t.ok(SERVICE + "DeletePriceBookEntry", {"name": "priceBookEntries/care"}, {"delete_time": PRESENT})
    t.refused(SERVICE + "ApplyContractTemplate", apply | {"service_contract_id": "x"}, "RESOURCE_NOT_FOUND", "contract_template.lines[0].price_book_entry")
