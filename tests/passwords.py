"""The product's way of keeping passwords with fewer rounds: a third of a second for each account made is not the tests' point.

Only for instances inside a test process; the servers that journeys and browser tests start keep passwords as the
product does.
"""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """The same algorithm and form."""

    iterations = 1_000
