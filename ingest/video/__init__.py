"""A drone's video becomes stills with their place, time and camera."""
