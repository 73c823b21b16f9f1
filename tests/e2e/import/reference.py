"""What an import of incidents must come to, worked out a second time.

From the file and the sentences of its policy alone: zoneinfo, whole minutes and
nothing of Charter. Rules by number are those of the semantics (B1-B4, E3, E8,
K1-K4). An instant is a whole number of minutes since 1970-01-01 UTC.

  reference.py FILE [--as-of T] [--figures F] [--instances I]
"""

import argparse
import bisect
import csv
import datetime
import gzip
import json
import zoneinfo

ZONE = zoneinfo.ZoneInfo("America/Sao_Paulo")
HOLIDAYS = {datetime.date.fromisoformat(day) for day in (
    "2016-03-25", "2016-04-21", "2016-09-07", "2016-10-12", "2016-11-02",
    "2016-11-15", "2017-04-14", "2017-04-21", "2017-05-01", "2017-06-15",
    "2017-09-07", "2017-10-12", "2017-11-02", "2017-11-15", "2017-12-25")}
WAITING = {"Awaiting User Info", "Awaiting Vendor", "Awaiting Problem",
           "Awaiting Evidence"}
ENDED = {"Resolved", "Closed"}
STATES = {"New", "Active"} | WAITING | ENDED
# Minutes of open time by priority.
TARGETS = {
    "first-response": {1: 30, 2: 60, 3: 4 * 60, 4: 8 * 60},
    "resolution": {1: 4 * 60, 2: 8 * 60, 3: 40 * 60, 4: 80 * 60},
}
HEADER = ("incident,milestone,start,target,completed,violated,actual_seconds,"
          "outcome\n")


def minutes_of_wall_time(text):
    """B3: fold=0 is the offset before a gap and the first of two occurrences."""
    wall = datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=0)
    return int(wall.timestamp()) // 60


def minutes_of_instant(text):
    return int(datetime.datetime.fromisoformat(
        text.replace("Z", "+00:00")).timestamp()) // 60


def instant_text(minutes):
    if minutes is None:
        return ""
    return datetime.datetime.fromtimestamp(
        minutes * 60, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Hours:
    """Monday to Friday 08:00 to 18:00 less the holidays (B1, B2, B4)."""

    def __init__(self):
        self.opens, self.closes, self.before = [], [], []
        total, day = 0, datetime.date(2015, 1, 1)
        while day < datetime.date(2020, 1, 1):
            if day.weekday() < 5 and day not in HOLIDAYS:
                opens, closes = (minutes_of_wall_time(f"{day}T{hour}:00")
                                 for hour in ("08", "18"))
                self.opens.append(opens)
                self.closes.append(closes)
                self.before.append(total)
                total += closes - opens
            day += datetime.timedelta(days=1)

    def until(self, instant):
        """Open minutes from the beginning of all days to the instant."""
        at = bisect.bisect_right(self.opens, instant) - 1
        if at < 0:
            return 0
        return self.before[at] + min(instant, self.closes[at]) - self.opens[at]

    def between(self, start, end):
        return self.until(end) - self.until(start)

    def add(self, start, minutes):
        """The earliest instant by which so much open time has passed."""
        if minutes == 0:
            return start
        wanted = self.until(start) + minutes
        at = bisect.bisect_left(self.before, wanted) - 1
        return self.opens[at] + wanted - self.before[at]


HOURS = Hours()


class Clock:
    """One instance of a milestone (K1 to K4)."""

    def __init__(self, milestone, start, priority):
        self.milestone = milestone
        self.start = start
        self.duration = TARGETS[milestone][priority]
        self.runs = []  # stretches that ran, [from, to]
        self.since = start  # of the stretch that runs; None: paused or ended
        self.target = HOURS.add(start, self.duration)
        # The event or resumption by which the target came to be.
        self.due_from = start
        self.completed = None
        self.ended_process = False  # completed by the event that ended it
        self.violated = None

    def actual(self, now):
        used = sum(HOURS.between(a, b) for a, b in self.runs)
        if self.since is not None:
            used += HOURS.between(self.since, now)
        return used

    def violate(self):
        if self.violated is None:
            self.violated = max(self.target, self.due_from)

    def pass_to(self, now, inclusive):
        """The timers before `now`, or through it (E3)."""
        if self.since is None:
            return
        if self.target < now or (inclusive and self.target == now):
            self.violate()

    def stop_running(self, now):
        if self.since is not None:
            self.runs.append([self.since, now])
            self.since = None

    def resume(self, now):
        """K3: the target on resumption."""
        remaining = self.duration - self.actual(now)
        if remaining > 0:
            self.target = HOURS.add(now, remaining)
        elif remaining == 0 and self.violated is None:
            self.target = now
        self.due_from = now
        self.since = now

    def complete(self, now):
        if self.violated is None and self.target < now:
            self.violate()
        self.stop_running(now)
        self.completed = now

    def retarget(self, now, duration):
        """The target's duration changes, CONTINUE (E8, K3).

        Where more is used already the target is the past instant at which the
        new duration was used up. So is that of a paused clock: it has the
        target when it resumes, and is due from then (K4).
        """
        if duration == self.duration:
            return
        self.duration = duration
        remaining = duration - self.actual(now)
        runs = list(self.runs)
        if self.since is not None:
            self.due_from = now
            if remaining > 0:
                self.target = HOURS.add(now, remaining)
            runs.append([self.since, now])
        if remaining > 0:
            return
        used = 0
        for a, b in runs:
            run = HOURS.between(a, b)
            if used + run >= duration:
                self.target = HOURS.add(a, duration - used)
                return
            used += run

    def shown_target(self):
        """Paused and open: none (K3)."""
        if self.completed is None and self.since is None:
            return None
        return self.target

    def outcome(self):
        if self.completed is None:
            return "on track" if self.violated is None else "overdue"
        return "met" if self.violated is None else "late"


class Case:
    def __init__(self, number, opened, priority):
        self.number = number
        self.state = "New"
        self.priority = priority
        self.in_state_since = opened
        self.state_minutes = {}
        self.out = False
        self.clocks = [Clock(name, opened, priority) for name in TARGETS]

    def spend(self, now):
        spent = HOURS.between(self.in_state_since, now)
        self.state_minutes[self.state] = (
            self.state_minutes.get(self.state, 0) + spent)
        self.in_state_since = now

    def update(self, now, state, priority):
        """One event, in the order of E3."""
        for clock in self.clocks:
            clock.pass_to(now, inclusive=False)
        self.spend(now)
        self.state, self.priority = state, priority
        ended = state in ENDED
        if self.out:
            if ended:
                return
            self.out = False
            # RESUME_ALL: also what the ending event completed. First responses
            # stay (RESUME_OPEN), and an end leaves no clock open to freeze.
            for clock in self.clocks:
                if clock.milestone == "resolution" and clock.ended_process:
                    clock.completed, clock.ended_process = None, False
        for clock in self.clocks:
            if clock.completed is not None:
                continue
            if state in WAITING:
                clock.stop_running(now)
            elif clock.since is None:
                clock.resume(now)
        for clock in self.clocks:
            done = state != "New" if clock.milestone == "first-response" else ended
            if clock.completed is None and done:
                clock.complete(now)
                clock.ended_process = ended
        if ended:
            self.out = True
            return
        for clock in self.clocks:
            if clock.completed is None:
                clock.retarget(now, TARGETS[clock.milestone][priority])

    def end(self, as_of):
        """Evaluation is through the timers of `as_of` (E2)."""
        for clock in self.clocks:
            clock.pass_to(as_of, inclusive=True)
        self.spend(as_of)


class File:
    """The accepted rows of a file, by incident and in order."""

    def __init__(self, path):
        opener = gzip.open if path.endswith(".gz") else open
        self.incidents, self.accepted, self.refused = {}, 0, 0
        self.latest = None
        with opener(path, "rt", encoding="utf-8", newline="") as text:
            for place, row in enumerate(csv.DictReader(text)):
                if (row["incident_state"] not in STATES
                        or row["priority"] not in ("1", "2", "3", "4")
                        or not row["sys_updated_at"]):
                    self.refused += 1
                    continue
                self.accepted += 1
                updated = minutes_of_wall_time(row["sys_updated_at"])
                self.latest = max(updated, self.latest or updated)
                self.incidents.setdefault(row["number"], []).append(
                    (updated, int(row["sys_mod_count"]), place,
                     minutes_of_wall_time(row["opened_at"]),
                     row["incident_state"], int(row["priority"])))
        for rows in self.incidents.values():
            rows.sort(key=lambda row: row[:3])

    def cases(self, as_of):
        """The cases that are open by `as_of`, as they stand then."""
        for number in sorted(self.incidents):
            rows = self.incidents[number]
            _, _, _, opened, _, priority = rows[0]
            if opened > as_of:
                continue
            case = Case(number, opened, priority)
            for updated, _, _, _, state, row_priority in rows:
                if max(updated, opened) <= as_of:
                    case.update(max(updated, opened), state, row_priority)
            case.end(as_of)
            yield case


def evaluate(file, as_of=None):
    """The figures, as a dictionary, and the instances, as lines of CSV."""
    as_of = file.latest if as_of is None else as_of
    table, states, lines = {}, {}, []
    for case in file.cases(as_of):
        for state, minutes in case.state_minutes.items():
            if state not in ENDED:
                states[state] = states.get(state, 0) + 60 * minutes
        for clock in case.clocks:
            seconds = 60 * clock.actual(as_of)
            outcome = clock.outcome()
            row = table.setdefault((clock.milestone, case.priority), {
                "milestone": clock.milestone, "priority": case.priority,
                "instances": 0, "met": 0, "late": 0, "overdue": 0,
                "on_track": 0, "actual_seconds": 0})
            row["instances"] += 1
            row[outcome.replace(" ", "_")] += 1
            row["actual_seconds"] += seconds
            lines.append(",".join((
                case.number, clock.milestone, instant_text(clock.start),
                instant_text(clock.shown_target()),
                instant_text(clock.completed), instant_text(clock.violated),
                str(seconds), outcome)) + "\n")
    figures = {"milestones": [table[key] for key in sorted(table)],
               "state_seconds": states, "rows_accepted": file.accepted,
               "rows_refused": file.refused}
    return figures, HEADER + "".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--as-of")
    parser.add_argument("--figures")
    parser.add_argument("--instances")
    options = parser.parse_args()
    as_of = options.as_of and minutes_of_instant(options.as_of)
    figures, instances = evaluate(File(options.file), as_of)
    if options.instances:
        with open(options.instances, "w", encoding="utf-8", newline="") as out:
            out.write(instances)
    text = json.dumps(figures, indent=1)
    if options.figures:
        with open(options.figures, "w", encoding="utf-8") as out:
            out.write(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
