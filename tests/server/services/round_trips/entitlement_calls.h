// Calls of EntitlementService that need nothing of the answers before them.
#ifndef CHARTER_TESTS_SERVER_SERVICES_ROUND_TRIPS_ENTITLEMENT_CALLS_H_
#define CHARTER_TESTS_SERVER_SERVICES_ROUND_TRIPS_ENTITLEMENT_CALLS_H_

namespace charter::services {

struct MeasuredCall {
  const char* method;
  const char* request;
};

inline constexpr MeasuredCall kEntitlementCalls[] = {
    {"CreateEntitlement", R"({"entitlement_id": "ended", "draft": true,
      "entitlement": {"account": "accounts/acme", "display_name": "E",
        "start_date": {"year": 2024, "month": 1, "day": 1},
        "end_date": {"year": 2024, "month": 12, "day": 31}}})"},
    {"ActivateEntitlement", R"({"name": "entitlements/ended"})"},
    {"RenewEntitlement", R"({"name": "entitlements/ended"})"},
    {"SuspendEntitlement", R"({"name": "entitlements/ended"})"},
    {"ResumeEntitlement", R"({"name": "entitlements/ended"})"},
    {"CancelEntitlement", R"({"name": "entitlements/ended"})"},
    {"CreateEntitlementTemplate", R"({"entitlement_template_id": "spare",
      "entitlement_template": {"display_name": "T"}})"},
    {"DeleteEntitlementTemplate", R"({"name": "entitlementTemplates/spare"})"},
    {"UndeleteEntitlementTemplate",
     R"({"name": "entitlementTemplates/spare"})"},
    {"CreateEntitlementTemplate", R"({"entitlement_template_id": "year",
      "entitlement_template": {"display_name": "T", "term_days": 365,
        "process": "entitlementProcesses/gold"}})"},
    {"GetEntitlementTemplate", R"({"name": "entitlementTemplates/year"})"},
    {"ListEntitlementTemplates", "{}"},
    {"UpdateEntitlementTemplate", R"({"entitlement_template": {
      "name": "entitlementTemplates/year", "display_name": "A year"}})"},
    {"ApplyTemplate", R"({"account": "accounts/acme",
      "entitlement_template": "entitlementTemplates/year",
      "asset": "assets/press"})"},
    {"CreateProductEntitlementTemplate",
     R"({"product_entitlement_template_id": "press",
      "product_entitlement_template": {"product": "products/printer",
        "entitlement_template": "entitlementTemplates/year",
        "start": "CREATE_DATE"}})"},
    {"GetProductEntitlementTemplate",
     R"({"name": "productEntitlementTemplates/press"})"},
    {"ListProductEntitlementTemplates",
     R"({"filter": "product == 'products/printer'"})"},
    {"UpdateProductEntitlementTemplate", R"({"product_entitlement_template": {
      "name": "productEntitlementTemplates/press", "start": "INSTALL_DATE"}})"},
    {"DeleteProductEntitlementTemplate",
     R"({"name": "productEntitlementTemplates/press"})"},
};

}  // namespace charter::services

#endif  // CHARTER_TESTS_SERVER_SERVICES_ROUND_TRIPS_ENTITLEMENT_CALLS_H_
