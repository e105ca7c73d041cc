#!/usr/bin/env python3
"""Compare a running server's OpenAPI documents with the contract files of ./contracts.

usage: check_contracts.py BASE_URL [--surface NAME]... [--timeout SECONDS]

For each surface (a YAML file that has `base` and `operations`) the document is read from
BASE_URL + base + /openapi.json. One line per defect: missing operation, query parameter, body
field, response field (through `objects`), undeclared status code. Names of path parameters do not
matter, their positions do. More than the contract asks for is never a defect. The last line is
"contracts: N operations, M defects"; exit 1 if M > 0, exit 2 for wrong arguments.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

CONTRACTS = Path(__file__).resolve().parent / "contracts"
METHODS = ("get", "post", "put", "patch", "delete")
MAX_DEPTH = 12

Schema = dict[str, Any]
Report = Callable[[str], None]


def load_contracts(wanted: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The contracts of the wanted surfaces, of all when none is named."""
    contracts = {}
    for path in sorted(CONTRACTS.glob("*.yaml")):
        contract = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "base" in contract and "operations" in contract:
            contracts[contract["surface"]] = contract
    unknown = set(wanted) - set(contracts)
    if unknown:
        names = ", ".join(sorted(unknown))
        print(f"unknown surface: {names} (there are: {', '.join(contracts)})", file=sys.stderr)
        raise SystemExit(2)
    return [contracts[name] for name in (wanted or contracts)]


def fetch_json(url: str, timeout: float) -> Any:
    """What a server answers."""
    with urllib.request.urlopen(url, timeout=timeout) as response:
        return json.load(response)


def positional(path: str) -> str:
    """/a/{x}/b and /a/{y}/b are the same path."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/") or "/"


class OpenApi:
    """Operations of one OpenAPI document, found by method and position, every $ref resolved."""

    def __init__(self, document: Schema, base: str) -> None:
        self.document = document
        self.operations: dict[tuple[str, str], Schema] = {}
        segments = base.strip("/").split("/")
        prefixes = ["/" + "/".join(segments[start:]) for start in range(len(segments))]
        for path, item in (document.get("paths") or {}).items():
            item = self.resolve(item)
            inner = (path[len(p) :] for p in prefixes if path.startswith(p + "/"))
            forms = {positional(path)} | {positional(one) for one in inner}
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    both = item.get("parameters", []) + operation.get("parameters", [])
                    for form in forms:
                        key = (method.upper(), form)
                        self.operations.setdefault(key, dict(operation, parameters=both))

    def resolve(self, node: Any) -> Schema:
        """The node itself, or what its $ref points to."""
        for _ in range(50):
            if not (isinstance(node, dict) and "$ref" in node):
                break
            target = self.document
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target.get(key.replace("~1", "/").replace("~0", "~"), {})
            node = target
        return node if isinstance(node, dict) else {}

    def variants(self, schema: Any, depth: int = 0) -> Iterator[Schema]:
        """The schema and every part of its allOf, anyOf and oneOf, refs resolved."""
        schema = self.resolve(schema)
        yield schema
        if depth < MAX_DEPTH:
            for keyword in ("allOf", "anyOf", "oneOf"):
                for part in schema.get(keyword, []):
                    yield from self.variants(part, depth + 1)

    def properties(self, schemas: Iterable[Any]) -> dict[str, list[Any]]:
        """Field name -> list of schemas, over all variants of all given schemas."""
        found: dict[str, list[Any]] = {}
        for schema in schemas:
            for variant in self.variants(schema):
                for name, child in (variant.get("properties") or {}).items():
                    found.setdefault(name, []).append(child)
        return found

    def items(self, schemas: Iterable[Any]) -> list[Any]:
        """The schemas of the elements, over all variants that are arrays."""
        every = (variant for schema in schemas for variant in self.variants(schema))
        return [one["items"] for one in every if isinstance(one.get("items"), dict)]

    def query(self, operation: Schema) -> dict[str, Schema]:
        """Query parameters by name."""
        every = map(self.resolve, operation["parameters"])
        return {one["name"]: one for one in every if one.get("in") == "query"}

    def content_schemas(self, holder: Any, media: str = "") -> list[Any]:
        """The schemas of a request body or response, of those media types that hold `media`."""
        content = self.resolve(holder).get("content") or {}
        chosen = (entry for kind, entry in content.items() if media in kind)
        return [self.resolve(entry).get("schema", {}) for entry in chosen]

    def answer_schemas(self, operation: Schema, spec: Schema) -> list[Any]:
        """The JSON schemas of the successful answers that a contract entry names."""
        declared = operation.get("responses") or {}
        responses = {str(code).upper(): response for code, response in declared.items()}
        success = [str(code) for code in spec.get("status") or [] if 200 <= code < 300]
        codes = [code for code in success if code in responses]
        codes = codes or [code for code in responses if code.startswith("2")]
        return [one for code in codes for one in self.content_schemas(responses[code], "json")]


def has_json_answer(spec: Schema) -> bool:
    """Whether an entry promises fields: neither nothing at all nor a binary."""
    expected = spec.get("response")
    is_bare = isinstance(expected, str) and re.match(r"(binary|none)\b", expected)
    return expected is not None and not is_bare


class Checker:
    """Compares the entries of one contract with one OpenAPI document; tells `report` each lack."""

    def __init__(self, contract: Schema, api: OpenApi, report: Report) -> None:
        self.contract, self.api, self.report = contract, api, report
        self.objects = contract.get("objects") or {}

    def check(self, method: str, path: str, spec: Schema) -> None:
        """One operation: its query, body, status codes and answer."""
        where = f"{self.contract['surface']} {method} {path}"
        operation = self.api.operations.get((method, positional(path)))
        if operation is None:
            self.report(f"{where}: operation missing")
            return
        declared_query = self.api.query(operation)
        for name in spec.get("query") or []:
            if name.rstrip("!") not in declared_query:
                self.report(f"{where}: query parameter missing: {name.rstrip('!')}")
        if spec.get("body"):
            schemas = self.api.content_schemas(operation.get("requestBody", {}))
            self.compare(f"{where}: body field missing", spec["body"], schemas, "")
        self.check_statuses(where, operation, spec)
        if has_json_answer(spec):
            schemas = self.api.answer_schemas(operation, spec)
            self.compare(f"{where}: response field missing", spec["response"], schemas, "")

    def check_statuses(self, where: str, operation: Schema, spec: Schema) -> None:
        """Every documented code, or its whole class, is declared."""
        declared = {str(code).upper() for code in operation.get("responses") or {}}
        for code in spec.get("status") or []:
            if str(code) not in declared and f"{str(code)[0]}XX" not in declared:
                self.report(f"{where}: status not declared: {code}")

    def compare(
        self, message: str, expected: Any, schemas: list[Any], place: str, depth: int = 0
    ) -> None:
        """`expected` maps fields, or begins with a type: `Account`, `[Account]`, `Account|null`."""
        if isinstance(expected, str) and depth <= MAX_DEPTH:
            name = re.sub(r"\[?(\w*).*", r"\1", expected, flags=re.DOTALL)
            if expected.startswith("["):
                schemas, place = self.api.items(schemas), place + "[]"
                if not schemas:
                    self.report(f"{message}: {place} (not declared as an array)")
                    return
            if name in self.objects:
                self.compare(message, self.objects[name], schemas, place, depth + 1)
            return
        if not isinstance(expected, dict):
            return
        declared = self.api.properties(schemas)
        for field, kind in ((key.rstrip("!"), value) for key, value in expected.items()):
            label = f"{place}.{field}".lstrip(".")
            if field in declared:
                self.compare(message, kind, declared[field], label, depth + 1)
            else:
                self.report(f"{message}: {label}")


def check_surface(contract: Schema, base_url: str, timeout: float, report: Report) -> int:
    """Check one surface; returns its number of operations."""
    url = base_url.rstrip("/") + contract["base"] + "/openapi.json"
    try:
        document = fetch_json(url, timeout)
    except (OSError, ValueError) as error:
        report(f"{contract['surface']}: {url} cannot be read: {error}")
        document = {}
    api = OpenApi(document, contract["base"])
    checker = Checker(contract, api, report)
    every = list(operations(contract))
    for method, path, spec in every:
        checker.check(method, path, spec)
    return len(every)


def operations(contract: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Method, path and entry of every operation, those under a second verb too."""
    for entry in contract["operations"]:
        for key, spec in entry.items():
            method, path = key.split(" ", 1)
            for verb in [method, *spec.get("also", "").split()]:
                yield verb, path, spec


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every defect and the number of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base_url", metavar="BASE_URL")
    parser.add_argument(
        "--surface", action="append", default=[], metavar="NAME", help="only this one; repeatable"
    )
    parser.add_argument("--timeout", type=float, default=20.0)
    options = parser.parse_args(arguments)
    defects: list[str] = []

    def report(line: str) -> None:
        defects.append(line)
        print(line)

    wanted = load_contracts(options.surface)
    count = sum(check_surface(one, options.base_url, options.timeout, report) for one in wanted)
    print(f"contracts: {count} operations, {len(defects)} defects")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
