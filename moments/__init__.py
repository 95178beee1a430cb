"""Moments: from answered questionnaires to estimates, figures and pages."""

import pandas as pd

# Frames here are small, and columns of Python strings are several times cheaper to make and to cut than Arrow ones.
pd.set_option("mode.string_storage", "python")
