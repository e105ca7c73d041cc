"""The letter paper of the demo's companies: look, texts with placeholders, whose mails they are."""

from __future__ import annotations

from kontorhaus.invoicing.stationery.model import Brand, Stationery, Wording

NORDLICHT = Stationery(
    brand=Brand(theme="modern", accent="#1f6f8b", tagline="Server aus Hamburg, mit Herz betrieben"),
    texts={
        "estimate": {
            "de": Wording(
                "vielen Dank für Ihre Anfrage. Gern bieten wir Ihnen an:",
                "Dieses Angebot vom {date} gilt 30 Tage. Wir freuen uns auf Ihren Auftrag.",
            ),
            "en": Wording(
                "Thank you for your enquiry. We are pleased to offer:",
                "This estimate of {date} stands for 30 days. We look forward to your order.",
            ),
        },
        "order-confirmation": {
            "de": Wording(
                "vielen Dank für Ihren Auftrag, den wir hiermit bestätigen:",
                "Bitte nennen Sie bei Rückfragen die Nummer {number}.",
            ),
        },
        "delivery-note": {
            "de": Wording("wir haben für Sie erbracht:", "Bitte prüfen Sie die Leistung bald."),
        },
        "invoice": {
            "de": Wording(
                "vielen Dank für Ihr Vertrauen. Für unsere Leistungen berechnen wir Ihnen:",
                "Fragen zur Rechnung {number} vom {date} beantworten wir gern.",
            ),
            "en": Wording(
                "Thank you for your trust. For our services we charge:",
                "Please ask us about invoice {number} of {date} at any time.",
            ),
        },
    },
    sender_name="Nordlicht Hosting Buchhaltung",
    reply_to="buchhaltung@nordlicht-hosting.example",
)
LINDENHOF = Stationery(
    brand=Brand(theme="classic", accent="#7a3b2e", tagline="Bücher, Papier und guter Rat"),
    texts={
        "estimate": {
            "de": Wording(
                "gern bieten wir Ihnen die gewünschten Titel an:",
                "Das Angebot vom {date} gilt vier Wochen, solange der Verlag liefern kann.",
            ),
        },
        "order-confirmation": {
            "de": Wording("danke für Ihre Bestellung. Wir liefern Ihnen:", ""),
        },
        "delivery-note": {
            "de": Wording("in dieser Lieferung sind:", "Bitte prüfen Sie die Titel sofort."),
        },
        "invoice": {
            "de": Wording(
                "für Ihre Bestellung berechnen wir:",
                "Viel Freude beim Lesen wünscht Ihre Buchhandlung Lindenhof.",
            ),
            "en": Wording("For your order we charge:", "We wish you good reading."),
        },
    },
    price_layouts={"invoice": "gross"},
    sender_name="Buchhandlung Lindenhof",
)
