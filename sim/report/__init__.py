"""Shows results: tables in a terminal, figures, and a page that opens offline."""
