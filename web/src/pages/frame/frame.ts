// The element alone, for an iframe: /widget/frame?lang=en&modes=scan+upload&large. The page around it is told of each answer.

import './frame.css';

const element = document.querySelector('certificate-verify');
const wanted = new URLSearchParams(location.search);
for (const name of ['lang', 'modes', 'mode', 'large']) {
  const value = wanted.get(name);
  if (value !== null) element?.setAttribute(name, value);
}
document.documentElement.lang = wanted.get('lang')?.startsWith('en') ? 'en' : 'zh-CN';
const title = document.querySelector('title');
if (title?.dataset.en && document.documentElement.lang === 'en') title.textContent = title.dataset.en;

element?.addEventListener('verify-answer', (event) => {
  const { look } = (event as CustomEvent<{ look: string }>).detail;
  // The outcome alone, and nothing of the certificate: whoever frames this page is not known here.
  window.parent.postMessage({ type: 'verify-answer', look }, '*');
});
