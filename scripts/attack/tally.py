"""Counts of answers by attack and class, and what must never be among them."""
import collections

CLASSES = ["1xx", "2xx", "3xx", "4xx", "501", "503", "5xx", "none"]


class Tally:
    """What came back, over all attacks."""

    def __init__(self):
        self.counts = collections.defaultdict(collections.Counter)
        self.faults, self.leaks = [], []
        # Texts that belong to another person and that no attack sends.
        self.hidden = []

    def note(self, attack, status, answer=b"", what="", foreign=False):
        """Counts an answer; status 0 or None is a connection that ended without one. `foreign`: it asks for what belongs to another
        person, so that success is a leak."""
        kind = "none" if not status else f"{status // 100}xx"
        if status in (501, 503):
            # 501: no operation of the object store. 503 says that all places are taken.
            kind = str(status)
        self.counts[attack][kind] += 1
        if kind == "5xx":
            self.faults.append(f"{attack}: {status} {what}")
        shown = answer if isinstance(answer, bytes) else answer.encode()
        found = [text for text in self.hidden if text.encode() in shown]
        if found or (foreign and status and status < 300):
            self.leaks.append(f"{attack}: {status} {what} {found}")

    def table(self):
        """Returns the lines of the table: requests of each attack, by class of answer."""
        yield f"{'attack':<46}{'sent':>9}" + "".join(f"{kind:>8}" for kind in CLASSES)
        total = collections.Counter()
        for attack, counts in self.counts.items():
            total.update(counts)
            yield f"{attack:<46}{counts.total():>9}" + "".join(f"{counts[kind]:>8}" for kind in CLASSES)
        yield f"{'all':<46}{total.total():>9}" + "".join(f"{total[kind]:>8}" for kind in CLASSES)
