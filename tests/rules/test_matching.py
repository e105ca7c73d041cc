"""Which open items a payment settles."""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta
from uuid import UUID

import pytest

from kontorhaus.banking.matching import purpose
from kontorhaus.banking.matching import rules as matching
from kontorhaus.banking.matching.open_claims import OpenClaims
from kontorhaus.banking.model import Claim, Payment, Suggestion
from kontorhaus.kernel.ids import BankTransactionId, IntentId

ANNA, BEN = "10001", "10002"
ANNA_IBAN = "DE02120300000000202051"


def claim(
    number: int,
    cents: int,
    account: str = ANNA,
    day: date = date(2026, 3, 1),
    name: str = "",
) -> Claim:
    return Claim(
        IntentId(UUID(int=number)),
        account,
        "open_receivable",
        f"RE-2026-{number:06d}",
        cents,
        day,
        day + timedelta(days=14),
        name or {ANNA: "Anna Berg GmbH", BEN: "Ben Tal"}[account],
    )


def payment(
    cents: int, text: str = "", iban: str = "", name: str = "", day: date = date(2026, 3, 14)
) -> Payment:
    return Payment(BankTransactionId(UUID(int=999)), cents, day, text, name, iban)


def best(
    claims: list[Claim], paid: Payment, payers: dict[str, list[str]] | None = None
) -> Suggestion | None:
    found = matching.suggest(OpenClaims(claims, payers or {}), [paid])
    return found[0] if found else None


def numbers(found: Suggestion | None) -> list[int]:
    return [int(one.reference[-6:]) for one in found.claims] if found else []


CLAIMS = [claim(464, 11900), claim(465, 11900, BEN), claim(4640, 11900, BEN), claim(501, 5000)]


@pytest.mark.parametrize(
    "text",
    [
        "RE-2026-000464",
        "Rechnung RE 2026 000464 danke",
        "RE2026000464",
        "RG 464",
        "Re-Nr. 2026/464",
        "re 26-000464",
        "RE-2026- 000 464",
        "Rechnungsnr 000464",
        "Rg. RE-2026-000464 vom 01.03.2026",
        "RE-2026-000464 / Kd-Nr. 10001",
        "464 Webhosting S",
    ],
)
def test_a_number_is_found_however_it_is_written(text: str) -> None:
    found = best(CLAIMS, payment(11900, text))
    assert numbers(found) == [464]
    assert found
    assert "AMOUNT_EXACT" in found.reasons
    assert 0 < found.score <= 1


@pytest.mark.parametrize(
    "text", ["RE-2026-000446", "RE-2026-00464", "RE-2026-0004644", "RE-2026-000494", "RE-2026-0004"]
)
def test_a_mistyped_or_cut_number_is_found_by_the_amount_and_the_payer(text: str) -> None:
    found = best(CLAIMS, payment(11900, text, ANNA_IBAN), {ANNA_IBAN: [ANNA]})
    assert numbers(found) == [464]


def test_a_third_party_pays_by_number() -> None:
    found = best(CLAIMS, payment(11900, "RE-2026-000464", "DE99", "Steuerkanzlei Roth"))
    assert numbers(found) == [464]


def test_the_named_claim_wins_over_one_of_the_payer_with_the_same_amount() -> None:
    found = best(
        [*CLAIMS, claim(777, 11900, BEN)],
        payment(11900, "RE-2026-000777", ANNA_IBAN),
        {ANNA_IBAN: [ANNA]},
    )
    assert numbers(found) == [777]


def test_a_part_of_a_named_claim_is_a_partial_payment() -> None:
    found = best(CLAIMS, payment(4000, "RE-2026-000464 Teil 1"))
    assert numbers(found) == [464]
    assert found
    assert "AMOUNT_PARTIAL" in found.reasons


@pytest.mark.parametrize(
    "text",
    ["Rechnungen RE-2026-000464 + RE-2026-000501", "RE 464, 501", "Sammelzahlung 03/2026 Kd 10001"],
)
def test_a_collective_payment_settles_all_that_it_names(text: str) -> None:
    found = best(CLAIMS, payment(16900, text))
    assert sorted(numbers(found)) == [464, 501]


def test_a_collective_payment_without_numbers_is_found_by_its_payer() -> None:
    found = best(CLAIMS, payment(16900, "Danke", ANNA_IBAN), {ANNA_IBAN: [ANNA]})
    assert sorted(numbers(found)) == [464, 501]


def test_a_credit_note_is_set_off_in_a_collective_payment() -> None:
    claims = [claim(464, 11900), claim(470, -1900)]
    found = best(claims, payment(10000, "RE 464 abzgl. 470", ANNA_IBAN), {ANNA_IBAN: [ANNA]})
    assert sorted(numbers(found)) == [464, 470]


@pytest.mark.parametrize(
    ("cents", "reason"),
    [
        (11662, "AMOUNT_DISCOUNT"),
        (11543, "AMOUNT_DISCOUNT"),
        (11400, "AMOUNT_CLOSE"),
        (11990, "AMOUNT_OVERPAID"),
    ],
)
def test_a_difference_is_named(cents: int, reason: str) -> None:
    found = best(CLAIMS, payment(cents, "RE-2026-000464"))
    assert numbers(found) == [464]
    assert found
    assert reason in found.reasons


def test_equal_claims_of_one_payer_are_told_apart_by_the_due_date() -> None:
    claims = [
        claim(1, 999, day=date(2026, 1, 1)),
        claim(2, 999),
        claim(3, 999, day=date(2026, 5, 1)),
    ]
    found = best(claims, payment(999, "Hosting", ANNA_IBAN), {ANNA_IBAN: [ANNA]})
    assert numbers(found) == [2]


def test_a_named_month_tells_equal_claims_apart() -> None:
    claims = [claim(1, 999, day=date(2026, 1, 1)), claim(2, 999)]
    found = best(claims, payment(999, "Kd 10001 01/2026"))
    assert numbers(found) == [1]


def test_a_payment_for_something_settled_is_offered_nothing_else() -> None:
    claims = [claim(464, 0), claim(500, 11900)]
    paid = payment(11900, "RE-2026-000464", ANNA_IBAN)
    assert best(claims, paid, {ANNA_IBAN: [ANNA]}) is None


def test_a_stranger_with_a_foreign_amount_gets_no_suggestion() -> None:
    assert best(CLAIMS, payment(77777, "STRIPE PAYOUT po_123", "IE64", "STRIPE")) is None
    assert best(CLAIMS, payment(0, "RE-2026-000464")) is None


def test_money_out_settles_debts_and_never_claims() -> None:
    debt = claim(7, -5000, BEN)
    assert numbers(best([*CLAIMS, debt], payment(-5000, "RE-2026-000007"))) == [7]
    assert best(CLAIMS, payment(-11900, "RE-2026-000464")) is None


def test_a_claim_is_offered_once_when_it_was_answered_with_certainty() -> None:
    payers = {ANNA_IBAN: [ANNA]}
    paid = payment(11900, "RE-2026-000464", ANNA_IBAN)
    found = matching.suggest(OpenClaims(CLAIMS, payers), [paid, paid])
    assert [numbers(one) for one in found].count([464]) == 1


def test_a_payment_is_not_held_against_every_claim() -> None:
    dice = random.Random(1)
    claims = [
        claim(
            n,
            dice.choice([1178, 2368, 3558, 5831, dice.randrange(1000, 90000)]),
            str(10001 + n % 3000),
            date(2026, 1, 1) + timedelta(n % 60),
            f"Kunde{n % 3000} Bau",
        )
        for n in range(1, 20001)
    ]
    paid = [
        payment(
            one.remaining,
            dice.choice([one.reference, "Hosting", f"Kd {one.account}"]),
            one.account,
            dice.choice([one.party_name, "Fremd"]),
        )
        for one in dice.sample(claims, 200)
    ]
    payers = {f"{n}": [f"{n}"] for n in range(10001, 11501)}
    open_claims = OpenClaims(claims, payers)
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    found = matching.suggest(open_claims, paid)
    sys.setprofile(None)
    # to judge one claim takes a dozen of them
    assert calls < 2 * len(paid) * len(claims)
    assert len(found) > 180


@pytest.mark.parametrize(
    ("written", "meant", "answer"),
    [
        ("123", "123", False),
        ("124", "123", True),
        ("132", "123", True),
        ("12", "123", True),
        ("1234", "123", True),
        ("321", "123", False),
        ("1", "123", False),
    ],
)
def test_one_slip_is_a_typo(written: str, meant: str, answer: bool) -> None:
    assert purpose.is_typo(written, meant) is answer
