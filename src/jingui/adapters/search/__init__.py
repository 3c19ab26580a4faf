"""Full-text indexes behind ``ports.SearchIndex``; picked in ``bootstrap`` by the database in use."""
