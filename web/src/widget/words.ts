// Words, Chinese and English, and how times are written.

import type { Lang, Mode } from './types';

/** Beijing time, in which terms are reckoned. */
export function dateTime(text: string, lang: Lang): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const shown = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'Asia/Shanghai' }).format(date);
  return lang === 'en' ? `${shown} (Beijing)` : `${shown}（北京时间）`;
}

export const STATUS: Record<string, [string, string]> = {
  VALID: ['有效', 'valid'],
  NOT_YET_VALID: ['尚未生效', 'not yet in force'],
  SUSPENDED: ['已暂扣', 'suspended'],
  EXPIRED: ['已过期', 'expired'],
  REVOKED: ['已吊销', 'revoked'],
  CANCELLED: ['已注销', 'cancelled'],
  TRANSFERRED: ['已转出', 'transferred'],
  SUPERSEDED: ['已换发新版', 'replaced'],
  OTHER: ['不明', 'not known'],
};

export const MODE: Record<Mode, [string, string]> = {
  scan: ['扫码', 'Scan'],
  upload: ['上传文件', 'Upload'],
  printed: ['填写信息', 'Details'],
  identifier: ['输入标识', 'Identifier'],
};

/** What each check asks, for those who have never seen a signature. */
export const CHECK: Record<string, [string, string]> = {
  'document-form': ['文件格式完整，没有夹带', 'The file is well formed, nothing is smuggled in'],
  'document-coverage': ['签名覆盖整个文件', 'The signature covers the whole file'],
  'document-signature': ['文件签名属实', 'The signature on the file holds'],
  'document-signer-chain': ['文件签名者可信', 'Who signed the file is trusted'],
  'document-signer-revocation': ['文件签名者的证书未被吊销', "The file signer's certificate is not revoked"],
  'document-signer-is-issuer': ['文件由发证机关签名', 'The file is signed by the issuer'],
  'document-seal': ['电子印章真实有效', 'The seal is genuine and in force'],
  'document-seal-maker-revocation': ['制章者的证书未被吊销', "The seal maker's certificate is not revoked"],
  'document-timestamp': ['时间戳属实', 'The timestamp holds'],
  'document-timestamp-revocation': ['时间戳机构的证书未被吊销', "The timestamp unit's certificate is not revoked"],
  'document-data': ['文件所示与签名数据一致', 'The file says what the signed data say'],
  'document-plain': ['文件没有可能误导的内容', 'Nothing in the file may deceive'],
  container: ['数据可以读取', 'The data can be read'],
  'canonical-form': ['数据写法规范', 'The data are in canonical form'],
  'statement-shape': ['证照内容完整', 'The statement is complete'],
  identifier: ['证照标识正确', 'The identifier is right'],
  'identifier-check-character': ['标识校验位正确', "The identifier's check character is right"],
  attachments: ['照片等附件未被更换', 'Photos and attachments are the original ones'],
  signature: ['发证机关签名属实', "The issuer's signature holds"],
  'signer-chain': ['签名者可信', 'The signer is trusted'],
  'signer-revocation': ['签名者的证书未被吊销', "The signer's certificate is not revoked"],
  'signer-is-issuer': ['签名者就是发证机关', 'The signer is the issuer'],
  'event-signatures': ['状态变更有签名', 'Status changes are signed'],
  'event-revocation': ['变更签名者的证书未被吊销', 'Signers of changes are not revoked'],
  'event-chain': ['状态变更前后衔接', 'Status changes follow one another'],
  'code-signature': ['二维码签名属实', 'The signature in the code holds'],
  'code-signer-chain': ['二维码签名者可信', 'Who signed the code is trusted'],
  'code-signer-revocation': ['二维码签名者的证书未被吊销', "The code signer's certificate is not revoked"],
  'code-signer-is-issuer': ['二维码由发证机关签名', 'The code is signed by the issuer'],
  'code-agrees': ['二维码与证照一致', 'The code and the certificate agree'],
  record: ['与登记信息一致', 'It agrees with the record'],
  presented: ['与所填信息一致', 'It agrees with what you gave'],
  copy: ['用证副本属实', 'The copy for one use is genuine'],
  'copy-lapsed': ['用证副本在期限内', 'The copy may still be used'],
  'status-as-of': ['状态有凭据', 'The status is vouched for'],
  'status-known': ['状态已知', 'The status is known'],
  'usable-now': ['现在可以使用', 'It may be used now'],
};
