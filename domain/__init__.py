"""Facts and rules: no I/O, no clock of its own; time comes in as an argument."""
