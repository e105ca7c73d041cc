"""The worker process of the workshop: takes one task at a time, within its limits.

Its arguments are the socket to the parent, the memory in bytes and the parent's process id.
"""

from __future__ import annotations

import ctypes
import math
import os
import pickle
import resource
import signal
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from kontorhaus.kernel.errors import Refusal

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a task: `kind` is result, refusal or memory; `used` is memory in bytes.

    `content` is the pickled result or refusal.
    """

    kind: str
    content: bytes
    used: int


def serve(connection: Connection, memory_bytes: int, parent: int) -> None:
    """Execute tasks on the main thread until the parent closes the connection or dies."""
    _die_with(parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # not RLIMIT_AS: the XSLT processor reserves 33 GB of addresses that it never fills
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    while True:
        try:
            task, cpu_seconds = connection.recv()
        except EOFError:
            return
        _allow_cpu(cpu_seconds)
        connection.send(execute(task))


def execute(task: bytes) -> Answer:
    """Run a pickled (function, arguments).

    An exception that is neither a refusal nor a lack of memory is a mistake of the program: it
    ends this process, whose last words are the traceback.
    """
    try:
        function, arguments = pickle.loads(task)  # noqa: S301
        return _answer("result", pickle.dumps(function(*arguments)))
    except Refusal as refusal:
        return _answer("refusal", pickle.dumps(refusal))
    except MemoryError:
        return _answer("memory", b"")


def _answer(kind: str, content: bytes) -> Answer:
    return Answer(kind=kind, content=content, used=_resident_bytes())


def _resident_bytes() -> int:
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _allow_cpu(seconds: int) -> None:
    """Let this process use so many more seconds of CPU before the kernel ends it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(usage.ru_utime + usage.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def main() -> None:
    handle, memory_bytes, parent = (int(argument) for argument in sys.argv[1:])
    serve(Connection(handle), memory_bytes, parent)
