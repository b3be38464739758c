"""What people said of boxes in frames, and the folders in which it travels to labelling tools."""
