// A certificate's files: the PDF looked at here, each of them downloaded, and what their seals come to.

import { useEffect, useState } from 'preact/hooks';
import { file, query, Unsaid } from '../hub';
import { Code, Facts, Tag, Time } from '../parts/facts';
import { Problem, Shown, useLoaded } from '../parts/loaded';
import { Pdf } from '../parts/pdf';
import { sealStatusWord, t } from '../words';
import type { Certificate } from './certificate';
import { Checks, type Check, resultTone, resultWord } from './verification';

const about = (format: string): string =>
  ({
    PDF: t('版式文件 PDF/A-3b，经签章', 'PDF/A-3b, sealed'),
    OFD: t('版式文件 OFD（GB/T 33190），经签章', 'OFD (GB/T 33190), sealed'),
    JSON: t('签名数据，可离线验证', 'signed data, for offline verification'),
    P7M: t('签名数据（GB/T 35275）', 'signed data (GB/T 35275)'),
  })[format] ?? '';

export function Files({ certificate }: { certificate: Certificate }) {
  const [preview, setPreview] = useState<Blob | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const get = async (path: string, format: string, use: (blob: Blob) => void): Promise<void> => {
    setBusy(format);
    setProblem(null);
    try {
      use(await file(path));
      setTurn((before) => before + 1);
    } catch (error) {
      if (!(error instanceof Unsaid)) setProblem(error);
    } finally {
      setBusy(null);
    }
  };
  const pdf = certificate.files.find(({ format }) => format === 'PDF');
  return (
    <section class="card">
      <h2>{t('证照文件', 'Files')}</h2>
      {certificate.files.length === 0 && <p class="empty">{t('没有可下载的文件。', 'There are no files.')}</p>}
      <ul class="files">
        {certificate.files.map(({ format, path }) => (
          <li key={format}>
            <b>{format}</b> <span class="fine">{about(format)}</span>
            <button type="button" disabled={busy !== null} onClick={() => void get(path, format, (blob) => save(blob, path.split('/').pop() ?? 'certificate'))}>
              {t('下载', 'Download')}<span class="hidden"> {format}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="fine">{t('每次预览或下载都按用途记录。OFD 请下载后用版式阅读器打开，内容与 PDF 相同。', 'Every preview and download is recorded with its purpose. Open OFD with a reader of your own; it says the same as the PDF.')}</p>
      {problem !== null && <Problem error={problem} />}
      {pdf && (
        <div class="buttons">
          <button type="button" class="primary" disabled={busy !== null} onClick={() => void get(pdf.path, 'preview', setPreview)}>
            {busy === 'preview' ? t('正在制作…', 'Making…') : t('预览照面', 'Preview')}
          </button>
        </div>
      )}
      {preview && <Pdf file={preview} name={certificate.name} />}
      <Seals key={turn} identifier={certificate.identifier} />
    </section>
  );
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = decodeURIComponent(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

interface Sealed {
  format: string;
  madeAt: string;
  digest: string;
  signer: string | null;
  result: string;
  checks: Check[];
  sealCode: string | null;
  sealName: string | null;
  sealMaker: string | null;
  sealFrom: string | null;
  sealTo: string | null;
  sealStatus: string | null;
}

const SEALED = `query ($identifier: String!) { sealedFiles(identifier: $identifier) {
  format madeAt digest signer result sealCode sealName sealMaker sealFrom sealTo sealStatus checks { name outcome detail }
} }`;

function Seals({ identifier }: { identifier: string }) {
  const found = useLoaded(async () => (await query<{ sealedFiles: Sealed[] | null }>(SEALED, { identifier })).sealedFiles ?? [], [identifier]);
  const [shown, setShown] = useState(true);
  useEffect(() => setShown(true), [identifier]);
  return (
    <details open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{t('已签章文件', 'Sealed files')}</summary>
      <Shown of={found}>
        {(list) =>
          list.length === 0 ? (
            <p class="empty">{t('还没有制作签章文件：首次预览或下载时制作；须人工签章的，签章后制作。', 'None yet: they are made at the first preview or download, or when an officer seals them.')}</p>
          ) : (
            <div class="columns">
              {list.map((one) => (
                <article class="sealed" key={one.format} data-format={one.format}>
                  <h3>{one.format} <Tag tone={resultTone(one.result)}>{resultWord(one.result)}</Tag></h3>
                  <Facts
                    list={[
                      [t('制作时间', 'Made'), <Time of={one.madeAt} />],
                      [t('文件 SM3', 'SM3 of the file'), <Code>{one.digest}</Code>],
                      [t('签章人', 'Signer'), one.signer],
                      [t('印章', 'Seal'), one.sealName && <>{one.sealName} <Code>{one.sealCode}</Code></>],
                      [t('制章人', 'Maker of the seal'), one.sealMaker],
                      [t('印章有效期', 'Term of the seal'), one.sealFrom && <><Time of={one.sealFrom} /> {t('至', 'to')} <Time of={one.sealTo} /></>],
                      [t('印章现状', 'The seal now'), one.sealStatus && sealStatusWord(one.sealStatus)],
                    ]}
                  />
                  <Checks list={one.checks} />
                </article>
              ))}
            </div>
          )
        }
      </Shown>
    </details>
  );
}
