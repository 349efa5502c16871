// The page a QR code opens: /verify/<identifier>, and behind it what the code says, signed, if it says anything.

import { speak } from './language.js';
import { showSeals } from './seal.js';
import { showVerdict } from './verdict.js';

const report = document.querySelector('#report');
const [identifier, code] = location.pathname.replace(/^\/verify\//i, '').split('/').map(decoded);
// What was scanned, as the hub reads it: the host stands for itself.
const text = code ? `${location.origin}/VERIFY/${identifier}/${code}` : null;

const seals = document.querySelector('#seal');
speak(show);
document.querySelector('#identifier').textContent = identifier;
show();

async function show() {
  await showVerdict(report, identifier, text);
  await showSeals(seals, identifier);
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % is no reason to show nothing
  }
}
