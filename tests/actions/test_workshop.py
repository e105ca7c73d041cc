"""The workshop with real processes: results, refusals, limits, deaths."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import saxonche

from kontorhaus.kernel.errors import Conflict, Refusal
from kontorhaus.runtime.workshop import Limits, Workshop, WorkshopFailure

MIB = 1024**2
HELD: list[bytes] = []


def double(number: int) -> int:
    return 2 * number


def process_id() -> int:
    return os.getpid()


def sleep(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def refuse() -> None:
    raise Conflict("period_locked", "March 2026 is locked.", period="2026-03")


def fail() -> None:
    raise ZeroDivisionError("a mistake of ours")


def allocate(size: int) -> int:
    return len(bytearray(size))


def hold(size: int) -> int:
    HELD.append(b"x" * size)
    return os.getpid()


def burn() -> None:
    while True:
        pass


def work_for(cpu_seconds: float) -> int:
    end = time.process_time() + cpu_seconds
    while time.process_time() < end:
        pass
    return os.getpid()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupted() -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "still here"


def on_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def transform() -> str:
    processor = saxonche.PySaxonProcessor(license=False)
    query = processor.new_xquery_processor()
    query.set_query_content("<sum>{sum(1 to 10)}</sum>")
    return str(query.run_query_to_string())


def reason(workshop: Workshop, function: object, *arguments: object, seconds: float = 20) -> str:
    with pytest.raises(WorkshopFailure) as caught:
        workshop.run(function, *arguments, timeout_seconds=seconds)  # type: ignore[arg-type]
    return caught.value.reason


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture(scope="module")
def shared() -> Iterator[Workshop]:
    workshop = Workshop(1, memory_bytes=512 * MIB)
    yield workshop
    workshop.close()


def test_a_task_runs_in_another_process_on_its_main_thread(shared: Workshop) -> None:
    assert shared.run(double, 21, timeout_seconds=20) == 42
    assert shared.run(process_id, timeout_seconds=20) != os.getpid()
    assert shared.run(on_main_thread, timeout_seconds=20)


def test_the_process_stays_from_task_to_task(shared: Workshop) -> None:
    pids = {shared.run(process_id, timeout_seconds=20) for _ in range(5)}
    assert len(pids) == 1


def test_a_refusal_arrives_as_itself(shared: Workshop) -> None:
    with pytest.raises(Conflict) as caught:
        shared.run(refuse, timeout_seconds=20)
    assert caught.value.code == "period_locked"
    assert caught.value.message == "March 2026 is locked."
    assert caught.value.details == {"period": "2026-03"}


@pytest.mark.parametrize("kind", Refusal.__subclasses__())
def test_every_refusal_survives_pickling(kind: type[Refusal]) -> None:
    copy = pickle.loads(pickle.dumps(kind("a_code", "A sentence.", field="name")))
    assert (type(copy), copy.code, str(copy)) == (kind, "a_code", "A sentence.")
    assert copy.details == {"field": "name"}


def test_a_mistake_brings_its_traceback(shared: Workshop) -> None:
    with pytest.raises(WorkshopFailure, match="ZeroDivisionError: a mistake of ours") as caught:
        shared.run(fail, timeout_seconds=20)
    assert caught.value.reason == "error"


def test_a_task_that_takes_too_long_is_ended_and_the_next_one_runs(shared: Workshop) -> None:
    shared.run(double, 1, timeout_seconds=20)
    began = time.monotonic()
    assert reason(shared, sleep, 30, seconds=0.3) == "timeout"
    assert time.monotonic() - began < 15
    assert shared.run(double, 2, timeout_seconds=20) == 4


def test_a_task_that_takes_too_much_memory_is_refused(shared: Workshop) -> None:
    assert reason(shared, allocate, 600 * MIB) == "memory"
    assert shared.run(allocate, 100 * MIB, timeout_seconds=20) == 100 * MIB


def test_a_task_that_takes_too_much_cpu_is_ended(shared: Workshop) -> None:
    with pytest.raises(WorkshopFailure) as caught:
        shared.run(burn, timeout_seconds=30, cpu_seconds=1)
    assert caught.value.reason == "cpu"


def test_the_cpu_time_of_earlier_tasks_does_not_count(shared: Workshop) -> None:
    pids = {shared.run(work_for, 0.4, timeout_seconds=30, cpu_seconds=1) for _ in range(4)}
    assert len(pids) == 1


def test_a_process_that_dies_is_replaced(shared: Workshop) -> None:
    assert reason(shared, die) == "crash"
    assert shared.run(double, 3, timeout_seconds=20) == 6


def test_a_process_that_dies_while_idle_is_replaced_unseen(shared: Workshop) -> None:
    pid = shared.run(process_id, timeout_seconds=20)
    os.kill(pid, signal.SIGKILL)
    while is_alive(pid):
        time.sleep(0.01)
    assert shared.run(process_id, timeout_seconds=20) != pid


def test_an_interrupt_at_the_terminal_does_not_reach_a_task(shared: Workshop) -> None:
    assert shared.run(interrupted, timeout_seconds=20) == "still here"


def test_the_xslt_processor_works_within_the_limit(shared: Workshop) -> None:
    assert "<sum>55</sum>" in shared.run(transform, timeout_seconds=20)
    assert "<sum>55</sum>" in shared.run(transform, timeout_seconds=20)


def test_a_large_result_arrives_whole(shared: Workshop) -> None:
    assert len(shared.run(bytes, 20 * MIB, timeout_seconds=20)) == 20 * MIB


def test_many_threads_share_few_processes() -> None:
    workshop = Workshop(2)
    with ThreadPoolExecutor(12) as threads:
        pids = list(threads.map(lambda _: workshop.run(sleep, 0.05, timeout_seconds=20), range(24)))
    workshop.close()
    assert len(set(pids)) == 2
    assert not any(is_alive(pid) for pid in pids)


def test_a_process_is_replaced_after_so_many_tasks() -> None:
    workshop = Workshop(1, limits=Limits(keep_tasks=2))
    pids = [workshop.run(process_id, timeout_seconds=20) for _ in range(4)]
    workshop.close()
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_process_that_keeps_too_much_memory_is_replaced() -> None:
    workshop = Workshop(1, limits=Limits(keep_bytes=100 * MIB))
    first = workshop.run(hold, 150 * MIB, timeout_seconds=20)
    second = workshop.run(process_id, timeout_seconds=20)
    workshop.close()
    assert first != second


def test_when_all_are_busy_too_long_the_caller_is_told() -> None:
    workshop = Workshop(1, queue_seconds=0.1)
    with ThreadPoolExecutor(1) as other:
        running = other.submit(lambda: workshop.run(sleep, 2, timeout_seconds=20))
        while not workshop._free.empty():
            time.sleep(0.01)
        assert reason(workshop, process_id) == "busy"
        running.result()
    workshop.close()


def test_warm_processes_have_called_their_function() -> None:
    workshop = Workshop(1)
    workshop.warm(transform)
    assert workshop.run(loaded_processor, timeout_seconds=20)
    workshop.close()


def loaded_processor() -> bool:
    return "saxonche" in sys.modules


def test_a_close_ends_tasks_in_work_and_refuses_new_ones() -> None:
    workshop = Workshop(1)
    with ThreadPoolExecutor(1) as other:
        running = other.submit(reason, workshop, sleep, 60)
        time.sleep(0.5)
        began = time.monotonic()
        workshop.close()
        assert running.result() in ("crash", "closed")
        assert time.monotonic() - began < 15
    assert reason(workshop, process_id) == "closed"
    workshop.close()


PARENT = textwrap.dedent("""
    import os, threading
    from kontorhaus.runtime.workshop import Workshop
    workshop = Workshop(1)
    pids = []
    caller = threading.Thread(
        target=lambda: pids.append(workshop.run(os.getpid, timeout_seconds=20))
    )
    caller.start()
    caller.join()
    pids.append(workshop.run(os.getpid, timeout_seconds=20))
    print(*pids, flush=True)
    {ending}
""")


@pytest.mark.parametrize("ending", ["os.kill(os.getpid(), 9)", "pass"])
def test_processes_outlive_the_thread_that_called_but_not_their_program(ending: str) -> None:
    program = subprocess.run(
        [sys.executable, "-c", PARENT.format(ending=ending)],
        capture_output=True, text=True, timeout=180, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    first, second = (int(pid) for pid in program.stdout.split())
    assert first == second
    deadline = time.monotonic() + 60
    while is_alive(first) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(first)
