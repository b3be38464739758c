"""Training, evaluation and export: the only code that imports torch and ultralytics."""

import os

# Ultralytics would install what it misses by itself, and offers of it are not what was tested.
os.environ.setdefault("YOLO_AUTOINSTALL", "False")
