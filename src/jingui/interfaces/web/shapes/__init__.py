"""From facts to what a template shows: order, grouping, masks and links. No query and no request comes here."""
