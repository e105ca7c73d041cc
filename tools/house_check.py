"""Check by syntax tree what neither the linter nor the import contracts can see."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

FOLDERS = ("kontorhaus", "tests", "tools", "benchmarks")

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
MAX_PARAMETERS = 7
MAX_ROUTE_LINES = 15

# A file name says a role of the house (model, rules, store …) or a thing; these say nothing.
EMPTY_NAMES = frozenset(
    {"base", "common", "handler", "handlers", "helper", "helpers", "manager", "managers"}
    | {"misc", "service", "services", "shared", "util", "utils"}
)
ROUTE_METHODS = frozenset({"delete", "get", "patch", "post", "put", "api_route"})
CLOCK_METHODS = frozenset({"now", "today", "utcnow"})
CLOCK_TYPES = frozenset({"date", "datetime"})
CLOCK_FUNCTIONS = frozenset(
    {"ctime", "gmtime", "localtime", "monotonic", "monotonic_ns", "perf_counter", "time_ns"}
    | {"perf_counter_ns", "process_time", "process_time_ns", "strftime", "time"}
)
SQL = re.compile(
    r"\s*(?:(select|insert|update|delete|with|SELECT|INSERT|UPDATE|DELETE|WITH)\s.*?"
    r"\b(from|into|set|FROM|INTO|SET)\b"
    r"|(?:create|alter|drop|truncate|lock)\s+(?:unlogged\s+)?(?:table|index|schema|policy)\b"
    r"|set\s+local\b)",
    re.DOTALL,
)
SQL_STAR = re.compile(r"\bselect\s+(?:\w+\.)?\*", re.IGNORECASE)
SQL_CLOCK = re.compile(
    r"\b(?:(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\s*\)"
    r"|current_(?:date|timestamp|time)\b|localtimestamp\b)",
    re.IGNORECASE,
)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One broken rule at one line of a file (path relative to the root)."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.rule}: {self.text}"


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file and where it stands in the house."""

    path: PurePath
    text: str
    tree: ast.Module

    @property
    def is_product(self) -> bool:
        """Tests, tools and benchmarks keep the sizes, but may use floats, SQL and the clock."""
        return self.path.parts[0] == "kontorhaus"

    @property
    def is_runtime(self) -> bool:
        """The one package that touches the outside world."""
        return self.path.parts[:2] == ("kontorhaus", "runtime")

    @property
    def may_hold_sql(self) -> bool:
        """Stores and the runtime (its migrations among them)."""
        return self.is_runtime or any(_is_store(part) for part in self.path.parts)

    @property
    def may_catch_all(self) -> bool:
        """The outermost code only: it answers for what nobody expected."""
        return self.is_runtime or self.path.parts[:2] == ("kontorhaus", "app")

    @property
    def is_routes(self) -> bool:
        """A module of a surface that holds routes (routes, journal_routes)."""
        inside = self.path.parts[:2] == ("kontorhaus", "surfaces")
        return inside and any("routes" in part for part in self.path.parts)


def check(source: Source) -> Iterator[Finding]:
    """All findings of one file, in no particular order."""
    yield from (_finding(source, *found) for found in _file(source))
    for node in ast.walk(source.tree):
        yield from (_finding(source, *found) for found in _everywhere(node))
        if source.is_product:
            yield from (_finding(source, *found) for found in _product(source, node))


Found = tuple[int, str, str]


def _finding(source: Source, line: int, rule: str, text: str) -> Finding:
    return Finding(source.path.as_posix(), line, rule, text)


def _file(source: Source) -> Iterator[Found]:
    """Rules about the file as a whole."""
    lines = source.text.splitlines()
    if len(lines) > MAX_FILE_LINES:
        yield len(lines), "file-size", f"{len(lines)} lines, at most {MAX_FILE_LINES}"
    if not ast.get_docstring(source.tree):
        yield 1, "module-docstring", "a module starts with one sentence saying what it is"
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line):
            yield number, "unfinished", "finish it or leave it out"
    if source.is_product:
        for part in (*source.path.parts[1:-1], source.path.stem):
            if EMPTY_NAMES & set(part.split("_")):
                yield 1, "file-name", f"{part!r} names neither a role of the house nor a thing"


def _everywhere(node: ast.AST) -> Iterator[Found]:
    """Rules for the product, the tests and the tools alike."""
    if isinstance(node, Function):
        yield from _function(node)
    elif isinstance(node, ast.If) and _last_name(node.test) == "TYPE_CHECKING":
        yield node.lineno, "type-checking", "move the thing down instead of hiding a cycle"


def _function(node: Function) -> Iterator[Found]:
    size = (node.end_lineno or node.lineno) - node.lineno + 1
    if size > MAX_FUNCTION_LINES:
        text = f"{node.name} has {size} lines, at most {MAX_FUNCTION_LINES}"
        yield node.lineno, "function-size", text
    parameters = _parameters(node)
    if len(parameters) > MAX_PARAMETERS:
        text = f"{node.name} has {len(parameters)} parameters, at most {MAX_PARAMETERS}"
        yield node.lineno, "parameters", text
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            yield inner.lineno, "local-import", "import at the top of the module"


def _parameters(node: Function) -> list[str]:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    return [one.arg for one in every if one.arg not in ("self", "cls")]


def _product(source: Source, node: ast.AST) -> Iterator[Found]:
    """Rules for the product alone."""
    if not source.is_runtime:
        yield from _float(node)
        yield from _clock(node)
    if not source.may_catch_all and isinstance(node, ast.ExceptHandler) and _is_broad(node):
        yield node.lineno, "broad-except", "catch only what you can answer"
    if source.is_routes and isinstance(node, Function) and _is_route(node):
        lines = _body_lines(node)
        if lines > MAX_ROUTE_LINES:
            text = f"{node.name} has {lines} lines, at most {MAX_ROUTE_LINES}"
            yield node.lineno, "route-size", text
    yield from _sql(source, node)
    yield from _foreign_store(source, node)


def _float(node: ast.AST) -> Iterator[Found]:
    is_name = isinstance(node, ast.Name) and node.id == "float"
    if is_name or (isinstance(node, ast.Constant) and isinstance(node.value, float)):
        line = node.lineno if isinstance(node, ast.expr) else 1
        yield line, "float", "amounts are Money, rates and quantities are Decimal"


def _clock(node: ast.AST) -> Iterator[Found]:
    if isinstance(node, ast.ImportFrom) and node.module == "time":
        taken = CLOCK_FUNCTIONS & {alias.name for alias in node.names}
        if taken:
            yield node.lineno, "clock", f"{', '.join(sorted(taken))}: only runtime reads the clock"
    if isinstance(node, ast.Attribute):
        owner = _last_name(node.value)
        by_type = owner in CLOCK_TYPES and node.attr in CLOCK_METHODS
        if by_type or (owner == "time" and node.attr in CLOCK_FUNCTIONS):
            yield node.lineno, "clock", f"{owner}.{node.attr}: only runtime reads the clock"


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_broad(node: ast.ExceptHandler) -> bool:
    if node.type is None:
        return True
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(_last_name(one) in ("Exception", "BaseException") for one in caught)


def _is_route(node: Function) -> bool:
    targets = (one.func if isinstance(one, ast.Call) else one for one in node.decorator_list)
    return any(isinstance(one, ast.Attribute) and one.attr in ROUTE_METHODS for one in targets)


def _body_lines(node: Function) -> int:
    """Lines of the body; signature and docstring are not work."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def _sql(source: Source, node: ast.AST) -> Iterator[Found]:
    if not isinstance(node, ast.Constant | ast.JoinedStr):
        return
    text = _text(node)
    if not SQL.match(text):
        return
    if not source.may_hold_sql:
        yield node.lineno, "sql", "statements live in store.py"
    if SQL_STAR.search(text):
        yield node.lineno, "select-star", "name the columns"
    if not source.is_runtime and SQL_CLOCK.search(text):
        yield node.lineno, "clock", "pass work.now or a date: the database clock is no clock"


def _is_store(name: str) -> bool:
    """A module or package that holds statements: store, or one part of it (journal_store)."""
    stem = name.removesuffix(".py")
    return stem == "store" or stem.endswith("_store")


def _foreign_store(source: Source, node: ast.AST) -> Iterator[Found]:
    if not isinstance(node, ast.ImportFrom) or node.module is None:
        return
    own = ".".join(source.path.parts[:2])
    parts = [*node.module.split("."), *(alias.name for alias in node.names)]
    if parts[0] == "kontorhaus" and ".".join(parts[:2]) != own and any(map(_is_store, parts[2:])):
        yield node.lineno, "foreign-store", "a store is known to its own domain only"


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    """A literal's text; what an f-string puts in is one unknown word."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(one) if isinstance(one, ast.Constant) else "x" for one in node.values)
    return node.value if isinstance(node.value, str) else ""


def sources(root: Path) -> Iterator[Source]:
    """Every Python file of the house below `root`."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                text = path.read_text(encoding="utf-8")
                tree = ast.parse(text, filename=str(path))
                yield Source(path.relative_to(root), text, tree)


def main(root: Path) -> int:
    """Print the findings; 1 if there are any."""
    findings = sorted({finding for source in sources(root) for finding in check(source)})
    for finding in findings:
        print(finding)
    print(f"house check: {len(findings)} findings" if findings else "house check: in order")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd()))
