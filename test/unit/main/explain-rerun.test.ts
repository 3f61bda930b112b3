import { expect, test } from 'vitest';
import { ExplainRerun } from '../../../src/main/commands/explain-rerun.ts';
import { InputError } from '../../../src/model/input-error.ts';
import { goldenReport } from '../../support/golden-report.ts';

test.each(['hybrid', '0.1s'] as const)(
  'a report of resolution %s is refused: its bars are not only scans',
  async (resolution) => {
    const report = goldenReport('plain/champion');
    const explained = ExplainRerun.of({ ...report, config: { ...report.config, resolution } }, 'report.json');
    await expect(explained).rejects.toThrow(InputError);
    await expect(explained).rejects.toThrow(
      `report.json: is of resolution ${resolution}, only bars of resolution 5s can be explained`,
    );
  },
);
