"""Units of measure: the words people write, as codes of UN/ECE Recommendation 20 (BT-130)."""

from __future__ import annotations

ONE = "C62"

_WORDS: dict[str, tuple[str, ...]] = {
    ONE: ("", "x", "einheit", "einheiten", "unit", "units", "lizenz", "lizenzen", "license"),
    "H87": ("stück", "stueck", "stk", "st", "stck", "piece", "pieces", "pc", "pcs", "pce"),
    "SET": ("satz", "sätze", "set", "sets"),
    "PR": ("paar", "pair", "pairs"),
    "XPK": ("paket", "pakete", "packung", "packungen", "pack", "packs", "pkg"),
    "XCT": ("karton", "kartons", "carton", "cartons", "ktn"),
    "XBX": ("box", "boxen", "boxes", "kiste", "kisten"),
    "XPX": ("palette", "paletten", "pallet", "pallets"),
    "XBO": ("flasche", "flaschen", "bottle", "bottles"),
    "XRO": ("rolle", "rollen", "roll", "rolls"),
    "XBG": ("beutel", "sack", "säcke", "bag", "bags"),
    "LS": ("pauschal", "pauschale", "pausch", "psch", "pau", "lump sum", "flat"),
    "HUR": ("std", "stunde", "stunden", "h", "hour", "hours", "hr", "hrs"),
    "MIN": ("min", "minute", "minuten", "minutes"),
    "SEC": ("s", "sek", "sekunde", "sekunden", "sec", "second", "seconds"),
    "DAY": ("tag", "tage", "day", "days", "d", "pt", "personentag", "personentage"),
    "WEE": ("woche", "wochen", "week", "weeks"),
    "MON": ("monat", "monate", "mon", "month", "months"),
    "QAN": ("quartal", "quartale", "quarter", "quarters"),
    "ANN": ("jahr", "jahre", "year", "years", "p.a", "pa"),
    "KGM": ("kg", "kilo", "kilogramm", "kilogram", "kilograms"),
    "GRM": ("g", "gr", "gramm", "gram", "grams"),
    "TNE": ("t", "to", "tonne", "tonnen", "ton", "tons"),
    "MTR": ("m", "meter", "metre", "metres", "lfm", "lfdm", "laufmeter"),
    "CMT": ("cm", "zentimeter"),
    "MMT": ("mm", "millimeter"),
    "KMT": ("km", "kilometer", "kilometre", "kilometres"),
    "MTK": ("m²", "m2", "qm", "quadratmeter", "sqm"),
    "MTQ": ("m³", "m3", "cbm", "kubikmeter"),
    "LTR": ("l", "liter", "litre", "litres"),
    "MLT": ("ml", "milliliter"),
    "KWH": ("kwh", "kilowattstunde", "kilowattstunden"),
    "MWH": ("mwh", "megawattstunde", "megawattstunden"),
    "AD": ("byte", "bytes"),
    "4L": ("mb", "megabyte"),
    "E34": ("gb", "gigabyte"),
    "E35": ("tb", "terabyte"),
    "P1": ("%", "prozent", "percent"),
    "IE": ("person", "personen", "persons", "nutzer", "user", "users"),
    "ZP": ("seite", "seiten", "page", "pages"),
}
_CODES = {word: code for code, words in _WORDS.items() for word in words}


def code(unit: str) -> str:
    """The code of a unit as people write it; C62 ("one") when the word is unknown."""
    word = unit.strip().casefold().rstrip(".")
    if unit.strip() in _WORDS:
        return unit.strip()
    return _CODES.get(word, ONE)
