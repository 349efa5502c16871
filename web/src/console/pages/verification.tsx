// What anybody is told who verifies this certificate now.

import { useState } from 'preact/hooks';
import { query } from '../hub';
import { Code, Facts, Status, Tag, Time } from '../parts/facts';
import { Problem } from '../parts/loaded';
import { checkWord } from '../checks';
import { t } from '../words';
import type { Certificate } from './certificate';

export interface Check {
  name: string;
  outcome: string;
  detail: string | null;
}

interface Report {
  result: string;
  genuine: boolean | null;
  status: string | null;
  reasons: { code: string; message: string }[];
  checks: Check[];
  verifiedAt: string;
  statusAsOf: string | null;
  gbResult: number | null;
}

const VERIFY = `query ($id: ID!) { verifyCertificate(id: $id) {
  result genuine status reasons { code message } checks { name outcome detail } verifiedAt statusAsOf gbResult
} }`;

export const resultWord = (result: string): string =>
  ({ PASSED: t('验证通过', 'Passed'), FAILED: t('验证不通过', 'Failed'), INDETERMINATE: t('无法判定', 'Not determined') })[result] ?? result;

export const resultTone = (result: string): string => ({ PASSED: 'good', FAILED: 'bad' })[result] ?? 'warn';

export function Verification({ certificate }: { certificate: Certificate }) {
  const [report, setReport] = useState<Report | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const verify = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      setReport((await query<{ verifyCertificate: Report }>(VERIFY, { id: certificate.id })).verifyCertificate);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="card verification">
      <h2>{t('验证', 'Verification')}</h2>
      <div class="buttons">
        <button type="button" class="primary" disabled={busy} onClick={() => void verify()}>{busy ? t('正在验证…', 'Verifying…') : t('立即验证', 'Verify now')}</button>
        <a class="button" href={`/verify/${encodeURIComponent(certificate.identifier)}`} target="_blank" rel="noopener">{t('公众验证页', 'The public’s page')}</a>
      </div>
      {problem !== null && <Problem error={problem} />}
      {report && (
        <div class={`verdict ${resultTone(report.result)}`} data-result={report.result} role="status">
          <p class="verdict-title">
            <span aria-hidden="true">{report.result === 'PASSED' ? '✓' : report.result === 'FAILED' ? '✕' : '?'}</span> {resultWord(report.result)}
          </p>
          <Facts
            list={[
              [t('真实性', 'Genuine'), report.genuine === null ? t('不明', 'not known') : report.genuine ? t('真实', 'yes') : t('不真实', 'no')],
              [t('状态', 'Status'), report.status && <Status of={report.status} />],
              [t('状态截至', 'Status as of'), report.statusAsOf && <Time of={report.statusAsOf} />],
              [t('验证时间', 'Verified'), <Time of={report.verifiedAt} />],
              ['GB/T 36906', report.gbResult === null ? null : String(report.gbResult)],
            ]}
          />
          {report.reasons.length > 0 && <ul class="reasons">{report.reasons.map(({ code, message }) => <li key={code}>{message} <Code>{code}</Code></li>)}</ul>}
          <Checks list={report.checks} />
        </div>
      )}
    </section>
  );
}

const OUTCOME: Record<string, [string, string, string]> = {
  OK: ['通过', 'OK', 'good'],
  FAILED: ['不通过', 'Failed', 'bad'],
  UNKNOWN: ['不明', 'Unknown', 'warn'],
};

/** The checks that said something; how many had nothing to look at stands below. */
export function Checks({ list }: { list: Check[] }) {
  const told = list.filter(({ outcome }) => outcome !== 'NOT_APPLICABLE');
  return (
    <details open={told.some(({ outcome }) => outcome !== 'OK')}>
      <summary>{t(`逐项检查（${told.length}）`, `Checks (${told.length})`)}</summary>
      <ul class="checks">
        {told.map(({ name, outcome, detail }) => {
          const [zh, en, tone] = OUTCOME[outcome] ?? [outcome, outcome, 'warn'];
          return (
            <li key={name}>
              <Tag tone={tone}>{t(zh, en)}</Tag> <span>{checkWord(name)}</span> <Code>{name}</Code> {detail && <span class="fine">{detail}</span>}
            </li>
          );
        })}
      </ul>
      {told.length < list.length && <p class="fine">{t(`另有 ${list.length - told.length} 项不适用。`, `${list.length - told.length} more had nothing to look at.`)}</p>}
    </details>
  );
}
