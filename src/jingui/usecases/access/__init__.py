"""Access (利用): restricted copies are given out, made invalid, and verified by third parties."""
