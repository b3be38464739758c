"""The `libong` command and the composition root; no other package imports this one."""
