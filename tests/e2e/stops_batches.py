"""Many resources at once: all or none."""

DIRECTORY, CONTRACTS, ENTITLEMENTS = "DirectoryService/", "ContractService/", "EntitlementService/"


def batches(t):
    def both(service, kinds, requests, check):
        """Creates a batch, of which `check` says what stands in the first, and reads it in the opposite order."""
        collection = "".join(part if i == 0 else part.title() for i, part in enumerate(kinds.split("_")))
        kind = collection[0].upper() + collection[1:]
        made = t.ok(service + "BatchCreate" + kind, {"requests": requests},
                    {f"{kinds}.#": len(requests), **{f"{kinds}.0.{path}": value for path, value in check.items()}})
        names = [one["name"] for one in made.get(kinds, [])][::-1]
        t.ok(service + "BatchGet" + kind, {"names": names}, {f"{kinds}.{i}.name": name for i, name in enumerate(names)})

    both(DIRECTORY, "accounts", [
        {"account_id": "batch", "account": {"display_name": "Batch"}},
        {"account_id": "batch-branch", "account": {"display_name": "Branch", "parent": "accounts/batch"}}], {"name": "accounts/batch"})
    of = {"account": "accounts/batch"}
    both(DIRECTORY, "contacts", [{"contact": {"display_name": name, **of}} for name in ("Bea", "Bob")], of)
    both(DIRECTORY, "products", [{"product_id": name, "product": {"display_name": "P"}} for name in ("batch-1", "batch-2")], {"display_name": "P"})
    both(DIRECTORY, "assets", [{"asset": {"display_name": "A", "product": "products/batch-1", **of}}] * 2, of)
    both(CONTRACTS, "price_book_entries", [
        {"price_book_entry_id": name, "price_book_entry": {
            "product": "products/" + name, "price_book": "batch", "unit_price": {"currency_code": "EUR", "units": "7"}}}
        for name in ("batch-1", "batch-2")], {"unit_price.units": "7"})
    both(CONTRACTS, "service_contracts", [
        {"service_contract_id": name, "service_contract": {"display_name": "C", "currency_code": "EUR", **of}}
        for name in ("batch-1", "batch-2")], {"status": "DRAFT"})
    both(CONTRACTS, "contract_line_items", [
        {"contract_line_item": {"service_contract": "serviceContracts/batch-1", "price_book_entry": "priceBookEntries/batch-" + number}}
        for number in "12"], {"status": "DRAFT"})
    t.ok(CONTRACTS + "GetServiceContract", {"name": "serviceContracts/batch-1"}, {"line_count": 2, "total_price.units": "14"})
    both(ENTITLEMENTS, "entitlements", [
        {"entitlement": {"display_name": name, "start_date": {"year": 2020, "month": 1, "day": 1}, **of}} for name in ("E", "F")],
        {"status": "ACTIVE"})

    contacts = DIRECTORY + "BatchCreateContacts"
    bea = {"contact_id": "batch-bea", "contact": {"display_name": "Bea", **of}}
    again = {"requests": [bea], "request_id": "batch-again"}
    first = t.ok(contacts, again, {"contacts.#": 1})
    t.ok(contacts, again, {"contacts": first.get("contacts")})
    new = {"contact_id": "batch-new", "contact": {"display_name": "New", **of}}
    t.ok(contacts, {"requests": [new], "validate_only": True}, {"contacts.0.name": "contacts/batch-new"})
    t.refused(contacts, {"requests": [new, bea]}, "RESOURCE_ALREADY_EXISTS", "requests[1]: contacts/batch-bea")
    t.refused(contacts, {"requests": [new, {"contact": {"display_name": "x", "account": "accounts/none"}}]},
              "RESOURCE_NOT_FOUND", "requests[1].contact.account: accounts/none")
    t.refused(contacts, {"requests": [new, {"contact": of}]}, "FIELD_INVALID", "requests[1].contact.display_name", "REQUIRED")
    t.refused(contacts, {"requests": [new | {"validate_only": True}]}, "FIELD_INVALID", "requests[0].validate_only")
    t.refused(contacts, {}, "FIELD_INVALID", "requests", "REQUIRED")
    t.refused(contacts, {"requests": [new] * 1001}, "FIELD_INVALID", "requests", "TOO_MANY")
    get = DIRECTORY + "BatchGetContacts"
    t.refused(get, {"names": ["contacts/batch-bea", "contacts/none"]}, "RESOURCE_NOT_FOUND", "names[1]: contacts/none")
    t.refused(get, {"names": ["contacts/batch-bea"] * 2}, "FIELD_INVALID", "names[1]", "DUPLICATE")
    t.refused(get, {"names": ["accounts/batch"]}, "FIELD_INVALID", "names[0]", "BAD_NAME")
    t.refused(get, {"names": ["contacts/batch-bea"] * 1001}, "FIELD_INVALID", "names", "TOO_MANY")
