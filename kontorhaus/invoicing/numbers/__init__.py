"""How documents are numbered: formats, series and their counters (§ 14 (4) no. 4 UStG)."""
