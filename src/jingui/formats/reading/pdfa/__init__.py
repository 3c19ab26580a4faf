"""What contradicts a PDF/A claim (ISO 19005-1 to -4), as far as structure shows it.

These checks can refute a claim, never prove it: they follow the published validation model of the standard's clauses, not
the standard itself, and leave out what needs fonts or pictures decoded. A file without a fault here is *claimed and
structurally checked*, not validated; a validator may be hung in beside them (``reading.pdf_claims``).
"""

from __future__ import annotations

from jingui.formats.reading.pdfa.checking import CHECKS, check_claim
from jingui.formats.reading.pdfa.claims import Claim, claim_of
from jingui.formats.reading.pdfa.packets import plain_packet

__all__ = ["CHECKS", "Claim", "check_claim", "claim_of", "plain_packet"]
