// What an answer comes to, in the words of somebody who has never heard of signatures.
//
// `look` decides how it appears; no two of them are alike in shape, sign and words, whatever a screen or an eye makes of the colours.

import type { Answer, Lang, Report } from './types';
import { dateTime } from './words';

export type Look = 'passed' | 'unusable' | 'forged' | 'unknown' | 'unsure' | 'unreachable' | 'offline';

export interface Told {
  look: Look;
  /** The formal verdict beside the sentence; none where there is no verdict. */
  verdict: string | null;
  title: string;
  sentence: string;
}

const pick = (lang: Lang, zh: string, en: string): string => (lang === 'en' ? en : zh);

/** Why a genuine certificate may not be used: word, sentence. */
const UNUSABLE: Record<string, [string, string, string, string]> = {
  NOT_YET_VALID: ['尚未生效', 'Not yet in force', '证照是真的，但有效期还没有开始，现在不能使用。', 'It is genuine, but its term has not begun: it may not be used yet.'],
  SUSPENDED: ['已暂扣', 'Suspended', '证照是真的，但已被发证机关暂扣，现在不能使用。', 'It is genuine, but the issuer has suspended it: it may not be used now.'],
  EXPIRED: ['已过期', 'Expired', '证照是真的，但已过有效期，不能再使用。', 'It is genuine, but its term is over: it may no longer be used.'],
  REVOKED: ['已吊销', 'Revoked', '证照曾经真实有效，但已被发证机关撤销或吊销，不能再使用。', 'It was genuine, but the issuer has revoked it: it may no longer be used.'],
  CANCELLED: ['已注销', 'Cancelled', '证照曾经真实有效，但已注销，不能再使用。', 'It was genuine, but it has been cancelled: it may no longer be used.'],
  TRANSFERRED: ['已转出', 'Transferred', '证照是真的，但已转出，请以新的证照为准。', 'It is genuine, but has been transferred: rely on the new one.'],
  SUPERSEDED: ['已换发新版', 'Replaced', '证照是真的，但已换发新版本，请以新版本为准。', 'It is genuine, but has been replaced: rely on the new one.'],
};

export function told(answer: Answer, lang: Lang): Told {
  switch (answer.kind) {
    case 'report':
      return answer.by === 'hub' ? ofReport(answer.report, lang) : offline(answer.report, lang);
    case 'elsewhere':
      return {
        look: 'forged',
        verdict: null,
        title: pick(lang, '这个码不是本平台的', 'This code is not ours'),
        sentence: pick(
          lang,
          `它指向另一个网站：${answer.host}。请勿打开，也不要在那里填写任何信息。官方网站是：${answer.official.join('、')}。`,
          `It points to another site: ${answer.host}. Do not open it, and enter nothing there. Official: ${answer.official.join(', ')}.`,
        ),
      };
    case 'unreadable':
      return {
        look: 'forged',
        verdict: null,
        title: pick(lang, '这不是证照', 'This is no certificate'),
        sentence: pick(lang, '内容不是发证机关签发的格式，无法验证，请勿采信。', 'It is in no form that an issuer signs. Do not rely on it.'),
      };
    case 'refused':
      return {
        look: 'unreachable',
        verdict: null,
        title: answer.code === 'RATE_LIMITED' ? pick(lang, '查询的人太多', 'Too many questions just now') : pick(lang, '这次没有验证成', 'It was not verified this time'),
        sentence: pick(lang, `验证平台没有给出结论，这不表示证照有问题。${answer.message}`, `The hub gave no verdict; this says nothing about the certificate. ${answer.message}`),
      };
    case 'unreachable':
      return {
        look: 'unreachable',
        verdict: null,
        title: pick(lang, '连不上验证平台', 'The hub cannot be reached'),
        sentence: pick(lang, '还没有问到结果，这不表示证照有问题。请检查网络，恢复后会自动重试。', 'Nothing was asked yet; this says nothing about the certificate. It is tried again once the network is back.'),
      };
  }
}

function ofReport(report: Report, lang: Lang): Told {
  const because = (code: string): boolean => report.reasons.some((reason) => reason.code === code);
  if (report.result === 'PASSED') {
    return {
      look: 'passed',
      verdict: pick(lang, '验证通过', 'Passed'),
      title: pick(lang, '有效', 'Valid'),
      sentence: pick(lang, '证照真实，现在可以使用。', 'The certificate is genuine and may be used now.'),
    };
  }
  if (report.result === 'FAILED') {
    const verdict = pick(lang, '验证未通过', 'Failed');
    if (report.genuine) {
      const lapsed: [string, string, string, string] = ['不能使用', 'Not usable', '证照是真的，但现在不能使用。', 'It is genuine, but may not be used now.'];
      const copy: [string, string, string, string] = ['副本已失效', 'This copy has lapsed', '这份用证副本已过使用期限，请向持证人索取新的。', 'This copy for one use may no longer be used: ask the holder for a new one.'];
      const [zh, en, sentence, said] = because('COPY_LAPSED') ? copy : (UNUSABLE[report.status ?? ''] ?? lapsed);
      return { look: 'unusable', verdict, title: pick(lang, zh, en), sentence: pick(lang, sentence, said) };
    }
    if (because('DATA_MISMATCH')) {
      return {
        look: 'forged',
        verdict,
        title: pick(lang, '信息不一致', 'It does not agree'),
        sentence: pick(lang, '所填内容与登记的证照不一致。请核对是否填错；若证照上就是这样写的，请勿采信。', 'What was given differs from the record. Check what you typed; if the certificate says so itself, do not rely on it.'),
      };
    }
    return {
      look: 'forged',
      verdict,
      title: pick(lang, '不可信，请勿采信', 'Not genuine'),
      sentence: pick(lang, '内容被改动过，或者不是它所称的机关签发的。', 'It was changed, or was not issued by whom it names. Do not rely on it.'),
    };
  }
  const verdict = pick(lang, '无法判定', 'Undetermined');
  if (because('NOT_KNOWN')) {
    return {
      look: 'unknown',
      verdict,
      title: pick(lang, '查无此证', 'Not on record'),
      sentence: pick(lang, '本平台没有与之相符的证照。请核对是否输错；若无误，请向发证机关查询。', 'No such certificate is known here. Check what you entered; if it is right, ask the issuer.'),
    };
  }
  if (because('TOO_LITTLE_GIVEN')) {
    return {
      look: 'unsure',
      verdict,
      title: pick(lang, '信息不够', 'Too little was given'),
      sentence: pick(lang, '请补充下面所列的内容再验证。', 'Please add what is named below and ask again.'),
    };
  }
  return {
    look: 'unsure',
    verdict,
    title: report.genuine ? pick(lang, '签名真实，状态不明', 'Genuine, status not known') : pick(lang, '无法判定', 'Cannot be determined'),
    sentence: pick(lang, '依据不足，既不能说有效，也不能说无效。', 'Not enough is known to call it valid or invalid.'),
  };
}

/** Judged in the browser: what has happened since is not known, and the words say so first. */
function offline(report: Report, lang: Lang): Told {
  const online = ofReport(report, lang);
  const asOf = report.statusAsOf ? dateTime(report.statusAsOf, lang) : null;
  if (report.result === 'PASSED') {
    return {
      look: 'offline',
      verdict: pick(lang, '离线核验', 'Checked offline'),
      title: pick(lang, '签名真实', 'Genuinely signed'),
      sentence: pick(lang, `状态截至 ${asOf ?? '签发时'} 为有效，此后未查询。联网后会自动更新。`, `Valid as of ${asOf ?? 'its signing'}, not asked since. It is asked again once the network is back.`),
    };
  }
  if (report.result === 'INDETERMINATE') {
    const signed = report.genuine === true;
    return {
      look: signed ? 'offline' : 'unsure',
      verdict: pick(lang, '离线核验', 'Checked offline'),
      title: signed ? pick(lang, '签名真实，状态未查询', 'Genuinely signed, status not asked') : pick(lang, '离线无法判定', 'Cannot be said offline'),
      sentence: signed
        ? pick(lang, `${asOf ? `状态截至 ${asOf}，此后未查询。` : '现在是否有效需要联网查询。'}联网后会自动更新。`, `${asOf ? `Status as of ${asOf}, not asked since. ` : 'Whether it is valid now must be asked online. '}It is asked again once the network is back.`)
        : pick(lang, '手头的依据不够，联网后会自动查询。', 'What is at hand is not enough; it is asked once the network is back.'),
    };
  }
  return { ...online, verdict: pick(lang, '离线核验未通过', 'Failed (offline)') };
}
