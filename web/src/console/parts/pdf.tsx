// A PDF's pages as pictures: the same on every machine, also where the browser shows none.

import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../words';
import { Problem } from './loaded';

const MOST_PAGES = 20;

export function Pdf({ file, name }: { file: Blob; name: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [pages, setPages] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let gone = false;
    const show = async (): Promise<void> => {
      const { opened } = await import('./pdfjs');
      const pdf = await opened(new Uint8Array(await file.arrayBuffer()));
      for (let number = 1; number <= Math.min(pdf.numPages, MOST_PAGES) && !gone; number++) {
        const page = await pdf.getPage(number);
        const width = place.current?.clientWidth ?? 600;
        const sharp = Math.min(devicePixelRatio || 1, 2);
        const viewport = page.getViewport({ scale: (Math.min(width, 760) / page.getViewport({ scale: 1 }).width) * sharp });
        const canvas = document.createElement('canvas');
        canvas.width = Math.floor(viewport.width);
        canvas.height = Math.floor(viewport.height);
        canvas.setAttribute('role', 'img');
        const { items } = await page.getTextContent();
        const text = items.map((item) => ('str' in item ? item.str : '')).join(' ').replace(/\s+/g, ' ').trim();
        canvas.setAttribute('aria-label', `${name} ${t(`第${number}页`, `page ${number}`)}: ${text.slice(0, 2000)}`);
        const context = canvas.getContext('2d');
        if (!context || gone) return;
        await page.render({ canvasContext: context, viewport }).promise;
        if (!gone) place.current?.append(canvas);
      }
      if (!gone) setPages(pdf.numPages);
    };
    show().catch((fault: unknown) => !gone && setError(fault));
    return () => {
      gone = true;
      place.current?.replaceChildren();
    };
  }, [file]);
  return (
    <figure class="pdf" data-pages={pages ?? ''}>
      {error !== null ? <Problem error={error} /> : pages === null && <p class="waiting" role="status">{t('正在绘制…', 'Drawing…')}</p>}
      <div ref={place} class="pages" />
      {pages !== null && (
        <figcaption class="fine">
          {t(`共 ${pages} 页`, pages === 1 ? '1 page' : `${pages} pages`)}
          {pages > MOST_PAGES && t(`，只显示前 ${MOST_PAGES} 页，其余请下载`, `; the first ${MOST_PAGES} are shown, download it for the rest`)}
        </figcaption>
      )}
    </figure>
  );
}
