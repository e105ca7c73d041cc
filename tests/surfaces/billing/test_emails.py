"""Sending documents by e-mail over HTTP: what goes out, what is marked, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from kontorhaus.runtime import mail
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller
from tests import mail_sink
from tests.mail_sink import Sink
from tests.surfaces.billing.billing_api import PROFILE, Api, invoice

LETTER = {
    "recipient": "einkauf@buecher.example",
    "subject": "Ihre Rechnung für März",
    "message": "Guten Tag,\n\nanbei die Rechnung.\n",
}


def newest_job(resources: Resources) -> int:
    with resources.database.connection() as connection:
        row = connection.execute("select coalesce(max(id), 0) from procrastinate_jobs").fetchone()
    assert row is not None
    return int(row[0])


def deliver(resources: Resources, sink: Sink, *, since: int) -> None:
    """Deliver every mail that was asked for since a job, as the worker does."""
    config = from_environment(
        {
            "KONTORHAUS_HOME": str(resources.config.home),
            "KONTORHAUS_SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
            "KONTORHAUS_MAIL_FROM": "Kontorhaus <post@kontorhaus.example>",
        }
    )
    with resources.database.connection() as connection:
        jobs = connection.execute(
            "select args from procrastinate_jobs where task_name = 'runtime.mail'"
            " and id > %(since)s order by id",
            {"since": since},
        ).fetchall()
    for (args,) in jobs:
        caller = Caller(args["tenant_id"], SYSTEM, args["time_zone"])
        mail.deliver(
            replace(resources, config=config), caller, mail_id=args["arguments"]["mail_id"]
        )


def test_an_invoice_goes_out_with_its_pdf_and_is_marked_as_sent(
    api: Api, resources: Resources
) -> None:
    document = invoice(api, finalized=True)
    path = f"/documents/{document['id']}"
    with mail_sink.running() as sink:
        since = newest_job(resources)
        sent = api.ok("POST", f"{path}/email", LETTER)
        assert sent["markedAsSent"] is True
        assert sent["replyTo"] == "rechnung@nordlicht.example"
        assert sent["emailLimitPerDay"] == 500
        (row,) = api.ok("GET", f"{path}/emails")["results"]
        assert (row["state"], row["attempts"], row["isCopy"]) == ("queued", 0, False)
        deliver(resources, sink, since=since)
        came = sink.next()
    assert came["Message-ID"] == sent["messageId"]
    assert came["Subject"] == LETTER["subject"]
    assert (came["To"], came["Reply-To"]) == (LETTER["recipient"], sent["replyTo"])
    assert came["From"] == "Nordlicht Hosting GmbH <post@kontorhaus.example>"
    (part,) = came.iter_attachments()
    assert part.get_filename() == f"{document['number']}.pdf"
    assert part.get_content() == api("GET", f"{path}/pdf").content
    (row,) = api.ok("GET", f"{path}/emails")["results"]
    assert (row["state"], row["attempts"], row["messageId"]) == ("sent", 1, sent["messageId"])
    shown = api.ok("GET", path)
    assert shown["sent"] is True
    assert shown["sentDate"]
    assert api.ok("POST", f"{path}/send", LETTER)["markedAsSent"] is False


def test_an_xrechnung_goes_out_as_xml_with_a_readable_pdf_and_a_copy(
    api: Api, resources: Resources
) -> None:
    document = invoice(api, finalized=True, exportType="xrechnung")
    with mail_sink.running() as sink:
        since = newest_job(resources)
        api.ok("POST", f"/documents/{document['id']}/email", {**LETTER, "sendCopy": True})
        deliver(resources, sink, since=since)
        came = {mail["X-Envelope-To"]: mail for mail in (sink.next(), sink.next())}
    assert set(came) == {"einkauf@buecher.example", "rechnung@nordlicht.example"}
    for letter in came.values():
        assert (letter["To"], letter["Bcc"], letter["Cc"]) == (LETTER["recipient"], None, None)
        assert [part.get_content_type() for part in letter.iter_attachments()] == [
            "application/xml",
            "application/pdf",
        ]
    rows = api.ok("GET", f"/documents/{document['id']}/emails")["results"]
    assert sorted((row["isCopy"], row["recipient"]) for row in rows) == [
        (False, "einkauf@buecher.example"),
        (True, "rechnung@nordlicht.example"),
    ]


def test_mails_go_out_as_the_settings_say(api: Api, resources: Resources) -> None:
    names = {
        "senderName": "Nordlicht Rechnungsstelle",
        "replyTo": "fragen@nordlicht.example",
        "copyTo": "ablage@nordlicht.example",
    }
    api.ok("PATCH", "/settings", {"email": names})
    document = invoice(api, finalized=True)
    with mail_sink.running() as sink:
        since = newest_job(resources)
        sent = api.ok("POST", f"/documents/{document['id']}/email", {**LETTER, "sendCopy": True})
        assert sent["replyTo"] == "fragen@nordlicht.example"
        deliver(resources, sink, since=since)
        came = {mail["X-Envelope-To"]: mail for mail in (sink.next(), sink.next())}
    assert set(came) == {LETTER["recipient"], "ablage@nordlicht.example"}
    for letter in came.values():
        assert letter["From"] == "Nordlicht Rechnungsstelle <post@kontorhaus.example>"
        assert letter["Reply-To"] == "fragen@nordlicht.example"


def test_a_draft_can_be_sent_and_deleted_afterwards(api: Api) -> None:
    document = invoice(api)
    assert api.ok("POST", f"/documents/{document['id']}/email", LETTER)["markedAsSent"] is True
    api.ok("DELETE", f"/documents/{document['id']}", status=204)


def test_a_cancelled_invoice_is_sent_with_its_cancellation_and_keeps_its_marks(api: Api) -> None:
    document = invoice(api, finalized=True)
    path = f"/documents/{document['id']}"
    api.ok("POST", f"{path}/cancel", {})
    assert api.ok("POST", f"{path}/email", LETTER)["markedAsSent"] is False
    assert api.ok("GET", path)["sent"] is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "einkauf@buecher.example\r\nBcc: chef@example.org"),
        ("recipient", "einkauf@buecher.example, chef@example.org"),
        ("recipient", "Chef <chef@example.org>"),
        ("recipient", "jörg@buecher.example"),
        ("recipient", "buecher.example"),
        ("recipient", 7),
        ("subject", ""),
        ("subject", "x" * 201),
        ("subject", "Rechnung\r\nBcc: chef@example.org"),
        ("message", ""),
        ("message", "x" * 10_001),
        ("sendCopy", "ja"),
        ("cc", "chef@example.org"),
    ],
)
def test_a_mail_with_a_wrong_field_is_refused(api: Api, field: str, value: Any) -> None:
    document = invoice(api)
    refused = api("POST", f"/documents/{document['id']}/email", {**LETTER, field: value})
    assert refused.status_code == 400
    assert field in refused.json()["error"]
    assert api.ok("GET", f"/documents/{document['id']}/emails")["results"] == []


def test_a_company_without_an_address_is_told_to_enter_one(tenant: Callable[..., Api]) -> None:
    api = tenant(replace(PROFILE, email=""))
    document = invoice(api)
    refused = api("POST", f"/documents/{document['id']}/email", LETTER)
    assert refused.status_code == 400
    assert "company.contactInfo.email" in refused.json()["error"]


def test_only_who_may_send_mails_sends_them(tenant: Callable[..., Api]) -> None:
    api = tenant(scopes=("documents:read", "documents:write"))
    path = f"/documents/{invoice(api)['id']}"
    assert api("POST", f"{path}/email", LETTER).status_code == 403
    assert api.ok("GET", f"{path}/emails")["results"] == []
    assert api("POST", "/documents/AbCdEf1234/email", LETTER).status_code == 403


def test_an_unknown_document_is_not_sent(api: Api) -> None:
    assert api("POST", "/documents/AbCdEf1234/email", LETTER).status_code == 404
    assert api("GET", "/documents/AbCdEf1234/emails").status_code == 404


def test_a_mail_is_sent_once_for_each_key(api: Api) -> None:
    path = f"/documents/{invoice(api)['id']}"
    headers = {"Idempotency-Key": "einmal"}
    first = api.ok("POST", f"{path}/email", LETTER, headers=headers)
    assert api.ok("POST", f"{path}/email", LETTER, headers=headers) == first
    assert len(api.ok("GET", f"{path}/emails")["results"]) == 1


def test_a_day_has_so_many_mails_and_not_one_more(api: Api, resources: Resources) -> None:
    path = f"/documents/{invoice(api, finalized=True)['id']}"
    api("GET", f"{path}/pdf")
    limited = cast(Any, resources.config)
    assert limited.email_limit == 500
    object.__setattr__(limited, "email_limit", 3)
    try:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: api("POST", f"{path}/email", LETTER), range(8)))
    finally:
        object.__setattr__(limited, "email_limit", 500)
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 5
    assert len(api.ok("GET", f"{path}/emails")["results"]) == 3
    refused = next(answer for answer in answers if answer.status_code == 429)
    now = datetime.now(ZoneInfo("Europe/Berlin"))
    left = int(refused.headers["Retry-After"])
    assert 0 < left <= 25 * 3600
    assert abs((24 - now.hour) * 3600 - now.minute * 60 - now.second - left) <= 3700
    assert {"error", "message"} == set(refused.json())
