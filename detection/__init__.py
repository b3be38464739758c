"""Frames become Detections, and detections of the same thing become Sightings."""
