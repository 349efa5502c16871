// A source text with numbered lines, and what was found wrong with it beside its lines.

import { useId, useRef, useState } from 'preact/hooks';
import { t } from '../words';
import { Tag } from './facts';

export interface Diagnostic {
  code: string;
  severity: string;
  message: string;
  help: string | null;
  line: number;
  column: number;
  pointer: string;
}

interface Properties {
  label: string;
  text: string;
  change: (text: string) => void;
  found: Diagnostic[];
}

const LINE = 20; // px, as in console.css

/** Where a line begins in a text; lines and columns count from 1. */
export function offset(text: string, line: number, column: number): number {
  let at = 0;
  for (let passed = 1; passed < line; passed++) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return Math.min(at + Math.max(column - 1, 0), text.length);
}

export function Source({ label, text, change, found }: Properties) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [top, setTop] = useState(0);
  const id = useId();
  const lines = text.split('\n').length;
  const worst = new Map<number, string>();
  for (const { line, severity } of found) if (severity === 'ERROR' || !worst.has(line)) worst.set(line, severity);
  const show = ({ line, column }: Diagnostic): void => {
    const place = area.current;
    if (!place) return;
    const from = offset(text, line, column);
    const end = text.indexOf('\n', from);
    place.focus();
    place.setSelectionRange(from, end < 0 ? text.length : end);
    place.scrollTop = Math.max(0, (line - 6) * LINE);
    place.scrollLeft = 0;
  };
  return (
    <div class="source">
      <div class="editor">
        <label class="hidden" for={id}>{label}</label>
        <div class="gutter" aria-hidden="true">
          <div style={{ transform: `translateY(${-top}px)` }}>
            {Array.from({ length: lines }, (_, index) => (
              <span key={index} class={worst.get(index + 1)?.toLowerCase() ?? ''}>{index + 1}</span>
            ))}
          </div>
        </div>
        <div class="text">
          <div class="marks" aria-hidden="true">
            {[...worst].map(([line, severity]) => (
              <span key={line} class={severity.toLowerCase()} style={{ top: `${(line - 1) * LINE + 10 - top}px` }} />
            ))}
          </div>
          <textarea
            ref={area}
            id={id}
            value={text}
            spellcheck={false}
            autoComplete="off"
            wrap="off"
            onInput={(event) => change(event.currentTarget.value)}
            onScroll={(event) => setTop(event.currentTarget.scrollTop)}
          />
        </div>
      </div>
      {found.length > 0 && (
        <ol class="found" aria-label={t('检查结果', 'What was found')}>
          {found.map((one, index) => (
            <li key={index} class={one.severity.toLowerCase()}>
              <button type="button" class="jump" onClick={() => show(one)}>
                {t(`第 ${one.line} 行，第 ${one.column} 列`, `Line ${one.line}, column ${one.column}`)}
              </button>{' '}
              <Tag tone={one.severity === 'ERROR' ? 'bad' : 'warn'}>{one.severity === 'ERROR' ? t('错误', 'Error') : t('警告', 'Warning')}</Tag>
              <p class="message">{one.message}</p>
              {one.help && <p class="fine">{t('建议：', 'Help: ')}{one.help}</p>}
              <p class="fine"><code>{one.code}</code>{one.pointer && <> · <code>{one.pointer}</code></>}</p>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
