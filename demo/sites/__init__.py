"""A site of reviews on loopback, as ugly as real ones: for tests and for the town."""
