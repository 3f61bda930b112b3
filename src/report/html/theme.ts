/** Style of the report page. Colours are distinct for colour-blind readers too, and the curves carry their names. */
export const THEME = `
:root { color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1b2127; --quiet: #626c76; --line: #e4e1d9; --track: #efece5;
  --champion: #2457a6; --venue: #c2540a; --nextBar: #0d8577; --gain: #2a7d5f; --loss: #b8413a; --warn: #8a5a00; --warn-bg: #fdf4dc; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14181d; --card: #1b2027; --ink: #e6e9ec; --quiet: #97a2ad; --line: #2d343c; --track: #262c34;
  --champion: #7fb0f5; --venue: #f0954f; --nextBar: #4fc9b8; --gain: #5cc19a; --loss: #ef8079; --warn: #efc469; --warn-bg: #2b2516; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1144px; margin: 0 auto; padding: 40px 32px 56px; }
h1 { margin: 0; font-size: 32px; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 0 0 2px; font-size: 17px; font-weight: 650; }
section { margin-top: 44px; }
p { margin: 0; }
.quiet, .sub { color: var(--quiet); }
.sub { margin-bottom: 14px; font-size: 13.5px; }
.kicker { color: var(--quiet); font-size: 13px; letter-spacing: .06em; text-transform: uppercase; }
.meta { margin-top: 6px; color: var(--quiet); }
code { font: 12.5px/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.notes { margin: 22px 0 0; padding: 12px 18px; list-style: none; background: var(--warn-bg); border-left: 3px solid var(--warn); border-radius: 0 6px 6px 0; }
.notes li + li { margin-top: 4px; }
.results { display: grid; grid-template-columns: repeat(3, 1fr); gap: 16px; margin-top: 26px; }
.result { background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--c); border-radius: 6px; padding: 16px 20px 14px; min-width: 0; }
.result h2 { color: var(--c); overflow-wrap: anywhere; }
.result .roi { margin: 8px 0 10px; font-size: 36px; line-height: 1.1; font-weight: 600; letter-spacing: -.02em; white-space: nowrap; }
.result dl { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; margin: 0; font-size: 14px; }
dt { color: var(--quiet); } dd { margin: 0; text-align: right; }
.c-champion { --c: var(--champion); } .c-venue { --c: var(--venue); } .c-nextBar, .c-decision { --c: var(--nextBar); }
.figures { display: flex; flex-wrap: wrap; gap: 18px 44px; margin: 24px 0 0; }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dt { font-size: 13px; } .figures dd { text-align: left; font-size: 19px; font-weight: 600; }
.honest { max-width: 78ch; margin-top: 22px; color: var(--quiet); font-size: 14px; }
.grid2 { display: grid; grid-template-columns: 1fr 1fr; gap: 0 44px; } .grid2 > div { min-width: 0; }
.bridge .words { color: var(--quiet); padding-left: 4px; } .bridge .result-row > * { font-weight: 600; } .bridge .result-row .words { font-weight: 400; }
.bridge tr.result-row:last-child > * { border-top: 1px solid var(--line); } .indented { white-space: pre-wrap; }
.plain, .bridge, .sides { margin-top: 2px; } .plain + .words, .bars + .words { margin: 8px 0 22px; } .scroll .plain th, .scroll .plain td { padding: 5px 12px; white-space: nowrap; } .words { font-size: 13.5px; max-width: 78ch; } .scroll + .words { margin-top: 10px; }
.counters { width: auto; } .counters td { vertical-align: top; }
svg { display: block; width: 100%; height: auto; font-size: 12.5px; }
svg .grid { stroke: var(--line); stroke-width: 1; } svg .start { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 2 3; }
svg .tick { fill: var(--quiet); } svg .faint { opacity: .7; } svg .value { fill: var(--ink); font-weight: 600; }
svg .name { fill: var(--ink); } svg .leader { stroke: var(--quiet); fill: none; opacity: .6; } svg .hit { fill: transparent; }
svg .curve { fill: none; stroke-width: 1.9; stroke-linejoin: round; }
svg .curve.venue { stroke-dasharray: 7 3; } svg .curve.nextBar, svg .curve.decision { stroke-dasharray: 2.5 2.5; }
svg .curve.champion { stroke: var(--champion); } svg .curve.venue { stroke: var(--venue); } svg .curve.nextBar, svg .curve.decision { stroke: var(--nextBar); }
svg .dot.champion, svg .name.champion { fill: var(--champion); } svg .dot.venue, svg .name.venue { fill: var(--venue); } svg .dot.nextBar, svg .name.nextBar, svg .dot.decision, svg .name.decision { fill: var(--nextBar); }
svg .drawdown { fill: var(--loss); opacity: .5; } svg rect.gain { fill: var(--gain); } svg rect.loss { fill: var(--loss); } svg rect.flat { fill: var(--quiet); }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th { font-weight: 500; text-align: left; } thead th { color: var(--quiet); border-bottom: 1px solid var(--line); white-space: nowrap; }
th, td { padding: 4px 14px 4px 0; } th:last-child, td:last-child { padding-right: 0; }
.n { text-align: right; white-space: nowrap; } td.gain { color: var(--gain); } td.loss { color: var(--loss); } td.small { font-size: 12.5px; color: var(--quiet); min-width: 180px; } td.small strong { color: var(--loss); }
.bars th[scope] { white-space: nowrap; } .bars .track { width: 46%; } .gates .track { width: 34%; }
.track { position: relative; height: 27px; } .track i { position: absolute; top: 7px; height: 13px; border-radius: 2px; background: var(--quiet); }
.gates .track i { left: 0; background: var(--champion); opacity: .75; } .track i.gain { background: var(--gain); } .track i.loss { background: var(--loss); }
.track b { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--line); }
.gates .track::before { content: ""; position: absolute; inset: 7px 0 auto 0; height: 13px; border-radius: 2px; background: var(--track); }
.scroll { overflow-x: auto; max-height: 640px; overflow-y: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--card); }
.sortable thead th { position: sticky; top: 0; background: var(--card); box-shadow: 0 1px 0 var(--line); border: 0; }
.sortable th, .sortable td, .stages th, .stages td { padding: 5px 10px; white-space: nowrap; } .sortable td.small { white-space: normal; } .sortable tbody tr:nth-child(even) { background: color-mix(in srgb, var(--track) 45%, transparent); }
.sortable button { all: unset; cursor: pointer; } .sortable button:hover { color: var(--ink); } .sortable button:focus-visible { outline: 2px solid var(--champion); outline-offset: 2px; }
.sortable th[aria-sort] { color: var(--ink); } [aria-sort=ascending] button::after { content: " ↑"; } [aria-sort=descending] button::after { content: " ↓"; }
footer { margin-top: 48px; padding-top: 18px; border-top: 1px solid var(--line); color: var(--quiet); font-size: 13.5px; }
footer dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0; } footer dd { text-align: left; color: var(--ink); } details summary { cursor: pointer; }
@media (max-width: 760px) { main { padding: 24px 16px; } .results, .grid2 { grid-template-columns: 1fr; } }
@media (max-width: 480px) { .bridge tr > :nth-child(3), .bridge tr > :nth-child(4) { display: none; } }
@media print { .scroll { max-height: none; overflow: visible; } }
`;
