// A certificate's face: drawn in the page, so that it can be printed wherever the browser shows no PDF.

import { find, make } from '../../shared/element';
import { t } from '../../shared/language';
import { Ended, ownFile, save, sentence, type Certificate } from './own';

type Pdf = Awaited<ReturnType<typeof import('../../console/parts/pdfjs').opened>>;

/** Pixels across on the screen, and on paper (A4 at 200 dots an inch). */
const SCREEN = 1400;
const PAPER = 1650;
const MOST_PAGES = 20;

const dialog = find<HTMLDialogElement>('#face');
const said = find('#face-said');
const printing = find<HTMLButtonElement>('#face-print');
const saving = find<HTMLButtonElement>('#face-save');

let shown: { certificate: Certificate; file: Blob; pdf: Pdf } | null = null;

const useFor = (): string => t('本人查看和下载', 'seen and saved by the holder');

/** The file; rejects with a sentence where it cannot be had. */
async function fetched(certificate: Certificate, format: string): Promise<Blob> {
  const path = certificate.files.find((file) => file.format === format)?.path;
  if (!path) throw new Error(t('这份证照没有该格式的文件。', 'There is no file of this format.'));
  const response = await ownFile(path, useFor());
  if (response.ok) return response.blob();
  const refusal = (await response.json().catch(() => null)) as { errors?: { message: string }[] } | null;
  throw new Error(refusal?.errors?.[0]?.message ?? `HTTP ${response.status}`);
}

const fileName = ({ name, number }: Certificate, format: string): string => `${name}-${number}.${format.toLowerCase()}`.replace(/[\\/:*?"<>|\s]+/g, '_');

export async function download(certificate: Certificate, format: 'PDF' | 'OFD'): Promise<void> {
  save(await fetched(certificate, format), fileName(certificate, format));
}

/** Shows its PDF in a dialog that prints and saves it. */
export async function see(certificate: Certificate): Promise<void> {
  shown = null;
  printing.disabled = saving.disabled = true;
  find('#face-title').textContent = `${certificate.name} ${certificate.number}`;
  find('#face-pages').replaceChildren();
  said.textContent = t('正在取得证照文件…', 'Fetching the file …');
  dialog.showModal();
  try {
    const file = await fetched(certificate, 'PDF');
    const { opened } = await import('../../console/parts/pdfjs');
    const pdf = await opened(new Uint8Array(await file.arrayBuffer()));
    await draw(pdf, find('#face-pages'), SCREEN, certificate);
    shown = { certificate, file, pdf };
    printing.disabled = saving.disabled = false;
    said.textContent = t(`共 ${pdf.numPages} 页。本次查看已记录。`, `${pdf.numPages} page(s). That you saw it is written down.`);
  } catch (error) {
    if (error instanceof Ended) throw error;
    said.textContent = error instanceof Error ? error.message : sentence(error);
  }
}

async function draw(pdf: Pdf, place: HTMLElement, across: number, certificate: Certificate): Promise<void> {
  for (let number = 1; number <= Math.min(pdf.numPages, MOST_PAGES); number++) {
    const page = await pdf.getPage(number);
    const viewport = page.getViewport({ scale: across / page.getViewport({ scale: 1 }).width });
    const { items } = await page.getTextContent();
    const text = items.map((item) => ('str' in item ? item.str : '')).join(' ').replace(/\s+/g, ' ').trim();
    const label = `${certificate.name} ${t(`第${number}页`, `page ${number}`)}: ${text.slice(0, 2000)}`;
    const canvas = make('canvas', { width: Math.floor(viewport.width), height: Math.floor(viewport.height), role: 'img', 'aria-label': label });
    const canvasContext = canvas.getContext('2d');
    if (!canvasContext) return;
    await page.render({ canvasContext, viewport }).promise;
    place.append(canvas);
  }
}

/** Takes what is shown away. */
export function close(): void {
  if (dialog.open) dialog.close();
  find('#face-pages').replaceChildren();
  find('#paper').replaceChildren();
  shown = null;
}

find('#face-close').addEventListener('click', close);
dialog.addEventListener('close', close);
saving.addEventListener('click', () => shown && save(shown.file, fileName(shown.certificate, 'PDF')));
printing.addEventListener('click', () => {
  const printed = shown;
  if (!printed) return;
  const paper = find('#paper');
  paper.replaceChildren();
  void draw(printed.pdf, paper, PAPER, printed.certificate).then(() => {
    // Nothing but the certificate goes on paper.
    document.body.classList.add('on-paper');
    window.print();
    document.body.classList.remove('on-paper');
    paper.replaceChildren();
  });
});
