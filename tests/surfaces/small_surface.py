"""A small API that shows every convention; its one object is the phone number of the company."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries
from kontorhaus.kernel.errors import Conflict, Denied, Invalid, NotFound
from kontorhaus.runtime.work import Work
from kontorhaus.surfaces.conventions import fields
from kontorhaus.surfaces.conventions.answers import Answer, Binary
from kontorhaus.surfaces.conventions.call import Call, Visit
from kontorhaus.surfaces.conventions.errors import Fault
from kontorhaus.surfaces.conventions.operation import Upload
from kontorhaus.surfaces.conventions.surface import Surface


class Problem(fields.Out):
    """How this surface says no."""

    code: str
    message: str
    details: dict[str, object]


class _Shape:
    schema = Problem
    invalid_status = 400
    statuses: Mapping[str, int] = {"closed": 423}

    def body(self, fault: Fault) -> object:
        return {"code": fault.code, "message": fault.message, "details": dict(fault.details)}


class NoteInput(fields.In):
    """A note to write."""

    text: Annotated[str, fields.text(1, 100)]
    pause_milliseconds: Annotated[int, fields.whole(0, 5000)] = 0


class Note(fields.Out):
    """A written note and how many there are."""

    id: UUID
    text: str
    count: int


class Phone(fields.Out):
    """The phone number of the company."""

    phone: str


class PhoneInput(fields.In):
    """A new phone number."""

    phone: Annotated[str, fields.text(1, 40)]


class PageQuery(fields.Query):
    """A page of notes."""

    limit: Annotated[int, fields.whole(1, 10)] = 5


class FormQuery(fields.Query):
    """What comes with a file."""

    year: Annotated[int, fields.whole(2000, 2100)] | None = None


small = Surface(
    name="books", base="/small", title="Small", shape=_Shape(), json_limit=4096, file_limit=8192
)
attempts: list[int] = []


def notes_written(work: Work) -> int:
    """How many notes the tenant has."""
    row = work.connection.execute(
        "select count(*) from audit where tenant_id = %s and action = 'small.note'",
        (work.tenant_id,),
    ).fetchone()
    assert row is not None
    return int(row[0])


def write_note(work: Work, text: str) -> Note:
    """A note is a row of the audit trail."""
    note_id = work.new_id()
    work.record("small.note", subject="note", subject_id=note_id, details={"text": text})
    return Note(id=note_id, text=text, count=notes_written(work))


@small.get("/notes", scope="journal:read", refusals=(400,), answer=list[Note])
def list_notes(work: Work, query: PageQuery) -> Answer:
    """List notes."""
    return Answer.listing([query.limit], total=notes_written(work))


@small.post("/notes", scope="journal:write", status=201, refusals=(400, 409), answer=Note)
def post_note(work: Work, body: NoteInput) -> Note:
    """Write a note."""
    note = write_note(work, body.text)
    time.sleep(body.pause_milliseconds / 1000)
    if body.text == "refuse":
        raise Conflict("refused", "No.", note=str(note.id))
    return note


@small.post("/copies", scope="journal:write", status=201, answer=Note)
def post_copy(work: Work, body: NoteInput) -> Note:
    """Write a note by another operation."""
    return write_note(work, body.text)


@small.post("/only-one", scope="journal:write", answer=Note)
def post_only_one(call: Call, body: NoteInput) -> object:
    """Write the first note, looking before the transaction whether there is one."""
    if call.read(notes_written):
        raise Conflict("not_first", "There is a note already.")
    return call.write(lambda work: write_note(work, body.text))


@small.post("/large", scope="journal:write", answer=Note)
def post_large(work: Work, body: NoteInput) -> dict[str, object]:
    """Write a note with a large answer."""
    return {"id": write_note(work, body.text).id, "text": "x" * 70_000}


@small.post("/keys", scope="config:write", answer=Note)
def post_key(work: Work, body: NoteInput) -> Answer:
    """Hand something out that is shown once."""
    write_note(work, body.text)
    return Answer({"id": 1, "secret": "s3cr3t"}, status=201, stored={"id": 1})


@small.post("/tokens", scope=None, secret=True, answer=Note)
def post_token(work: Work, body: NoteInput) -> Note:
    """Hand out a token; a key is ignored."""
    return write_note(work, body.text)


@small.post("/greetings", public=True, refusals=(400,))
def post_greeting(visit: Visit, body: NoteInput) -> dict[str, object]:
    """Greet anybody."""
    return {"text": body.text, "request_id": visit.request_id}


@small.get("/phones/{id}", scope="config:read", refusals=(404,), answer=Phone)
def get_phone(work: Work, id: UUID) -> Phone:
    """Get the phone number."""
    if id.int != 1:
        raise NotFound("phone", "There is no such number.")
    return Phone(phone=queries.profile(work).phone)


@small.patch("/phones/{id}", scope="config:write", refusals=(400, 404), answer=Phone)
def change_phone(work: Work, id: UUID, body: PhoneInput) -> Phone:
    """Change the phone number."""
    return Phone(phone=identity.change_profile(work, changes={"phone": body.phone}).phone)


@small.delete("/phones/{id}", scope="config:write", status=204)
def delete_phone(work: Work, id: UUID) -> None:
    """Forget the phone number."""
    identity.change_profile(work, changes={"phone": ""})


@small.post("/files", scope="bank:write", status=201)
def post_file(work: Work, upload: Upload, form: FormQuery) -> dict[str, object]:
    """Take a file in."""
    write_note(work, upload.filename)
    return {"name": upload.filename, "size": len(upload.content), "year": form.year}


@small.get("/files/{name}", scope=None, answer=Binary, media_type="text/csv")
def get_file(work: Work, name: str) -> Binary:
    """Give a file out."""
    return Binary(b"a;b", "text/csv", name)


@small.get("/files/newest", scope=None)
def get_newest_file(work: Work) -> dict[str, str]:
    """Say which file is the newest; a fixed word wins over a name."""
    return {"name": "newest"}


@small.get("/closed", scope=None)
def get_closed(work: Work) -> None:
    """Refuse with a status of the surface."""
    raise Denied("closed", "Closed.", reason="inventory")


@small.get("/invalid", scope=None, statuses={"odd": 422})
def get_invalid(work: Work) -> None:
    """Refuse with a status of the operation, naming a field."""
    raise Invalid("odd", "This is odd.", field="lines.0.debit")


@small.get("/old", scope=None, deprecated=date(2026, 1, 1), sunset=date(2027, 1, 1))
def get_old(work: Work) -> dict[str, str]:
    """Answer, for one more year."""
    return {}


@small.get("/broken", scope=None)
def get_broken(work: Work) -> Any:
    """Fail in a way that nobody expected."""
    return work.connection.execute("select secret_column from nowhere")


@small.get("/slow", scope=None)
def get_slow(work: Work) -> None:
    """Ask the database for too much."""
    work.connection.execute("set local statement_timeout = '10ms'")
    work.connection.execute("select pg_sleep(1)")


@small.post("/again", scope=None)
def post_again(work: Work) -> dict[str, int]:
    """Be asked to try again twice."""
    attempts.append(1)
    if len(attempts) < 3:
        work.connection.execute("do $$ begin raise exception using errcode = '40001'; end $$")
    return {"attempts": len(attempts)}
