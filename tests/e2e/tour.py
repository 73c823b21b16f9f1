"""What the stops of the tour are written in: a call whose answer is checked, and
one that must be refused and change nothing."""

import json
import time

PRESENT = object()  # any value, as long as there is one
ABSENT = object()
DEADLINE_EXCEEDED = 64 + 4  # how grpcurl exits: 64 and the status's code


def look_up(value, path):
    """`a.b.0.c`; `#` is the length of a list. Whatever is not there is ABSENT."""
    for part in path.split("."):
        if isinstance(value, list):
            if part == "#":
                value = len(value)
            else:
                value = value[int(part)] if int(part) < len(value) else ABSENT
        elif isinstance(value, dict):
            value = value.get(part, 0 if part == "#" else ABSENT)
        else:
            return 0 if part == "#" and value is ABSENT else ABSENT
    return value


class Tour:
    def __init__(self, server):
        self.server = server
        self.called = set()
        self.steps = 0
        self.failures = []

    def _fail(self, method, request, why):
        self.failures.append(method)
        print(f"FAILED {method} {json.dumps(request)[:400]}\n  {why}", flush=True)

    @staticmethod
    def _full(method):
        return method if "." in method.split("/")[0] else f"charter.v1.{method}"

    def same(self, method, what, found, expected):
        """Of what several calls of a method brought together."""
        if found != expected:
            self._fail(self._full(method), what, f"found    {found}\n  expected {expected}")

    def ok(self, method, request, check, *, cut_after=None):
        """Calls a method. `check`: what stands at each path of the answer, a value or a function of it. `cut_after`: of a
        stream without an end, which grpcurl leaves after so many seconds; the answer is the list of its messages."""
        method = self._full(method)
        self.called.add(method)
        self.steps += 1
        code, out, error = self.server.call(method, request, arguments=("-max-time", str(cut_after)) if cut_after else ())
        # A stream that ends by itself before its time is as wrong as one that breaks.
        if code != (DEADLINE_EXCEEDED if cut_after else 0):
            self._fail(method, request, f"exit code {code}: {error}")
            return [] if cut_after else {}
        answers, at, decoder = [], 0, json.JSONDecoder()
        while out[at:].strip():
            at += len(out[at:]) - len(out[at:].lstrip())
            answer, at = decoder.raw_decode(out, at)
            answers.append(answer)
        answer = answers[0] if len(answers) == 1 and not cut_after else answers
        for path, expected in check.items():
            found = look_up(answer, path)
            good = (expected(found) if callable(expected) else
                    found is not ABSENT if expected is PRESENT else found is ABSENT if expected is ABSENT else found == expected)
            if not good:
                self._fail(method, request, f"{path} is {'absent' if found is ABSENT else found!r}, not {expected!r}, in {json.dumps(answer)[:1500]}")
        return answer

    def _settle(self):
        """The hash of all tables when whatever went on in the background has come to rest."""
        before = self.server.hash_of_all_tables()
        for _ in range(100):
            time.sleep(0.1)
            after = self.server.hash_of_all_tables()
            if after == before:
                break
            before = after
        return before

    def deleted(self, method, name):
        """Deletes a resource, brings it back, and deletes it again."""
        self.ok(method, {"name": name}, {"delete_time": PRESENT, "purge_time": PRESENT})
        self.ok(method.replace("Delete", "Undelete"), {"name": name}, {"name": name, "delete_time": ABSENT, "purge_time": ABSENT})
        self.ok(method, {"name": name}, {"delete_time": PRESENT})

    def expired(self, method, request, seconds):
        """The call's deadline, so many seconds from now, passes before it is done. What it would write mustn't come
        later either."""
        method = self._full(method)
        self.steps += 1
        code, out, error = self.server.call(method, request, arguments=("-max-time", str(seconds)))
        if code != DEADLINE_EXCEEDED or out:
            self._fail(method, request, f"exit code {code}, not {DEADLINE_EXCEEDED} for DeadlineExceeded: {out[:500]}{error}")

    def refused(self, method, request, reason, *words):
        """The call is refused with this reason, its error contains the words, and no row has changed."""
        method = self._full(method)
        self.steps += 1
        # A background write may fall in between by chance; what a refused call wrote would be there each time.
        for _ in range(3):
            before = self._settle()
            code, out, error = self.server.call(method, request)
            unchanged = self.server.hash_of_all_tables() == before
            if unchanged:
                break
        if not unchanged:
            self._fail(method, request, "tables changed")
        if code == 0:
            self._fail(method, request, f"not refused: {out[:500]}")
            return
        details = []
        if error.startswith("{"):
            # grpcurl's own spacing differs from call to call.
            details = json.loads(error).get("details", [])
            error = json.dumps(json.loads(error), ensure_ascii=False)
        reasons = [detail.get("reason") for detail in details if detail["@type"].endswith("ErrorInfo")]
        if reasons != [reason]:
            self._fail(method, request, f"reason {reasons}, not {reason}: {error}")
        for word in words:
            if word not in error:
                self._fail(method, request, f"no {word!r} in {error}")
