// Samples to copy, with this hub's address and the digest of the script it serves.

import '../../shared/style.css';
import './widget.css';
import { find, make } from '../../shared/element';
import { speak, t } from '../../shared/language';
import html from './samples/html.txt?raw';
import iframe from './samples/iframe.txt?raw';
import policy from './samples/policy.txt?raw';
import react from './samples/react.txt?raw';
import vue from './samples/vue.txt?raw';

const SAMPLES: Record<string, string> = { html, react, vue, iframe, policy };
let integrity = '…';

speak(draw);
draw();
void fetch('/widget/integrity.json')
  .then((response) => response.json() as Promise<Record<string, string>>)
  .then((digests) => {
    integrity = digests['certificate-verify.js'] ?? '';
    draw();
  });

function draw(): void {
  for (const [name, sample] of Object.entries(SAMPLES)) {
    const text = sample.replaceAll('{{origin}}', location.origin).replaceAll('{{integrity}}', integrity).trimEnd();
    const copy = make('button', { type: 'button', class: 'copy' }, t('复制', 'Copy'));
    copy.addEventListener('click', () => void copied(copy, text));
    find(`[data-sample="${name}"]`).replaceChildren(make('pre', { tabindex: 0, 'aria-labelledby': name }, make('code', {}, text)), copy);
  }
}

async function copied(button: HTMLButtonElement, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = t('已复制', 'Copied');
  } catch {
    button.textContent = t('请手动选择复制', 'Select and copy by hand');
  }
}
