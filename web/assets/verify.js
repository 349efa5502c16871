// The page a QR code opens: /verify/<identifier>.

import { speak } from './language.js';
import { showVerdict } from './verdict.js';

const report = document.querySelector('#report');
const identifier = identifierOf(location.pathname);

speak(() => showVerdict(report, identifier));
document.querySelector('#identifier').textContent = identifier;
showVerdict(report, identifier);

function identifierOf(path) {
  const written = path.replace(/^\/verify\//, '').replace(/\/$/, '');
  try {
    return decodeURIComponent(written);
  } catch {
    return written; // a stray % is no reason to show nothing
  }
}
