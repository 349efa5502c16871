// The chunk that is fetched when the first PDF is shown. Its worker is a file of the hub's own, as the pages' policy asks.

import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import PdfWorker from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?worker';

/** Opens a PDF. No script of it runs, and nothing of it is fetched from anywhere. */
export function opened(bytes: Uint8Array): Promise<PDFDocumentProxy> {
  GlobalWorkerOptions.workerPort ??= new PdfWorker();
  return getDocument({ data: bytes, isEvalSupported: false, enableXfa: false, useSystemFonts: false, disableFontFace: false }).promise;
}
