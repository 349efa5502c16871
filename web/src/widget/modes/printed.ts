import { h } from '../draw';
import type { CertificateType } from '../hub';
import type { Place, Way } from './place';

export function printed(place: Place): Way {
  const { t, lang } = place;
  const types = h('select.input', { id: 'type', name: 'typeCode', required: true, part: 'input' }, h('option', { value: '' }, t('正在读取证照种类…', 'Loading the types…')));
  const text = (name: string, zh: string, en: string, hint: string | null): [HTMLInputElement, HTMLElement] => {
    const input = h('input.input', { id: name, name, autocomplete: 'off', spellcheck: 'false', maxlength: 200, part: 'input', 'aria-describedby': hint ? `${name}-hint` : null });
    return [input, h('label.field', { for: name }, h('span.label', {}, t(zh, en)), input, hint ? h('span.hint.fine', { id: `${name}-hint` }, hint) : null)];
  };
  const [number, numberField] = text('number', '证照编号', 'Number', t('与证照上印的一致，全角半角均可。', 'As printed; width and brackets do not matter.'));
  const [holderName, nameField] = text('holderName', '持证人姓名或名称', "Holder's name", null);
  const [holderCode, codeField] = text('holderCode', '持证人证件号码', "Holder's code", t('身份证号码或统一社会信用代码。', 'Identity number or credit code.'));
  const form = h('form', {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      const given = { number: number.value.trim(), holderName: holderName.value.trim(), holderCode: holderCode.value.trim() };
      if (!types.value) {
        place.problem(t('请先选择证照种类。', 'Choose the type first.'));
        types.focus();
      } else if (!given.number && !given.holderCode) {
        place.problem(t('请至少填写证照编号或持证人证件号码。', "Give the number, or the holder's code, at least."));
        number.focus();
      } else {
        const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value));
        place.ask({ kind: 'printed', typeCode: types.value, ...filled });
      }
    },
  },
    h('label.field', { for: 'type' }, h('span.label', {}, t('证照种类', 'Type of certificate')), types),
    h('div.grid', {}, numberField, nameField, codeField),
    h('p.field.fine', {}, t('所填内容只用于本次核对。出于保护，不一致时不会告知是哪一项。', 'What you give is compared this once. For protection, it is not said which of it differs.')),
    h('button.button.main', { type: 'submit', part: 'button submit' }, t('验证', 'Verify')));

  void place.hub.types(lang).then(
    (found) => types.replaceChildren(h('option', { value: '' }, t('请选择', 'Choose one')), ...sorted(found, lang).map((type) => h('option', { value: type.name }, title(type, lang)))),
    () => {
      types.replaceChildren(h('option', { value: '' }, t('证照种类读取失败', 'The types could not be loaded')));
      place.problem(t('连不上验证平台，暂时读不到证照种类。', 'The hub cannot be reached: the types could not be loaded.'));
    },
  );
  return { content: [form] };
}

const title = (type: CertificateType, lang: string): string => (lang === 'en' ? type.en : type.zh) || type.zh || type.name;

const sorted = (types: CertificateType[], lang: string): CertificateType[] => [...types].sort((one, other) => title(one, lang).localeCompare(title(other, lang), lang === 'en' ? 'en' : 'zh-CN'));
