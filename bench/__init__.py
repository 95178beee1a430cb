"""How fast it is, beside its peers and the bare engine: `python -m bench --help`."""
