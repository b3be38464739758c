"""The web: alerts for officers, uploads for rangers, a map for everyone that names no animal's place."""
