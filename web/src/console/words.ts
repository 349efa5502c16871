// The console's language: Chinese first. Words are pairs beside what they name: t('中文', 'English').

import { signal } from '@preact/signals';
import { language, type Language, setLanguage } from '../shared/language';

export const spoken = signal<Language>(language());

export const t = (zh: string, en: string): string => (spoken.value === 'en' ? en : zh);

export function speak(chosen: Language): void {
  setLanguage(chosen);
  spoken.value = chosen;
}

const STATUS: Record<string, [string, string, string]> = {
  VALID: ['有效', 'Valid', 'good'],
  NOT_YET_VALID: ['未生效', 'Not yet valid', 'calm'],
  SUSPENDED: ['暂停', 'Suspended', 'warn'],
  EXPIRED: ['过期', 'Expired', 'calm'],
  REVOKED: ['撤销', 'Revoked', 'bad'],
  CANCELLED: ['注销', 'Cancelled', 'bad'],
  TRANSFERRED: ['已转出', 'Transferred', 'calm'],
  SUPERSEDED: ['已被新版替代', 'Superseded', 'calm'],
  OTHER: ['其他', 'Other', 'calm'],
};

export const STATUSES = Object.keys(STATUS);

/** In charts. */
const STATUS_COLOUR: Record<string, string> = {
  VALID: '#1f8a55',
  NOT_YET_VALID: '#5a9bd8',
  SUSPENDED: '#d08700',
  EXPIRED: '#8a94a3',
  REVOKED: '#b3261e',
  CANCELLED: '#7d4a9e',
  SUPERSEDED: '#c3cad4',
};

export const statusColour = (status: string): string => STATUS_COLOUR[status] ?? '#4a5568';

export const statusWord = (status: string): string => (STATUS[status] ? t(STATUS[status][0], STATUS[status][1]) : status);

export const statusTone = (status: string): string => STATUS[status]?.[2] ?? 'calm';

const OPERATION: Record<string, [string, string]> = {
  issue: ['签发', 'Issued'],
  suspend: ['暂停', 'Suspended'],
  resume: ['恢复', 'Resumed'],
  revoke: ['撤销', 'Revoked'],
  cancel: ['注销', 'Cancelled'],
  amend: ['变更', 'Amended'],
  renew: ['延续', 'Renewed'],
};

export const operationWord = (operation: string): string => (OPERATION[operation] ? t(...OPERATION[operation]) : operation);

const TYPE_STATE: Record<string, [string, string, string]> = {
  DRAFT: ['草稿', 'Draft', 'warn'],
  PUBLISHED: ['已发布', 'Published', 'good'],
  WITHDRAWN: ['已停用', 'Withdrawn', 'calm'],
};

export const typeStateWord = (state: string): string => (TYPE_STATE[state] ? t(TYPE_STATE[state][0], TYPE_STATE[state][1]) : state);

export const typeStateTone = (state: string): string => TYPE_STATE[state]?.[2] ?? 'calm';

const SEAL_STATUS: Record<string, [string, string, string]> = {
  ACTIVE: ['在用', 'Active', 'good'],
  SUSPENDED: ['停用', 'Suspended', 'warn'],
  DESTROYED: ['已销毁', 'Destroyed', 'bad'],
};

export const sealStatusWord = (status: string): string => (SEAL_STATUS[status] ? t(SEAL_STATUS[status][0], SEAL_STATUS[status][1]) : status);

export const sealStatusTone = (status: string): string => SEAL_STATUS[status]?.[2] ?? 'calm';

/** `省部级（2）`: a code behind its name. */
export const bracketed = (name: string, code: string): string => t(`${name}（${code}）`, `${name} (${code})`);

/** Times are those of Beijing, by which the hub itself reckons days. */
export function time(text: string | null | undefined): string {
  const date = new Date(text ?? '');
  if (Number.isNaN(date.getTime())) return text ?? '';
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'Asia/Shanghai' }).format(date);
}
