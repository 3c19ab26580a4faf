"""Template tags of Jingui."""

from __future__ import annotations

from django import template

register = template.Library()
