"""A drone's telemetry subtitles (SRT) become timed, located records beside its video."""
