"""Access (利用): who may do what, what is masked, and the terms of restricted copies."""
