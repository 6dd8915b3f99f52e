"""The pages support works with, and the callbacks of buttons in messengers. Never loads a model."""
