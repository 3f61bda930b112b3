import { afterEach, describe, expect, test } from 'vitest';
import { freePort, Member, membersMissing, NEWEST } from '../../integration/memory/hazelcast-member.ts';
import { until } from '../../integration/memory/until.ts';
import { fedOf, memoryFedRun, memorySource, ScanWriter } from '../../support/memory-fed-run.ts';

const RETURN_MS = 30_000;
const EVERY_MS = 20;
const TIMEOUT_MS = 120_000;

describe.skipIf(membersMissing(NEWEST) !== null)('an engine on the scans of a real member that goes away', () => {
  const members: Member[] = [];
  let writer: ScanWriter | null = null;
  afterEach(async () => {
    await writer?.close();
    await Promise.all(members.splice(0).map((member) => member.kill()));
  });

  test(
    'frozen, then killed and started empty: it goes on each time, and every scan was taken or is counted as missed',
    async () => {
      const port = await freePort();
      const cluster = `scans-${process.pid}-${port}`;
      const config = { kind: 'hazelcast', clusterName: cluster, members: [`127.0.0.1:${port}`], tls: null } as const;
      const start = async () => {
        const member = await Member.start({ version: NEWEST, cluster, port });
        members.push(member);
        return member;
      };
      const member = await start();
      writer = new ScanWriter(config);
      expect(await writer.memory.ready(RETURN_MS)).toBe(true);
      await writer.next();
      const run = memoryFedRun(memorySource(), config);
      const ended = run.run();
      const fed = () => fedOf(run);
      await until('the standing scan', () => fed().scans === 1);
      writer.start(EVERY_MS);
      await until('scans', () => fed().scans > 50);

      member.signal('SIGSTOP');
      await until('the freeze is seen', () => run.memory?.store.connected === false, RETURN_MS);
      const frozen = fed().scans;
      member.signal('SIGCONT');
      const thawMs = await until('scans behind the freeze', () => fed().scans > frozen + 20, RETURN_MS);
      expect(fed()).toMatchObject({ late: 0, dropped: 0 });
      expect(fed().gaps).toBeGreaterThan(0);

      await member.kill();
      await until('the kill is seen', () => run.memory?.store.connected === false, RETURN_MS);
      const killed = fed().scans;
      await start();
      const returnMs = await until('scans behind the kill', () => fed().scans > killed + 20, RETURN_MS);

      writer.stop();
      const last = writer.written;
      await until('the newest scan', () => fed().scans + fed().missed === last, RETURN_MS);
      run.stop();
      const { engine, feed } = await ended;
      const { scans, missed, gaps } = fedOf({ feed });
      expect(engine.run.days[0]?.bars).toBe(scans);
      console.log(
        `scans of a Hazelcast member, one each ${EVERY_MS} ms: back ${Math.round(thawMs)} ms after a thaw and ` +
          `${Math.round(returnMs)} ms after a restart; ${last} written, ${scans} taken, ${missed} missed in ${gaps} gaps`,
      );
    },
    TIMEOUT_MS,
  );
});
