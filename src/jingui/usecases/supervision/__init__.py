"""Supervision (统计监督): the day's closing, from the source's ledger to the signed coverage certificate."""
