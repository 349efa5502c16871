// The transparency log: its newest checkpoint, and the proof of one event, recomputed here.

import { useState } from 'preact/hooks';
import { file, Unsaid } from '../hub';
import { Code, Facts, Tag } from '../parts/facts';
import { Problem, Shown, useLoaded } from '../parts/loaded';
import { checkpoint, type Receipt, recomputed, type Step } from '../proof/receipt';
import { t } from '../words';
import { Heading } from './heading';

interface Proved {
  event: string;
  receipt: Receipt;
  steps: Step[];
}

export function LogPage() {
  const found = useLoaded(async () => {
    const text = await (await file('/log/checkpoint', false)).text();
    return { text, ...checkpoint(text) };
  }, []);
  return (
    <>
      <Heading
        title={t('透明日志', 'Transparency log')}
        about={t('每次读取、下载、验证和变更都成为一条记录，依次进入签名的默克尔树；事后抽走或改动任何一条都会被发现。', 'Every read, download, verification and change becomes an entry of a signed Merkle tree: whatever is taken out or altered afterwards is found.')}
      >
        <button type="button" onClick={found.again}>{t('刷新', 'Refresh')}</button>
      </Heading>
      <section class="card">
        <h2>{t('最新检查点', 'Newest checkpoint')}</h2>
        <Shown of={found}>
          {({ text, origin, size, root, signers }) => (
            <>
              <Facts
                list={[
                  [t('日志', 'Log'), <Code>{origin}</Code>],
                  [t('记录数', 'Entries'), <b class="size">{size.toLocaleString()}</b>],
                  [t('树根（SM3）', 'Root (SM3)'), <Code>{root}</Code>],
                  [t('签名', 'Signed by'), signers.map((name) => <div key={name}><Code>{name}</Code></div>)],
                ]}
              />
              <details>
                <summary>{t('原文（保存它，以后可以比对）', 'Its text (keep it, to compare later)')}</summary>
                <pre class="json" tabIndex={0}>{text}</pre>
              </details>
            </>
          )}
        </Shown>
      </section>
      <Proof />
    </>
  );
}

const stepWord = (name: Step['name']): string =>
  ({
    event: t('记录与随机盐的承诺等于叶子', 'event and salt come to the leaf'),
    size: t('位置在检查点所签的树之内', 'its place lies within the tree that the checkpoint signs'),
    path: t('由叶子与路径算得的树根等于检查点的树根', 'leaf and path come to the checkpoint’s root'),
  })[name];

function Proof() {
  const [id, setId] = useState('');
  const [proved, setProved] = useState<Proved | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const prove = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblem(null);
    setProved(null);
    try {
      const text = await (await file(`/log/receipt/${encodeURIComponent(id.trim())}`, false)).text();
      const { event: told, receipt } = JSON.parse(text) as { event: string; receipt: Receipt };
      setProved({ event: told, receipt, steps: recomputed(told, receipt) });
    } catch (error) {
      if (!(error instanceof Unsaid)) setProblem(error);
    }
  };
  const holds = proved?.steps.every((step) => step.holds);
  return (
    <section class="card">
      <h2>{t('某条访问记录的证明', 'Proof of one event')}</h2>
      <p class="fine">{t('证明交给引起该记录的令牌和管理员。记录编号由运维从日志取得；接口暂不列出记录。', 'It is handed to the token that caused the event, and to administrators. Operators know the ids of events; the API does not list them yet.')}</p>
      <form class="search" onSubmit={(event) => void prove(event)}>
        <label class="field"><span>{t('访问记录编号', 'Id of the event')}</span><input name="event" required value={id} onInput={(event) => setId(event.currentTarget.value)} autoComplete="off" /></label>
        <div class="buttons"><button type="submit" class="primary">{t('取证明并核算', 'Fetch and recompute')}</button></div>
      </form>
      {problem !== null && <Problem error={problem} />}
      {proved && (
        <div class={holds ? 'notice good' : 'notice bad'} role="status">
          <p><b>{holds ? t('核算一致：该记录在日志中。', 'It holds: the event is in the log.') : t('核算不一致，证明不成立。', 'It does not hold.')}</b></p>
          <ul class="checks">
            {proved.steps.map((step) => (
              <li key={step.name}><Tag tone={step.holds ? 'good' : 'bad'}>{step.holds ? t('成立', 'holds') : t('不成立', 'fails')}</Tag> <span>{stepWord(step.name)}</span></li>
            ))}
          </ul>
          <Facts
            list={[
              [t('位置', 'Place'), `${proved.receipt.index} / ${proved.receipt.treeSize}`],
              [t('叶子（SM3）', 'Leaf (SM3)'), <Code>{proved.receipt.leaf}</Code>],
              [t('路径长度', 'Hashes in the path'), String(proved.receipt.path.length)],
            ]}
          />
          <pre class="json" tabIndex={0}>{pretty(proved.event)}</pre>
          <p class="fine">{t('检查点的签名未在浏览器中核验：请用 zhengzhao log verify --receipt 与自有的根证书核验。', 'The checkpoint’s signature is not judged in the browser: use zhengzhao log verify --receipt with roots of your own.')}</p>
        </div>
      )}
    </section>
  );
}

function pretty(event: string): string {
  try {
    return JSON.stringify(JSON.parse(event), null, 2);
  } catch {
    return event;
  }
}
