// 挂失: explained on the page, confirmed in a dialog, done in one step by the hub.

import { find } from '../../shared/element';
import { t } from '../../shared/language';
import { Ended, own, sentence } from './own';

/** `done` once the hub has frozen the holder, whose session is over then. */
export function wire(done: () => void, ended: () => void): void {
  const dialog = find<HTMLDialogElement>('#sure');
  const reason = find<HTMLInputElement>('#reason');
  const fault = find('#sure-fault');
  find('#freeze').addEventListener('click', () => {
    reason.value = '';
    fault.hidden = true;
    dialog.showModal();
    reason.focus();
  });
  find('#sure-no').addEventListener('click', () => dialog.close());
  find('#sure-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const refuse = (text: string): void => {
      fault.hidden = false;
      fault.textContent = text;
      reason.focus();
    };
    if (!reason.value.trim()) return refuse(t('请写明原因，如“手机丢失”。', 'Say why, for instance “my phone was stolen”.'));
    own('mutation Freeze($reason: String!) { freezeMine(reason: $reason) }', { reason: reason.value.trim() }).then(
      () => {
        dialog.close();
        done();
      },
      (error: unknown) => {
        if (!(error instanceof Ended)) return refuse(sentence(error));
        dialog.close();
        ended();
      });
  });
}
