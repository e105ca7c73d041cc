"""`python -m kontorhaus.app` is the command line."""

from kontorhaus.app.cli import main

main()
