"""Open items with the indexes that answer a payment without looking at all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kontorhaus.banking.matching import purpose
from kontorhaus.banking.model import Claim


class OpenClaims:
    """Claims with the indexes that answer a payment without looking at all of them.

    `payers` maps an IBAN to the accounts of those who have paid from it.
    """

    def __init__(self, claims: Iterable[Claim], payers: Mapping[str, Iterable[str]]) -> None:
        self.claims: list[Claim] = []
        self.remaining: list[int] = []
        self.by_amount: dict[int, set[int]] = defaultdict(set)
        self.by_account: dict[str, list[int]] = defaultdict(list)
        self.by_number: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        self.by_cut: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.by_name: dict[frozenset[str], set[str]] = defaultdict(set)
        self.names: dict[str, frozenset[str]] = {}
        self.serials: list[str] = []
        self.payers = {iban: frozenset(accounts) for iban, accounts in payers.items()}
        for claim in claims:
            self.add(claim)

    def add(self, claim: Claim) -> None:
        """Takes one more claim into the indexes; a settled one is known by its number only."""
        index = len(self.claims)
        self.claims.append(claim)
        self.remaining.append(claim.remaining)
        groups = purpose.digit_groups(claim.reference)
        self.serials.append(groups[-1] if groups else "")
        for key, is_full in _number_keys(groups).items():
            self.by_number[key].append((index, is_full))
        if claim.account not in self.names:
            self.names[claim.account] = words = purpose.name_words(claim.party_name)
            if words:
                self.by_name[words].add(claim.account)
        if claim.remaining:
            self.by_account[claim.account].append(index)
            self._index_amount(index)

    def take(self, index: int, minor: int) -> None:
        """Settles a part of a claim."""
        self.by_amount[self.remaining[index]].discard(index)
        self.remaining[index] -= minor
        if self.remaining[index]:
            self._index_amount(index)
        else:
            self.by_account[self.claims[index].account].remove(index)

    def _index_amount(self, index: int) -> None:
        amount, serial = self.remaining[index], self.serials[index]
        self.by_amount[amount].add(index)
        for cut in cuts(serial):
            self.by_cut[amount, cut].append(index)


def _number_keys(groups: Sequence[str]) -> dict[str, bool]:
    """How a reference may be written in digits; True where that is the whole of it."""
    if not groups:
        return {}
    keys = {purpose.stripped(groups[-1]): len(groups) == 1}
    if len(groups) > 1:
        keys[purpose.stripped("".join(groups))] = True
        short = [group[2:] if group[:2] == "20" and len(group) == 4 else group for group in groups]
        keys[purpose.stripped("".join(short))] = True
    return keys


def cuts(serial: str) -> set[str]:
    """The serial, each form of it that lacks one digit, and what is left when its end is cut.

    Two serials that differ by one typo have one of these forms in common.
    """
    lacking = {serial[:at] + serial[at + 1 :] for at in range(len(serial))}
    return {serial, *lacking, *(serial[:end] for end in range(3, len(serial)))}
