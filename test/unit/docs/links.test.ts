import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../../support/run-dolphin.ts';

const PAGES = globSync(['*.md', 'docs/**/*.md', 'test/golden/*.md'], { cwd: REPOSITORY }).sort();

/** Targets of inline links and images, code blocks left out. */
function linkTargets(text: string): string[] {
  const prose = text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map(([, target = '']) => target);
}

/** A heading as GitHub makes an anchor of it. */
function anchorOf(heading: string): string {
  const kept = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '');
  return kept.trim().replace(/\s/g, '-');
}

function anchorsIn(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

/** Links of a page that lead nowhere. */
function brokenLinks(page: string): string[] {
  const path = join(REPOSITORY, page);
  return linkTargets(readFileSync(path, 'utf8')).filter((link) => {
    if (/^(?:https?|mailto):/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : join(dirname(path), decodeURIComponent(file));
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsIn(target).includes(anchor);
  });
}

test('there are pages to look at', () => {
  expect(PAGES).toContain('CONTRIBUTING.md');
  expect(PAGES).toContain('docs/architecture.md');
});

test.each(PAGES)('every relative link in %s leads to a file', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});
