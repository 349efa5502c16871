import { useState } from 'preact/hooks';
import { command } from '../hub';
import { Dialog } from '../parts/dialog';
import { Problem } from '../parts/loaded';
import { t } from '../words';
import type { Authority } from './authorities';

const REGISTER = `mutation ($authority: String!, $custodian: String!, $name: String, $shape: SealShape, $secondLine: String, $picture: Base64, $width: Int, $height: Int, $validTo: Date) {
  registerSeal(authority: $authority, custodian: $custodian, name: $name, shape: $shape, secondLine: $secondLine, picture: $picture, width: $width, height: $height, validTo: $validTo) { code }
}`;

/** Bytes of a file in Base64. */
export async function base64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let from = 0; from < bytes.length; from += 0x8000) text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  return btoa(text);
}

export function SealForm({ known, close, done }: { known: Authority[]; close: () => void; done: () => void }) {
  const [given, setGiven] = useState<Record<string, string>>({ authority: known[0]?.code ?? '', shape: 'ROUND' });
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const set = (key: string) => (event: { currentTarget: { value: string } }) => setGiven({ ...given, [key]: event.currentTarget.value });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    const text = (key: string): string | null => given[key]?.trim() || null;
    const number = (key: string): number | null => (text(key) ? Number(text(key)) : null);
    try {
      await command(REGISTER, {
        ...Object.fromEntries(['authority', 'custodian', 'name', 'shape', 'secondLine', 'validTo'].map((key) => [key, text(key)])),
        picture: given.shape === 'PICTURE' ? text('picture') : null,
        width: number('width'),
        height: number('height'),
      });
      done();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t('制作并登记印章', 'Make and register a seal')} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        {problem !== null && <Problem error={problem} />}
        <label class="field">
          <span>{t('颁发机构的统一社会信用代码（必填）', 'Credit code of the authority (required)')}</span>
          <input name="authority" list="known-authorities" required value={given.authority ?? ''} onInput={set('authority')} />
          <datalist id="known-authorities">{known.map(({ code, name }) => <option key={code} value={code}>{name}</option>)}</datalist>
        </label>
        <label class="field"><span>{t('保管人（必填）', 'Custodian (required)')}</span><input name="custodian" required value={given.custodian ?? ''} onInput={set('custodian')} /></label>
        <label class="field">
          <span>{t('印章名称', 'Name')}</span>
          <input name="name" value={given.name ?? ''} placeholder={t('默认为机构名称加第二行', 'default: the authority and the second line')} onInput={set('name')} />
        </label>
        <label class="field">
          <span>{t('形状', 'Shape')}</span>
          <select name="shape" value={given.shape} onChange={set('shape')}>
            <option value="ROUND">{t('圆形，中有五角星', 'round, with a star')}</option>
            <option value="OVAL">{t('椭圆形', 'oval')}</option>
            <option value="PICTURE">{t('导入图片（PNG）', 'a picture (PNG)')}</option>
          </select>
        </label>
        {given.shape === 'PICTURE' ? (
          <>
            <label class="field">
              <span>{t('印模图片（PNG，不超过 1 MB）', 'Picture (PNG, at most 1 MB)')}</span>
              <input
                type="file"
                name="picture"
                accept="image/png"
                required
                onChange={(event) => {
                  const chosen = event.currentTarget.files?.[0];
                  if (chosen) void base64(chosen).then((picture) => setGiven((before) => ({ ...before, picture })));
                }}
              />
            </label>
            <div class="two">
              <label class="field"><span>{t('宽（毫米）', 'Width (mm)')}</span><input name="width" type="number" min={20} max={60} value={given.width ?? ''} onInput={set('width')} /></label>
              <label class="field"><span>{t('高（毫米）', 'Height (mm)')}</span><input name="height" type="number" min={20} max={60} value={given.height ?? ''} onInput={set('height')} /></label>
            </div>
          </>
        ) : (
          <label class="field">
            <span>{t('第二行', 'Second line')}</span>
            <input name="secondLine" value={given.secondLine ?? ''} placeholder={t('默认“电子证照专用章”', 'default: 电子证照专用章')} onInput={set('secondLine')} />
          </label>
        )}
        <label class="field"><span>{t('有效期至（默认五年）', 'Valid to (default: five years)')}</span><input type="date" name="validTo" value={given.validTo ?? ''} onInput={set('validTo')} /></label>
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy}>{busy ? t('正在制作…', 'Making…') : t('制作并登记', 'Make and register')}</button>
          <button type="button" onClick={close}>{t('取消', 'Cancel')}</button>
        </div>
      </form>
    </Dialog>
  );
}
