"""Which field of a billing request repairs which rule or business term."""

from __future__ import annotations

import re

_LINE = re.compile(
    r"(?:InvoiceLine|CreditNoteLine|IncludedSupplyChainTradeLineItem)\[(\d+)\]", re.ASCII
)
_TERM = re.compile(r"B[TG]-\d+", re.ASCII)

# Rules whose message names another term first than the one that repairs them.
_RULES = {
    "BR-CO-09": "client.taxNumber",
    "BR-CO-26": "company.taxNumbers",
    "BR-DE-16": "company.taxNumbers",
    "BR-CL-01": "type",
    "BR-CL-03": "company.currency",
    "BR-CL-04": "company.currency",
    "BR-08": "company.address",
    "BR-44": "lines[{line}]",
    "BR-CL-05": "company.currency",
    "BR-CL-16": "company.paymentInfo.iban",
    "BR-CL-17": "lines",
    "BR-CL-18": "lines",
    "BR-CL-19": "discountRate",
    "BR-CL-20": "discountRate",
    "BR-CL-22": "vatRegulation",
    "BR-CL-23": "lines[{line}].unit",
    "BR-IC-11": "serviceDate",
    "BR-IC-12": "client.countryCode",
    **{f"BR-{group}-02": "company.taxNumbers" for group in ("S", "Z", "E", "G")},
    **{f"BR-{group}-03": "company.taxNumbers" for group in ("S", "Z", "E", "G")},
    **{f"BR-{group}-02": "client.taxNumber" for group in ("AE", "IC")},
    **{f"BR-{group}-03": "client.taxNumber" for group in ("AE", "IC")},
    **{f"BR-O-{number}": "lines" for number in ("11", "12", "13", "14")},
    **{f"BR-{group}-10": "lines" for group in ("E", "AE", "IC", "G", "O")},
}

_TERMS = {
    "BT-1": "number",
    "BT-2": "date",
    "BT-3": "type",
    "BT-5": "company.currency",
    "BT-9": "dueDate",
    "BT-11": "projectReference",
    "BT-12": "contractReference",
    "BT-13": "orderReference",
    "BT-15": "receivingAdvice",
    "BT-16": "despatchAdvice",
    "BT-20": "skonto",
    "BT-10": "client.clientNumber",
    "BT-22": "notes",
    "BT-23": "exportType",
    "BT-24": "exportType",
    "BG-4": "company",
    "BT-27": "company.name",
    "BT-28": "company.name2",
    "BT-29": "company.taxNumbers",
    "BT-30": "company.taxNumbers",
    "BT-31": "company.taxNumbers",
    "BT-32": "company.taxNumbers",
    "BT-34": "company.contactInfo.email",
    "BG-5": "company.address",
    "BT-35": "company.address.line1",
    "BT-37": "company.address",
    "BT-38": "company.address",
    "BT-40": "company.countryCode",
    "BG-6": "company.contactInfo",
    "BT-41": "company.legalInfo.ceo",
    "BT-42": "company.contactInfo.phone",
    "BT-43": "company.contactInfo.email",
    "BG-7": "client",
    "BT-44": "client.name",
    "BT-45": "client.name2",
    "BT-46": "client.clientNumber",
    "BT-48": "client.taxNumber",
    "BT-49": "client.email",
    "BG-8": "client.countryCode",
    "BT-50": "client.address1",
    "BT-52": "client.address3",
    "BT-53": "client.address3",
    "BT-55": "client.countryCode",
    "BT-56": "client.contactPerson",
    "BT-57": "client.phone",
    "BT-58": "client.email",
    "BT-72": "serviceDate",
    "BT-73": "serviceDate",
    "BT-74": "serviceDateEnd",
    "BG-14": "serviceDate",
    "BT-70": "deliveryAddress.name",
    "BG-15": "deliveryAddress",
    **{f"BT-{number}": "deliveryAddress.lines" for number in range(75, 80)},
    "BT-80": "deliveryAddress.countryCode",
    "BG-16": "company.paymentInfo.iban",
    "BG-17": "company.paymentInfo.iban",
    "BT-81": "company.paymentInfo.iban",
    "BT-84": "company.paymentInfo.iban",
    "BT-86": "company.paymentInfo.bic",
    "BG-19": "paymentMeans",
    "BT-89": "paymentMeans.mandate",
    "BT-90": "paymentMeans.creditorId",
    "BT-91": "paymentMeans.iban",
    "BG-20": "discountRate",
    "BT-92": "discountRate",
    "BT-93": "discountRate",
    "BT-94": "discountRate",
    "BG-21": "discountRate",
    **{f"BT-{number}": "discountRate" for number in range(95, 106)},
    "BG-23": "lines",
    **{f"BT-{number}": "lines" for number in range(106, 116)},
    "BT-116": "lines",
    "BT-117": "lines",
    "BT-118": "vatRegulation",
    "BT-119": "lines",
    "BT-120": "vatRegulation",
    "BG-24": "attachments",
    **{f"BT-{number}": "attachments" for number in range(122, 126)},
    "BG-25": "lines",
    "BG-27": "lines[{line}]",
    "BG-28": "lines[{line}]",
    **{f"BT-{number}": "lines[{line}]" for number in range(136, 146)},
    "BT-126": "lines[{line}]",
    "BT-134": "serviceDate",
    "BT-135": "serviceDateEnd",
    "BT-129": "lines[{line}].quantity",
    "BT-130": "lines[{line}].unit",
    "BT-131": "lines[{line}]",
    "BT-146": "lines[{line}].netPrice",
    "BT-147": "lines[{line}].netPrice",
    "BT-148": "lines[{line}].netPrice",
    "BT-149": "lines[{line}].netPrice",
    "BT-150": "lines[{line}].unit",
    "BT-151": "lines[{line}].vatRate",
    "BT-152": "lines[{line}].vatRate",
    "BT-153": "lines[{line}].title",
    "BT-154": "lines[{line}].title2",
}


# Where neither rule nor message names a term: by the place in the document, the narrow ones first.
_PLACES = tuple(
    (re.compile(place, re.ASCII), pattern)
    for place, pattern in (
        (
            r"(AccountingSupplierParty|SellerTradeParty).*(CountryID|Country)\b",
            "company.countryCode",
        ),
        (r"(AccountingCustomerParty|BuyerTradeParty).*(CountryID|Country)\b", "client.countryCode"),
        (r"(AccountingSupplierParty|SellerTradeParty).*Tax", "company.taxNumbers"),
        (r"(AccountingCustomerParty|BuyerTradeParty).*Tax", "client.taxNumber"),
        (r"AccountingSupplierParty|SellerTradeParty", "company"),
        (r"AccountingCustomerParty|BuyerTradeParty", "client"),
        (r"(InvoicedQuantity|CreditedQuantity|BilledQuantity)\b", "lines[{line}].unit"),
        (r"InvoiceLine|CreditNoteLine|IncludedSupplyChainTradeLineItem", "lines[{line}]"),
        (r"PaymentMeans", "company.paymentInfo.iban"),
        (r"CurrencyCode\b", "company.currency"),
        (r"AllowanceCharge", "discountRate"),
        (r"TaxTotal|MonetaryTotal|MonetarySummation|ApplicableTradeTax", "lines"),
        (r"InvoicePeriod|BillingSpecifiedPeriod|Deliver", "serviceDate"),
        (r"Note\b", "notes"),
    )
)


def field(rule: str, message: str, path: str = "") -> str | None:
    """The field to change, or None where no field of a request can repair it.

    The line number comes from `path`; a line's field without one becomes "lines".
    """
    terms = _TERM.findall(message)
    pattern = _RULES.get(rule) or next((_TERMS[term] for term in terms if term in _TERMS), None)
    if pattern is None and not terms:
        pattern = next((pattern for place, pattern in _PLACES if place.search(path)), None)
    if pattern is None or "{line}" not in pattern:
        return pattern
    place = _LINE.search(path)
    return pattern.format(line=int(place[1]) - 1) if place else "lines"


def of_term(term: str) -> str | None:
    """The field of a business term outside the lines."""
    return _TERMS.get(term)
