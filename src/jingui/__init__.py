"""Jingui 金匮: electronic records of government services, from receipt to proof."""

__version__ = "0.1.0"
