"""Review sites, pages and feeds through Scrapy, politely; each kind is a small module of its own."""
