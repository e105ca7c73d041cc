"""The database directory of one home: its account, its first creation, its server process."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kontorhaus.kernel.errors import Invalid
from kontorhaus.runtime import postgres_binaries
from kontorhaus.runtime.postgres_binaries import Binaries

SUPERUSER = "kontorhaus_super"
DATABASE = "kontorhaus"
PORT = 5432  # a part of the socket's file name only
_ACCOUNTS = ("kontorhaus", "postgres", "nobody")
_SOCKET_PATH_LIMIT = 103  # bytes; Linux takes 107, others 103
_PROCESSES = Path("/proc")
_SETTINGS = """\
# Written by Kontorhaus at every start; "alter system" overrides it.
max_connections = 200
shared_buffers = 256MB
maintenance_work_mem = 128MB
work_mem = 8MB
random_page_cost = 1.1
jit = off
fsync = on
full_page_writes = on
synchronous_commit = on
checkpoint_timeout = 10min
max_wal_size = 2GB
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_filename = 'server-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %u '
"""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the server runs as; `is_foreign` when that is not the account of this program."""

    uid: int
    gid: int
    name: str
    is_foreign: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where things lie below a home, who owns them and with which programs they are run."""

    home: Path
    binaries: Binaries
    account: Account

    @property
    def folder(self) -> Path:
        return self.home / "database"

    @property
    def log(self) -> Path:
        return self.home / "database.log"

    @property
    def socket_folder(self) -> Path:
        """A folder of home, or a link of home to a folder with a shorter name."""
        return Path(os.path.realpath(self.home / "socket"))


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A living server as its postmaster.pid tells it: starting, ready or stopping."""

    pid: int
    state: str
    has_socket: bool

    @property
    def is_ready(self) -> bool:
        return self.state == "ready" and self.has_socket

    @property
    def is_deaf(self) -> bool:
        """Somebody removed its socket: it runs, but nobody will ever reach it."""
        return self.state == "ready" and not self.has_socket


def at(home: Path, configured: Path | None) -> Cluster:
    """The cluster below `home`; nothing is created yet."""
    return Cluster(home, postgres_binaries.find(configured), _account(home / "database"))


def prepare(cluster: Cluster) -> Cluster:
    """Make everything that a start needs; only the holder of the home's lock may call it.

    Invalid if the server's account cannot reach the home or the data are of another version.
    """
    _demand_reach(cluster)
    if cluster.account.is_foreign and not _runs_in_place(cluster):
        cluster = replace(
            cluster, binaries=postgres_binaries.copied(cluster.binaries, cluster.home)
        )
    if not cluster.folder.exists():
        _create(cluster)
    version = (cluster.folder / "PG_VERSION").read_text().strip()
    if version != str(cluster.binaries.major):
        raise Invalid(
            "database_version",
            f"The database in {cluster.folder} was written by PostgreSQL {version}, but the "
            f"programs are of version {cluster.binaries.version}: name a folder with version "
            f"{version} in KONTORHAUS_POSTGRES_BIN, or restore a backup into a new home.",
            field="KONTORHAUS_POSTGRES_BIN",
        )
    _write_owned(cluster, cluster.folder / "kontorhaus.conf", _SETTINGS)
    _make_socket_folder(cluster)
    return cluster


def launch(cluster: Cluster) -> subprocess.Popen[bytes]:
    """Start the server in a session of its own: a Ctrl+C at the terminal does not reach it."""
    cluster.log.unlink(missing_ok=True)
    argv = [
        str(cluster.binaries.tool("postgres")),
        *("-D", str(cluster.folder), "-k", str(cluster.socket_folder), "-p", str(PORT)),
        *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
    ]
    with cluster.log.open("wb") as log:
        return subprocess.Popen(  # noqa: S603
            argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
            env=_environment(),
            umask=0o077,
            user=cluster.account.uid if cluster.account.is_foreign else None,
            group=cluster.account.gid if cluster.account.is_foreign else None,
            extra_groups=[] if cluster.account.is_foreign else None,
        )


def postmaster(cluster: Cluster) -> Postmaster | None:
    """The living server of this cluster; None if there is none."""
    try:
        lines = (cluster.folder / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    if not lives(cluster, pid):
        return None
    state = lines[7].strip() if len(lines) > 7 else ""
    return Postmaster(pid=pid, state=state, has_socket=_socket(cluster).exists())


def lives(cluster: Cluster, pid: int) -> bool:
    """Whether the process runs in this database directory (a zombie does not)."""
    if not _PROCESSES.is_dir():
        return _exists(pid)
    try:
        return os.path.samefile(_PROCESSES / str(pid) / "cwd", cluster.folder)
    except OSError:
        return False


def residents(cluster: Cluster) -> list[int]:
    """All processes in this database directory, orphans of a killed server included."""
    if not _PROCESSES.is_dir():
        server = postmaster(cluster)
        return [server.pid] if server else []
    pids = (int(entry.name) for entry in _PROCESSES.iterdir() if entry.name.isdigit())
    return [pid for pid in pids if lives(cluster, pid)]


def forget_stale_files(cluster: Cluster) -> None:
    """Remove what a dead server left: its old number may belong to another process by now.

    Only where the processes of the machine can be seen; elsewhere PostgreSQL decides by itself.
    """
    if _PROCESSES.is_dir() and not residents(cluster):
        (cluster.folder / "postmaster.pid").unlink(missing_ok=True)
        _socket(cluster).with_name(_socket(cluster).name + ".lock").unlink(missing_ok=True)


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process that may have ended meanwhile."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _socket(cluster: Cluster) -> Path:
    return cluster.socket_folder / f".s.PGSQL.{PORT}"


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _account(folder: Path) -> Account:
    """The own account; for root the owner of the data, at first an unprivileged one."""
    if os.geteuid() != 0:
        uid = os.geteuid()
        return Account(uid, os.getegid(), str(uid), is_foreign=False)
    if folder.exists():
        status = folder.stat()
        return Account(status.st_uid, status.st_gid, _name(status.st_uid), is_foreign=True)
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name, is_foreign=True)
    raise Invalid(
        "database_account",
        "PostgreSQL does not run as root, and there is neither an account kontorhaus nor nobody: "
        "start Kontorhaus as another user.",
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _demand_reach(cluster: Cluster) -> None:
    account, home = cluster.account, cluster.home
    if not account.is_foreign:
        return
    if _run(cluster, ["/bin/sh", "-c", 'cd "$1"', "sh", str(home)]).returncode == 0:
        return
    closed = next(
        (
            folder
            for folder in reversed([home, *home.parents])
            if _run(cluster, ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]).returncode != 0
        ),
        home,
    )
    raise Invalid(
        "database_home",
        f"The database server runs as {account.name}, who may not pass through {closed}: "
        f"allow it with 'chmod o+x {closed}' or set KONTORHAUS_HOME to another place.",
        field="KONTORHAUS_HOME",
    )


def _runs_in_place(cluster: Cluster) -> bool:
    """A wheel is copied all the same: its upgrade would pull the files from under the server."""
    if cluster.binaries.is_shared:
        return True
    prefix = cluster.binaries.folder.parent
    if next(prefix.glob("share/**/postgres.bki"), None) is not None:
        return False
    try:
        answer = _run(cluster, [str(cluster.binaries.tool("postgres")), "--version"])
    except PermissionError:
        return False
    return answer.returncode == 0


def _create(cluster: Cluster) -> None:
    """Create the data beside their place and move them there when they are whole."""
    unfinished = cluster.folder.with_name("database.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _give(cluster, unfinished)
    initdb = [
        str(cluster.binaries.tool("initdb")),
        *("-D", str(unfinished), "-U", SUPERUSER, "-E", "UTF8", "--locale=C"),
        *("--data-checksums", "--auth-local=trust", "--auth-host=reject", "--no-instructions"),
    ]
    if cluster.binaries.major >= 17:
        # sorts by code point as C does, but knows the upper case of umlauts
        initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _demand_success(cluster, initdb)
    # the folder of the socket is closed to all others, so it is the only lock that is needed
    _write_owned(cluster, unfinished / "pg_hba.conf", "local all all trust\n")
    settings = unfinished / "postgresql.conf"
    settings.write_text(settings.read_text() + "\ninclude_if_exists = 'kontorhaus.conf'\n")
    single = [str(cluster.binaries.tool("postgres")), "--single", "-j", "-D", str(unfinished)]
    _demand_success(cluster, [*single, "postgres"], statement=f"create database {DATABASE};\n\n")
    unfinished.rename(cluster.folder)
    _make_durable(cluster.home)


def _make_durable(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _demand_success(cluster: Cluster, argv: Sequence[str], statement: str = "") -> None:
    answer = _run(cluster, argv, text=statement)
    if answer.returncode != 0 or "ERROR:" in answer.stderr:
        raise Invalid(
            "database_creation",
            f"The database could not be created: {answer.stderr.strip() or argv[0]}",
        )


def _make_socket_folder(cluster: Cluster) -> None:
    place = cluster.home / "socket"
    if _is_private(cluster, cluster.socket_folder):
        return
    if place.is_symlink():
        place.unlink()
    if len(os.fsencode(place / f".s.PGSQL.{PORT}")) <= _SOCKET_PATH_LIMIT:
        place.mkdir(mode=0o700, exist_ok=True)
        place.chmod(0o700)
        _give(cluster, place)
        return
    runtime_folder = None if cluster.account.is_foreign else os.environ.get("XDG_RUNTIME_DIR")
    if runtime_folder is None or len(runtime_folder) > 40 or not Path(runtime_folder).is_dir():
        runtime_folder = "/tmp"  # noqa: S108
    short = Path(tempfile.mkdtemp(prefix="kontorhaus-", dir=runtime_folder))
    _give(cluster, short)
    place.symlink_to(short)


def _is_private(cluster: Cluster, folder: Path) -> bool:
    if not folder.is_dir() or len(os.fsencode(folder)) + 14 > _SOCKET_PATH_LIMIT:
        return False
    status = folder.stat()
    return status.st_uid == cluster.account.uid and status.st_mode & 0o777 == 0o700


def _write_owned(cluster: Cluster, path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    _give(cluster, path)


def _give(cluster: Cluster, path: Path) -> None:
    if cluster.account.is_foreign:
        os.chown(path, cluster.account.uid, cluster.account.gid)


def _environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **passed_on}


def _run(cluster: Cluster, argv: Sequence[str], text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program to its end as the account of the server."""
    return subprocess.run(  # noqa: S603
        argv,
        input=text,
        capture_output=True,
        text=True,
        cwd="/",
        env=_environment(),
        umask=0o077,
        user=cluster.account.uid if cluster.account.is_foreign else None,
        group=cluster.account.gid if cluster.account.is_foreign else None,
        extra_groups=[] if cluster.account.is_foreign else None,
    )
