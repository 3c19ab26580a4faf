"""Scans: pages out of TIFF, JPEG, PNG and PDF, measured and turned upright; pages into a PDF, bit for bit.

``opening`` a scan, ``preparing`` a page of it, ``placing`` and ``assembling`` pages, ``separators`` to print. Pure image
work on Pillow; the original file is only ever read. What a measure means is decided in ``domain.capture.pages``.
Hostile files are opened in a confined process by ``adapters.scanning``; nothing here protects its own process beyond
limits on pages and pixels.
"""
