"""The house check finds each thing that it forbids, and nothing in code that keeps the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import house_check

DOC = '"""A module."""\n'
LONG = "def f():\n" + "    x = 1\n" * 50
ROUTE = "@router.get('/x')\ndef x():\n" + "    y = 1\n" * 16

FORBIDDEN = [
    ("kontorhaus/tax/rules.py", DOC + LONG, 2, "function-size"),
    ("kontorhaus/tax/rules.py", DOC + "x = 1\n" * 400, 401, "file-size"),
    ("tests/rules/test_x.py", DOC + "def f(a, b, c, d, *, e, f, g, h): ...\n", 2, "parameters"),
    ("kontorhaus/tax/rules.py", DOC + "def f(x: float): ...\n", 2, "float"),
    ("kontorhaus/tax/rules.py", DOC + "x = 0.19\n", 2, "float"),
    ("kontorhaus/tax/rules.py", DOC + "x = float('1')\n", 2, "float"),
    ("kontorhaus/tax/rules.py", DOC + "import datetime\nx = datetime.date.today()\n", 3, "clock"),
    ("kontorhaus/tax/actions.py", DOC + "x = datetime.now(UTC)\n", 2, "clock"),
    ("kontorhaus/tax/actions.py", DOC + "x = datetime.utcnow()\n", 2, "clock"),
    ("kontorhaus/tax/actions.py", DOC + "x = time.monotonic()\n", 2, "clock"),
    ("kontorhaus/tax/actions.py", DOC + "from time import time\n", 2, "clock"),
    ("kontorhaus/tax/store.py", DOC + "x = 'select a from b where c < now()'\n", 2, "clock"),
    ("kontorhaus/tax/actions.py", DOC + "x = 'select a from b'\n", 2, "sql"),
    ("kontorhaus/tax/actions.py", DOC + "x = '''\n  insert into a values (1)'''\n", 2, "sql"),
    ("kontorhaus/tax/queries.py", DOC + "x = f'update {a} set b = 1'\n", 2, "sql"),
    ("kontorhaus/tax/queries.py", DOC + "x = 'with a as (select 1 from b) x'\n", 2, "sql"),
    ("kontorhaus/tax/queries.py", DOC + "x = 'DELETE FROM a'\n", 2, "sql"),
    ("kontorhaus/tax/store.py", DOC + "x = 'select * from b'\n", 2, "select-star"),
    ("kontorhaus/tax/rules.py", DOC + "if TYPE_CHECKING:\n    import os\n", 2, "type-checking"),
    ("kontorhaus/tax/rules.py", DOC + "if typing.TYPE_CHECKING:\n    x = 1\n", 2, "type-checking"),
    ("kontorhaus/tax/rules.py", DOC + "def f():\n    import os\n", 3, "local-import"),
    ("kontorhaus/tax/rules.py", DOC + "def f():\n    from a import b\n", 3, "local-import"),
    ("kontorhaus/tax/rules.py", "x = 1\n", 1, "module-docstring"),
    ("tools/x.py", DOC + "# TO" + "DO: later\n", 2, "unfinished"),
    ("kontorhaus/tax/rules.py", DOC + "x = 1  # FIX" + "ME\n", 2, "unfinished"),
    ("kontorhaus/tax/utils.py", DOC, 1, "file-name"),
    ("kontorhaus/tax/vat_helpers.py", DOC, 1, "file-name"),
    ("kontorhaus/tax/common/rules.py", DOC, 1, "file-name"),
    ("kontorhaus/tax/actions.py", DOC + "try: ...\nexcept: ...\n", 3, "broad-except"),
    (
        "kontorhaus/tax/actions.py",
        DOC + "try: ...\nexcept (A, Exception): ...\n",
        3,
        "broad-except",
    ),
    ("kontorhaus/surfaces/books/routes.py", DOC + ROUTE, 3, "route-size"),
    ("kontorhaus/tax/x.py", DOC + "from kontorhaus.ledger import store\n", 2, "foreign-store"),
    ("kontorhaus/tax/x.py", DOC + "from kontorhaus.a.b_store import c\n", 2, "foreign-store"),
]


def findings(root: Path, path: str, text: str) -> list[house_check.Finding]:
    """What the check says about one file in an otherwise empty house."""
    file = root / path
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return [found for source in house_check.sources(root) for found in house_check.check(source)]


@pytest.mark.parametrize(("path", "text", "line", "rule"), FORBIDDEN)
def test_what_is_forbidden_is_found_at_its_line(
    tmp_path: Path, path: str, text: str, line: int, rule: str
) -> None:
    found = findings(tmp_path, path, text)
    assert {(one.path, one.line, one.rule) for one in found} == {(path, line, rule)}


ALLOWED = [
    ("kontorhaus/runtime/clock.py", DOC + "x = datetime.now(UTC)\ny: float = time.monotonic()\n"),
    ("kontorhaus/runtime/jobs.py", DOC + "try: ...\nexcept Exception: ...\n"),
    ("kontorhaus/tax/store.py", DOC + "x = 'select count(*) from b order by a'\n"),
    ("kontorhaus/ledger/journal_store.py", DOC + "x = 'select a from b'\n"),
    ("kontorhaus/ledger/queries.py", DOC + "from kontorhaus.ledger import journal_store\n"),
    ("kontorhaus/tax/actions.py", DOC + "x = 'Update the rate from the table.'\n"),
    ("kontorhaus/tax/actions.py", DOC + "def f(work):\n    return work.now, work.today\n"),
    ("kontorhaus/tax/model.py", DOC + "class A:\n    def f(self, a, b, c, d, e, f, g): ...\n"),
    ("kontorhaus/invoicing/facturx.py", DOC),
    ("kontorhaus/surfaces/books/routes.py", DOC + ROUTE.replace("    y = 1\n", "", 1)),
    ("tests/rules/test_x.py", DOC + "x = 0.5, datetime.now(), 'select a from b'\n"),
    ("benchmarks/posting.py", DOC + "x = time.perf_counter() - 0.5\n"),
]


@pytest.mark.parametrize(("path", "text"), ALLOWED)
def test_what_is_allowed_is_left_alone(tmp_path: Path, path: str, text: str) -> None:
    assert findings(tmp_path, path, text) == []


def test_the_exit_code_tells_whether_the_house_is_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert house_check.main(tmp_path) == 0
    findings(tmp_path, "kontorhaus/tax/rules.py", "x = 1\n")
    assert house_check.main(tmp_path) == 1
    assert "kontorhaus/tax/rules.py:1 module-docstring" in capsys.readouterr().out
