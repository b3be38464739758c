"""How good detections are against labels: scores, counts, intervals, reports. Needs no torch."""
