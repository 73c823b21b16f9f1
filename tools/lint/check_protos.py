#!/usr/bin/python3
"""Holds protos/charter/v1 to the conventions that clients rely on.

Every method states its policy; everything has a comment; what a request can
hold says how its fields behave; methods made safe by a request id take one, and
`validate_only`; lists page; resources have their standard fields. Runs on
Debian's own python3, which has python3-protobuf.
"""

import os
import re
import subprocess
import sys
import tempfile
import tree
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "charter.v1."
FIELD = descriptor_pb2.FieldDescriptorProto
STANDARD_FIELDS = ("name", "etag", "create_time", "update_time", "annotations")


class Contract:
    """The compiled protos: descriptors, comments, and options with our extensions in them."""

    def __init__(self, root):
        protos = os.path.join(root, "protos")
        sources = [os.path.relpath(os.path.join(root, p), protos) for p in tree.files(root, ".proto", under="protos/charter")]
        with tempfile.NamedTemporaryFile() as out:
            subprocess.run(
                ["protoc", f"-I{protos}", "--include_imports", "--include_source_info", f"--descriptor_set_out={out.name}"]
                + sources,
                check=True,
            )
            self.set = descriptor_pb2.FileDescriptorSet.FromString(out.read())
        pool = descriptor_pool.DescriptorPool()
        for file in self.set.file:
            pool.Add(file)
        self._classes = message_factory.MessageFactory(pool).GetMessages([f.name for f in self.set.file])
        self._extensions = {
            f"{f.package}.{e.name}": pool.FindExtensionByName(f"{f.package}.{e.name}") for f in self.set.file for e in f.extension
        }
        self.messages = {}
        self.enums = []  # (name, enum, comments, path)
        self.services = []  # (file, service)
        self.uncommented = []
        for file in self.set.file:
            if file.package + "." != PACKAGE:
                continue
            comments = {tuple(l.path): (l.leading_comments + l.trailing_comments).strip() for l in file.source_code_info.location}
            for i, message in enumerate(file.message_type):
                self._add_message(PACKAGE, message, (4, i), comments)
            for i, enum in enumerate(file.enum_type):
                self._add_enum(PACKAGE, enum, (5, i), comments)
            for i, service in enumerate(file.service):
                self.services.append((file.name, service))
                self._comment(service.name, (6, i), comments)
                for j, method in enumerate(service.method):
                    self._comment(f"{service.name}.{method.name}", (6, i, 2, j), comments)

    def _comment(self, name, path, comments):
        if not comments.get(path):
            self.uncommented.append(name)

    def _add_message(self, scope, message, path, comments):
        name = scope + message.name
        self.messages[name] = message
        if message.options.map_entry:
            return
        short = name[len(PACKAGE):]
        self._comment(short, path, comments)
        for i, field in enumerate(message.field):
            self._comment(f"{short}.{field.name}", path + (2, i), comments)
        for i, nested in enumerate(message.nested_type):
            self._add_message(name + ".", nested, path + (3, i), comments)
        for i, enum in enumerate(message.enum_type):
            self._add_enum(name + ".", enum, path + (4, i), comments)

    def _add_enum(self, scope, enum, path, comments):
        name = (scope + enum.name)[len(PACKAGE):]
        self.enums.append((name, enum))
        self._comment(name, path, comments)
        for i, value in enumerate(enum.value):
            self._comment(f"{name}.{value.name}", path + (2, i), comments)

    def option(self, options, extension):
        """The value of the extension (its full name) in options, or None."""
        cls = self._classes[options.DESCRIPTOR.full_name]
        parsed = cls.FromString(options.SerializeToString())
        for field, value in parsed.ListFields():
            if field.is_extension and field.full_name == extension:
                return value
        return None

    def behaviors(self, field):
        values = self.option(field.options, "google.api.field_behavior") or []
        enum = self._extensions["google.api.field_behavior"].enum_type
        return {enum.values_by_number[v].name for v in values}

    def own(self, type_name):
        return self.messages.get(type_name.lstrip("."))


def enum_name(message, field):
    return message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number[getattr(message, field)].name


def check_policy(contract, name, method):
    policy = contract.option(method.options, "charter.v1.policy")
    if policy is None:
        yield f"{name}: has no policy"
        return
    cost, idempotency = enum_name(policy, "cost"), enum_name(policy, "idempotency")
    if cost == "COST_UNSPECIFIED":
        yield f"{name}: its policy states no cost"
    if idempotency == "IDEMPOTENCY_UNSPECIFIED":
        yield f"{name}: its policy does not say why repeating it is safe"
    if policy.public == bool(policy.permission):
        yield f"{name}: needs a permission, or is public, not both"
    elif policy.permission and not re.fullmatch(r"[a-z][A-Za-z]*\.[a-z][A-Za-z]*", policy.permission):
        yield f"{name}: permission {policy.permission} is not of the form resource.verb"
    if cost != "STREAM" and policy.default_deadline.ToNanoseconds() <= 0:
        yield f"{name}: has no default deadline"
    if method.server_streaming and cost != "STREAM":
        yield f"{name}: streams, so its cost is STREAM"
    request = contract.own(method.input_type)
    fields = {f.name: f for f in request.field} if request else {}
    safe_by_id = idempotency == "REQUEST_ID"
    if safe_by_id and "validate_only" not in fields:
        yield f"{name}: changes something, so it takes validate_only"
    if safe_by_id != ("request_id" in fields):
        yield f"{name}: {idempotency}, but its request has {'no ' if safe_by_id else 'a '}request_id"
    if "request_id" in fields:
        info = contract.option(fields["request_id"].options, "google.api.field_info")
        if info is None or enum_name(info, "format") != "UUID4" or contract.behaviors(fields["request_id"]) != {"OPTIONAL"}:
            yield f"{name}: request_id is OPTIONAL and of the format UUID4, so that clients fill it in"


def check_shape(contract, name, method):
    request, response = contract.own(method.input_type), contract.own(method.output_type)
    fields = {f.name: f for f in request.field} if request else {}
    answers = {f.name: f for f in response.field} if response else {}
    resumes = "resume_token" in fields and "resume_token" in answers  # a reader of the feed, not of a list
    if not resumes and (method.name.startswith("List") or "page_size" in fields or "next_page_token" in answers):
        if not ({"page_size", "page_token"} <= fields.keys() and "next_page_token" in answers):
            yield f"{name}: pages need page_size, page_token and next_page_token"
        elif sum(f.label == FIELD.LABEL_REPEATED and f.type == FIELD.TYPE_MESSAGE for f in answers.values()) != 1:
            yield f"{name}: a page has exactly one repeated message"
        if method.server_streaming:
            yield f"{name}: a list pages, it does not stream"
    if method.name.startswith(("Get", "Delete")) and "name" in fields and contract.behaviors(fields["name"]) != {"REQUIRED"}:
        yield f"{name}: name is REQUIRED"
    if "update_mask" in fields:
        resources = [f for f in request.field if contract.own(f.type_name) and "etag" in {x.name for x in contract.own(f.type_name).field}]
        if len(resources) != 1:
            yield f"{name}: an update names one resource beside its mask"
        for resource in resources:
            has = {f.name for f in contract.own(resource.type_name).field}
            for missing in [f for f in STANDARD_FIELDS if f not in has]:
                yield f"{resource.type_name[1:]}: a resource has the field {missing}"
    elif method.name.startswith("Update"):
        yield f"{name}: an update takes update_mask"


def check_request_fields(contract):
    """Everything that a request can hold says how it behaves; of a choice the one that is made counts."""
    seen = set()
    waiting = [m.input_type for _, service in contract.services for m in service.method]
    while waiting:
        name = waiting.pop().lstrip(".")
        message = contract.messages.get(name)
        if message is None or name in seen:
            continue
        seen.add(name)
        for field in message.field:
            behaviors = contract.behaviors(field)
            in_choice = field.HasField("oneof_index") and not field.proto3_optional
            if not behaviors and not in_choice and not message.options.map_entry:
                yield f"{name}.{field.name}: has no field_behavior"
            if field.type == FIELD.TYPE_MESSAGE and "OUTPUT_ONLY" not in behaviors:
                waiting.append(field.type_name)


def check_names(contract):
    for name, message in contract.messages.items():
        for field in message.field:
            if not re.fullmatch(r"[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*", field.name):
                yield f"{name}.{field.name}: fields are lower_snake_case"
            if field.type in (FIELD.TYPE_UINT32, FIELD.TYPE_UINT64, FIELD.TYPE_FIXED32, FIELD.TYPE_FIXED64):
                yield f"{name}.{field.name}: numbers are signed"
    for name, enum in contract.enums:
        if enum.value[0].number != 0 or not enum.value[0].name.endswith("UNSPECIFIED"):
            yield f"{name}: the value 0 ends in UNSPECIFIED"


def check(root):
    contract = Contract(root)
    findings = [f"{name}: has no comment" for name in contract.uncommented]
    findings += check_request_fields(contract)
    findings += check_names(contract)
    for file, service in contract.services:
        if not file.endswith("_service.proto") or not service.name.endswith("Service"):
            findings.append(f"{file}: {service.name}: services end in Service and stand in files that end in _service.proto")
        for method in service.method:
            name = f"{service.name}.{method.name}"
            findings += check_policy(contract, name, method)
            findings += check_shape(contract, name, method)
    return sum(len(s.method) for _, s in contract.services), findings


if __name__ == "__main__":
    sys.exit(tree.main(check, __doc__))
