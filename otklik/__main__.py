"""`python -m otklik`."""

from otklik.cli import main

main()
