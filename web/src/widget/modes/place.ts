import type { Hub } from '../hub';
import type { Lang, Question } from '../types';

/** What a way of asking may use of the element it stands in. */
export interface Place {
  readonly hub: Hub;
  readonly lang: Lang;
  t(zh: string, en: string): string;
  ask(question: Question): void;
  /** The text of a code, from wherever: it is looked at before anybody is asked. */
  askCode(text: string): void;
  /** A file, from wherever: pictures are searched for a code. */
  askFile(file: File): void;
  /** Says why nothing could be asked. */
  problem(text: string): void;
}

/** A way of asking, drawn; `leave` when another takes its place. */
export interface Way {
  content: Node[];
  leave?: () => void;
}
