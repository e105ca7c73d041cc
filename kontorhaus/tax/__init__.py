"""Tax cases and codes of German VAT law, VAT arithmetic, VAT ids, exchange rates."""
