// Chinese first, English second. Fixed words stand in the page in both languages (class "zh" / "en", hidden by CSS);
// words made by scripts are pairs: t('中文', 'English').

const KEY = 'zhengzhao.language';

export type Language = 'zh' | 'en';

/** The visitor's choice, else the browser's first language of the two, else Chinese. */
export function language(): Language {
  const chosen = sessionStorage.getItem(KEY);
  if (chosen === 'zh' || chosen === 'en') return chosen;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'zh' || tag === 'en');
  return wanted === 'en' ? 'en' : 'zh';
}

/** Keeps the visitor's choice. */
export function setLanguage(chosen: Language): void {
  sessionStorage.setItem(KEY, chosen);
}

export const t = (zh: string, en: string): string => (language() === 'en' ? en : zh);

/** For the header Accept-Language, so that the hub's own messages come in the language of the page. */
export const acceptLanguage = (): string => (language() === 'en' ? 'en' : 'zh-CN');

/** Puts the page into its language and wires the button #language; `redraw` is called after each change. */
export function speak(redraw: () => void = () => {}): void {
  const show = (): void => {
    document.documentElement.lang = language() === 'en' ? 'en' : 'zh-CN';
    swap('[data-en-placeholder]', 'placeholder', 'zhPlaceholder', 'enPlaceholder');
    swap('[data-en-label]', 'aria-label', 'zhLabel', 'enLabel');
    const title = document.querySelector('title');
    if (title?.dataset.en) {
      title.dataset.zh ??= title.textContent ?? '';
      title.textContent = t(title.dataset.zh, title.dataset.en);
    }
  };
  document.querySelector('#language')?.addEventListener('click', () => {
    setLanguage(language() === 'en' ? 'zh' : 'en');
    show();
    redraw();
  });
  show();
}

function swap(selector: string, attribute: string, zh: string, en: string): void {
  for (const element of document.querySelectorAll<HTMLElement>(selector)) {
    element.dataset[zh] ??= element.getAttribute(attribute) ?? '';
    element.setAttribute(attribute, t(element.dataset[zh] ?? '', element.dataset[en] ?? ''));
  }
}
