"""Reports, analyses and DATEV over HTTP."""
