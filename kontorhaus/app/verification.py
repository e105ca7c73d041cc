"""Verification of everything that is kept: chain, balances, open items, numbers, stored files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kontorhaus.files import queries as files
from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import TenantRow
from kontorhaus.invoicing.verification import queries as invoicing
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.finding import Finding
from kontorhaus.ledger import queries as ledger
from kontorhaus.ledger.model import Head
from kontorhaus.ledger.periods import queries as periods
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.credit import queries as credit
from kontorhaus.payables.runs import queries as payment_runs
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found in one tenant; `head` is the end of its chain."""

    tenant: TenantRow
    head: Head
    findings: tuple[Finding, ...]


def verify(
    resources: Resources, *, published: dict[str, Head], progress: Callable[[str], None]
) -> Iterator[Verdict]:
    """Each tenant's verdict; `published` holds known ends of chains by tenant id."""
    for tenant in identity.tenants(resources.database):
        progress(f"{tenant.organization_name} {tenant.environment}")
        caller = Caller(tenant.tenant_id, SYSTEM, tenant.time_zone)
        with begin(resources.database, caller, read_only=True) as work:
            findings = _findings(work, resources, published.get(str(tenant.tenant_id)))
            yield Verdict(tenant, ledger.head(work), tuple(findings))


def _findings(work: Work, resources: Resources, published: Head | None) -> Sequence[Finding]:
    return [
        *ledger.verify(work, published=published),
        *periods.verify(work),
        *openitems.verify(work),
        *credit.verify(work),
        *invoicing.verify(work, blobs=resources.blobs),
        *files.verify(work, blobs=resources.blobs),
        *payment_runs.verify(work, blobs=resources.blobs),
    ]


def export(resources: Resources, *, tenant: str, target: Path) -> int:
    """Write a tenant's journal and closings for the offline checker; how many events it has.

    NotFound("tenant").
    """
    rows = {str(row.tenant_id): row for row in identity.tenants(resources.database)}
    if tenant not in rows:
        raise NotFound("tenant", f"No tenant {tenant}: see kontorhaus verify --json.")
    caller = Caller(rows[tenant].tenant_id, SYSTEM, rows[tenant].time_zone)
    count = 0
    with (
        begin(resources.database, caller, read_only=True) as work,
        target.open("w", encoding="utf-8", newline="\n") as file,
    ):
        for line in ledger.export_chain(work):
            file.write(line + "\n")
            count += 1
        file.writelines(line + "\n" for line in periods.export_closings(work))
    return count
