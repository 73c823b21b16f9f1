"""Hours, and what bad hours are told."""

from tour import PRESENT

WEEKDAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]
WEEK = [{"day": day, "start": "08:00", "end": "18:00"} for day in WEEKDAYS]
VIENNA = {"time_zone": "Europe/Vienna", "weekly": WEEK}

ICALENDAR = "\r\n".join([
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example//holidays//EN", "BEGIN:VEVENT", "UID:1@example",
    "DTSTAMP:20260101T000000Z", "DTSTART;VALUE=DATE:20260501", "SUMMARY:Labour Day", "END:VEVENT", "END:VCALENDAR", ""])


def calendar(t):
    service = "CalendarService/"
    t.ok(service + "CreateBusinessHours", {"business_hours_id": "office", "business_hours": {
        "display_name": "Office", "definition": VIENNA}}, {"name": "businessHours/office", "etag": PRESENT, "version_count": 1})
    t.ok(service + "CreateBusinessHours", {"business_hours_id": "spare", "business_hours": {"definition": VIENNA}},
         {"name": "businessHours/spare"})
    t.ok(service + "GetBusinessHours", {"name": "businessHours/office"}, {"definition.time_zone": "Europe/Vienna"})
    t.ok(service + "ListBusinessHours", {}, {"business_hours.#": 3})
    t.ok(service + "UpdateBusinessHours", {"business_hours": {"name": "businessHours/office", "display_name": "The office"}},
         {"display_name": "The office", "version_count": 1})
    t.ok(service + "ImportHolidays", {"business_hours": "businessHours/office", "icalendar": ICALENDAR,
                                      "effective_time": "2026-01-01T00:00:00Z"},
         {"added_count": 1, "business_hours.version_count": 2})
    t.ok(service + "ListBusinessHoursVersions", {"parent": "businessHours/office"},
         {"versions.#": 2, "versions.0.name": "businessHours/office/versions/2"})
    hours = {"business_hours": "businessHours/office"}
    # Thursday 17:00 in Vienna and two hours: Friday is a holiday, so Monday 09:00.
    t.ok(service + "AddBusinessTime", hours | {"time": "2026-04-30T15:00:00Z", "duration": "7200s"}, {"time": "2026-05-04T07:00:00Z"})
    t.ok(service + "AddBusinessTime", hours | {"time": "2026-04-30T15:00:00Z", "business_days": 1}, {"time": "2026-05-04T15:00:00Z"})
    t.ok(service + "DiffBusinessTime", hours | {"start_time": "2026-04-30T15:00:00Z", "end_time": "2026-05-04T07:00:00Z"}, {"duration": "7200s"})
    t.ok(service + "FindBusinessTime", hours | {"time": "2026-05-01T10:00:00Z"},
         {"next_open": "2026-05-04T06:00:00Z", "previous_close": "2026-04-30T16:00:00Z"})
    t.ok(service + "ExplainBusinessTime", hours | {"start_time": "2026-05-01T00:00:00Z", "end_time": "2026-05-01T20:00:00Z"},
         {"stretches.0.cause": "HOLIDAY", "stretches.0.display_name": "Labour Day"})
    t.ok(service + "DeleteBusinessHours", {"name": "businessHours/spare"}, {})


def bad_calendar(t):
    def hours(definition):
        return {"business_hours": {"definition": definition}}

    create = "CalendarService/CreateBusinessHours"
    at = "business_hours.definition"
    t.refused(create, hours(VIENNA | {"time_zone": "Europe/Vienne"}), "FIELD_INVALID", at + ".time_zone", "Europe/Vienne")
    t.refused(create, hours({"time_zone": "Europe/Vienna"}), "FIELD_INVALID", at)
    t.refused(create, hours({"time_zone": "Europe/Vienna", "weekly": [{"day": "MONDAY", "start": "08:00", "end": "24:30"}]}),
              "FIELD_INVALID", at + ".weekly[0].end", "24:")
    t.refused(create, hours({"time_zone": "Europe/Vienna", "weekly": [{"day": "MONDAY", "start": "eight", "end": "18:00"}]}),
              "FIELD_INVALID", at + ".weekly[0].start")
    t.refused(create, hours(VIENNA | {"holidays": [{"date": {"year": 2026, "month": 2, "day": 30}}]}), "FIELD_INVALID", at + ".holidays[0].date")
    t.refused(create, {"business_hours_id": "office", **hours(VIENNA)}, "RESOURCE_ALREADY_EXISTS", "businessHours/office")
    t.refused(create, {"business_hours_id": "spare", **hours(VIENNA)}, "RESOURCE_ALREADY_EXISTS", "another id")
    t.refused(create, {"business_hours_id": "No Spaces", **hours(VIENNA)}, "FIELD_INVALID", "business_hours_id")
    t.refused("CalendarService/GetBusinessHours", {"name": "businessHours/none"}, "RESOURCE_NOT_FOUND", "businessHours/none")
    t.refused("CalendarService/GetBusinessHours", {"name": "accounts/acme"}, "FIELD_INVALID", "name")
    t.refused("CalendarService/DeleteBusinessHours", {"name": "businessHours/always"}, "RESOURCE_IN_USE")
    t.refused("CalendarService/AddBusinessTime", {"business_hours": "businessHours/office", "time": "2026-04-30T15:00:00Z"},
              "FIELD_INVALID", "duration")
    t.refused("CalendarService/ImportHolidays", {"business_hours": "businessHours/office", "icalendar": "no calendar"},
              "FIELD_INVALID", "icalendar")
