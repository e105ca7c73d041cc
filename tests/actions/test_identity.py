"""Organizations, people and keys on real PostgreSQL."""

from __future__ import annotations

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from kontorhaus.identity import actions as identity
from kontorhaus.identity import queries
from kontorhaus.identity.keys import actions as keys
from kontorhaus.identity.model import ApiKey, Founded, Profile, TaxNumber, TenantSettings
from kontorhaus.identity.sessions import actions as sessions
from kontorhaus.identity.sessions import entry
from kontorhaus.kernel.errors import Conflict, Invalid, NotFound
from kontorhaus.kernel.ids import PartyId, UserId
from kontorhaus.ledger import founding
from kontorhaus.runtime import secret as secrets
from kontorhaus.runtime.database import Database
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.secret import Secret
from kontorhaus.runtime.work import SYSTEM, Caller, Work, begin

PASSWORD = "korrekt Pferd Batterie"


def a_key(work: Work, secret: Secret, owner: UserId, name: str = "shop") -> tuple[ApiKey, str]:
    issued = identity.create_api_key(
        work, secret=secret, surface="books", name=name, created_by=owner
    )
    return issued.key, issued.token


# --- organizations


def test_an_organization_has_a_test_and_a_live_tenant_with_settings(
    database: Database, founded: Founded
) -> None:
    assert set(founded.tenants) == {"TEST", "LIVE"}
    for environment, tenant_id in founded.tenants.items():
        with begin(database, Caller(tenant_id, SYSTEM, "Europe/Berlin")) as work:
            assert queries.environment(work) == environment
            assert queries.settings(work).chart == "SKR04"


def test_a_profile_comes_back_as_it_was_given(
    database: Database, new_organization: Callable[..., Founded]
) -> None:
    profile = Profile(
        name="Süd & Söhne GmbH",
        display_name="Süd",
        tax_numbers=(TaxNumber("USt-IdNr.", "DE1"),),
        vat_rates=(Decimal("19"), Decimal("7")),
        vat_default=Decimal("7"),
        small_trader=True,
    )
    founded = new_organization(profile)
    with begin(database, Caller(founded.tenants["TEST"], SYSTEM, "Europe/Berlin")) as work:
        assert queries.profile(work) == profile


def test_both_tenants_share_the_profile_and_not_the_settings(
    database: Database, founded: Founded
) -> None:
    first, second = (Caller(t, SYSTEM, "Europe/Berlin") for t in founded.tenants.values())
    with begin(database, first) as work:
        identity.change_profile(work, changes={"phone": "+49 1"})
        identity.change_settings(work, changes={"vat_method": "ist"})
    with begin(database, second) as work:
        assert queries.profile(work).phone == "+49 1"
        assert queries.settings(work).vat_method == "soll"


def test_an_unknown_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(Invalid):
        founding.found(database, profile=Profile(name="X", time_zone="Europe/Atlantis"))


def test_a_wrong_setting_changes_nothing(work: Work) -> None:
    before = queries.settings(work)
    with pytest.raises(Invalid):
        identity.change_settings(work, changes={"fiscal_year_start_month": 0})
    assert queries.settings(work) == before


def test_settings_of_another_tenant_are_not_there(
    database: Database, founded: Founded, live: Caller
) -> None:
    with begin(database, live) as work:
        found = work.connection.execute("select tenant_id from tenant_settings").fetchall()
    assert found == [(founded.tenants["LIVE"],)]


def test_the_settings_of_a_new_organization_can_be_given(
    database: Database, new_organization: Callable[..., Founded]
) -> None:
    wanted = replace(TenantSettings(), chart="SKR03", number_formats={"invoice": "R{number}"})
    founded = new_organization(settings=wanted)
    with begin(database, Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")) as work:
        assert queries.settings(work) == wanted


# --- people


def test_a_person_joins_an_organization_once(
    database: Database, live: Caller, owner: UserId, email: str
) -> None:
    with pytest.raises(Conflict) as refusal, begin(database, live) as work:
        identity.create_user(work, email=email.upper(), role="member")
    assert refusal.value.code == "already_member"


def test_a_person_may_belong_to_two_organizations(
    database: Database, new_organization: Callable[..., Founded], owner: UserId, email: str
) -> None:
    other = Caller(new_organization().tenants["LIVE"], SYSTEM, "Europe/Berlin")
    with begin(database, other) as work:
        assert identity.create_user(work, email=email, role="adviser") == owner
    places = sessions.places_of(database, user_id=owner)
    assert [(place.environment, place.role) for place in places] == [
        ("LIVE", "owner"),
        ("LIVE", "adviser"),
        ("TEST", "owner"),
        ("TEST", "adviser"),
    ]


# --- keys


def test_a_key_stands_for_its_tenant(
    database: Database, live: Caller, founded: Founded, owner: UserId, secret: Secret
) -> None:
    with begin(database, live) as work:
        key, token = a_key(work, secret, owner)
    found = identity.authenticate(database, secret=secret, surface="books", token=token)
    assert found is not None
    assert (found.tenant_id, found.environment) == (founded.tenants["LIVE"], "LIVE")
    assert found.may("journal:write")
    assert (found.actor.kind, found.actor.id, found.actor.user_id) == ("api_key", key.id, owner)
    assert token.startswith("ll_")
    assert found.actor.key_prefix == key.prefix == token[:12]


def test_no_other_text_opens_anything(
    database: Database, live: Caller, owner: UserId, secret: Secret, tmp_path: Path
) -> None:
    with begin(database, live) as work:
        _, token = a_key(work, secret, owner)
    for wrong in ("", "ll_", token[:-1], token + "0", token.upper(), token[3:], f"{token}\0"):
        assert (
            identity.authenticate(database, secret=secret, surface="books", token=wrong) is None
        ), wrong
    assert identity.authenticate(database, secret=secret, surface="billing", token=token) is None
    assert (
        identity.authenticate(database, secret=secrets.of(tmp_path), surface="books", token=token)
        is None
    )


def test_a_disabled_key_stops_at_once_and_can_be_enabled_again(
    database: Database, live: Caller, owner: UserId, secret: Secret
) -> None:
    def opens() -> bool:
        return (
            identity.authenticate(database, secret=secret, surface="books", token=token) is not None
        )

    with begin(database, live) as work:
        key, token = a_key(work, secret, owner)
    for is_enabled in (False, True):
        with begin(database, live) as work:
            keys.switch(work, key_id=key.id, is_enabled=is_enabled)
        assert opens() is is_enabled


def test_a_key_of_another_tenant_cannot_be_disabled(
    database: Database, live: Caller, founded: Founded, owner: UserId, secret: Secret
) -> None:
    with begin(database, live) as work:
        key, _ = a_key(work, secret, owner)
    test = Caller(founded.tenants["TEST"], SYSTEM, "Europe/Berlin")
    with pytest.raises(NotFound), begin(database, test) as work:
        keys.switch(work, key_id=key.id, is_enabled=False)


def test_the_key_of_somebody_who_left_opens_nothing(
    database: Database, live: Caller, owner: UserId, secret: Secret, superuser_conninfo: str
) -> None:
    with begin(database, live) as work:
        _, token = a_key(work, secret, owner)
    with psycopg.connect(superuser_conninfo) as connection:
        connection.execute("delete from kontorhaus.membership where user_id = %s", (owner,))
    assert identity.authenticate(database, secret=secret, surface="books", token=token) is None


def test_a_key_is_limited_to_what_its_maker_may(
    database: Database, live: Caller, email: str, secret: Secret
) -> None:
    with begin(database, live) as work:
        auditor = identity.create_user(work, email=f"x{email}", role="auditor")
        _, token = a_key(work, secret, auditor)
    found = identity.authenticate(database, secret=secret, surface="books", token=token)
    assert found is not None
    assert found.may("journal:read")
    assert not found.may("journal:write")


def test_the_name_of_a_key_is_taken_once(
    database: Database, live: Caller, owner: UserId, secret: Secret
) -> None:
    with begin(database, live) as work:
        a_key(work, secret, owner)
        with pytest.raises(Conflict):
            a_key(work, secret, owner)


def test_a_management_key_needs_both_halves(
    database: Database, live: Caller, owner: UserId, secret: Secret
) -> None:
    with begin(database, live) as work:
        issued = identity.create_api_key(
            work, secret=secret, surface="management", name="partner", created_by=owner
        )
    assert issued.public_id is not None
    assert identity.authenticate_pair(
        database, secret=secret, public_id=issued.public_id, token=issued.token
    )
    assert (
        identity.authenticate_pair(
            database, secret=secret, public_id="khi_other", token=issued.token
        )
        is None
    )


def test_a_portal_token_belongs_to_one_customer(
    database: Database, live: Caller, owner: UserId, secret: Secret
) -> None:
    party_id = PartyId(uuid7())
    with begin(database, live) as work:
        issued = identity.create_api_key(
            work,
            secret=secret,
            surface="portal",
            name="Kunde 1",
            scopes=("access_invoices",),
            created_by=owner,
            party_id=party_id,
        )
    found = identity.authenticate(database, secret=secret, surface="portal", token=issued.token)
    assert found is not None
    assert (found.party_id, found.scopes) == (party_id, {"access_invoices"})


def test_neither_tokens_nor_passwords_are_stored(
    database: Database,
    live: Caller,
    owner: UserId,
    secret: Secret,
    email: str,
    superuser_conninfo: str,
) -> None:
    with begin(database, live) as work:
        _, token = a_key(work, secret, owner)
    session = entry.login(database, secret=secret, surface="web", email=email, password=PASSWORD)
    with psycopg.connect(superuser_conninfo) as connection:
        rows = connection.execute(
            "select to_jsonb(k)::text from kontorhaus.api_key k union all"
            " select to_jsonb(s)::text from kontorhaus.web_session s union all"
            " select to_jsonb(u)::text from kontorhaus.app_user u union all"
            " select to_jsonb(a)::text from kontorhaus.audit a"
        ).fetchall()
    text = "\n".join(row[0] for row in rows)
    assert token not in text
    assert session.token not in text
    assert PASSWORD not in text
    assert "argon2id" in text


def test_the_day_a_key_was_used_is_noted(
    database: Database, live: Caller, owner: UserId, secret: Secret
) -> None:
    with begin(database, live) as work:
        key, token = a_key(work, secret, owner)
        assert queries.api_keys(work)[-1].last_used_date is None
    identity.authenticate(database, secret=secret, surface="books", token=token)
    with begin(database, live) as work:
        found = next(shown for shown in queries.api_keys(work) if shown.id == key.id)
        assert found.last_used_date == work.now.date()


def test_what_was_done_to_keys_stands_in_the_audit_trail(
    database: Database, live: Caller, owner: UserId, secret: Secret
) -> None:
    with begin(database, live) as work:
        key, _ = a_key(work, secret, owner)
        keys.switch(work, key_id=key.id, is_enabled=False)
        rows = work.connection.execute(
            "select action from audit where tenant_id = %s and subject_id = %s order by id",
            (work.tenant_id, str(key.id)),
        ).fetchall()
    assert rows == [("identity.key_created",), ("identity.key_disabled",)]


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: secrets.of.__wrapped__(home), range(16)))
    assert len({found.digest("x", purpose="y") for found in made}) == 1
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["secret"]
    assert made[0].digest("x", purpose="y") != made[0].digest("x", purpose="z")


def test_a_damaged_secret_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(Conflict):
        secrets.of(tmp_path)
