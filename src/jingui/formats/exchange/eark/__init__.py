"""E-ARK information packages (CSIP and SIP 2.x): written, read and checked without the schemas of others.

Requirements are told by their numbers in the specifications; levels are MUST (error), SHOULD (warning), MAY (note).
"""
