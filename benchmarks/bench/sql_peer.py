"""The same posting as plain SQL, driven by pgbench: what PostgreSQL itself does on this machine."""

from __future__ import annotations

import os
import re
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench import processes
from bench.ground import Ground
from kontorhaus.kernel.errors import NotFound
from kontorhaus.runtime.database import SCHEMA

DATABASE = "bench_sql"

_SCRIPT = Path(__file__).parent / "posting.sql"
_TENANT = "00000000-0000-7000-8000-"


def prepare(ground: Ground, template: str, *, tenants: int) -> None:
    """A second database with as many tenants, each a copy of the accounts of a real one."""
    ground.second_database(DATABASE)
    with psycopg.connect(ground.conninfo(is_super=True)) as source, source.cursor() as reader:
        reader.execute(f"set search_path = {SCHEMA}")
        accounts = reader.execute(
            "select number, name, name_en, type, category, report_group, kind, is_system,"
            " is_active from account where tenant_id = %s",
            (template,),
        ).fetchall()
    with psycopg.connect(ground.conninfo(DATABASE, is_super=True)) as target:
        target.execute(f"set search_path = {SCHEMA}; set session_replication_role = replica")
        target.execute(
            "create temp table template (number text, name text, name_en text, type text,"
            " category text, report_group text, kind text, is_system boolean, is_active boolean)"
        )
        with target.cursor().copy("copy template from stdin") as copy:
            for row in accounts:
                copy.write_row(row)
        _fill(target, tenants)
    with psycopg.connect(ground.conninfo(DATABASE, is_super=True), autocommit=True) as target:
        target.execute("vacuum analyze")


def _fill(target: psycopg.Connection, tenants: int) -> None:
    ids = (
        f"(select ('{_TENANT}' || lpad(n::text, 12, '0'))::uuid as id, n"
        f" from generate_series(1, {tenants}) n) t"
    )
    target.execute(
        f"insert into tenant (id, organization_id, environment, created_at)"
        f" select t.id, t.id, 'LIVE', now() from {ids}"
    )
    target.execute(f"insert into account select t.id, a.* from template a, {ids}")
    target.execute(f"insert into period (tenant_id, period) select t.id, '2026-03' from {ids}")
    target.execute(
        f"insert into fiscal_year (tenant_id, first_day) select t.id, '2026-01-01' from {ids}"
    )
    target.execute(
        f"insert into chain_head (tenant_id, journal_number, hash)"
        f" select t.id, 0, decode(repeat('00', 32), 'hex') from {ids}"
    )


def program(ground: Ground) -> Path | None:
    """The pgbench of the server's version; None if this machine has none."""
    try:
        return ground.server.tool("pgbench")
    except NotFound:
        return None


def rate(ground: Ground, pgbench: Path, *, tenants: int, clients: int, seconds: float) -> float:
    """Bookings a second."""
    where = conninfo_to_dict(ground.conninfo(DATABASE))
    _, printed = processes.run(
        [
            pgbench,
            "--no-vacuum",
            "--protocol=prepared",
            f"--file={_SCRIPT}",
            f"--define=tenants={tenants}",
            f"--client={clients}",
            f"--jobs={min(clients, os.cpu_count() or 1)}",
            f"--time={seconds:.0f}",
            f"--host={where['host']}",
            f"--port={where['port']}",
            f"--username={where['user']}",
            DATABASE,
        ],
        environment={"PGOPTIONS": f"-c search_path={SCHEMA}"},
    )
    found = re.search(r"tps = ([\d.]+)", printed)
    if not found:
        raise RuntimeError(printed)
    return float(found.group(1))
