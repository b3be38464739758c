"""The web: alerts for officers, and a map for everyone that names no animal's place."""
