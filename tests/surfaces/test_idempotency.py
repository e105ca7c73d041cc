"""The same request again, and changes of what was read, over real HTTP."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import httpx
import pytest

from kontorhaus.runtime.work import begin
from tests.surfaces import small_surface
from tests.surfaces.small_house import House

PHONE = f"/small/phones/{UUID(int=1)}"
NOTE = {"text": "Notiz"}


def keyed(client: httpx.Client, path: str, key: str, body: object = NOTE) -> httpx.Response:
    """A POST with an Idempotency-Key."""
    return client.post(f"/small/{path}", json=body, headers={"Idempotency-Key": key})


def test_the_same_key_gives_the_first_answer_again(house: House, client: httpx.Client) -> None:
    first, second = keyed(client, "notes", "k"), keyed(client, "notes", "k")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert house.notes() == 1


def test_32_at_once_have_one_effect(house: House, client: httpx.Client) -> None:
    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(lambda _: keyed(client, "notes", "k"), range(32)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert house.notes() == 1


def test_a_twin_waits_for_the_first_and_for_two_seconds_only(
    house: House, client: httpx.Client
) -> None:
    def both(milliseconds: int) -> tuple[int, int]:
        body = {"text": "x", "pause_milliseconds": milliseconds}
        with ThreadPoolExecutor(2) as threads:
            first = threads.submit(keyed, client, "notes", f"k{milliseconds}", body)
            time.sleep(0.2)
            twin = keyed(client, "notes", f"k{milliseconds}", body)
            return first.result().status_code, twin.status_code

    assert both(700) == (201, 201)
    assert both(3200) == (201, 409)
    assert house.notes() == 2


def test_a_key_belongs_to_one_operation_one_body_and_one_credential(
    house: House, client: httpx.Client
) -> None:
    assert keyed(client, "notes", "k").status_code == 201
    assert keyed(client, "notes", "k", {"text": "other"}).status_code == 422
    assert keyed(client, "copies", "k").status_code == 422
    with house.client(house.key().token) as other:
        answer = keyed(other, "notes", "k")
    assert (answer.status_code, answer.headers.get("Idempotency-Replayed")) == (201, None)
    assert house.notes() == 2


def test_a_refusal_leaves_the_key_free(house: House, client: httpx.Client) -> None:
    assert keyed(client, "notes", "k", {"text": "refuse"}).status_code == 409
    assert keyed(client, "notes", "k", {"text": "good"}).status_code == 201
    assert house.notes() == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_what_is_no_key_is_refused(house: House, client: httpx.Client, key: str) -> None:
    assert keyed(client, "notes", key).status_code == 400
    assert house.notes() == 0


def test_what_is_checked_before_the_transaction_does_not_spoil_a_replay(
    house: House, client: httpx.Client
) -> None:
    first, second = keyed(client, "only-one", "k"), keyed(client, "only-one", "k")
    assert (first.status_code, second.content) == (200, first.content)
    assert keyed(client, "only-one", "other").status_code == 409


def test_a_large_answer_is_kept_as_its_hash(client: httpx.Client) -> None:
    first, second = keyed(client, "large", "k").json(), keyed(client, "large", "k").json()
    assert len(first["text"]) == 70_000
    assert (second["id"], len(second["sha256"])) == (first["id"], 64)


def test_a_secret_is_shown_once(house: House, client: httpx.Client) -> None:
    first, second = keyed(client, "keys", "k"), keyed(client, "keys", "k")
    assert first.json() == {"id": 1, "secret": "s3cr3t"}
    assert (second.status_code, second.json()) == (201, {"id": 1})
    with begin(house.resources.database, house.caller) as work:
        rows = work.connection.execute("select body from idempotency_key").fetchall()
    assert "s3cr3t" not in str(rows)


def test_operations_that_hand_out_tokens_take_no_key(house: House, client: httpx.Client) -> None:
    for _ in range(2):
        assert "Idempotency-Replayed" not in keyed(client, "tokens", "k").headers
    assert house.notes() == 2


def test_the_same_file_again_is_the_same_request(house: House, client: httpx.Client) -> None:
    def send(content: bytes) -> httpx.Response:
        return client.post(
            "/small/files", files={"file": ("a.xml", content)}, headers={"Idempotency-Key": "k"}
        )

    assert send(b"<a/>").content == send(b"<a/>").content
    assert send(b"<b/>").status_code == 422
    assert house.notes() == 1


def test_what_the_database_asks_to_repeat_is_repeated(client: httpx.Client) -> None:
    small_surface.attempts.clear()
    assert client.post("/small/again").json() == {"attempts": 3}


# --- changes of what was read


def test_a_change_of_what_has_changed_is_refused(client: httpx.Client) -> None:
    etag = client.get(PHONE).headers["ETag"]
    for status in (200, 412):
        answer = client.patch(PHONE, json={"phone": "1"}, headers={"If-Match": etag})
        assert answer.status_code == status
    assert client.patch(PHONE, json={"phone": "2"}).status_code == 200
    assert client.patch(PHONE, json={"phone": "3"}, headers={"If-Match": "*"}).status_code == 200


def test_of_two_who_change_at_once_one_is_told(client: httpx.Client) -> None:
    def change(number: int) -> int:
        headers = {"If-Match": etag}
        return client.patch(PHONE, json={"phone": f"n{number}"}, headers=headers).status_code

    with ThreadPoolExecutor(2) as threads:
        for turn in range(15):
            etag = client.get(PHONE).headers["ETag"]
            assert sorted(threads.map(change, (2 * turn, 2 * turn + 1))) == [200, 412]
