"""A pool of long-lived worker processes with limits, for CPU work and untrusted files."""

from __future__ import annotations

import contextlib
import logging
import math
import multiprocessing
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import IO, TypeVar, TypeVarTuple

from kontorhaus.runtime.workbench import Answer

_log = logging.getLogger(__name__)
_GIB = 1024**3
_START_SECONDS = 60
_END_SECONDS = 5
_WORDS_LENGTH = 2000
# Work is done on one thread: what one library gives back another takes (glibc, some 20 MB less).
_ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
_COMMAND = "from kontorhaus.runtime import workbench; workbench.main()"

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


class WorkshopFailure(Exception):
    """A task came to no end; `reason` is timeout, cpu, memory, crash, error, busy or closed.

    `error` is a mistake of the program (the message ends with the traceback), `busy` that no
    process became free; timeout, cpu, memory and mostly crash say that it was too much work.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process may use; `memory_bytes` counts its writable private memory.

    A process that keeps more than `keep_bytes` resident after a task, or has done `keep_tasks`
    tasks, is replaced.
    """

    memory_bytes: int = 2 * _GIB
    keep_bytes: int = _GIB
    keep_tasks: int = 1000


class Workshop:
    """Up to `processes` processes, each with one task at a time on its main thread.

    `run` may be called from many threads; they wait for a free process, the longest
    `queue_seconds`. Processes start on their first use, or by `warm`, and die with this program.
    """

    def __init__(
        self, processes: int, memory_bytes: int = 2 * _GIB, *,
        limits: Limits | None = None, queue_seconds: float = 60.0,
    ) -> None:  # fmt: skip
        self._limits = limits or Limits(memory_bytes=memory_bytes)
        self._queue_seconds = queue_seconds
        self._closed = False
        self._first_task = _pickled(_nothing)
        # processes die with the thread that started them, hence one that lives as long as they
        self._foreman = ThreadPoolExecutor(1, thread_name_prefix="workshop")
        self._benches = [_Bench(self._limits) for _ in range(processes)]
        self._free: queue.LifoQueue[_Bench] = queue.LifoQueue()
        for bench in self._benches:
            self._free.put(bench)

    def run(
        self,
        function: Callable[[*Arguments], Result],
        *arguments: *Arguments,
        timeout_seconds: float,
        cpu_seconds: int | None = None,
    ) -> Result:
        """The result of an importable function, called in a worker process.

        A Refusal raised there arrives as itself; everything else that goes wrong is a
        WorkshopFailure. `timeout_seconds` begins when a process takes the task, `cpu_seconds`
        (all threads together) is the same number unless given.
        """
        task = _pickled(function, *arguments)
        bench = self._take()
        try:
            self._foreman_starts(bench).result()
            answer = bench.execute(task, timeout_seconds, cpu_seconds or math.ceil(timeout_seconds))
        finally:
            self._give_back(bench)
        if answer.kind == "memory":
            raise WorkshopFailure("memory", f"{_name(function)} needs more memory than it may.")
        content = pickle.loads(answer.content)  # noqa: S301
        if answer.kind == "refusal":
            raise content
        return content  # type: ignore[no-any-return]

    def warm(self, function: Callable[[], object]) -> None:
        """Start the free processes now; each, and each that comes later, calls `function` first.

        Returns at once.
        """
        self._first_task = _pickled(function)
        benches = []
        with contextlib.suppress(queue.Empty):
            while True:
                benches.append(self._free.get_nowait())
        for bench in benches:
            self._foreman_starts(bench)
            self._free.put(bench)

    def close(self) -> None:
        """End all processes; tasks in work end in a WorkshopFailure."""
        if self._closed:
            return
        self._closed = True
        self._foreman.submit(self._kill_all).result()
        benches = [self._free.get() for _ in self._benches]
        for bench in benches:
            self._foreman.submit(bench.clear)
            self._free.put(bench)
        self._foreman.shutdown()

    def _kill_all(self) -> None:
        for bench in self._benches:
            bench.kill()

    def _take(self) -> _Bench:
        try:
            bench = self._free.get(timeout=self._queue_seconds)
        except queue.Empty:
            raise WorkshopFailure("busy", "All worker processes are busy.") from None
        if self._closed:
            self._free.put(bench)
            raise WorkshopFailure("closed", "The workshop is closed.")
        return bench

    def _give_back(self, bench: _Bench) -> None:
        if bench.is_worn:
            _log.debug("a worker process is replaced")
            bench.kill()
            self._foreman_starts(bench)
        self._free.put(bench)

    def _foreman_starts(self, bench: _Bench) -> Future[None]:
        """Let the foreman see to it that the bench has a process (only while nobody uses it)."""
        return self._foreman.submit(self._start, bench)

    def _start(self, bench: _Bench) -> None:
        if not self._closed:
            bench.start(self._first_task)


class _Bench:
    """The place of one process.

    `start` and `clear` belong to the foreman, `execute` to the thread that took the bench.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._words: IO[bytes] | None = None
        self._is_ready = False
        self._tasks = 0
        self._used = 0

    @property
    def is_worn(self) -> bool:
        return self._used > self._limits.keep_bytes or self._tasks >= self._limits.keep_tasks

    def start(self, first_task: bytes) -> None:
        """Start a process unless one lives; it begins with `first_task` while nobody waits."""
        if self._process is not None and self._process.poll() is None:
            return
        self.clear()
        ours, theirs = multiprocessing.Pipe()
        self._connection = ours
        self._words = tempfile.TemporaryFile()  # noqa: SIM115
        arguments = (theirs.fileno(), self._limits.memory_bytes, os.getpid())
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-c", _COMMAND, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=self._words,
            stderr=self._words,
            pass_fds=(theirs.fileno(),),
            env={**os.environ, **_ONE_HEAP, "PYTHONPATH": _search_path()},
        )
        theirs.close()
        with contextlib.suppress(OSError):  # the task that follows will see that it is dead
            ours.send((first_task, _START_SECONDS))

    def execute(self, task: bytes, timeout_seconds: float, cpu_seconds: int) -> Answer:
        """The answer to a task; a process that does not give one is killed."""
        if not self._is_ready:
            self._receive(_START_SECONDS)
            self._is_ready = True
        if self._connection is None:
            raise WorkshopFailure("closed", "The workshop is closed.")
        try:
            self._connection.send((task, cpu_seconds))
        except OSError:
            raise self._crash() from None
        answer = self._receive(timeout_seconds)
        self._tasks += 1
        self._used = answer.used
        if answer.kind == "memory":
            self.kill()
        return answer

    def kill(self) -> None:
        """End the process, whatever it does."""
        process = self._process
        if process is not None:
            process.kill()
            process.wait()

    def clear(self) -> None:
        """End the process and forget it."""
        self.kill()
        if self._connection is not None:
            self._connection.close()
        if self._words is not None:
            self._words.close()
        self._process = self._connection = self._words = None
        self._is_ready = False
        self._tasks = self._used = 0

    def _receive(self, timeout_seconds: float) -> Answer:
        if self._connection is None:
            raise WorkshopFailure("closed", "The workshop is closed.")
        try:
            if not self._connection.poll(timeout_seconds):
                self.kill()
                raise WorkshopFailure("timeout", f"It took longer than {timeout_seconds:g} s.")
            answer: Answer = self._connection.recv()
        except (EOFError, OSError):
            raise self._crash() from None
        return answer

    def _crash(self) -> WorkshopFailure:
        """Why the process ended, by its exit status and its last words."""
        assert self._process is not None
        assert self._words is not None
        try:
            status = self._process.wait(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            status = -signal.SIGKILL
        self._words.seek(max(0, self._words.seek(0, os.SEEK_END) - _WORDS_LENGTH))
        last_words = self._words.read().decode(errors="replace").strip()
        if status == -signal.SIGXCPU:
            return WorkshopFailure("cpu", "It used more CPU time than it may.")
        reason = "error" if status == 1 else "crash"
        return WorkshopFailure(reason, f"The process ended ({status}). {last_words}")


def _nothing() -> None:
    return None


def _search_path() -> str:
    """Where this program finds its modules; the empty entry means the working folder."""
    return os.pathsep.join(entry or os.getcwd() for entry in sys.path)


def _pickled(function: Callable[..., object], *arguments: object) -> bytes:
    return pickle.dumps((function, arguments))


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
