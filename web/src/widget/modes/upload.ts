import { h, sign } from '../draw';
import type { Place, Way } from './place';

const ACCEPTED = '.pdf,.ofd,.json,.p7m,.txt,application/pdf,application/json,image/*';

export function upload(place: Place): Way {
  const { t } = place;
  const input = h('input', { type: 'file', accept: ACCEPTED, hidden: true, tabindex: -1, 'aria-label': t('选择证照文件', 'Choose a certificate file'), onchange: () => take(input.files) });
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0];
    if (file) place.askFile(file);
    input.value = ''; // the same file may be chosen again
  };
  const zone = h('div.drop', {
    part: 'drop',
    ondragover: (event) => {
      event.preventDefault();
      zone.classList.add('over');
    },
    ondragleave: () => zone.classList.remove('over'),
    ondrop: (event) => {
      event.preventDefault();
      zone.classList.remove('over');
      take((event as DragEvent).dataTransfer?.files);
    },
  },
    Object.assign(sign('upload'), {}),
    h('p', {}, t('把证照文件拖到这里，或者', 'Drop the certificate here, or')),
    h('button.button.main', { type: 'button', part: 'button submit', onclick: () => input.click() }, t('选择文件', 'Choose a file')),
    input,
    h('p.fine', {}, t('PDF、OFD、签名数据（JSON），或带二维码的图片；也可直接粘贴。不超过 16 MB。', 'PDF, OFD, signed data (JSON), or a picture of its code; pasting works too. At most 16 MB.')),
    h('p.fine', {}, t(`文件只发送给 ${place.hub.host} 验证。`, `The file is sent to ${place.hub.host} only, to be verified.`)));
  zone.querySelector('.sign')?.classList.add('big');
  return { content: [zone] };
}
