"""Recurring problems: the complaints behind them, their life, and what people decided about them."""
