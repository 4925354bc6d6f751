import { Html } from './html.ts';

/** Figures take their colours from here too, so that they follow light, dark and print. Contrast is tested. */
const LIGHT = `
--page:#fff;--raised:#f5f6f8;--ink:#1b1f24;--muted:#57606a;--line:#d5dae0;--link:#0a55b0;--warn:#8a3a00;--warn-page:#fff4e5;--target:#fff3c4;
--c0:#0067a5;--c1:#c2410c;--c2:#00755e;--c3:#8f5f00;--c4:#a03a86;--c5:#475569;--c6:#0e7490;--c7:#b91c4b;
--phase-launch:#c9d6e4;--phase-pull:#8fb4d6;--phase-load:#f0c27b;--phase-measure:#0067a5;--phase-idle:#e3e5e8;--phase-release:#d9a7c7;--pattern:#1b1f24aa;`;
const DARK = `
--page:#14171b;--raised:#1e2329;--ink:#e8ebee;--muted:#a4aeb9;--line:#3a424b;--link:#7db8ff;--warn:#ffb977;--warn-page:#33261a;--target:#4a3f14;
--c0:#5cb3f0;--c1:#ff9b62;--c2:#3fd4ac;--c3:#e3c04b;--c4:#ee9bd6;--c5:#b6c2d1;--c6:#4fd0e4;--c7:#ff8fab;
--phase-launch:#46566a;--phase-pull:#2f6390;--phase-load:#8a6320;--phase-measure:#5cb3f0;--phase-idle:#3c4148;--phase-release:#80486c;--pattern:#ffffff99;`;

export const STYLE = new Html(`
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
@media print{:root{color-scheme:light;${LIGHT}}.skip{display:none}.scroll{overflow:visible}}
*{box-sizing:border-box}
body{background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:76rem;padding:0 1rem 4rem}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem;background:var(--page);padding:.5rem 1rem;z-index:1}
.skip:focus{left:.5rem;top:.5rem}
header{padding-top:1rem}
header p{max-width:none}
header p,.quiet,figcaption,.notes{color:var(--muted);font-size:.9rem;margin:.25rem 0}
h1{font-size:clamp(1.45rem,1rem + 1.8vw,2.15rem);line-height:1.2;margin:.5rem 0;text-wrap:balance;overflow-wrap:anywhere}
h1 bdi{display:inline-block;max-width:100%}
h2{border-top:1px solid var(--line);font-size:1.35rem;margin:2.5rem 0 .5rem;padding-top:1.25rem}
h3{font-size:1.05rem;margin:1.5rem 0 .5rem}
p,li{max-width:72ch;overflow-wrap:anywhere}
.simulated{background:var(--warn-page);border:2px solid var(--warn);border-radius:6px;color:var(--ink);max-width:none;padding:.5rem .9rem}
.simulated-mark{border:1.5px solid var(--warn);border-radius:4px;color:var(--warn);font-size:.72rem;font-weight:700;letter-spacing:.04em;padding:.05rem .35rem;white-space:nowrap}
.facts{display:grid;gap:.75rem;grid-template-columns:repeat(3,1fr);margin:1rem 0}
.facts>div{background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:.65rem .9rem}
.facts dt{color:var(--muted);font-size:.85rem}
.facts dd{margin:0}
.facts .big{display:block;font-size:1.6rem;font-weight:700;line-height:1.25}
.facts small{color:var(--muted);display:block;font-size:.85rem}
.facts a.big{text-decoration-thickness:2px;text-underline-offset:4px}
nav ul,.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;list-style:none;margin:.5rem 0;padding:0}
.legend li{align-items:center;display:flex;gap:.35rem;font-size:.9rem}
figure{margin:1.25rem 0}
figure svg{display:block;height:auto;max-width:100%}
svg.swatch{display:inline-block;flex:none}
.figures{display:grid;column-gap:2rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,34rem),1fr))}
.narrow{display:none}
@media (max-width:44rem){
.wide{display:none}.narrow{display:block}
.facts{gap:.5rem;grid-template-columns:repeat(2,1fr)}.facts>div{padding:.45rem .65rem}.facts .big{font-size:1.15rem}.facts dt,.facts small{font-size:.78rem}
}
.scroll{border:1px solid var(--line);border-radius:6px;max-height:36rem;overflow:auto}
table{border-collapse:collapse;font-size:.85rem;width:100%}
caption{caption-side:top;color:var(--muted);padding:.4rem .6rem;text-align:left}
th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top;white-space:nowrap}
thead th{background:var(--raised);position:sticky;top:0;vertical-align:bottom;white-space:normal}
th small{display:block;font-weight:normal;color:var(--muted)}
.n{text-align:right;font-variant-numeric:tabular-nums}
.t{min-width:16rem;white-space:normal;overflow-wrap:anywhere}
.w{min-width:6.5rem;white-space:normal;overflow-wrap:anywhere}
td a:not([href^="#"]){display:inline-block;min-height:24px;min-width:24px}
tr:target>*{background:var(--target)}
tr.best>*{font-weight:700}
tfoot td,tfoot th{border-top:2px solid var(--muted);font-weight:700}
.rows{content-visibility:auto;contain-intrinsic-size:auto 20rem}
details{margin:.75rem 0}
summary{cursor:pointer;font-weight:600}
pre{background:var(--raised);border:1px solid var(--line);border-radius:6px;font-size:.85rem;overflow:auto;padding:.75rem;white-space:pre-wrap;overflow-wrap:anywhere}
.list{display:grid;gap:.25rem 1.25rem;grid-template-columns:max-content 1fr}
.list dt{color:var(--muted)}.list dd{margin:0;overflow-wrap:anywhere}
@media (max-width:44rem){.list{grid-template-columns:1fr}.list dd{margin-bottom:.5rem}}
`);
