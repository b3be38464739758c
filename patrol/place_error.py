"""How an error of a place is told to people: as the circle that holds it with 95 % probability."""

from math import log, sqrt

# `error_m` is the root mean square distance, √2 sigma along each axis. The 95 % circle of a round
# normal error has the radius √(2 ln 20) sigma (chi-square with two degrees of freedom), so √(ln 20)
# times the error.
ERRORS_OF_95_PERCENT = sqrt(log(20))
