// The page a QR code opens: /verify/<identifier>, and behind it what the code says, signed, if it says anything.

import '../../shared/style.css';
import { find } from '../../shared/element';
import { speak } from '../../shared/language';
import { showSeals } from '../../shared/seal';
import { showVerdict } from '../../shared/verdict';

const report = find('#report');
const [identifier = '', code] = location.pathname.replace(/^\/verify\//i, '').split('/').map(decoded);
// What was scanned, as the hub reads it: the host stands for itself.
const text = code ? `${location.origin}/VERIFY/${identifier}/${code}` : null;

const seals = find('#seal');
speak(() => void show());
find('#identifier').textContent = identifier;
void show();

async function show(): Promise<void> {
  await showVerdict(report, identifier, text);
  await showSeals(seals, identifier);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % is no reason to show nothing
  }
}
