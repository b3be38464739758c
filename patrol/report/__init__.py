"""The monthly report: what was looked at, what was seen, and how soon somebody acted."""
