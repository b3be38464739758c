"""Files from a drone become Frames: bytes in, located and timed stills out."""
