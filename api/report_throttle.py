"""A brake on floods of reports from the public."""

from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from threading import Lock

WINDOW = timedelta(hours=1)
# A pier, a school or a whole island may be behind one address, and a stranding brings them all at
# once: what one address may send is what a crowd sends, not what a person does.
MOST_OF_ADDRESS = 60
# Officers cannot look at more; a flood from many addresses ends here.
MOST_OF_ALL = 300
MAX_ADDRESSES = 10_000  # bounds the memory; the longest untouched are forgotten first


class ReportThrottle:
    """Counts reports of the last hour, of each address and of all. `now` is aware UTC."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._all: deque[datetime] = deque()
        self._of: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def try_take(self, address: str) -> bool:
        """Count a report that arrives now; False, uncounted, where there are too many already."""
        now = self._now()
        with self._lock:
            own = self._of.setdefault(_network(address), deque())
            self._of.move_to_end(_network(address))
            for times in (own, self._all):
                while times and times[0] <= now - WINDOW:
                    times.popleft()
            if len(own) >= MOST_OF_ADDRESS or len(self._all) >= MOST_OF_ALL:
                return False
            own.append(now)
            self._all.append(now)
            while len(self._of) > MAX_ADDRESSES:
                self._of.popitem(last=False)
        return True


def _network(address: str) -> str:
    """Return the address, or of IPv6 the network of 64 bits that one household has to itself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(int(parsed) >> 64)
    return str(parsed)
