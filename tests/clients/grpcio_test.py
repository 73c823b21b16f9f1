#!/usr/bin/env python3
"""grpcio, with code generated from the protos as the README says; run by with_charterd.py.

Each entry of expectations.json is a test here, by its name.
"""

import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest

import grpc
from google.protobuf import json_format

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PATIENCE = 30  # Seconds that a call may take here.

with open(os.path.join(HERE, "expectations.json")) as file:
    EXPECTED = json.load(file)
with open(os.path.join(ROOT, "README.md")) as file:
    README = {kind: text for kind, text in re.findall(
        r"^```(\w+)\n(.*?)^```$", file.read().split("\n## Other languages\n", 1)[1].split("\n## ", 1)[0], re.M | re.S)}

# The folder that the README names becomes one that goes away.
folder = tempfile.TemporaryDirectory(prefix="charter-python-")
subprocess.run(["bash", "-ec", README["sh"].replace("/tmp/charter-python", folder.name)], cwd=ROOT, check=True)
sys.path.insert(0, folder.name)

from charter.v1 import calendar_service_pb2, calendar_service_pb2_grpc, contact_pb2, contract_service_pb2, contract_service_pb2_grpc
from charter.v1 import directory_service_pb2, directory_service_pb2_grpc, event_service_pb2, event_service_pb2_grpc
from google.rpc import error_details_pb2, status_pb2

MODULES = {
    "CalendarService": (calendar_service_pb2, calendar_service_pb2_grpc),
    "ContractService": (contract_service_pb2, contract_service_pb2_grpc),
    "DirectoryService": (directory_service_pb2, directory_service_pb2_grpc),
    "EventService": (event_service_pb2, event_service_pb2_grpc),
}


def open_channel(token=os.environ["CHARTER_TOKEN"]):
    """To the server, as the holder of this token; None: without one."""
    credentials = grpc.ssl_channel_credentials()
    if token is not None:
        credentials = grpc.composite_channel_credentials(credentials, grpc.access_token_call_credentials(token))
    return grpc.secure_channel(os.environ["CHARTER_ADDRESS"], credentials)


class Client:
    def __init__(self, channel):
        self.channel = channel

    def call(self, service, method, request, timeout=PATIENCE):
        """`request` is written as in JSON; a stream is returned as one."""
        messages, stubs = MODULES[service]
        described = messages.DESCRIPTOR.services_by_name[service].methods_by_name[method]
        message = json_format.ParseDict(request, described.input_type._concrete_class())
        return getattr(getattr(stubs, service + "Stub")(self.channel), method)(message, timeout=timeout)

    def directory(self, method, request):
        return self.call("DirectoryService", method, request)


def as_dict(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def details_of(error):
    """What `grpc-status-details-bin` holds: the ErrorInfo, and the violations as pairs of field and reason."""
    packed = dict(error.trailing_metadata())["grpc-status-details-bin"]
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status_pb2.Status.FromString(packed).details:
        detail.Unpack(info)
        detail.Unpack(bad)
    return info, [[violation.field, violation.reason] for violation in bad.field_violations]


class Grpcio(unittest.TestCase):
    def setUp(self):
        self.expected = EXPECTED[self._testMethodName]
        self.channel = open_channel()
        self.addCleanup(self.channel.close)
        self.client = Client(self.channel)

    def refused(self, code, call):
        """The error that the call must end with."""
        with self.assertRaises(grpc.RpcError) as caught:
            call()
        self.assertEqual(caught.exception.code().name, code)
        return caught.exception

    def create_and_get(self):
        for case in self.expected:
            with self.subTest(case["name"]):
                created = self.client.call(case["service"], case["create"], case["request"])
                read = self.client.call(case["service"], case["get"], {"name": case["name"]})
                self.assertEqual(created, read)
                self.assertEqual(read.name, case["name"])
                answer = as_dict(read)
                self.assertEqual(answer, answer | case["answer"])
                age = datetime.datetime.utcnow() - read.create_time.ToDatetime()
                self.assertLess(abs(age), datetime.timedelta(minutes=5))

    def pages(self):
        for account in self.expected["accounts"]:
            self.client.directory("CreateAccount", {
                "account_id": account, "account": {"display_name": account, "tier": self.expected["tier"]}})
        sizes, names, token = [], [], None
        while token != "":
            page = self.client.directory("ListAccounts", {
                "filter": f"tier == '{self.expected['tier']}'", "page_size": self.expected["page_size"], "page_token": token or ""})
            sizes.append(len(page.accounts))
            names += [account.name for account in page.accounts]
            token = page.next_page_token
        self.assertEqual(sizes, self.expected["pages"])
        self.assertEqual(names, ["accounts/" + account for account in self.expected["accounts"]])

    def error_details(self):
        for case in self.expected:
            with self.subTest(case["method"]):
                error = self.refused(case["code"], lambda: self.client.call(case["service"], case["method"], case["request"]))
                info, violations = details_of(error)
                self.assertEqual((info.domain, info.reason), ("charter.dev", case["reason"]))
                self.assertEqual(dict(info.metadata), dict(info.metadata) | case["metadata"])
                self.assertEqual(violations, case["violations"])

    def deadline(self):
        # A stream, because a unary call that waits answers shortly before its deadline.
        began = time.monotonic()
        stream = self.client.call("EventService", "WatchEvents", {}, timeout=self.expected["deadline_seconds"])
        self.refused(self.expected["code"], lambda: list(stream))
        self.assertLess(time.monotonic() - began, self.expected["sooner_than_seconds"])
        self.client.directory("ListAccounts", {})  # The channel is as good as before.

    def request_id(self):
        # The server makes the name: done twice it would make two.
        request = {"request_id": self.expected["id"], "account": {"display_name": "Once", "tier": self.expected["tier"]}}
        first, second = (self.client.directory("CreateAccount", request) for _ in range(2))
        self.assertEqual(first, second)
        request["account"]["display_name"] = "Other"
        info, violations = details_of(self.refused(self.expected["code"], lambda: self.client.directory("CreateAccount", request)))
        self.assertEqual((info.reason, violations), (self.expected["reason"], [["request_id", self.expected["reason"]]]))
        listed = self.client.directory("ListAccounts", {"filter": f"tier == '{self.expected['tier']}'"})
        self.assertEqual(list(listed.accounts), [first])

    def watch_and_resume(self):
        account = "accounts/" + self.expected["account"]
        self.client.directory("CreateAccount", {"account_id": self.expected["account"], "account": {"display_name": "Watched"}})
        before, unread, after = (self.expected[name] for name in ("before", "unread", "after"))

        def write(contact):
            name = contact.split("/")[1]
            self.client.directory("CreateContact", {"contact_id": name, "contact": {"display_name": name, "account": account}})

        def watch(start):
            return self.client.call("EventService", "WatchEvents", start | {
                "filter": {"account": account, "resource_types": ["contacts"]},
                "heartbeat_interval": f"{self.expected['heartbeat_nanos'] / 1e9}s"})

        events = []
        stream = watch({})
        token = next(stream).resume_token  # The first message comes at once: from here on everything is seen.
        for contact in before:
            write(contact)
            while not events or events[-1].subject != contact:
                message = next(stream)
                events += message.events
                token = message.resume_token
        for contact in unread:
            write(contact)
        stream.cancel()
        self.assertEqual(stream.code(), grpc.StatusCode.CANCELLED)
        for contact in after:
            write(contact)
        stream = watch({"resume_token": token})
        last = (before + unread + after)[-1]
        while events[-1].subject != last:
            events += next(stream).events
        message = next(stream)
        while not message.bookmark:  # Comes because nothing happens any more.
            events += message.events
            message = next(stream)
        stream.cancel()
        self.assertEqual(len(message.events), 0)
        self.assertTrue(message.resume_token)
        self.assertEqual([event.subject for event in events], before + unread + after)
        self.assertEqual({event.type for event in events}, {self.expected["type"]})
        places = [(event.sequence, event.index) for event in events]
        self.assertEqual(places, sorted(set(places)))
        contact = contact_pb2.Contact()
        self.assertTrue(events[-1].resource.Unpack(contact))
        self.assertEqual(contact, self.client.directory("GetContact", {"name": last}))

    def token(self):
        for token, reason in ((None, "missing"), ("not-" + os.environ["CHARTER_TOKEN"], "wrong")):
            with self.subTest(reason), open_channel(token) as channel:
                client = Client(channel)
                for call in (lambda: client.directory("ListAccounts", {}), lambda: list(client.call("EventService", "WatchEvents", {}))):
                    error = self.refused(self.expected["code"], call)
                    self.assertEqual(details_of(error)[0].reason, self.expected[reason])

    def readme(self):
        self.client.directory("CreateAccount", {
            "account_id": self.expected["account_id"], "account": {"display_name": self.expected["display_name"]}})
        run = subprocess.run([sys.executable, "-B", "-c", README["python"]], env=os.environ | {"PYTHONPATH": folder.name},
                             capture_output=True, text=True, timeout=60)
        self.assertEqual((run.stdout, run.stderr), (self.expected["display_name"] + "\n", ""))


if __name__ == "__main__":
    result = unittest.TextTestRunner(verbosity=2).run(unittest.TestSuite(map(Grpcio, EXPECTED)))
    sys.exit(not result.wasSuccessful())
