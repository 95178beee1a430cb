"""Estimates with intervals from the few rows that SQL returns: one concept per file, frame in, frame out."""
