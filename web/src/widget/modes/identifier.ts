import { tidy } from '../code';
import { h } from '../draw';
import type { Place, Way } from './place';

export function identifier(place: Place): Way {
  const { t } = place;
  const input = h('input.input', {
    id: 'identifier', name: 'identifier', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', 'aria-describedby': 'identifier-hint',
    placeholder: '1.2.156.3005.2.…', part: 'input', maxlength: 200,
  });
  const form = h('form', {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      const text = input.value.trim();
      // People paste the whole link of a code.
      if (/^https?:/i.test(text)) place.askCode(text);
      else if (tidy(text)) place.ask({ kind: 'identifier', identifier: tidy(text) });
      else {
        place.problem(t('请先输入证照标识。', 'Enter an identifier first.'));
        input.focus();
      }
    },
  },
    h('label.field', { for: 'identifier' },
      h('span.label', {}, t('电子证照标识', 'Identifier')), input,
      h('span.hint.fine', { id: 'identifier-hint' }, t('印在证照底部，以 1.2.156.3005.2 开头的一串数字和字母；也可粘贴二维码里的链接。', 'Printed at the foot of the certificate, beginning with 1.2.156.3005.2; the link in its code will do too.'))),
    h('button.button.main', { type: 'submit', part: 'button submit' }, t('验证', 'Verify')));
  return { content: [form] };
}
