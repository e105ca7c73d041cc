"""The short-term result in the lines of a BWA: sums of result accounts, month and year to date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kontorhaus.kernel.money import Money
from kontorhaus.ledger.charts import ChartAccount
from kontorhaus.reports.model import ReportRow

# Where accounts go that the tables of the charts give no line.
_OTHER = {"revenue": "1090", "expense": "1260"}

# (line, German name, English name, what it adds up: lines with their sign, None for accounts).
# Earnings are positive, costs too.
_LINES: tuple[tuple[str, str, str, str | None], ...] = (
    ("1020", "Umsatzerlöse", "Revenue", None),
    ("1040", "Bestandsveränderung FE/UE", "Change in inventories", None),
    ("1045", "Aktivierte Eigenleistungen", "Own work capitalized", None),
    ("1051", "Gesamtleistung", "Total output", "+1020 +1040 +1045"),
    ("1060", "Material-/Wareneinkauf", "Material and goods", None),
    ("1080", "Rohertrag", "Gross profit", "+1051 -1060"),
    ("1090", "Sonstige betriebliche Erlöse", "Other operating income", None),
    ("1092", "Betrieblicher Rohertrag", "Operating gross profit", "+1080 +1090"),
    ("1100", "Personalkosten", "Personnel", None),
    ("1120", "Raumkosten", "Premises", None),
    ("1140", "Betriebliche Steuern", "Operating taxes", None),
    ("1150", "Versicherungen/Beiträge", "Insurance and dues", None),
    ("1180", "Fahrzeugkosten (ohne Steuer)", "Vehicles (without tax)", None),
    ("1200", "Werbe-/Reisekosten", "Advertising and travel", None),
    ("1220", "Kosten der Warenabgabe", "Cost of delivery", None),
    ("1240", "Abschreibungen", "Depreciation", None),
    ("1250", "Reparatur/Instandhaltung", "Repair and maintenance", None),
    ("1260", "Sonstige Kosten", "Other costs", None),
    ("1280", "Gesamtkosten", "Total costs",
     "+1100 +1120 +1140 +1150 +1180 +1200 +1220 +1240 +1250 +1260"),
    ("1300", "Betriebsergebnis", "Operating result", "+1092 -1280"),
    ("1310", "Zinsaufwand", "Interest expense", None),
    ("1312", "Sonstiger neutraler Aufwand", "Other non-operating expense", None),
    ("1322", "Zinserträge", "Interest income", None),
    ("1323", "Sonstiger neutraler Ertrag", "Other non-operating income", None),
    ("1324", "Verrechnete kalk. Kosten", "Imputed costs set off", None),
    ("1345", "Ergebnis vor Steuern", "Result before taxes", "+1300 -1310 -1312 +1322 +1323 +1324"),
    ("1355", "Steuern vom Einkommen und Ertrag", "Taxes on income", None),
    ("1380", "Vorläufiges Ergebnis", "Preliminary result", "+1345 -1355"),
)  # fmt: skip
_EARNINGS = ("1020", "1040", "1045", "1090", "1322", "1323", "1324")


@dataclass(frozen=True, slots=True)
class BwaLine:
    """One line: earnings and costs both positive in the usual case."""

    line: str
    name: str
    name_en: str
    is_total: bool
    month: Money
    year_to_date: Money


def lines(
    month: Iterable[ReportRow], year: Iterable[ReportRow], chart: Mapping[str, ChartAccount]
) -> list[BwaLine]:
    """The lines from profit and loss of the month and of the year up to its end."""
    of_month, of_year = _sums(month, chart), _sums(year, chart)
    return [
        BwaLine(line, name, name_en, formula is not None, Money(of_month[line]),
                Money(of_year[line]))
        for line, name, name_en, formula in _LINES
    ]  # fmt: skip


def _sums(rows: Iterable[ReportRow], chart: Mapping[str, ChartAccount]) -> dict[str, int]:
    sums = {line: 0 for line, _, _, formula in _LINES if formula is None}
    for row in rows:
        line = _line(row, chart)
        sums[line] += -row.balance.minor if line in _EARNINGS else row.balance.minor
    for line, _, _, formula in _LINES:
        if formula is not None:
            terms = formula.split()
            sums[line] = sum(sums[term[1:]] * (-1 if term[0] == "-" else 1) for term in terms)
    return sums


def _line(row: ReportRow, chart: Mapping[str, ChartAccount]) -> str:
    known = chart.get(row.number)
    return (known.bwa_line if known is not None else "") or _OTHER[row.type]
