"""Incidents as files for others: exchange formats, and evidence that can be checked anywhere.

All of these tell positions, so they are for officers; the public side has no way to them.
"""
