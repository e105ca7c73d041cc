"""The embedded PostgreSQL with real servers and real kills."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kontorhaus.kernel.errors import Invalid
from kontorhaus.runtime import embedded, postgres_binaries
from kontorhaus.runtime.embedded import EmbeddedServer

AS_ROOT = os.geteuid() == 0
PROJECT = Path(__file__).parents[2]
NOBODY = 65534

PROGRAM = textwrap.dedent("""
    import os, signal, sys, time
    from pathlib import Path
    from kontorhaus.runtime import embedded
    server = embedded.ensure(Path(sys.argv[1]))
    signal.signal(signal.SIGTERM, lambda *_: (server.stop(), os._exit(0)))
    print(server.process_id, server.is_owner, flush=True)
    while True:
        time.sleep(1)
""")

UNPRIVILEGED = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    import psycopg
    from kontorhaus.runtime import embedded
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
    server = embedded.ensure(Path(sys.argv[1]))
    with psycopg.connect(server.conninfo(embedded.SUPERUSER)) as connection:
        connection.execute("create table proof ()")
    server.stop()
    print("served", flush=True)
""")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the unprivileged account of the server can pass, unlike tmp_path of root."""
    folder = Path(tempfile.mkdtemp(prefix="kontorhaus-test-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(place: Path) -> Path:
    return place / "home"


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedServer]:
    server = embedded.ensure(home)
    yield server
    server.stop()


def ask(server: EmbeddedServer, question: str) -> object:
    with psycopg.connect(server.conninfo(embedded.SUPERUSER), autocommit=True) as connection:
        answer = connection.execute(question)
        row = answer.fetchone() if answer.description else None
    return row[0] if row else None


def eventually(server: EmbeddedServer, question: str, seconds: float = 60) -> object:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask(server, question)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def start_program(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(home)], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    )


def story(program: subprocess.Popen[str]) -> tuple[int, bool]:
    """The server's process id and whether the program owns it, once it runs."""
    assert program.stdout is not None
    pid, is_owner = program.stdout.readline().split()
    return int(pid), is_owner == "True"


def running_program(home: Path) -> tuple[subprocess.Popen[str], int, bool]:
    program = start_program(home)
    return program, *story(program)


def end_program(program: subprocess.Popen[str], number: int) -> None:
    program.send_signal(number)
    program.communicate(timeout=60)


def test_the_server_is_durable_and_unreachable_from_the_network(server: EmbeddedServer) -> None:
    expected = {
        "server_encoding": "UTF8",
        "data_checksums": "on",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "listen_addresses": "",
        "max_connections": "200",
        "shared_buffers": "256MB",
        "TimeZone": "UTC",
        "unix_socket_permissions": "0700",
    }
    assert {name: ask(server, f"show {name}") for name in expected} == expected
    assert ask(server, "select current_database()") == embedded.DATABASE
    assert ask(server, "select upper('ä')") == "Ä"


def test_the_socket_lies_in_a_folder_closed_to_others(server: EmbeddedServer) -> None:
    folder = Path(str(psycopg.conninfo.conninfo_to_dict(server.conninfo("anyone"))["host"]))
    assert folder.stat().st_mode & 0o777 == 0o700


def test_tools_for_backup_come_with_the_server(server: EmbeddedServer) -> None:
    for name in ("pg_dump", "pg_restore", "psql"):
        answer = subprocess.run([server.tool(name), "--version"], capture_output=True, text=True)
        assert "PostgreSQL" in answer.stdout


def test_a_second_start_finds_the_first(server: EmbeddedServer, home: Path) -> None:
    program, pid, is_owner = running_program(home)
    end_program(program, signal.SIGTERM)
    assert (pid, is_owner) == (server.process_id, False)
    assert server.is_owner
    assert ask(server, "select 1") == 1


def test_many_starts_at_once_make_one_server(home: Path) -> None:
    programs = [start_program(home) for _ in range(3)]
    stories = [story(program) for program in programs]
    assert len({pid for pid, _ in stories}) == 1
    assert sorted(is_owner for _, is_owner in stories) == [False, False, True]
    guests_first = sorted(zip(programs, stories, strict=True), key=lambda pair: pair[1][1])
    for program, (_, is_owner) in guests_first:
        end_program(program, signal.SIGTERM)
        assert program.returncode == 0, is_owner


def test_a_killed_server_is_started_again_and_keeps_what_was_committed(
    server: EmbeddedServer,
) -> None:
    ask(server, "create table proof (number integer)")
    for number in range(3):
        ask(server, f"insert into proof values ({number}) returning number")
        killed = server.process_id
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        assert eventually(server, "select count(*) from proof") == number + 1
        assert server.failure is None


def test_orphans_of_a_killed_server_are_waited_out(server: EmbeddedServer) -> None:
    with psycopg.connect(server.conninfo(embedded.SUPERUSER), autocommit=True) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # it cannot see that its server died
        assert server.process_id is not None
        os.kill(server.process_id, signal.SIGKILL)
        assert eventually(server, "select 1") == 1
    assert server.failure is None


def test_a_server_whose_program_was_killed_is_adopted(home: Path) -> None:
    program, pid, _ = running_program(home)
    end_program(program, signal.SIGKILL)
    server = embedded.ensure(home)
    assert (server.process_id, server.is_owner) == (pid, True)
    os.kill(pid, signal.SIGKILL)
    assert eventually(server, "select 1") == 1
    server.stop()
    assert server.process_id is None


def test_program_and_server_may_be_killed_together(home: Path) -> None:
    program, pid, _ = running_program(home)
    end_program(program, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    server = embedded.ensure(home)
    assert ask(server, "select 1") == 1
    assert server.process_id != pid
    server.stop()


def test_a_stale_number_that_now_belongs_to_another_process_does_not_hinder(home: Path) -> None:
    program, pid, _ = running_program(home)
    end_program(program, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    stale = home / "database" / "postmaster.pid"
    deadline = time.monotonic() + 60
    while (Path("/proc") / str(pid) / "cwd").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    stale.write_text(stale.read_text().replace(str(pid), str(os.getpid()), 1))
    server = embedded.ensure(home)
    assert ask(server, "select 1") == 1
    server.stop()


def test_a_guest_takes_over_when_the_owner_ends(home: Path) -> None:
    program, pid, _ = running_program(home)
    guest = embedded.ensure(home)
    assert not guest.is_owner
    end_program(program, signal.SIGTERM)
    deadline = time.monotonic() + 60
    while not guest.is_owner and time.monotonic() < deadline:
        time.sleep(0.05)
    assert eventually(guest, "select 1") == 1
    assert guest.process_id != pid
    guest.stop()
    assert guest.process_id is None


def test_a_stop_with_open_connections_takes_less_than_five_seconds(home: Path) -> None:
    server = embedded.ensure(home)
    connection = psycopg.connect(server.conninfo(embedded.SUPERUSER))
    connection.execute("create table unfinished ()")
    began = time.monotonic()
    server.stop()
    server.stop()
    assert time.monotonic() - began < 5
    assert server.process_id is None
    assert not server.is_owner
    connection.close()


def test_a_removed_socket_folder_is_made_again_by_the_next_start(home: Path) -> None:
    program, pid, _ = running_program(home)
    end_program(program, signal.SIGKILL)
    shutil.rmtree(home / "socket")
    server = embedded.ensure(home)
    assert ask(server, "select 1") == 1
    assert server.process_id != pid
    server.stop()


def test_a_home_with_a_long_name_gets_a_short_socket(place: Path) -> None:
    home = place / ("long-" * 12) / ("name-" * 12)
    server = embedded.ensure(home)
    host = str(psycopg.conninfo.conninfo_to_dict(server.conninfo("anyone"))["host"])
    assert ask(server, "select 1") == 1
    server.stop()
    again = embedded.ensure(home)
    assert psycopg.conninfo.conninfo_to_dict(again.conninfo("anyone"))["host"] == host
    again.stop()
    shutil.rmtree(host)


def test_data_of_another_version_are_refused_in_one_sentence(home: Path) -> None:
    embedded.ensure(home).stop()
    (home / "database" / "PG_VERSION").write_text("14\n")
    with pytest.raises(Invalid, match="written by PostgreSQL 14"):
        embedded.ensure(home)


def test_a_configured_folder_without_programs_is_refused(home: Path, place: Path) -> None:
    with pytest.raises(Invalid, match="holds no working PostgreSQL"):
        embedded.ensure(home, binaries=place)


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
def test_a_normal_user_runs_the_server_alone(place: Path) -> None:
    home = place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY, NOBODY)
    answer = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, str(home)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=180,
    )
    assert answer.stdout == "served\n", answer.stderr
    assert (home / "database").stat().st_uid == NOBODY

    server = embedded.ensure(home)
    assert ask(server, "select count(*) from proof") == 0
    server.stop()


@pytest.mark.skipif(not AS_ROOT, reason="only root runs the server as somebody else")
def test_root_runs_the_server_from_programs_below_a_closed_folder(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    installed = postgres_binaries.find().folder
    package = installed.parent.parent
    libraries = package.with_name(package.name + ".libs")
    shutil.copytree(installed.parent, closed / package.name / installed.parent.name)
    shutil.copytree(libraries, closed / libraries.name)

    programs = closed / package.name / installed.parent.name / installed.name
    server = embedded.ensure(place / "home", binaries=programs)
    assert ask(server, "select 1") == 1
    server.stop()
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="only root runs the server as somebody else")
def test_a_home_below_a_closed_folder_is_refused_with_the_remedy(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Invalid, match=f"chmod o\\+x {closed}'"):
        embedded.ensure(closed / "home")
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not (closed / "home" / "database").exists()
