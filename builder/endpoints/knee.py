"""The number of requests in flight at one URL, found by trying.

A generation server answers more requests per second the more it holds, up to the knee: from there on they only wait
longer. The search measures throughput at one limit, tries another, and keeps it where it pays:

    ramp     four times the limit while throughput follows; where it does not, twice in a row, the knee is at
             limit_before * throughput / throughput_before
    hold     now and then try a quarter more, and a fifth less; keep what gives more, or the same with fewer
    cut      a server that refuses more than a tenth of the requests (429, 503) gets a fifth fewer

Throughput is counted in tokens, since one reply may be a hundred times as long as another. The ramp counts from the
moment at which a limit was set: in the time that a reply takes, as many come as the limit allows, whether in one crowd
or spread out. Connections are made in that time too, and a rate that looks too low would let the next limit pass: what
was sent under the limit before measures it once more. Later and finer comparisons leave those replies out. A limit that
was not used up, because too few requests came, says nothing and is measured again.
"""

from __future__ import annotations

from typing import Literal

RAMP = 4
RAMP_GAIN = 0.3
"""Share of a limit's increase that throughput must follow for it to be kept."""
SAME = 0.97
"""A lower limit is kept where throughput stays above this share."""
OVERLOAD_SHARE = 0.1
CUT = 0.8
UP, DOWN = 1.25, 0.8
"""Steps of a trial. Downward steps grow while they pay; upward steps shrink where they are refused."""
MAX_REST = 8


class Knee:
    """The limit of one URL.

    Args:
        ceiling: The limit never exceeds this.
        start: The first limit.
    """

    def __init__(self, ceiling: int, start: int = 64) -> None:
        self.ceiling = ceiling
        self.limit = max(1, min(start, ceiling))
        self._phase: Literal["ramp", "hold", "up", "down"] = "ramp"
        self._base = 0  # the limit that a trial is compared with, and its throughput
        self._base_rate = 0.0
        self._doubted = 0.0  # throughput of the ramp's last limit, where it did not follow and is measured again
        self._rest = 0  # epochs to rest before the next trial, and how long rests are
        self._rest_length = 1
        self._last_trial: Literal["up", "down"] = "down"
        self._up, self._down = UP, DOWN
        self._began: float | None = None  # when this epoch did; None until the first reply
        self._settle = self._replies = self._refusals = self._slack = self._tokens = 0
        self._before = self._before_tokens = 0  # replies still to come to what was out when the ramp went on

    def on_reply(self, now: float, latency_s: float, in_flight: int, tokens: int) -> bool:
        """Count one reply; True where the limit changed.

        Args:
            now: Seconds on any clock that does not go back.
            latency_s: How long the reply took.
            in_flight: The number of requests that were out when it came, with its own.
            tokens: Its length.
        """
        if self._settle > 0:  # sent under the limit before this one
            self._settle -= 1
            if self._settle == 0:
                self._began = now
            return False
        if self._began is None:
            self._began = now - latency_s
        if self._before and now - latency_s < self._began:
            self._measure_base_again(now - self._began, tokens)
        self._replies += 1
        self._tokens += tokens + 1
        if in_flight * 10 < self.limit * 9:
            self._slack += 1
        wanted = max(self.limit, 16) if self._phase == "ramp" else max(4 * self.limit, 64)
        if self._replies < wanted or now - self._began < 0.02:
            return False
        return self._end_epoch(self._tokens / (now - self._began), now)

    def _measure_base_again(self, seconds: float, tokens: int) -> None:
        """By all replies to what was out when the ramp went on; they come at the rate that the limit before allows."""
        self._before -= 1
        self._before_tokens += tokens + 1
        if not self._before:
            self._base_rate = max(self._base_rate, self._before_tokens / seconds)

    def on_overload(self, now: float) -> bool:
        """Count one refusal by a server that has too much to do; True where the limit changed."""
        if self._settle > 0:
            self._settle -= 1
            return False
        self._refusals += 1
        seen = self._refusals + self._replies
        if self._refusals < max(4, self.limit // 8) or self._refusals < OVERLOAD_SHARE * seen:
            return False
        tried, self._phase = self._phase, "hold"
        self._rest = self._rest_length
        self._rest_length = min(MAX_REST, 2 * self._rest_length)
        if tried == "up":
            self._up = max(1.05, (1 + self._up) / 2)
            return self._move(self._base, now)
        self._base_rate = 0.0
        return self._move(int(self.limit * CUT), now)

    def _restart(self, now: float) -> None:
        self._began = now
        self._settle = self._replies = self._refusals = self._slack = self._tokens = 0
        self._before = self._before_tokens = 0

    def _move(self, limit: int, now: float) -> bool:
        before = self.limit
        self.limit = max(1, min(limit, self.ceiling))
        moved = self.limit != before
        self._restart(now)
        if moved and self._phase == "ramp":
            self._before = before
        elif moved:
            self._settle = before
        return moved

    def _end_epoch(self, rate: float, now: float) -> bool:
        if self._slack * 5 > self._replies:
            self._restart(now)
            return False
        if self._phase == "ramp":
            return self._end_ramp(rate, now)
        if self._phase == "hold":
            return self._end_hold(rate, now)
        return self._end_trial(rate, now)

    def _end_ramp(self, rate: float, now: float) -> bool:
        if self._base and self._base_rate:
            grown = self.limit / self._base - 1
            rate = max(rate, self._doubted)
            if rate / self._base_rate - 1 < RAMP_GAIN * grown:
                if not self._doubted:  # connections that had yet to be made, or a moment's noise
                    self._doubted = rate
                    self._restart(now)
                    return False
                self._phase, knee = "hold", int(self._base * max(1.0, rate / self._base_rate) * 1.1) + 1
                self._base_rate = 0.0
                self._last_trial = "up"  # where the very first limit was too high already, the way is down
                return self._move(min(knee, self.limit), now)
        self._base, self._base_rate, self._doubted = self.limit, rate, 0.0
        if self.limit >= self.ceiling:
            self._phase, self._base_rate = "hold", 0.0
            self._rest = self._rest_length = MAX_REST // 2  # all that is allowed was worth it: no hurry to try less
            return self._move(self.limit, now)
        return self._move(RAMP * self.limit, now)

    def _end_hold(self, rate: float, now: float) -> bool:
        if self._base_rate and not 0.8 < rate / self._base_rate < 1.25:
            self._rest, self._rest_length = 0, 1  # the load changed: look again at once
        elif self._base == self.limit:
            # One slow epoch at the same limit is more likely noise, which must not make a lower limit look as good.
            rate = max(rate, 0.95 * self._base_rate)
        self._base, self._base_rate = self.limit, rate
        if self._rest > 0:
            self._rest -= 1
            return self._move(self.limit, now)
        up = self._last_trial == "down" and self.limit < self.ceiling
        if not up and self.limit == 1:
            return self._move(self.limit, now)
        self._phase = self._last_trial = "up" if up else "down"
        if up:
            return self._move(max(self.limit + 1, int(self.limit * self._up)), now)
        return self._move(min(self.limit - 1, int(self.limit * self._down)), now)

    def _end_trial(self, rate: float, now: float) -> bool:
        if self._phase == "up":
            grown = self.limit / self._base - 1
            keep = rate / self._base_rate - 1 >= RAMP_GAIN * grown
        else:
            keep = rate / self._base_rate >= SAME
        if keep:  # and go on in the same direction
            self._rest, self._rest_length = 0, 1
            if self._phase == "down":
                self._last_trial, self._down = "up", max(0.5, self._down**2)
            else:
                self._last_trial, self._up = "down", UP
            self._phase = "hold"
            return self._end_hold(rate, now)
        if self._phase == "down" and self._down < DOWN:  # too far at once; smaller steps may still pay
            self._rest, self._last_trial = 0, "up"
        else:
            self._rest = self._rest_length
            self._rest_length = min(MAX_REST, 2 * self._rest_length)
        self._phase, self._down = "hold", DOWN
        return self._move(self._base, now)
