"""Words that everybody uses: money, ids, periods, refusals, IBAN; standard library only, pure."""
