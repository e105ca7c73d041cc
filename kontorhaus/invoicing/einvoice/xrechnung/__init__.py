"""The national rules of XRechnung 3.0.2 for UBL and CII; `registry` is the table of all."""
