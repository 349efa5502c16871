// What a command came to when it failed, in a dialog: the page below stays as it was.

import { signal } from '@preact/signals';
import { t } from '../words';
import { Dialog } from './dialog';
import { Problem } from './loaded';

const failure = signal<unknown>(null);

/** Does it; says what went wrong. True when it was done. */
export async function done(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    failure.value = error;
    return false;
  }
}

export function FailureDialog() {
  if (failure.value === null) return null;
  const close = (): void => void (failure.value = null);
  return (
    <Dialog title={t('未能完成', 'It was not done')} danger close={close}>
      <Problem error={failure.value} />
      <div class="buttons"><button type="button" class="primary" onClick={close}>{t('知道了', 'Close')}</button></div>
    </Dialog>
  );
}
