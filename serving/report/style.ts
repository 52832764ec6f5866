/** How the page looks: by light, in the dark, on paper, on a phone. Colours have a contrast of at least 4.5 to their ground as text, 3 as lines. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--panel:#f5f6f8;--ink:#1b1f24;--faint:#57606a;--grid:#d5d9de;--c1:#0072b2;--c2:#c04a00;--c3:#00805c;--c4:#a8478a;--c5:#7a6400;--bar:#cfe3f2}
@media (prefers-color-scheme:dark){:root{--ground:#15181c;--panel:#1f242a;--ink:#e8eaed;--faint:#a4adb8;--grid:#3a414a;--c1:#56b4e9;--c2:#ff9a57;--c3:#3fc79a;--c4:#e39bcb;--c5:#e6d34f;--bar:#1d4a68}}
@media print{:root{color-scheme:light;--ground:#fff;--panel:#fff;--ink:#000;--faint:#444;--grid:#bbb;--c1:#0072b2;--c2:#c04a00;--c3:#00805c;--c4:#a8478a;--c5:#7a6400;--bar:#cfe3f2}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:56rem;padding:1rem;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}
h2{font-size:1.25rem;margin:2.5rem 0 .5rem;border-top:1px solid var(--grid);padding-top:1rem}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
h1,p,summary,figcaption{overflow-wrap:anywhere}
a{color:var(--c1)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0;margin:.5rem 0}
.faint,figcaption,.card small{color:var(--faint)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1rem 0}
.card{background:var(--panel);border:1px solid var(--grid);border-radius:.5rem;padding:.6rem .8rem}
.card b{display:block;font-size:1.45rem;line-height:1.3;font-variant-numeric:tabular-nums}
.card span,.card small{display:block}
.up{color:var(--c3)}.down{color:var(--c2)}
figure{margin:1rem 0}
svg{display:block;width:100%;min-width:36rem;height:auto;font:12px system-ui,sans-serif}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}
th,td{padding:.25rem .5rem;text-align:right;border-bottom:1px solid var(--grid);white-space:nowrap}
th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere;min-width:7rem}
thead th{color:var(--faint);font-weight:600}
tbody th{font-weight:400}
details{margin:.5rem 0}
summary{cursor:pointer;padding:.35rem 0}
details.anomaly{border:1px solid var(--grid);border-radius:.5rem;padding:.25rem .8rem}
.funnel{list-style:none;padding:0}
.funnel li{margin:.4rem 0}
.funnel i{display:block;height:1.1rem;background:var(--c1);border-radius:.2rem;min-width:2px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
:focus-visible{outline:3px solid var(--c1);outline-offset:2px}
@media (max-width:32rem){body{padding:.6rem}h1{font-size:1.35rem}th,td{padding:.25rem .35rem}}
@media print{nav,.numbers{display:none}body{max-width:none;font-size:11pt}h2,h3{break-after:avoid}figure,.card,tr{break-inside:avoid}.scroll{overflow:visible}svg{min-width:0}details::details-content{content-visibility:visible;display:block}}
`;
