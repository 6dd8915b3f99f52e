"""What the parsers of many sites share: values, walls of bots, pages, structured data, merging."""
