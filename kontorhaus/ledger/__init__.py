"""Chart of accounts, intents and events, reversal, periods, hash chain, verification."""
