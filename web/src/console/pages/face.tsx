// The face of a type: its template is tried on every example before it is used.

import { useState } from 'preact/hooks';
import { command } from '../hub';
import { confirmed } from '../parts/confirm';
import { Code, Facts } from '../parts/facts';
import { Problem } from '../parts/loaded';
import { Source } from '../parts/source';
import { t } from '../words';

interface Tried {
  digest: string;
  pages: number[];
  registered: boolean;
}

const TRY = `mutation ($type: String!, $source: String!, $dryRun: Boolean!) {
  registerFace(type: $type, source: $source, dryRun: $dryRun) { digest pages registered }
}`;

export function Face({ type, title }: { type: string; title: string }) {
  const [source, setSource] = useState('');
  const [tried, setTried] = useState<Tried | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const lay = async (dryRun: boolean): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      setTried((await command<{ registerFace: Tried }>(TRY, { type, source, dryRun })).registerFace);
    } catch (error) {
      setTried(null);
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const register = async (): Promise<void> => {
    const agreed = await confirmed({
      title: t('换用照面模板', 'Use this face'),
      what: [[t('证照类型', 'Type'), title], [t('接口名', 'API name'), type], [t('模板 SM3', 'SM3 of the template'), tried?.digest]],
      verb: t('换用', 'Use it'),
      danger: true,
      meaning: t('此后制作的 PDF 与 OFD 都用新的照面；已制作的文件不变。', 'Files made from now on have this face; those made before stay as they are.'),
    });
    if (agreed) await lay(false);
  };
  return (
    <section class="card">
      <h2>{t('照面模板', 'Face')}</h2>
      <p class="fine">
        {t('typst 模板。先在类型文件的每个示例上试排，通过后才能换用；没有模板的类型用默认照面。', 'A typst template. It is tried on every example of the type file before it can be used; a type without one has a default face.')}
      </p>
      <div class="buttons">
        <label class="button">
          {t('选择模板文件', 'Choose a file')}
          <input
            type="file"
            class="hidden"
            accept=".typ,text/plain"
            onChange={(event) => {
              const chosen = event.currentTarget.files?.[0];
              if (!chosen) return;
              void chosen.text().then((text) => {
                setSource(text);
                setTried(null);
                setProblem(null);
              });
            }}
          />
        </label>
      </div>
      {source !== '' && (
        <>
          <Source label={t('照面模板', 'Face')} text={source} change={(text) => { setSource(text); setTried(null); }} found={[]} />
          <div class="buttons">
            <button type="button" class="primary" disabled={busy} onClick={() => void lay(true)}>{t('试排', 'Try it')}</button>
            {tried && !tried.registered && <button type="button" class="dangerous" disabled={busy} onClick={() => void register()}>{t('换用此照面', 'Use this face')}</button>}
          </div>
        </>
      )}
      {problem !== null && <Problem error={problem} />}
      {tried && (
        <div class="notice good" role="status">
          <p>{tried.registered ? t('已换用。', 'It is used from now on.') : t('试排通过。', 'Every example can be laid out.')}</p>
          <Facts
            list={[
              [t('各示例页数', 'Pages of each example'), tried.pages.map((count, index) => t(`示例${index + 1}：${count}页`, `example ${index + 1}: ${count}`)).join(t('，', ', '))],
              [t('模板 SM3', 'SM3 of the template'), <Code>{tried.digest}</Code>],
            ]}
          />
        </div>
      )}
    </section>
  );
}
