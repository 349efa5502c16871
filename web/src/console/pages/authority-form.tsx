import { useState } from 'preact/hooks';
import { command } from '../hub';
import { Dialog } from '../parts/dialog';
import { Problem } from '../parts/loaded';
import { t } from '../words';
import type { Authority } from './authorities';

const REGISTER = `mutation ($code: String!, $name: String!, $level: String, $division: String, $parent: String) {
  registerAuthority(code: $code, name: $name, level: $level, division: $division, parent: $parent) { code }
}`;

/** Levels of GB/T 36902, as the hub's code table AuthorityLevel has them. */
const levels = (): [string, string][] => [
  ['1', t('国家级', 'national')],
  ['2', t('省部级', 'provincial')],
  ['3', t('地市级', 'prefecture')],
  ['4', t('区县级', 'county')],
  ['5', t('其他', 'other')],
];

export function AuthorityForm({ known, close, done }: { known: Authority[]; close: () => void; done: () => void }) {
  const [given, setGiven] = useState({ code: '', name: '', level: '', division: '', parent: '' });
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await command(REGISTER, Object.fromEntries(Object.entries(given).map(([key, text]) => [key, text.trim() || null])));
      done();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const text = (key: keyof typeof given, label: string, more: Record<string, unknown> = {}) => (
    <label class="field">
      <span>{label}</span>
      <input name={key} value={given[key]} onInput={(event) => setGiven({ ...given, [key]: event.currentTarget.value })} {...more} />
    </label>
  );
  return (
    <Dialog title={t('登记颁发机构', 'Register an authority')} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        {problem !== null && <Problem error={problem} />}
        {text('code', t('统一社会信用代码（必填）', 'Credit code (required)'), { required: true, maxLength: 18 })}
        {text('name', t('机构名称（必填）', 'Name (required)'), { required: true, maxLength: 200 })}
        <label class="field">
          <span>{t('级别', 'Level')}</span>
          <select name="level" value={given.level} onChange={(event) => setGiven({ ...given, level: event.currentTarget.value })}>
            <option value="">{t('不填', 'not given')}</option>
            {levels().map(([code, name]) => <option key={code} value={code}>{name}</option>)}
          </select>
        </label>
        {text('division', t('行政区划代码（六位）', 'Division (six digits)'), { pattern: '[0-9]{6}', maxLength: 6 })}
        <label class="field">
          <span>{t('上级机构', 'Above it')}</span>
          <select name="parent" value={given.parent} onChange={(event) => setGiven({ ...given, parent: event.currentTarget.value })}>
            <option value="">{t('不填', 'not given')}</option>
            {known.map(({ code, name }) => <option key={code} value={code}>{name}</option>)}
          </select>
        </label>
        <p class="fine">{t('机构还需有签名证书（zhengzhao keys signer）才能签发，有印章才能签章。', 'It also needs a signer (zhengzhao keys signer) to issue, and a seal to seal.')}</p>
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy}>{t('登记', 'Register')}</button>
          <button type="button" onClick={close}>{t('取消', 'Cancel')}</button>
        </div>
      </form>
    </Dialog>
  );
}
