"""VK communities: a client that does not lose its head, and the way a wall is read."""
