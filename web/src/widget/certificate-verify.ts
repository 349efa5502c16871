// The file that pages load. Loading it twice does no harm.

import { CertificateVerify } from './element';

if (!customElements.get('certificate-verify')) customElements.define('certificate-verify', CertificateVerify);

export { CertificateVerify };
export type { Answer, Question, Report } from './types';
