// Chinese first, English second. Fixed words stand in the page in both languages (class "zh" / "en", hidden by CSS);
// words made by scripts are pairs: t('中文', 'English').

const KEY = 'zhengzhao.language';

/** 'zh' or 'en': the visitor's choice, else the browser's first language of the two, else Chinese. */
export function language() {
  const chosen = sessionStorage.getItem(KEY);
  if (chosen === 'zh' || chosen === 'en') return chosen;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'zh' || tag === 'en');
  return wanted ?? 'zh';
}

export const t = (zh, en) => (language() === 'en' ? en : zh);

/** For the header Accept-Language, so that the hub's own messages come in the language of the page. */
export const acceptLanguage = () => (language() === 'en' ? 'en' : 'zh-CN');

/** Puts the page into its language and wires the toggle; `redraw` is called after each change. */
export function speak(redraw = () => {}) {
  const show = () => {
    document.documentElement.lang = language() === 'en' ? 'en' : 'zh-CN';
    for (const element of document.querySelectorAll('[data-en-placeholder]')) {
      element.dataset.zhPlaceholder ??= element.placeholder;
      element.placeholder = t(element.dataset.zhPlaceholder, element.dataset.enPlaceholder);
    }
    for (const element of document.querySelectorAll('[data-en-label]')) {
      element.dataset.zhLabel ??= element.getAttribute('aria-label');
      element.setAttribute('aria-label', t(element.dataset.zhLabel, element.dataset.enLabel));
    }
    const title = document.querySelector('title');
    title.dataset.zh ??= title.textContent;
    if (title.dataset.en) title.textContent = t(title.dataset.zh, title.dataset.en);
  };
  document.querySelector('#language').addEventListener('click', () => {
    sessionStorage.setItem(KEY, language() === 'en' ? 'zh' : 'en');
    show();
    redraw();
  });
  show();
}
