"""The command line: `kontorhaus COMMAND`; `kontorhaus --help` lists the commands."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kontorhaus import __version__
from kontorhaus.app import backup as archive
from kontorhaus.app import bookkeeping, mails, quota, server, setup, start, tasks, verification
from kontorhaus.app import doctor as physician
from kontorhaus.app.demo import company as demo_company
from kontorhaus.identity.signing import actions as signing
from kontorhaus.kernel.errors import Refusal
from kontorhaus.ledger.model import Head
from kontorhaus.runtime import config as configuration
from kontorhaus.runtime import log, migrate, secret
from kontorhaus.runtime.config import Config
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.jobs import Worker
from kontorhaus.runtime.resources import Resources

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Kontorhaus: the back office of a German business in one program. "
    "Settings come from PORT and KONTORHAUS_* variables (docs/guide/operate.md).",
)
_out = Console()
_err = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]


def main() -> None:
    """Run the command line; a refusal becomes one sentence and exit status 1."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        app(prog_name="kontorhaus")
    except Refusal as refusal:
        _err.print(f"[bold red]{refusal.code}[/]: {refusal.message}", highlight=False)
        sys.exit(1)


def _leave(number: int, _: object) -> None:
    """End by way of every block that closes something, the database above all."""
    sys.exit(128 + number)


@app.callback(invoke_without_command=True)
def _version(
    show: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if show:
        print(f"kontorhaus {__version__}")
        raise typer.Exit


@app.command()
def serve() -> None:
    """Start the server with web pages, APIs and worker; stop it with Ctrl+C or SIGTERM."""
    config = _configured()
    with start.resources(config) as resources:
        _serve(resources)


@app.command()
def run() -> None:
    """Load the demo company if it is not there, then serve it."""
    config = _configured()
    with start.resources(config) as resources:
        with _progress() as step:
            access = demo_company.load(resources, progress=step)
        _out.print(f"Demo access: [bold]{access}[/] (addresses, keys and passwords)")
        _serve(resources)


@app.command()
def worker() -> None:
    """Run only the worker, beside servers started with KONTORHAUS_WORKER=outside."""
    with start.resources(_configured()) as resources:
        tasks.register()
        running = Worker(resources).start()
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        _err.print("The worker runs; stop it with Ctrl+C or SIGTERM.")
        stopped.wait()
        running.stop()


@app.command("migrate")
def migrate_command(as_json: AsJson = False) -> None:
    """Bring the database to the version of this program (every start does it too)."""
    with start.database_server(_configured()) as conninfo:
        count = migrate.migrate(conninfo.owner)
    _answer(as_json, {"applied": count}, f"{count} steps applied.")


@app.command()
def verify(
    as_json: AsJson = False,
    head: Annotated[
        list[str] | None,
        typer.Option(help="A published end of a chain, TENANT:NUMBER:HASH; may be repeated."),
    ] = None,
) -> None:
    """Check hash chains, balances, open items, numbers and stored files; exit 1 on a finding."""
    published = dict(_head(text) for text in head or [])
    with start.resources(_configured()) as resources, _progress(hidden=as_json) as step:
        verdicts = list(verification.verify(resources, published=published, progress=step))
    if as_json:
        print(json.dumps([_verdict(verdict) for verdict in verdicts], ensure_ascii=False))
    else:
        for verdict in verdicts:
            _print_verdict(verdict)
    if any(verdict.findings for verdict in verdicts):
        raise typer.Exit(1)


@app.command("export-chain")
def export_chain(
    target: Annotated[Path, typer.Argument(help="The file to write.")],
    tenant: Annotated[str, typer.Option(help="Id of the tenant (verify --json shows it).")],
) -> None:
    """Write a tenant's journal for tools/verify_chain.py, which needs nothing of Kontorhaus."""
    with start.resources(_configured()) as resources:
        count = verification.export(resources, tenant=tenant, target=target)
    _out.print(f"{count} events written to {target}")


@app.command()
def demo(
    remove: Annotated[bool, typer.Option("--remove", help="Take the demo out again.")] = False,
    documents: Annotated[
        Path | None, typer.Option(help="Also write the demo's PDF and XML into this folder.")
    ] = None,
) -> None:
    """Load (or remove) the demo: two organizations with twelve months of books."""
    with start.resources(_configured()) as resources, _progress() as step:
        if remove:
            demo_company.remove(resources)
            _out.print("The demo is gone.")
            return
        access = demo_company.load(resources, progress=step)
        if documents:
            demo_company.write_documents(resources, documents, progress=step)
    _out.print(f"Demo access: {access}")
    _out.print(f"Customers see their invoices at {resources.config.public_url}/customer")


@app.command()
def invite(
    address: Annotated[str, typer.Argument(help="The e-mail address of a person known here.")],
    as_json: AsJson = False,
) -> None:
    """Print a link by which a person sets a password, once and within an hour."""
    with start.resources(_configured()) as resources:
        link = setup.invitation(resources, email=address)
    _answer(as_json, {"link": link}, link)


@app.command("second-factor-off")
def second_factor_off(
    address: Annotated[str, typer.Argument(help="The e-mail address of a person known here.")],
    as_json: AsJson = False,
) -> None:
    """Switch off the second factor of a person who lost it; all its sessions end."""
    with start.resources(_configured()) as resources:
        was_on = setup.without_second_factor(resources, email=address)
    said = "The second factor is off, the sessions have ended." if was_on else "It was off already."
    _answer(as_json, {"was_on": was_on}, said)


@app.command()
def settings(
    tenant: Annotated[
        str, typer.Option(help="Id of the tenant (verify --json shows it); may be left out alone.")
    ] = "",
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="NAME=VALUE, e.g. --set invoice.price_layout=gross; repeatable."
        ),
    ] = None,
    logo: Annotated[
        Path | None, typer.Option(help="An SVG, PNG or JPEG for the documents.", exists=True)
    ] = None,
    no_logo: Annotated[bool, typer.Option("--no-logo", help="Take the logo off.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the settings of a tenant and its company, or change them."""
    with start.resources(_configured()) as resources:
        if logo or no_logo:
            content = logo.read_bytes() if logo else None
            bookkeeping.change_logo(resources, tenant=tenant, content=content)
        found = bookkeeping.settings(resources, tenant=tenant, changes=change or [])
    lines = "\n".join(f"{name} = {value}" for name, value in found.items())
    _answer(as_json, dict(found), lines)


@app.command("quota")
def quota_command(
    tenant: Annotated[
        str, typer.Option(help="Id of a tenant of the organization; may be left out alone.")
    ] = "",
    documents: Annotated[
        str, typer.Option(help="Documents a month from now on, e.g. 500; none takes the limit off.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show how many documents each tenant has made this month, or set an organization's quota."""
    with start.resources(_configured()) as resources:
        if documents:
            rows = [quota.change(resources, tenant=tenant, documents=documents)]
        else:
            rows = quota.quotas(resources)
    lines = "\n".join(
        f"{row['tenant']}  {row['organization']} {row['environment']}: {row['used']} of"
        f" {'any number' if row['quota'] is None else row['quota']} this month"
        for row in rows
    )
    _answer(as_json, {"tenants": rows}, lines)


@app.command("rotate-keys")
def rotate_keys(as_json: AsJson = False) -> None:
    """Sign tokens of the management API with a new key from now on; those handed out still hold."""
    config = _configured()
    with start.resources(config) as resources:
        signing.rotate(resources.database, secret=secret.of(config.home))
        count = len(signing.public_keys(resources.database))
    _answer(as_json, {"keys": count}, f"A new key signs; {count} keys verify.")


@app.command("rotate-secret")
def rotate_secret(as_json: AsJson = False) -> None:
    """Seal with a new key from now on, and sign with another one; start the servers again after."""
    config = _configured()
    count = secret.rotate(config.home)
    with start.resources(config) as resources:
        signing.rotate(resources.database, secret=secret.of(config.home))
    _answer(as_json, {"keys": count}, f"home/secret holds {count} keys: make a backup of it.")


@app.command("send-mails")
def send_mails(as_json: AsJson = False) -> None:
    """Have the worker send the mails that were kept while there was no mail server."""
    config = _configured()
    mails.check_server(config)
    with start.resources(config) as resources:
        count = mails.take_up(resources)
    _answer(as_json, {"mails": count}, f"{count} mails are on their way.")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Look at everything this installation needs; exit 1 if something is wrong."""
    checks = list(physician.examine(_configured()))
    if as_json:
        print(
            json.dumps(
                [
                    {"name": c.name, "ok": c.is_well, "found": c.found, "remedy": c.remedy}
                    for c in checks
                ],
                ensure_ascii=False,
            )
        )
    else:
        for check in checks:
            sign = "[green]ok  [/]" if check.is_well else "[bold red]FIX [/]"
            _out.print(f"{sign} {check.name:<16} {check.found}", highlight=False, soft_wrap=True)
            if check.remedy:
                _out.print(f"     → {check.remedy}", highlight=False, soft_wrap=True)
    if not all(check.is_well for check in checks):
        raise typer.Exit(1)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="The archive to write, e.g. kontorhaus.tar.")],
    as_json: AsJson = False,
) -> None:
    """Write database, stored files and secret into one archive, also while the server runs."""
    with _progress(hidden=as_json) as step:
        size = archive.backup(_configured(), target, progress=step)
    _answer(as_json, {"path": str(target), "bytes": size}, f"{target}: {size // 2**20} MiB")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="An archive that backup wrote.", exists=True)],
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into an empty home (KONTORHAUS_HOME); then run verify."""
    with _progress(hidden=as_json) as step:
        archive.restore(_configured(), source, progress=step)
    _answer(as_json, {"restored": str(source)}, f"{source} is restored; kontorhaus verify checks.")


def _configured() -> Config:
    config = configuration.from_environment()
    log.configure(config.log_level)
    log.name_request(uuid7())
    return config


def _serve(resources: Resources) -> None:
    def say() -> None:
        _out.print(f"Kontorhaus {__version__} answers on [bold]{resources.config.public_url}[/]")
        link = setup.link(resources)
        if link:
            _out.print(f"Set up your company once: [bold]{link}[/]")

    server.serve(resources, when_ready=say)


@contextmanager
def _progress(*, hidden: bool = False) -> Iterator[Callable[[str], None]]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(pulse_style="cyan"),
        TimeElapsedColumn(),
    )
    is_hidden = hidden or not _err.is_terminal
    with Progress(*columns, console=_err, transient=True, disable=is_hidden) as bar:
        task = bar.add_task("…", total=None)
        yield lambda text: bar.update(task, description=text)


def _answer(as_json: bool, values: dict[str, object], sentence: str) -> None:
    if as_json:
        print(json.dumps(values))
    else:
        _out.print(sentence, highlight=False)


def _head(text: str) -> tuple[str, Head]:
    tenant, number, digest = text.split(":")
    return tenant, Head(int(number), bytes.fromhex(digest))


def _verdict(verdict: verification.Verdict) -> dict[str, object]:
    return {
        "tenant": str(verdict.tenant.tenant_id),
        "organization": verdict.tenant.organization_name,
        "environment": verdict.tenant.environment,
        "head": {"journal_number": verdict.head.journal_number, "hash": verdict.head.hash.hex()},
        "findings": [
            {
                "check": f.check,
                "message": f.message,
                "journal_number": f.journal_number,
                "subject": str(f.subject) if f.subject else None,
            }
            for f in verdict.findings
        ],
    }


def _print_verdict(verdict: verification.Verdict) -> None:
    name = f"{verdict.tenant.organization_name} {verdict.tenant.environment}"
    state = "[green]holds[/]" if not verdict.findings else "[bold red]does not hold[/]"
    _out.print(f"{name}: {verdict.head.journal_number} events, {state}")
    for finding in verdict.findings:
        place = f" (journal number {finding.journal_number})" if finding.journal_number else ""
        _out.print(f"  {finding.check}: {finding.message}{place}", highlight=False)
