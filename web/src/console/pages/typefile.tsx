// A type file on its way: chosen, checked with every fault beside its line, reported on, registered.

import { useState } from 'preact/hooks';
import { command } from '../hub';
import { confirmed } from '../parts/confirm';
import { Facts, Tag } from '../parts/facts';
import { Problem } from '../parts/loaded';
import { type Diagnostic, Source } from '../parts/source';
import { Table } from '../parts/table';
import { to } from '../route';
import { refresh } from '../signin';
import { t, typeStateWord } from '../words';
import { Heading } from './heading';

interface Outcome {
  type: { name: string; title: string; typeCode: string; version: string; state: string } | null;
  diagnostics: Diagnostic[];
  changes: { path: string; breaking: boolean; message: string }[];
  checkedCertificates: number;
  registered: boolean;
}

const REGISTER = `mutation ($source: String!, $file: String, $dryRun: Boolean!, $draft: Boolean!) {
  registerCertificateType(source: $source, file: $file, dryRun: $dryRun, draft: $draft) {
    type { name title typeCode version state } checkedCertificates registered
    diagnostics { code severity message help line column pointer } changes { path breaking message }
  }
}`;

export function TypeFile() {
  const [file, setFile] = useState('');
  const [source, setSource] = useState('');
  const [draft, setDraft] = useState(true);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const edited = (text: string): void => {
    setSource(text);
    setOutcome((before) => before && { ...before, type: null, changes: [], registered: false });
  };
  const send = async (dryRun: boolean): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const variables = { source, file: file || null, dryRun, draft };
      const { registerCertificateType: found } = await command<{ registerCertificateType: Outcome }>(REGISTER, variables);
      setOutcome(found);
      if (found.registered) await refresh();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const faults = outcome?.diagnostics.filter(({ severity }) => severity === 'ERROR').length ?? 0;
  const warnings = (outcome?.diagnostics.length ?? 0) - faults;
  const breaking = outcome?.changes.filter((change) => change.breaking).length ?? 0;
  const register = async (): Promise<void> => {
    const type = outcome?.type;
    if (!type) return;
    const agreed = await confirmed({
      title: t('登记证照类型', 'Register the type'),
      what: [
        [t('证照类型', 'Type'), type.title],
        [t('接口名', 'API name'), type.name],
        [t('类型代码', 'Code'), type.typeCode],
        [t('版本', 'Version'), type.version],
        [t('登记为', 'Registered as'), typeStateWord(draft ? 'DRAFT' : 'PUBLISHED')],
        [t('破坏性变更', 'Breaking changes'), String(breaking)],
      ],
      verb: t('登记', 'Register'),
      danger: breaking > 0,
      meaning: draft
        ? t('草稿不可签发、不可查询，发布后生效。', 'A draft is neither issued nor read until it is published.')
        : t('登记即时生效：接口、验证与签发都使用新的类型文件。', 'It is live at once: the API, verification and issuing use this file.'),
    });
    if (agreed) await send(false);
  };
  return (
    <>
      <Heading title={t('登记类型文件', 'Register a type file')} about={t('选择文件 → 检查 → 看试运行报告 → 登记。检查不改变任何东西。', 'Choose a file, check it, read the report, register it. Checking changes nothing.')}>
        <a class="button" href={to('types')}>{t('返回列表', 'Back')}</a>
      </Heading>
      <section class="card">
        <div class="buttons">
          <label class="button">
            {t('选择类型文件（.json）', 'Choose a type file (.json)')}
            <input
              type="file"
              name="type-file"
              class="hidden"
              accept=".json,application/json"
              onChange={(event) => {
                const chosen = event.currentTarget.files?.[0];
                if (!chosen) return;
                void chosen.text().then((text) => {
                  setFile(chosen.name);
                  setSource(text);
                  setOutcome(null);
                  setProblem(null);
                });
              }}
            />
          </label>
          {file && <span class="fine">{file}</span>}
        </div>
        <Source label={t('类型文件全文', 'Text of the type file')} text={source} change={edited} found={outcome?.diagnostics ?? []} />
        <div class="buttons">
          <button type="button" class="primary" disabled={busy || source.trim() === ''} onClick={() => void send(true)}>
            {busy ? t('正在检查…', 'Checking…') : t('检查（试运行）', 'Check (dry run)')}
          </button>
          <label class="tick">
            <input type="checkbox" name="draft" checked={draft} onChange={(event) => setDraft(event.currentTarget.checked)} />
            <span>{t('先登记为草稿', 'Register as a draft first')}</span>
          </label>
        </div>
        {problem !== null && <Problem error={problem} />}
        {outcome && faults > 0 && (
          <div class="notice bad" role="alert">
            <p>{t(`有 ${faults} 处错误，未作任何更改。逐条修改后再检查。`, `${faults} ${faults === 1 ? 'fault' : 'faults'}; nothing was changed. Mend them and check again.`)}</p>
          </div>
        )}
        {outcome && faults === 0 && outcome.type === null && !outcome.registered && (
          <div class="notice" role="status"><p>{t('文本已修改，请重新检查。', 'The text was changed: check it again.')}</p></div>
        )}
      </section>
      {outcome?.type && (
        <section class="card report">
          <h2>{outcome.registered ? t('登记结果', 'Registered') : t('试运行报告', 'Report of the dry run')}</h2>
          <div class={outcome.registered ? 'notice good' : 'notice'} role="status">
            <p>
              {outcome.registered
                ? t(`已登记，状态：${typeStateWord(outcome.type.state)}。`, `Registered: ${typeStateWord(outcome.type.state)}.`)
                : t('文件可以登记，尚未作任何更改。', 'The file can be registered. Nothing was changed so far.')}
            </p>
          </div>
          <Facts
            list={[
              [t('证照类型', 'Type'), outcome.type.title],
              [t('接口名', 'API name'), outcome.type.name],
              [t('类型代码', 'Code'), outcome.type.typeCode],
              [t('版本', 'Version'), outcome.type.version],
              [t('警告', 'Warnings'), String(warnings)],
              [t('核对过的已存证照', 'Stored certificates read with it'), String(outcome.checkedCertificates)],
            ]}
          />
          <Table
            caption={t('与现行版本的差别', 'Differences to the present version')}
            rows={outcome.changes}
            id={({ path, message }) => `${path} ${message}`}
            empty={t('没有与现行版本的差别，或是新类型。', 'No difference to the present version, or a new type.')}
            columns={[
              { name: t('位置', 'Where'), cell: ({ path }) => <code>{path}</code> },
              { name: t('影响', 'Effect'), cell: (change) => <Tag tone={change.breaking ? 'bad' : 'good'}>{change.breaking ? t('破坏既有调用方', 'Breaking') : t('兼容', 'Compatible')}</Tag> },
              { name: t('说明', 'What'), cell: ({ message }) => message },
            ]}
          />
          <div class="buttons">
            {outcome.registered ? (
              <a class="button primary" href={to('types', outcome.type.name)}>{t('查看类型', 'Open the type')}</a>
            ) : (
              <button type="button" class={breaking > 0 ? 'primary dangerous' : 'primary'} disabled={busy} onClick={() => void register()}>{t('登记', 'Register')}</button>
            )}
          </div>
        </section>
      )}
    </>
  );
}
