import { describe, expect, it } from 'vitest';
import type { Trade } from '../../../src/model/trade.ts';
import { tradeColumns } from '../../../src/report/trade-columns.ts';
import { tradesCsv } from '../../../src/report/trades-csv.ts';
import { goldenReport } from '../../support/golden-report.ts';

const { trades } = goldenReport('plain/champion');

describe('trades as CSV', () => {
  const lines = tradesCsv({ trades }).split('\n');

  it('has a header, a line per trade and a last newline', () => {
    expect(lines.length).toBe(trades.length + 2);
    expect(lines[0]).toBe(
      'date,entryTs,exitTs,entryBar,exitBar,asset,assetIndex,direction,reason,entry,exit,notional,leverage,fees,pnl,bucket,capital',
    );
  });

  it('gives back the same doubles', () => {
    const column = lines[0]!.split(',').indexOf('notional');
    expect(lines.slice(1, -1).map((line) => Number(line.split(',')[column]))).toEqual(trades.map((t) => t.notional));
  });

  it('quotes what CSV must quote', () => {
    expect(tradesCsv({ trades: [{ ...trades[0]!, asset: 'A,"B"' }] })).toContain(',"A,""B""",');
  });

  it('of no trades is the header', () => expect(tradesCsv({ trades: [] }).split('\n').length).toBe(2));
});

describe('trades as columns', () => {
  it('hold every field in order', () => {
    for (const { name, values } of tradeColumns({ trades })) {
      expect(Array.from<string | number>(values)).toEqual(trades.map((trade) => trade[name as keyof Trade]));
    }
    expect(tradeColumns({ trades }).length).toBe(17);
  });
});
