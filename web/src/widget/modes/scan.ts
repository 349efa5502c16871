import { h, sign } from '../draw';
import { readFrame } from '../picture';
import type { Place, Way } from './place';

/** How long between two looks at the camera, in milliseconds. */
const PAUSE = 150;

export function scan(place: Place): Way {
  const { t } = place;
  let stream: MediaStream | null = null;
  let left = false;
  const offered = Boolean(globalThis.isSecureContext && navigator.mediaDevices);
  const input = h('input', { type: 'file', accept: 'image/*', hidden: true, tabindex: -1, 'aria-label': t('选择二维码图片', 'Choose a picture of the code'), onchange: () => {
    const file = input.files?.[0];
    if (file) place.askFile(file);
    input.value = '';
  } });
  const area = h('div', {});
  const stop = (): void => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
  };

  const choose = (): void => {
    stop();
    const zone = h('div.drop', { part: 'drop' },
      sign('scan'),
      h('p', {}, offered
        ? t('用摄像头对准证照上的二维码。', 'Hold the code on the certificate before the camera.')
        : t('选一张证照二维码的照片或截图。', 'Choose a photograph or screenshot of the code.')),
      h('div.row', {},
        offered ? h('button.button.main', { type: 'button', part: 'button submit', onclick: () => void watch() }, sign('camera'), t('打开摄像头', 'Open the camera')) : null,
        h(offered ? 'button.button' : 'button.button.main', { type: 'button', part: 'button', onclick: () => input.click() }, sign('picture'), t('选择图片', 'Choose a picture'))),
      h('p.fine', {}, t('画面只在本机识别，不会上传。', 'Pictures are read on this device and not sent anywhere.')));
    zone.querySelector('.sign')?.classList.add('big');
    area.replaceChildren(zone);
  };

  const watch = async (): Promise<void> => {
    const video = h('video', { playsinline: true, muted: true, 'aria-label': t('摄像头画面', 'What the camera sees') });
    video.muted = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 960 } } });
    } catch {
      place.problem(t('打不开摄像头：可能没有允许，或正被别的程序使用。可以改为选择图片。', 'The camera cannot be opened: it may not be allowed, or be in use. Choose a picture instead.'));
      return choose();
    }
    if (left) return stop();
    video.srcObject = stream;
    const end = h('button.button', { type: 'button', part: 'button', onclick: choose }, t('停止扫码', 'Stop'));
    area.replaceChildren(h('div.view', {}, video), h('div.row', {}, end, h('span.fine', { role: 'status' }, t('请把二维码放进框内。', 'Bring the code into the frame.'))));
    end.focus();
    await video.play().catch(() => undefined);
    while (stream && !left) {
      let text: string | null = null;
      try {
        if (video.videoWidth > 0) text = await readFrame(video, place.hub);
      } catch {
        place.problem(t('读码程序没有加载成功，请检查网络。', 'The reader of codes could not be loaded: check the network.'));
        return choose();
      }
      if (text && stream) {
        choose();
        return place.askCode(text);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  };

  choose();
  return {
    content: [area, input],
    leave: () => {
      left = true;
      stop();
    },
  };
}
