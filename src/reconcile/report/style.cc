#include "reconcile/report/page.h"

namespace reconcile::report {

// Tasks have the colours of Okabe and Ito, which colour-blind people can tell apart; their vermilion is kept for Recon.
const char* style_sheet() {
  return R"(
:root { color-scheme: light dark; --paper: #ffffff; --panel: #f5f6f8; --ink: #1b1f24; --dim: #5c6670; --grid: #dfe3e8;
  --before: #a3acb6; --shared: #cfd5db; --accent: #d55e00; --zone: #d55e0012; --agree: #0072b2;
  --task0: #0072b2; --task1: #009e73; --task2: #e69f00; --task3: #cc79a7; --task4: #56b4e9; --task5: #c9b900; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --panel: #1e2328; --ink: #e7eaed; --dim: #a2abb4; --grid: #323940; --before: #6f7a85;
    --shared: #4a535c; --accent: #f0803c; --zone: #f0803c18; --agree: #4a9fd8; --task0: #4a9fd8; --task1: #2bb892; --task5: #f0e442; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.8rem; line-height: 1.2; }
h2 { margin: 3rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--grid); font-size: 1.3rem; }
h3 { margin: 2rem 0 .25rem; font-size: 1.05rem; }
p { margin: .5rem 0; max-width: 50rem; }
.dim { color: var(--dim); }
.lead { font-size: 1.1rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: 1rem; font-size: .9rem; }
a { color: inherit; text-decoration-color: var(--accent); text-underline-offset: .2em; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(13.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
.tiles div { padding: .75rem .9rem; border-radius: .5rem; background: var(--panel); border-left: 4px solid var(--accent); }
.tiles b { display: block; font-size: 1.15rem; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--dim); font-size: .85rem; overflow-wrap: anywhere; }
figure { margin: 1.5rem 0 0; }
figcaption { max-width: 50rem; }
.drawings { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); gap: 1rem 2rem; margin-top: .75rem; align-items: end; }
.drawing { margin-top: .75rem; overflow-x: auto; }
svg.wide { min-width: 40rem; }
.data { margin: .25rem 0 0; font-size: .8rem; color: var(--dim); }
.curve { position: relative; max-width: 46rem; }
.curve button { position: absolute; right: 0; top: 0; padding: 0 .4rem; font-size: .7rem; color: var(--dim);
  background: var(--panel); border: 1px solid var(--grid); border-radius: .25rem; cursor: pointer; }
.uplot { color: var(--ink); }
.u-select { background: var(--zone); }
.curve .u-legend { font-size: .7rem; color: var(--dim); text-align: left; }
.curve .u-legend th, .curve .u-legend td { padding: 0 .15rem; border: 0; font-weight: 400; }
.u-title { display: none; }
.plot-title { font-size: 11px; color: var(--dim); margin: 0; }
.zoomed > svg { display: none; }
.sample { display: flex; gap: .75rem; margin: .75rem 0; padding-top: .75rem; border-top: 1px solid var(--grid); }
.sample > div { min-width: 0; flex: 1; }
.pictures { display: flex; flex-wrap: wrap; gap: .5rem; margin-bottom: .5rem; }
.thumb { margin: 0; width: 8.5rem; flex: none; }
.thumb img { display: block; width: 100%; image-rendering: pixelated; border-radius: .25rem; background: var(--panel); }
.thumb figcaption { font-size: .75rem; color: var(--dim); overflow-wrap: anywhere; }
@media (max-width: 40rem) { body { padding: 1rem .9rem 3rem; } h1 { font-size: 1.4rem; } .thumb { width: 5.5rem; }
  .sample { display: block; } .drawing > div > svg.wide { min-width: 36rem; } }
.copies { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }
.copies details[open] { flex-basis: 100%; }
button.copy { margin-left: .3rem; padding: 0 .5rem; font: inherit; font-size: .8rem; color: var(--ink); cursor: pointer;
  background: var(--panel); border: 1px solid var(--grid); border-radius: .25rem; }
th.group { text-align: center; border-bottom-color: var(--dim); }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; margin: .5rem 0 0; font-size: .85rem; color: var(--dim); }
.legend i { display: inline-block; width: 1.5rem; height: .75rem; margin-right: .4rem; background: var(--c); }
.legend i.line { height: 0; background: none; vertical-align: .25rem; border-top: 3px solid var(--c); }
.legend i.dashed { border-top-style: dashed; }
.legend i.dotted { border-top-style: dotted; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
th { color: var(--dim); font-weight: 600; white-space: normal; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
details { margin: .5rem 0; }
summary { cursor: pointer; font-size: .9rem; color: var(--dim); }
pre { overflow: auto; max-height: 24rem; margin: .5rem 0; padding: .75rem 1rem; border-radius: .5rem; background: var(--panel);
  font: .8rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; user-select: all; }
svg { display: block; width: 100%; height: auto; fill: var(--ink);
  font: 12px system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
svg .small { font-size: 11px; fill: var(--dim); }
svg .strong { font-weight: 600; }
svg .mid { text-anchor: middle; }
svg .end { text-anchor: end; }
svg .accent-text { fill: var(--accent); font-weight: 600; }
svg .cell { font-size: 11px; }
svg .on-heat { fill: #14171a; }
svg .on-agree { fill: var(--paper); }
svg path { fill: none; stroke: var(--c); stroke-width: 1.2; }
svg .line { stroke-width: 2.2; stroke-linejoin: round; }
svg .grid { --c: var(--grid); stroke-width: 1; }
svg .band { stroke: none; fill: var(--c); fill-opacity: .16; }
svg .fill { fill: var(--c); }
svg .faint { fill-opacity: .45; }
svg .dashed { stroke-dasharray: 7 4; }
svg .dotted { stroke-dasharray: 2 3; }
svg .cut { --c: var(--accent); stroke-width: 1.6; stroke-dasharray: 5 4; }
svg .dot { fill: var(--ink); }
svg .before { fill: var(--before); }
svg .shared { fill: var(--shared); }
svg .conflict-zone { fill: var(--zone); }
svg .heat { fill: var(--accent); }
svg .agree { fill: var(--agree); }
.ink { --c: var(--ink); }
.grey { --c: var(--before); }
.shared { --c: var(--shared); }
.accent { --c: var(--accent); }
.muted { --c: var(--dim); }
.agree { --c: var(--agree); }
.t0 { --c: var(--task0); } .t1 { --c: var(--task1); } .t2 { --c: var(--task2); }
.t3 { --c: var(--task3); } .t4 { --c: var(--task4); } .t5 { --c: var(--task5); }
.h0 { fill-opacity: .03; } .h1 { fill-opacity: .07; } .h2 { fill-opacity: .12; } .h3 { fill-opacity: .17; }
.h4 { fill-opacity: .22; } .h5 { fill-opacity: .27; } .h6 { fill-opacity: .32; } .h7 { fill-opacity: .37; }
.h8 { fill-opacity: .42; } .h9 { fill-opacity: .47; } .h10 { fill-opacity: .52; } .h11 { fill-opacity: .57; }
.h12 { fill-opacity: .62; } .h13 { fill-opacity: .67; } .h14 { fill-opacity: .72; } .h15 { fill-opacity: .77; }
.h16 { fill-opacity: .82; } .h17 { fill-opacity: .87; } .h18 { fill-opacity: .92; } .h19 { fill-opacity: .96; }
.h20 { fill-opacity: 1; }
@media print {
  :root { color-scheme: light; --paper: #ffffff; --panel: #f5f6f8; --ink: #000000; --dim: #444444; --grid: #dddddd;
    --before: #a3acb6; --shared: #cfd5db; --accent: #d55e00; --zone: #d55e0012; --agree: #0072b2;
    --task0: #0072b2; --task1: #009e73; --task5: #c9b900; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  nav, details, .data, .curve button, .uplot, .plot-title { display: none; }
  .zoomed > svg { display: block; }
  figure, .tiles, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  pre { max-height: none; white-space: pre-wrap; }
  * { print-color-adjust: exact; } }
)";
}

}  // namespace reconcile::report
