"""Finds the open items that a payment settles: by number, amount, payer, name and date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import combinations

from kontorhaus.banking.matching import open_claims, purpose
from kontorhaus.banking.matching.open_claims import OpenClaims
from kontorhaus.banking.matching.purpose import Purpose
from kontorhaus.banking.model import Claim, Payment, Suggestion

# Weights in thousandths: how much of the remaining doubt each sign takes away.
NUMBER_FULL, NUMBER_TYPO = 800, 350
_NUMBER_BY_DIGITS = (0, 80, 150, 420, 520, 600, 650)
AMOUNT_EXACT, AMOUNT_DISCOUNT, AMOUNT_CLOSE, AMOUNT_PARTIAL = 620, 400, 250, 100
PAYER_KNOWN, PAYER_NAMED, NAME_EQUAL, NAME_SIMILAR = 600, 600, 450, 150
DAY_NAMED, MONTH_NAMED, PART_NAMED, IN_TIME = 400, 300, 250, 60
# What remains of a score, in thousandths, when a sign speaks against it.
OTHER_PAYER, OTHER_PAYER_NAMED, OTHER_MONTH, NOT_YET_ISSUED = 700, 900, 700, 600
OTHER_NAMED = 850
AMBIGUOUS = 850
THRESHOLD = 440
CERTAIN = 900
_USUAL_TERM = timedelta(days=14)
_CLOSE_MINOR = 1500
_POOL, _SUBSET_POOL, _LARGEST_SUBSET, _LONGEST_RUN = 40, 13, 5, 12
_BUCKET = 3
_PART_WORDS = frozenset(
    ("teil", "teilzahlung", "rate", "anzahlung", "abschlag", "rest", "restzahlung", "part")
)
_COLLECTIVE_WORDS = frozenset(("sammelzahlung", "sammelueberweisung", "rechnungen", "invoices"))


@dataclass(frozen=True, slots=True)
class _Answer:
    """A possible settlement: claims by their index; the score in thousandths."""

    claims: tuple[int, ...]
    score: int
    reasons: tuple[str, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class _Signs:
    """What a payment tells, looked up once: `numbers` and `accounts` map to weights."""

    payment: Payment
    text: Purpose
    numbers: dict[int, int]
    accounts: dict[str, tuple[int, str]]
    is_settled_named: bool


def suggest(
    book: OpenClaims, payments: Iterable[Payment], *, alternatives: int = 2
) -> list[Suggestion]:
    """The most likely settlements of each payment, best first, in the order of the payments.

    A claim that a payment answers with certainty is no longer offered to the later ones.
    """
    suggestions: list[Suggestion] = []
    for payment in payments:
        answers = rank(book, payment)[: 1 + alternatives]
        suggestions += [_suggestion(book, payment, answer) for answer in answers]
        if answers and answers[0].score >= CERTAIN:
            _take(book, payment, answers[0])
    return suggestions


def _take(book: OpenClaims, payment: Payment, answer: _Answer) -> None:
    if len(answer.claims) > 1:
        for index in answer.claims:
            book.take(index, book.remaining[index])
        return
    index = answer.claims[0]
    is_part = "AMOUNT_PARTIAL" in answer.reasons
    book.take(index, payment.amount if is_part else book.remaining[index])


def _suggestion(book: OpenClaims, payment: Payment, answer: _Answer) -> Suggestion:
    return Suggestion(
        transaction_id=payment.transaction_id,
        paid=payment.amount,
        claims=tuple(
            replace(book.claims[index], remaining=book.remaining[index]) for index in answer.claims
        ),
        score=Decimal(answer.score).scaleb(-3),
        reasons=answer.reasons,
    )


def rank(book: OpenClaims, payment: Payment) -> list[_Answer]:
    """All likely answers to one payment, best first."""
    if payment.amount == 0:
        return []
    signs = _signs(book, payment)
    answers = [
        answer
        for answer in (*_singles(book, signs), *_collectives(book, signs))
        if answer.score >= THRESHOLD
    ]
    answers.sort(key=lambda answer: (-answer.score, answer.distance, answer.claims))
    return _doubted(answers)


def _doubted(answers: list[_Answer]) -> list[_Answer]:
    """Takes certainty from a best answer that only its date lifts above the next one."""
    if len(answers) < 2 or answers[0].score - answers[1].score > IN_TIME:
        return answers
    first = answers[0]
    doubted = max(first.score * AMBIGUOUS // 1000, THRESHOLD)
    best = replace(first, score=doubted, reasons=(*first.reasons, "AMBIGUOUS"))
    return [best, *(replace(other, score=min(other.score, doubted - 1)) for other in answers[1:])]


def _signs(book: OpenClaims, payment: Payment) -> _Signs:
    text = purpose.read(payment.text)
    numbers: dict[int, int] = {}
    settled: list[int] = []
    inside = _parts_of_full_numbers(book, text)
    for number, written in text.numbers.items():
        for index, is_full in book.by_number.get(number, ()):
            if not is_full and number in inside:
                continue
            weight = NUMBER_FULL if is_full else _serial_weight(number, written)
            if book.remaining[index]:
                numbers[index] = max(numbers.get(index, 0), weight)
            elif is_full or len(number) > 2:
                settled.append(index)
    accounts = _accounts(book, payment, text)
    is_settled_named = not any(weight > 400 for weight in numbers.values()) and any(
        book.claims[index].account in accounts for index in settled
    )
    return _Signs(payment, text, numbers, accounts, is_settled_named)


def _parts_of_full_numbers(book: OpenClaims, text: Purpose) -> set[str]:
    """The year and the serial of each number that is named in full: alone they name nothing."""
    return {
        purpose.stripped(group)
        for number in text.numbers
        for index, is_full in book.by_number.get(number, ())
        if is_full and purpose.stripped(book.serials[index]) != number
        for group in purpose.digit_groups(book.claims[index].reference)
    }


def _serial_weight(number: str, written: str) -> int:
    """A long serial is rarely there by chance, nor one with its leading zeros."""
    digits = len(number) + (1 if len(written) > len(number) else 0)
    return _NUMBER_BY_DIGITS[min(digits, len(_NUMBER_BY_DIGITS) - 1)]


def _accounts(book: OpenClaims, payment: Payment, text: Purpose) -> dict[str, tuple[int, str]]:
    """Whose items this payment may settle, with weight and reason."""
    found: dict[str, tuple[int, str]] = {}
    for account in book.by_name.get(purpose.name_words(payment.name), ()):
        found[account] = (NAME_EQUAL, "NAME_EQUAL")
    for number, written in text.numbers.items():
        if len(number) > 4 and number == written and number in book.by_account:
            found[number] = (PAYER_NAMED, "PAYER_NAMED")
    for account in book.payers.get(payment.iban, ()):
        found[account] = (PAYER_KNOWN, "IBAN_KNOWN")
    return found


def _pool(book: OpenClaims, signs: _Signs) -> list[int]:
    """The open claims of those who may have paid, oldest first."""
    pool: list[int] = []
    for account in signs.accounts:
        pool += book.by_account.get(account, ())[:_POOL]
        if len(pool) > _POOL:
            break
    return sorted(pool, key=lambda index: (book.claims[index].item_date, index))


def _singles(book: OpenClaims, signs: _Signs) -> Iterator[_Answer]:
    """Each claim that a sign points at, weighed alone."""
    amount = signs.payment.amount
    exact = book.by_amount.get(amount, set())
    candidates = dict.fromkeys(signs.numbers)
    if not signs.is_settled_named:
        candidates |= dict.fromkeys(_pool(book, signs))
    typos = set() if signs.is_settled_named else _typos(book, signs)
    candidates |= dict.fromkeys(typos)
    if len(exact) <= _BUCKET and not signs.accounts:
        candidates |= dict.fromkeys(exact)
    for index in candidates:
        if (book.remaining[index] > 0) == (amount > 0):
            answer = _weighed(book, signs, index, index in typos)
            if answer is not None:
                yield answer


def _typos(book: OpenClaims, signs: _Signs) -> set[int]:
    """Claims of this amount, or of this payer, whose serial was mistyped by a digit or cut off."""
    amount, found = signs.payment.amount, set()
    pool = _pool(book, signs)
    for written in signs.text.numbers.values():
        if len(written) < 3:
            continue
        nearby = {
            index
            for cut in open_claims.cuts(written)
            for index in book.by_cut.get((amount, cut), ())
            if book.remaining[index] == amount
        }
        for index in nearby.union(pool):
            serial = book.serials[index]
            is_cut = written == signs.text.last_run and serial.startswith(written)
            if serial != written and (is_cut or purpose.is_typo(written, serial)):
                found.add(index)
    return found


def _weighed(book: OpenClaims, signs: _Signs, index: int, is_typo: bool) -> _Answer | None:
    """The score of one claim: each sign takes its share of the doubt that is left."""
    claim = book.claims[index]
    weights: list[tuple[int, str]] = []
    number = signs.numbers.get(index, 0)
    if number:
        weights.append((number, "NUMBER_FULL" if number == NUMBER_FULL else "NUMBER"))
    elif is_typo:
        weights.append((NUMBER_TYPO, "NUMBER_TYPO"))
    payer = _payer_signs(book, signs, claim)
    amount = _amount_sign(book.remaining[index], signs.payment.amount, bool(number or is_typo))
    if amount is None or (amount[1] != "AMOUNT_EXACT" and not number and not payer):
        return None
    weights.append(amount)
    weights += payer
    if amount[1] == "AMOUNT_PARTIAL" and signs.text.words & _PART_WORDS:
        weights.append((PART_NAMED, "PART_NAMED"))
    weights += _date_signs(signs, claim)
    return _Answer(
        claims=(index,),
        score=_damped(_combined(weights), signs, claim, bool(number or is_typo)),
        reasons=tuple(reason for weight, reason in weights if weight),
        distance=_distance(signs, claim),
    )


def _amount_sign(remaining: int, amount: int, is_named: bool) -> tuple[int, str] | None:
    """How the amount speaks for a claim; None when it speaks against it."""
    open_minor, paid = abs(remaining), abs(amount)
    if paid == open_minor:
        return AMOUNT_EXACT, "AMOUNT_EXACT"
    missing = open_minor - paid
    if missing > 0:
        if any(_is_discount(open_minor, paid, percent) for percent in (2, 3)):
            return AMOUNT_DISCOUNT, "AMOUNT_DISCOUNT"
        if missing <= _CLOSE_MINOR and missing * 3 <= open_minor:
            return AMOUNT_CLOSE, "AMOUNT_CLOSE"
        return AMOUNT_PARTIAL if is_named else 0, "AMOUNT_PARTIAL"
    if -missing <= 100:
        return AMOUNT_CLOSE, "AMOUNT_OVERPAID"
    return None


def _is_discount(open_minor: int, paid: int, percent: int) -> bool:
    return abs(open_minor * (100 - percent) - paid * 100) <= 100


def _payer_signs(book: OpenClaims, signs: _Signs, claim: Claim) -> list[tuple[int, str]]:
    known = signs.accounts.get(claim.account)
    if known is not None:
        return [known]
    words = book.names.get(claim.account, frozenset())
    if words & purpose.name_words(signs.payment.name):
        return [(NAME_SIMILAR, "NAME_SIMILAR")]
    return []


def _date_signs(signs: _Signs, claim: Claim) -> list[tuple[int, str]]:
    found = []
    if signs.text.names_day(claim.item_date):
        found.append((DAY_NAMED, "DATE_NAMED"))
    elif signs.text.names_month(claim.item_date):
        found.append((MONTH_NAMED, "MONTH_NAMED"))
    nearness = IN_TIME - min(2 * _distance(signs, claim), IN_TIME)
    return [*found, (nearness, "DUE_DATE")]


def _distance(signs: _Signs, claim: Claim) -> int:
    """Days between the payment and the day it was due."""
    due = claim.due_date or claim.item_date + _USUAL_TERM
    return abs((signs.payment.tx_date - due).days)


def _combined(weights: Sequence[tuple[int, str]]) -> int:
    """1 - product of (1 - weight), in thousandths."""
    doubt = 10**6
    for weight, _ in weights:
        doubt = doubt * (1000 - weight) // 1000
    return (10**6 - doubt) // 1000


def _damped(score: int, signs: _Signs, claim: Claim, is_named: bool) -> int:
    """The score after what speaks against the claim."""
    if signs.accounts and claim.account not in signs.accounts:
        score = score * (OTHER_PAYER_NAMED if is_named else OTHER_PAYER) // 1000
    if not is_named and NUMBER_FULL in signs.numbers.values():
        score = score * OTHER_NAMED // 1000
    if signs.text.months and not is_named and not signs.text.names_month(claim.item_date):
        score = score * OTHER_MONTH // 1000
    if claim.item_date > signs.payment.tx_date:
        score = score * NOT_YET_ISSUED // 1000
    return score


def _collectives(book: OpenClaims, signs: _Signs) -> Iterator[_Answer]:
    """Several claims whose sum is exactly the payment."""
    if signs.is_settled_named:
        return
    amount = signs.payment.amount
    named = [index for index, weight in signs.numbers.items() if weight >= 80]
    pool = _pool(book, signs)
    seen = set()
    for claims in _sums(book, named, pool, amount):
        key = tuple(sorted(claims))
        if key not in seen:
            seen.add(key)
            yield _together(book, signs, key)


def _sums(
    book: OpenClaims, named: list[int], pool: list[int], amount: int
) -> Iterator[tuple[int, ...]]:
    remaining = book.remaining
    if len(named) > 1 and sum(remaining[index] for index in named) == amount:
        yield tuple(named)
    for start in range(len(pool)):
        reached = remaining[pool[start]]
        for end in range(start + 1, min(start + _LONGEST_RUN, len(pool))):
            reached += remaining[pool[end]]
            if reached == amount:
                yield tuple(pool[start : end + 1])
    both = list(dict.fromkeys([*named, *pool]))[:_SUBSET_POOL]
    for size in range(2, min(_LARGEST_SUBSET, len(both)) + 1):
        for chosen in combinations(both, size):
            if sum(remaining[index] for index in chosen) == amount:
                yield chosen


def _together(book: OpenClaims, signs: _Signs, claims: tuple[int, ...]) -> _Answer:
    """The score of a collective payment: how many of its claims are named, and whose they are."""
    weights: list[tuple[int, str]] = [(550, "COLLECTIVE_SUM")]
    named = [index for index in claims if signs.numbers.get(index, 0) >= 80]
    if named:
        share = sum(signs.numbers[index] for index in named) // len(claims)
        weights.append((min(900, share * len(named) // len(claims) + 50 * len(named)), "NUMBER"))
    accounts = {book.claims[index].account for index in claims}
    payers = [signs.accounts[account] for account in accounts if account in signs.accounts]
    if len(payers) == len(accounts):
        weights.append(min(payers))
    last = max((book.claims[index] for index in claims), key=lambda claim: claim.item_date)
    first = min((book.claims[index] for index in claims), key=lambda claim: claim.item_date)
    if signs.text.names_month(first.item_date) and signs.text.names_month(last.item_date):
        weights.append((MONTH_NAMED, "MONTH_NAMED"))
    if signs.text.words & _COLLECTIVE_WORDS:
        weights.append((200, "COLLECTIVE_WORD"))
    distance = _distance(signs, last)
    weights.append((IN_TIME - min(2 * distance, IN_TIME), "DUE_DATE"))
    score = _combined(weights) - 20 * (len(claims) - 2)
    return _Answer(claims, score, tuple(reason for weight, reason in weights if weight), distance)
