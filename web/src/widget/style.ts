// The element's style: a constructable style sheet, which no policy about inline styles forbids.

const TEXT = /* css */ `
:host {
  --_accent: var(--cv-accent, #0b57a4);
  --_on-accent: var(--cv-on-accent, #fff);
  --_red: var(--cv-red, #c4161c);
  --_ink: var(--cv-ink, #1d2433);
  --_soft: var(--cv-soft, #525c6b);
  --_line: var(--cv-line, #d3dae3);
  --_ground: var(--cv-ground, #fff);
  --_tint: var(--cv-tint, #f2f6fb);
  --_radius: var(--cv-radius, 6px);
  --_passed: var(--cv-passed, #0e6b3a);
  --_unusable: var(--cv-unusable, #a34300);
  --_forged: var(--cv-forged, #b3121a);
  --_unknown: var(--cv-unknown, #3f4d63);
  display: block;
  container-type: inline-size;
  color: var(--_ink);
  font: 400 var(--cv-size, 16px)/1.65 var(--cv-font, system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Zen Hei", sans-serif);
  text-align: start;
}
:host([large]) { font-size: var(--cv-size-large, 22px); }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; }
ul { list-style: none; }
button, input, select, textarea { font: inherit; color: inherit; }
a { color: var(--_accent); }
code { font: .9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
.sign { flex: none; width: 1.35em; height: 1.35em; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.fine { color: var(--_soft); font-size: .875em; }
.visually-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.box { background: var(--_ground); border: 1px solid var(--_line); border-top: 3px solid var(--_accent); border-radius: var(--_radius); }
.head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .25em 1em; padding: .9em 1.25em .75em; }
.head h2 { font-size: 1.25em; line-height: 1.3; }
.head-text { flex: 1 1 12em; min-width: 0; }
.large { display: inline-flex; align-items: center; gap: .4em; min-height: 2.5em; padding: .2em .8em; border: 1px solid var(--_line); border-radius: 99em; background: var(--_ground); cursor: pointer; white-space: nowrap; font-size: .9em; }
.large[aria-pressed="true"] { border-color: var(--_accent); color: var(--_accent); font-weight: 600; }

.tabs { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; background: var(--_tint); border-block: 1px solid var(--_line); }
.tab { position: relative; display: flex; align-items: center; justify-content: center; gap: .5em; min-height: 3.25em; padding: .5em .25em; border: 0; border-inline-end: 1px solid var(--_line); background: none; cursor: pointer; line-height: 1.25; }
.tab:last-child { border-inline-end: 0; }
.tab:hover { color: var(--_accent); }
.tab[aria-selected="true"] { background: var(--_ground); color: var(--_accent); font-weight: 700; }
.tab[aria-selected="true"]::after { content: ""; position: absolute; inset: auto 0 -1px; height: 3px; background: var(--_accent); }
.tab:focus-visible { outline-offset: -4px; }
.panel { padding: 1.25em; }
.panel:focus-visible { outline-offset: -4px; }
@container (max-width: 30em) {
  .tab { flex-direction: column; gap: .15em; min-height: 4.2em; font-size: .9em; }
  .head, .panel { padding-inline: 1em; }
}

.field { display: block; margin-bottom: 1em; }
.field > .label { display: block; margin-bottom: .3em; font-weight: 600; }
.field > .hint { display: block; margin-top: .25em; }
.input { display: block; width: 100%; min-height: 3em; padding: .4em .8em; border: 1px solid #8793a3; border-radius: var(--_radius); background: var(--_ground); }
.input:focus { border-color: var(--_accent); }
::placeholder { color: #667080; opacity: 1; }
.row { display: flex; flex-wrap: wrap; gap: .75em; align-items: center; }
.grid { display: grid; gap: 0 1em; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14em), 1fr)); }
.button { display: inline-flex; align-items: center; justify-content: center; gap: .5em; min-height: 3em; padding: .4em 1.4em; border: 1px solid var(--_accent); border-radius: var(--_radius); background: var(--_ground); color: var(--_accent); font-weight: 600; text-decoration: none; cursor: pointer; }
.button:hover { background: var(--_tint); }
.button.main { background: var(--_accent); color: var(--_on-accent); }
.button.main:hover { filter: brightness(.92); }
.button[disabled] { opacity: .6; cursor: default; }
.wide { width: 100%; }
.problem { margin: 0 0 1em; padding: .6em .9em; border-inline-start: 4px solid var(--_forged); background: #fdf1f1; }

.drop { display: grid; justify-items: center; gap: .6em; padding: 1.75em 1em; border: 2px dashed #9db2ca; border-radius: var(--_radius); background: var(--_tint); text-align: center; }
.drop.over { border-color: var(--_accent); border-style: solid; }
.drop .sign.big { width: 2.6em; height: 2.6em; stroke-width: 1.5; color: var(--_accent); }
.view { position: relative; overflow: hidden; margin-bottom: 1em; border-radius: var(--_radius); background: #10151d; aspect-ratio: 4 / 3; max-height: 60vh; }
.view video { display: block; width: 100%; height: 100%; object-fit: cover; }
.view::after { content: ""; position: absolute; inset: 0; margin: auto; width: min(62%, 16em); aspect-ratio: 1; border: 3px solid #fff; border-radius: 12px; box-shadow: 0 0 0 100vmax rgb(0 0 0 / .38); }

.answer { margin-top: 1em; scroll-margin-top: 1em; }
.box + .answer:empty { display: none; }
.waiting { display: flex; align-items: center; gap: .75em; padding: 1.25em; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_ground); }
.spin { width: 1.5em; height: 1.5em; border: 3px solid var(--_line); border-top-color: var(--_accent); border-radius: 50%; animation: spin 1s linear infinite; }
@keyframes spin { to { transform: rotate(1turn); } }

.card { overflow: hidden; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_ground); }
.band { display: flex; align-items: center; gap: 1em; padding: 1.1em 1.25em; }
.band .sign { width: 3.4em; height: 3.4em; stroke-width: 1.6; }
.band-text { flex: 1; min-width: 0; }
.title { font-size: 1.75em; line-height: 1.25; font-weight: 700; overflow-wrap: anywhere; }
.title:focus { outline: none; } /* it takes the focus to be read out, and cannot be operated */
.sentence { margin-top: .2em; overflow-wrap: anywhere; }
.verdict { display: inline-block; margin-bottom: .35em; padding: 0 .6em; border: 1px solid currentColor; border-radius: 3px; font-size: .85em; font-weight: 600; }

.passed { border-color: var(--_passed); }
.passed .band { background: var(--_passed); color: #fff; }
.unusable { border-color: var(--_unusable); }
.unusable .band { background: #fff3e6; color: var(--_unusable); border-bottom: 6px double var(--_unusable); }
.forged { border: 3px solid var(--_forged); }
.forged .band { background: var(--_forged); color: #fff; }
.forged .band::before { content: ""; align-self: stretch; flex: none; width: .9em; margin: -1.1em 0 -1.1em -1.25em; background: repeating-linear-gradient(135deg, #fff 0 .45em, #1d1d1d .45em .9em); }
.unknown, .unsure { border: 2px solid var(--_unknown); }
.unknown .band { background: #e7ecf3; color: var(--_unknown); }
.unsure .band { color: var(--_unknown); border-bottom: 2px dashed var(--_unknown); }
.unreachable { border: 3px dotted #6b7686; }
.unreachable .band { color: #3c4655; }
.offline { border: 2px dashed var(--_passed); }
.offline .band { background: #eef7f1; color: var(--_passed); border-bottom: 2px dashed var(--_passed); }

.body { padding: 1.1em 1.25em; }
.body > * + * { margin-top: 1em; }
.reasons { padding: .7em 1em; border-inline-start: 4px solid var(--_line); background: var(--_tint); }
.reasons li + li { margin-top: .35em; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1em 1.5em; }
.facts dt { color: var(--_soft); padding: .3em 0; }
.facts dd { padding: .3em 0; overflow-wrap: anywhere; }
.facts .name { font-weight: 600; }
@container (max-width: 30em) {
  .facts { gap: .1em 1em; }
  .band { padding: 1em; gap: .8em; }
  .band .sign { width: 2.8em; height: 2.8em; }
  .forged .band::before { margin: -1em 0 -1em -1em; }
  .title { font-size: 1.5em; }
  .body { padding: 1em; }
  .actions .button { flex: 1 1 40%; padding-inline: .5em; }
}
@container (max-width: 19em) {
  .tabs { grid-auto-flow: row; grid-template-columns: 1fr 1fr; }
  .facts { grid-template-columns: minmax(0, 1fr); }
  .facts dt { padding: .35em 0 0; font-size: .875em; }
  .facts dd { padding: 0 0 .35em; border-bottom: 1px solid #e8ecf1; }
  .actions .button { flex-basis: 100%; }
}
details { border-top: 1px solid var(--_line); padding-top: .75em; }
summary { cursor: pointer; font-weight: 600; min-height: 2em; }
.checks li { display: grid; grid-template-columns: 1.5em minmax(0, 1fr) auto; gap: 0 .5em; padding: .5em 0; border-bottom: 1px solid #e8ecf1; align-items: start; }
.checks li:last-child { border-bottom: 0; }
.checks .sign { margin-top: .15em; }
.checks .detail { grid-column: 2 / -1; overflow-wrap: anywhere; }
.ok { color: var(--_passed); }
.bad { color: var(--_forged); font-weight: 600; }
.dash { color: var(--_unknown); }
.actions { display: flex; flex-wrap: wrap; gap: .6em; }
.actions .button { min-height: 2.75em; padding: .3em 1em; }
.whose { display: flex; gap: .6em; align-items: flex-start; padding: .8em 1.25em; background: var(--_tint); border-top: 1px solid var(--_line); font-size: .9em; }
.whose strong { overflow-wrap: anywhere; }
@media (prefers-reduced-motion: reduce) { .spin { animation-duration: 4s; } }
@media print { .box, .actions { display: none; } .band { print-color-adjust: exact; } }
@media (forced-colors: active) { .tab[aria-selected="true"] { border-bottom: 4px solid Highlight; } .card { border-width: 3px; } }
`;

let sheet: CSSStyleSheet | null = null;

/** One sheet for all elements of a page. */
export function style(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(TEXT);
  }
  return sheet;
}
