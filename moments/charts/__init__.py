"""One form per file: a frame and column names in, a Plotly figure out. No database, no page, no prose."""
