import { createHash } from "node:crypto";

/** The page's style sheet; it stands in the page, so that one request shows all. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1c2430; --muted: #566273; --back: #fff; --raised: #f4f6f9; --line: #d8dee6;
  --link: #0a58b8; --down: #b3261e; --down-back: #fdf0ef; --unknown: #7a5b00; --up: #1b6e3c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e3e8ef; --muted: #9daabb; --back: #12171e; --raised: #1b222c; --line: #303a48;
    --link: #7fb4f5; --down: #ff9c94; --down-back: #2e1a1b; --unknown: #e0be5a; --up: #7fd3a0;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem clamp(.75rem, 3vw, 2rem) 3rem; background: var(--back);
  color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
header { display: flex; flex-wrap: wrap; gap: .25rem 2rem; align-items: baseline; }
h1 { margin: 0; font-size: 1.4rem; }
header p { margin: 0; color: var(--muted); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: .5rem 0; padding: 0;
  list-style: none; }
.counts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0;
  list-style: none; }
.counts a { display: block; min-width: 8rem; padding: .5rem .9rem; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--raised); color: inherit; text-decoration: none; }
.counts a:hover { border-color: var(--link); }
.counts strong { display: block; font-size: 1.5rem; line-height: 1.2; }
form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin: 1rem 0; }
label { display: grid; gap: .15rem; color: var(--muted); font-size: .85rem; }
select, input, button { padding: .35rem .5rem; border: 1px solid var(--line);
  border-radius: .35rem; background: var(--back); color: var(--text); font: inherit; }
button { background: var(--raised); cursor: pointer; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { width: 100%; border-collapse: collapse; }
caption { padding: .5rem .75rem; color: var(--muted); text-align: left; }
th, td { padding: .4rem .75rem; border-top: 1px solid var(--line); text-align: left;
  vertical-align: top; }
thead th { background: var(--raised); font-weight: 600; white-space: nowrap; }
td small { display: block; color: var(--muted); overflow-wrap: anywhere; }
code { font: .92em/1.4 ui-monospace, monospace; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.state { font-weight: 600; white-space: nowrap; }
.down .state, .down strong { color: var(--down); }
.unknown .state, .unknown strong, .overdue { color: var(--unknown); }
.up .state, .up strong { color: var(--up); }
tr.down td { background: var(--down-back); }
.why { min-width: 18rem; max-width: 34rem; }
`;

/** The style sheet as a Content-Security-Policy source: no other one is applied. */
export const STYLE_SOURCE = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;
