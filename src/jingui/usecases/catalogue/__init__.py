"""Catalogue (事项与归档配置): which items there are, and what of each is archived, how and for how long."""
