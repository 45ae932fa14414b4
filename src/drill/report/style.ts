/** How the report looks: light and dark, on paper and on a phone. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #ffffff; --text: #1c2330; --quiet: #55607a; --line: #c9d0de; --good: #17663a; --bad: #a8201a;
  --good-ground: #e3f4e9; --bad-ground: #fdeae8; --fault: #f6e3c3; --value: #1d5fbf; --panel: #f6f8fb; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161d; --text: #e6eaf2; --quiet: #a3aec2; --line: #3a4457; --good: #7fd6a0;
  --bad: #ff9d94; --good-ground: #16301f; --bad-ground: #3a1a18; --fault: #46381c; --value: #7fb2ff; --panel: #1a202a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; } .quiet { color: var(--quiet); } code { font: .875em/1.4 ui-monospace, monospace; }
.verdict { margin: 1rem 0; padding: .75rem 1rem; border-left: .375rem solid; border-radius: .25rem; }
.verdict strong { text-transform: uppercase; letter-spacing: .04em; } .verdict ul { margin: .5rem 0 0; padding-left: 1.25rem; }
.passed { border-color: var(--good); background: var(--good-ground); } .passed strong, .held { color: var(--good); }
.breached, .aborted { border-color: var(--bad); background: var(--bad-ground); }
.breached strong, .aborted strong, .not-held { color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 0; } dt { color: var(--quiet); } dd { margin: 0; }
section.slo { margin: 1rem 0; padding: .75rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: .375rem; break-inside: avoid; }
svg { display: block; width: 100%; min-width: 36rem; height: auto; margin-top: .5rem; } svg text { font: 12px system-ui, sans-serif; fill: var(--quiet); }
.fault { fill: var(--fault); } .axis, .tick { stroke: var(--line); } .limit { stroke: var(--bad); stroke-dasharray: 6 4; }
svg .limit-text { fill: var(--bad); } .value { fill: none; stroke: var(--value); stroke-width: 2; } .dot { fill: var(--value); }
.mark { stroke: var(--text); stroke-dasharray: 2 3; } svg .mark-text { fill: var(--text); }
.sample { fill: var(--quiet); } .sample.counts { fill: var(--bad); } .none { color: var(--quiet); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } caption { text-align: left; padding: .25rem 0; color: var(--quiet); }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: normal; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } .verdict, section.slo { print-color-adjust: exact; } }
`;
