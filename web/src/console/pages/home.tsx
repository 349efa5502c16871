// Who one is, what one may, and where one most likely wants to go.

import { catalogue } from '../catalogue';
import { query } from '../hub';
import { Code, Facts, Tag } from '../parts/facts';
import { Shown, useLoaded } from '../parts/loaded';
import { Table } from '../parts/table';
import { to } from '../route';
import { identity, roleWord, tail } from '../signin';
import { t, typeStateWord } from '../words';
import { Heading } from './heading';

interface Rule {
  type: string;
  access: string;
  rule: string;
}

export function Home() {
  const who = identity.value;
  const found = useLoaded(async () => {
    const types = await catalogue();
    const rules = who?.rights.queries.has('myAccess') ? (await query<{ myAccess: Rule[] }>('{ myAccess { type access rule } }')).myAccess : [];
    return { types, rules };
  }, []);
  if (!who) return null;
  const { mutations, queries, role } = who.rights;
  return (
    <>
      <Heading title={t('工作台', 'Overview')} />
      <section class="card plain">
        <h2>{t('当前身份', 'Who you are')}</h2>
        <Facts
          list={[
            [t('角色', 'Role'), roleWord(role)],
            [t('令牌', 'Token'), <Code>{tail(who.token)}</Code>],
            [t('可以做', 'You may'), abilities(mutations, queries).join('；')],
          ]}
        />
      </section>
      <ul class="choices">
        {mutations.has('registerCertificateType') && <Way to={to('types', '+')} title={t('登记类型文件', 'Register a type file')} about={t('检查、试运行、登记、发布', 'check, dry run, register, publish')} />}
        {role === 'issuer' && <Way to={to('issue')} title={t('签发证照', 'Issue a certificate')} about={t('按类型填写数据项', 'fill in the data of its type')} />}
        {queries.has('sealingQueue') && <Way to={to('queue')} title={t('签章队列', 'Sealing queue')} about={t('预览、签章或拒绝', 'look, seal or refuse')} />}
        {queries.has('certificates') && <Way to={to('certificates')} title={t('证照查询', 'Certificates')} about={t('按编号、持证主体或类型', 'by number, holder or type')} />}
        {queries.has('certificates') && <Way to={to('monitoring')} title={t('运行监测', 'Monitoring')} about={t('签发、状态与到期', 'issue, status and ends')} />}
        <Way to={to('log')} title={t('透明日志', 'Transparency log')} about={t('检查点与证明', 'checkpoint and proofs')} />
      </ul>
      <section class="card">
        <h2>{t('可读的证照类型与依据', 'The types you may read, and why')}</h2>
        <Shown of={found}>
          {({ types, rules }) => (
            <Table
              caption={t('可读的证照类型与依据', 'The types you may read, and why')}
              rows={types}
              id={({ name }) => name}
              columns={[
                { name: t('证照类型', 'Type'), cell: (type) => <a href={to('types', type.name)}>{type.title}</a> },
                { name: t('状态', 'State'), cell: ({ state }) => typeStateWord(state) },
                {
                  name: t('读取', 'Reading'),
                  cell: ({ name }) => {
                    const access = rules.find(({ type }) => type === name)?.access ?? 'DENIED';
                    return <Tag tone={access === 'ALLOWED' ? 'good' : access === 'MASKED' ? 'warn' : 'calm'}>{access === 'ALLOWED' ? t('可读', 'allowed') : access === 'MASKED' ? t('遮盖', 'masked') : t('不可读', 'denied')}</Tag>;
                  },
                },
                { name: t('签发', 'Issuing'), cell: ({ name }) => (mutations.has(`issue${name}`) ? <Tag tone="good">{t('可签发', 'allowed')}</Tag> : '—') },
                { name: t('依据', 'Rule'), cell: ({ name }) => rules.find(({ type }) => type === name)?.rule ?? '—' },
              ]}
            />
          )}
        </Shown>
      </section>
    </>
  );
}

const Way = ({ to: address, title, about }: { to: string; title: string; about: string }) => (
  <li>
    <a class="card" href={address}>
      <b>{title}</b>
      <span class="fine">{about}</span>
    </a>
  </li>
);

function abilities(mutations: Set<string>, queries: Set<string>): string[] {
  const list: [boolean, string][] = [
    [mutations.has('registerCertificateType'), t('登记、发布和停用证照类型', 'register, publish and withdraw types')],
    [mutations.has('registerSeal'), t('管理机构与印章', 'keep authorities and seals')],
    [mutations.has('revokeCertificate'), t('签发、变更、暂停和撤销证照', 'issue, amend, suspend and revoke certificates')],
    [mutations.has('sealCertificates'), t('签章', 'seal')],
    [queries.has('certificates'), t('按用途读取证照', 'read certificates for a purpose')],
    [true, t('验证证照', 'verify certificates')],
  ];
  return list.filter(([may]) => may).map(([, words]) => words);
}
