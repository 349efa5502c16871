// The page a QR code opens: /verify/<identifier>, and behind it what the code says, signed, if it says anything.

import '../../shared/style.css';
import './verify.css';
import { find } from '../../shared/element';
import { speak, t } from '../../shared/language';
import { officialHosts } from '../../shared/official';
import { showSeals } from '../../shared/seal';

const element = find('certificate-verify');
const [identifier = '', code] = location.pathname.replace(/^\/verify\//i, '').split('/').map(decoded);
let official: string[] | null = null;

// What was scanned, as the hub reads it: the host stands for itself.
if (code) element.setAttribute('code', `${location.origin}/VERIFY/${identifier}/${code}`);
else element.setAttribute('identifier', identifier);

find('#here').textContent = location.host;
speak(draw);
draw();
void officialHosts().then((hosts) => {
  official = hosts;
  draw();
});

function draw(): void {
  void showSeals(find('#seal'), identifier);
  if (!official) return;
  const own = official.includes(location.host);
  find('#hosts').textContent = official.join('、');
  const mark = find('#official');
  mark.className = own ? 'own' : 'not-own';
  mark.textContent = own ? t('✓ 官方网站', '✓ official') : t('✗ 不在官方网站之列', '✗ not among the official sites');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % is no reason to show nothing
  }
}
