"""What `dolphin replay` does on plain days, as a Python program would do it: pyarrow, numba, SHA-256, JSON.

    replay_numba.py --data DIR [--json FILE] [--decoded-repeat N] [--limit DAYS]

Champion configuration of semantics section 2 on 5 s bars with a `vel_div` column; no order book, no factors. Prints one
JSON line of timings; `--json` writes the report. `--decoded-repeat N` steps N days from columns that are decoded already,
cycling through the folder, and reports the seconds of each.
"""

import time

PROCESS_START = time.perf_counter()

import argparse
import hashlib
import json
import math
import struct
from collections import namedtuple
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from alpha_numba import A_CAPITAL, A_DRAWDOWN, COUNTERS, DIRECTION, GATES, HAS_NUMBA, TRADE_FIELDS, begin_day, run_day

NS_PER_DAY = 86_400_000_000_000
EXCLUDED, REFERENCE = ("TUSDUSDT", "USDCUSDT"), "BTCUSDT"
INITIAL_CAPITAL, VENUE_FEE, SEED = 25_000.0, 0.0005, 42
REASONS = ("", "TAKE_PROFIT", "STOP", "MAX_HOLD", "DAY_END", "HIBERNATE", "RISK")

Day = namedtuple("Day", "date day_number ns vel_div prices columns sha256 name")


def read_day(path):
    """One day file as columns; prices row-major, NaN = null."""
    raw = path.read_bytes()
    table = pq.ParquetFile(pa.BufferReader(raw)).read()  # read_table would import pyarrow.dataset first: 0.15 s
    columns = [name for name in table.column_names if name.endswith("USDT")]
    stamps = as_numpy(table["timestamp"].cast(pa.int64()))
    day_number = int(stamps[0] // NS_PER_DAY)
    date = datetime.fromtimestamp(day_number * 86_400, timezone.utc).strftime("%Y-%m-%d")
    prices = np.empty((table.num_rows, len(columns)))
    for index, name in enumerate(columns):
        prices[:, index] = as_numpy(table[name])
    return Day(date, day_number, (stamps - day_number * NS_PER_DAY).astype(np.float64), as_numpy(table["vel_div"]), prices, columns,
               hashlib.sha256(raw).hexdigest(), path.name)


def as_numpy(column):
    """A column as numpy, null = NaN. Not to_numpy(): that imports pandas, 0.13 s of every start."""
    array = column.combine_chunks()
    return np.from_dlpack(array if array.null_count == 0 else array.fill_null(math.nan))


class Replay:
    """A run over days: capital and lifetime bars live here, the rest is made anew each day."""

    def __init__(self, columns, max_rows):
        self.columns = columns
        self.included = np.array([i for i, name in enumerate(columns) if name not in EXCLUDED], np.int64)
        self.reference = columns.index(REFERENCE)
        self.draws = np.random.RandomState(SEED).random_sample(2 * max_rows + 2)
        self.account = np.array([INITIAL_CAPITAL, INITIAL_CAPITAL, 0.0])
        self.first_bar = 0
        self.days, self.trades, self.decisions = [], [], hashlib.sha256()

    def run(self, day):
        trades = np.empty((len(day.ns), TRADE_FIELDS))
        funnel, counters = np.zeros((len(GATES), 2), np.int64), np.zeros(len(COUNTERS), np.int64)
        capital = self.account[A_CAPITAL]
        count = run_day(begin_day(len(self.columns)), day.ns, day.vel_div, day.prices, self.included, self.reference,
                        self.first_bar, self.account, self.draws, funnel, counters, trades)
        self.keep_trades(day, trades[:count])
        self.days.append({"date": day.date, "pnl": float(self.account[A_CAPITAL] - capital), "trades": count,
                          "capital": float(self.account[A_CAPITAL]), "bars": len(day.ns),
                          "funnel": {gate: funnel[i].tolist() for i, gate in enumerate(GATES)},
                          "counters": {name: int(counters[i]) for i, name in enumerate(COUNTERS)}})
        self.first_bar += len(day.ns)

    def keep_trades(self, day, rows):
        for row in rows.tolist():
            entry_bar, exit_bar, asset, reason = (int(value) for value in row[:4])
            self.decisions.update(struct.pack("<IIHbBdd", entry_bar, exit_bar, asset, DIRECTION, reason, row[4], row[5]))
            self.trades.append({"date": day.date, "entryTs": iso(day, entry_bar - self.first_bar),
                                "exitTs": iso(day, exit_bar - self.first_bar), "entryBar": entry_bar, "exitBar": exit_bar,
                                "asset": self.columns[asset], "assetIndex": asset, "direction": DIRECTION,
                                "reason": REASONS[reason], "entry": row[4], "exit": row[5], "notional": row[6],
                                "leverage": row[7], "fees": row[8], "pnl": row[9], "bucket": int(row[10]), "capital": row[11],
                                "_next": (next_price(day, asset, entry_bar - self.first_bar, row[4]),
                                          next_price(day, asset, exit_bar - self.first_bar, row[5]))})

    def report(self, files):
        trades = self.trades
        venue = [DIRECTION * (t["exit"] / t["entry"] - 1) * t["notional"]
                 - (t["notional"] + t["notional"] / t["entry"] * t["exit"]) * VENUE_FEE for t in trades]
        following = [DIRECTION * (t["_next"][1] / t["_next"][0] - 1) * t["notional"] - t["fees"] for t in trades]
        for t in trades:
            del t["_next"]
        pnl = [t["pnl"] for t in trades]
        metrics = outcome(pnl) | {"capital": float(self.account[A_CAPITAL]), "trades": len(trades),
                                  "winRate": sum(p > 0 for p in pnl) / len(pnl) if pnl else None,
                                  "maxDrawdown": max_drawdown(pnl), "maxDrawdownMarked": float(self.account[A_DRAWDOWN]),
                                  "sharpe": sharpe(self.days)}
        metrics["roi"] = metrics["capital"] / INITIAL_CAPITAL - 1
        return {"decisionHash": self.decisions.hexdigest(), "metrics": metrics, "venueFees": outcome(venue),
                "nextBarFills": outcome(following), "days": self.days, "trades": trades,
                "source": {"files": [{"name": d.name, "sha256": d.sha256} for d in files]}}


def iso(day, row):
    stamp = datetime.fromtimestamp(day.day_number * 86_400 + day.ns[row] / 1e9, timezone.utc)
    return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def next_price(day, asset, row, own):
    """First valid price after the decision's bar on the same day, else the trade's own."""
    for price in day.prices[row + 1 :, asset]:
        if 0.0 < price < math.inf:
            return float(price)
    return own


def outcome(pnl):
    losses = -sum(p for p in pnl if p < 0)
    capital = INITIAL_CAPITAL + sum(pnl)
    return {"roi": capital / INITIAL_CAPITAL - 1, "capital": capital,
            "profitFactor": sum(p for p in pnl if p > 0) / losses if losses > 0 else None}


def max_drawdown(pnl):
    equity = peak = INITIAL_CAPITAL
    worst = 0.0
    for p in pnl:
        equity += p
        peak = max(peak, equity)
        worst = max(worst, (peak - equity) / peak)
    return worst


def sharpe(days):
    returns = np.array([d["pnl"] / (d["capital"] - d["pnl"]) for d in days])
    if len(returns) < 2 or returns.std(ddof=1) == 0:
        return None
    return float(returns.mean() / returns.std(ddof=1) * math.sqrt(365))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--decoded-repeat", type=int, default=0)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    clock = time.perf_counter
    import_seconds = clock() - PROCESS_START
    decode_seconds = step_seconds = 0.0
    files, replay = [], None
    for path in sorted(options.data.glob("????-??-??.parquet"))[: options.limit]:
        start = clock()
        day = read_day(path)
        decoded = clock()
        replay = replay or Replay(day.columns, 17_280)
        replay.run(day)
        step_seconds += clock() - decoded
        decode_seconds += decoded - start
        files.append(day if options.decoded_repeat else day._replace(ns=None, vel_div=None, prices=None))
    report = replay.report(files)
    if options.json:
        options.json.write_text(json.dumps(report))
    timing = {"numba": HAS_NUMBA, "importSeconds": import_seconds, "decodeSeconds": decode_seconds, "stepSeconds": step_seconds,
              "totalSeconds": clock() - PROCESS_START, "bars": replay.first_bar, "decisionHash": report["decisionHash"]}
    if options.decoded_repeat:
        repeat = Replay(files[0].columns, 17_280)
        timing["repeatSeconds"] = []
        for index in range(options.decoded_repeat):
            start = clock()
            repeat.run(files[index % len(files)])
            timing["repeatSeconds"].append(clock() - start)
        timing["repeatDecisionHash"] = repeat.decisions.hexdigest()
    print(json.dumps(timing))


if __name__ == "__main__":
    main()
