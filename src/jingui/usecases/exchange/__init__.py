"""Giving records out in the package forms of others (导出)."""
