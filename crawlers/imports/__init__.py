"""History from files: how a company brings what it already has, and how real data gets in without a key."""
