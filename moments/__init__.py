"""Moments: from answered questionnaires to estimates, figures and pages."""
