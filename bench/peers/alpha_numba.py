"""The alpha step of semantics sections 3 and 4 for numba: champion configuration, no order book, no factors.

A module of its own, not part of the script: numba's cache does not recognise a named tuple of `__main__` from the run
before, and every start would compile anew. Without numba the bars are taken by numpy, row by row.
"""

import math
from collections import namedtuple

import numpy as np

try:
    from numba import njit

    HAS_NUMBA = True
except ImportError:
    HAS_NUMBA = False

    def njit(**_options):
        return lambda function: function


LOOKBACK, VOL_WINDOW, WARMUP_BARS, MAX_HOLD_BARS, DC_LOOKBACK, PRICE_SLOTS = 100, 50, 100, 120, 7, 8
BAR_NS, SIGN_DEAD_ZONE, MAX_SIGNAL = 5e9, 1e-15, 10.0
VEL_DIV_THRESHOLD, VEL_DIV_EXTREME, VOL_P60, DC_MIN_BPS, MIN_IRP_ALIGNMENT = -0.02, -0.05, 0.000099, 0.75, 0.45
TAKE_PROFIT_PCT, STOP_PCT, DAILY_LOSS_LIMIT, DIRECTION = 0.0095, 1.0, 0.10, -1
FRACTION, MIN_LEVERAGE, MAX_LEVERAGE, ABS_MAX_LEVERAGE, CONVEXITY, MIN_NOTIONAL = 0.2, 0.5, 5.0, 6.0, 3.0, 5.0
MAKER_FEE, TAKER_FEE, MAKER_ENTRY, MAKER_EXIT = -0.0002, 0.0004, 0.62, 0.5

TAKE_PROFIT, STOP, MAX_HOLD, DAY_END, RISK = 1, 2, 3, 4, 6
GATES = ("warmup", "signal", "volatility", "risk", "direction", "orderBook", "irp", "sizing")
G_WARMUP, G_SIGNAL, G_VOLATILITY, G_RISK, G_DIRECTION, G_ORDER_BOOK, G_IRP, G_SIZING = range(8)
COUNTERS = ("gaps", "invalidPrices", "missingSignals", "lateExits", "staleFills", "leverageCapped")
C_GAPS, C_INVALID, C_MISSING, C_LATE, C_STALE, C_CAPPED = range(6)
# Account: capital, peak of marked equity, marked drawdown. Trade row: see record().
A_CAPITAL, A_PEAK, A_DRAWDOWN = range(3)
TRADE_FIELDS = 12

Histories = namedtuple("Histories", "bar_price ret price_ring price_count last_price last_bar sign_ring cursor count up down")


@njit(cache=True)
def append_bar_loops(h, row, included, is_after_gap, bar):
    """Takes one bar; returns the basket mean and the number of invalid prices."""
    bar_price, ret, price_ring, price_count, last_price, last_bar = (
        h.bar_price, h.ret, h.price_ring, h.price_count, h.last_price, h.last_bar)
    total, returns, invalid = 0.0, 0, 0
    for index in included:
        a = np.uint64(index)  # unsigned: numba then leaves out the test for negative indices
        p = row[a]
        r = np.nan
        if p > 0.0 and p < np.inf:
            if not is_after_gap:
                r = p / bar_price[a] - 1.0
            n = price_count[a]
            bar_price[a] = last_price[a] = price_ring[np.uint64(n & (PRICE_SLOTS - 1)), a] = p
            price_count[a] = n + 1
            last_bar[a] = bar
            if r == r:
                total += r
                returns += 1
        else:
            bar_price[a] = np.nan
            invalid += 1
        ret[a] = r
    mean = total / returns if returns > 0 else np.nan
    append_signs(ret, h.sign_ring, h.cursor, h.count, h.up, h.down, included, mean)
    return mean, invalid


@njit(cache=True)
def append_signs(ret, sign_ring, cursor, count, up, down, included, mean):
    """Relative signs against the basket mean, as integer counts."""
    for index in included:
        a = np.uint64(index)
        r = ret[a]
        if r != r:
            continue
        distance = r - mean
        sign = np.int8(distance > SIGN_DEAD_ZONE) - np.int8(distance < -SIGN_DEAD_ZONE)
        c = np.uint64(cursor[a])
        leaving = sign_ring[c, a]
        sign_ring[c, a] = sign
        up[a] += (sign > 0) - (leaving > 0)
        down[a] += (sign < 0) - (leaving < 0)
        following = cursor[a] + 1
        cursor[a] = 0 if following == LOOKBACK else following
        count[a] += count[a] < LOOKBACK


def append_bar_numpy(h, row, included, is_after_gap, bar):
    """The same, a handful of whole-array operations per bar."""
    price = row[included]
    valid = (price > 0.0) & (price < np.inf)
    price = np.where(valid, price, np.nan)
    ret = np.full(len(included), np.nan) if is_after_gap else price / h.bar_price[included] - 1.0
    h.bar_price[included] = price
    h.ret[included] = ret
    seen = included[valid]
    h.price_ring[h.price_count[seen] & (PRICE_SLOTS - 1), seen] = price[valid]
    h.price_count[seen] += 1
    h.last_price[seen] = price[valid]
    h.last_bar[seen] = bar
    has = ret == ret
    moved, r = included[has], ret[has]
    mean = np.cumsum(r)[-1] / len(r) if len(r) > 0 else np.nan  # cumsum adds in order, sum does not
    distance = r - mean
    sign = (distance > SIGN_DEAD_ZONE).astype(np.int8) - (distance < -SIGN_DEAD_ZONE).astype(np.int8)
    c = h.cursor[moved]
    leaving = h.sign_ring[c, moved]
    h.sign_ring[c, moved] = sign
    h.up[moved] += (sign > 0).astype(np.int64) - (leaving > 0)
    h.down[moved] += (sign < 0).astype(np.int64) - (leaving < 0)
    h.cursor[moved] = np.where(c + 1 == LOOKBACK, 0, c + 1)
    h.count[moved] = np.minimum(h.count[moved] + 1, LOOKBACK)
    return mean, len(included) - len(seen)


append_bar = append_bar_loops if HAS_NUMBA else append_bar_numpy


@njit(cache=True)
def volatility(window, start):
    """Population deviation, two passes, oldest to newest."""
    total = 0.0
    for i in range(VOL_WINDOW):
        total += window[(start + i) % VOL_WINDOW]
    mean, squares = total / VOL_WINDOW, 0.0
    for i in range(VOL_WINDOW):
        distance = window[(start + i) % VOL_WINDOW] - mean
        squares += distance * distance
    return math.sqrt(squares / VOL_WINDOW)


@njit(cache=True)
def mark(account, equity):
    if equity > account[A_PEAK]:
        account[A_PEAK] = equity
    drawdown = (account[A_PEAK] - equity) / account[A_PEAK]
    if drawdown > account[A_DRAWDOWN]:
        account[A_DRAWDOWN] = drawdown


@njit(cache=True)
def select_asset(h, included, funnel):
    """Direction confirmation, order book (none), IRP: the column taken, or -1."""
    best, best_count, best_strength, is_confirmed = -1, -1, 0.0, False
    for a in included:
        price, n = h.bar_price[a], h.price_count[a]
        if price != price or n <= DC_LOOKBACK:
            continue
        momentum = price / h.price_ring[(n - 1 - DC_LOOKBACK) & (PRICE_SLOTS - 1), a] - 1.0
        if not DIRECTION * momentum * 1e4 >= DC_MIN_BPS:
            continue
        is_confirmed = True
        if h.count[a] < LOOKBACK or h.down[a] / LOOKBACK < MIN_IRP_ALIGNMENT:
            continue
        strength = abs(momentum)
        if h.down[a] > best_count or (h.down[a] == best_count and strength > best_strength):
            best, best_count, best_strength = a, h.down[a], strength
    funnel[G_DIRECTION, 0] += 1
    if not is_confirmed:
        return -1
    for gate in (G_DIRECTION, G_ORDER_BOOK):
        funnel[gate, 1] += 1
        funnel[gate + 1, 0] += 1
    if best >= 0:
        funnel[G_IRP, 1] += 1
    return best


@njit(cache=True)
def run_day(h, ns, vel_div, prices, included, reference, first_bar, account, draws, funnel, counters, trades):
    """Steps one day; returns the number of trades written into `trades`."""
    day_capital, tripped, last_ns = account[A_CAPITAL], False, np.nan
    window, window_start, window_count = np.zeros(VOL_WINDOW), 0, 0
    is_open, asset, held, entry_bar, entry, entry_ns, late = False, -1, 0, 0, 0.0, 0.0, False
    notional, qty, entry_rate, leverage, bucket = 0.0, 0.0, 0.0, 0.0, 0
    draw, count = 0, 0
    rows = len(ns)
    for bar in range(rows + 1):
        reason, fill, exit_bar = 0, 0.0, bar
        if bar == rows:
            if not is_open:
                break
            reason, fill, exit_bar = DAY_END, h.last_price[asset], bar - 1
            counters[C_STALE] += bar - 1 - h.last_bar[asset] > 24
        else:
            is_after_gap = ns[bar] - last_ns > 2.5 * BAR_NS
            counters[C_GAPS] += is_after_gap
            last_ns = ns[bar]
            _, invalid = append_bar(h, prices[bar], included, is_after_gap, bar)
            counters[C_INVALID] += invalid
            r = h.ret[reference]
            if r == r:
                window[window_start] = r
                window_start = (window_start + 1) % VOL_WINDOW
                window_count = min(window_count + 1, VOL_WINDOW)
            vd = vel_div[bar]
            has_signal = abs(vd) <= MAX_SIGNAL
            counters[C_MISSING] += not has_signal
        if is_open and bar < rows:
            held += 1
            overdue = held >= MAX_HOLD_BARS or ns[bar] - entry_ns >= MAX_HOLD_BARS * BAR_NS
            price = h.bar_price[asset]
            if price != price:
                if overdue and not late:
                    late = True
                    counters[C_LATE] += 1
                continue
            change = DIRECTION * (price / entry - 1.0)
            equity = account[A_CAPITAL] + change * notional
            mark(account, equity)
            if (equity - day_capital) / day_capital <= -DAILY_LOSS_LIMIT:
                tripped = True
            if change >= TAKE_PROFIT_PCT:
                reason = TAKE_PROFIT
            elif change <= -STOP_PCT:
                reason = STOP
            elif tripped:
                reason = RISK
            elif overdue:
                reason = MAX_HOLD
            fill = price
            if reason == 0:
                continue
        if reason != 0:
            exit_rate = MAKER_FEE if draws[draw] < MAKER_EXIT else TAKER_FEE
            draw += 1
            fees = notional * entry_rate + qty * fill * exit_rate
            pnl = DIRECTION * (fill / entry - 1.0) * notional - fees
            account[A_CAPITAL] += pnl
            trades[count, 0], trades[count, 1], trades[count, 2] = entry_bar, first_bar + exit_bar, asset
            trades[count, 3], trades[count, 4], trades[count, 5] = reason, entry, fill
            trades[count, 6], trades[count, 7], trades[count, 8] = notional, leverage, fees
            trades[count, 9], trades[count, 10], trades[count, 11] = pnl, bucket, account[A_CAPITAL]
            count += 1
            is_open = False
            mark(account, account[A_CAPITAL])
            if (account[A_CAPITAL] - day_capital) / day_capital <= -DAILY_LOSS_LIMIT:
                tripped = True
            continue
        funnel[G_WARMUP, 0] += 1
        if bar < WARMUP_BARS:
            continue
        funnel[G_WARMUP, 1] += 1
        funnel[G_SIGNAL, 0] += 1
        if not (has_signal and vd <= VEL_DIV_THRESHOLD):
            continue
        funnel[G_SIGNAL, 1] += 1
        funnel[G_VOLATILITY, 0] += 1
        if window_count < VOL_WINDOW or not volatility(window, window_start) > VOL_P60:
            continue
        funnel[G_VOLATILITY, 1] += 1
        funnel[G_RISK, 0] += 1
        if tripped:
            continue
        funnel[G_RISK, 1] += 1
        chosen = select_asset(h, included, funnel)
        if chosen < 0:
            continue
        s = min(max((VEL_DIV_THRESHOLD - vd) / (VEL_DIV_THRESHOLD - VEL_DIV_EXTREME), 0.0), 1.0)
        leverage = max(MIN_LEVERAGE + (MAX_LEVERAGE - MIN_LEVERAGE) * s**CONVEXITY, MIN_LEVERAGE)
        if leverage > ABS_MAX_LEVERAGE:
            leverage = ABS_MAX_LEVERAGE
            counters[C_CAPPED] += 1
        notional = account[A_CAPITAL] * FRACTION * leverage
        funnel[G_SIZING, 0] += 1
        if account[A_CAPITAL] <= 0 or notional < MIN_NOTIONAL:
            continue
        funnel[G_SIZING, 1] += 1
        entry_rate = MAKER_FEE if draws[draw] < MAKER_ENTRY else TAKER_FEE
        draw += 1
        bucket = 0 if vd <= -0.075 else (1 if vd <= -0.050 else (2 if vd <= -0.035 else 3))
        is_open, asset, held, late, entry_bar = True, chosen, 0, False, first_bar + bar
        entry, entry_ns = h.bar_price[chosen], ns[bar]
        qty = notional / entry
    return count


def begin_day(assets):
    n = assets
    nan = lambda: np.full(n, np.nan)
    zeros = lambda: np.zeros(n, np.int64)
    return Histories(nan(), nan(), np.zeros((PRICE_SLOTS, n)), zeros(), nan(), zeros(), np.zeros((LOOKBACK, n), np.int8),
                     zeros(), zeros(), zeros(), zeros())
