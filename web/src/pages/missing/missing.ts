import '../../shared/style.css';
import { find } from '../../shared/element';
import { speak } from '../../shared/language';
import { officialHosts } from '../../shared/official';

speak();
void officialHosts().then((hosts) => (find('#hosts').textContent = hosts.join('、')));
