"""The counter (窗口): paper is scanned, its pages are assigned and confirmed by the applicant, then captured like any file."""
