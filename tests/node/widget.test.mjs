// <certificate-verify> on a real hub: each way of asking, each answer, on a phone and a desk, in both languages, by keyboard alone,
// without the network and back, and within a page of another origin under a strict policy.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import encodeQR from 'qr';
import { accessibilityFaults, answered, askIdentifier, becomes, CHROMIUM, choose, DESK, element, PHONE, startBrowser, upload, visit as visitWith } from './browser.mjs';
import { startHub } from './hub.mjs';

const run = promisify(execFile);
const OFFLINE = [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/, /Failed to load resource/];

let hub;
let browser;
let good; // {identifier, number, holderCode} of a certificate in force
let files; // its files: {pdf, ofd, json}
let face; // its face as a picture (PNG)
let revoked; // an identifier
let suspended; // an identifier

before(async () => {
  hub = await startHub();
  browser = await startBrowser();
  good = hub.examples.SafetyOfficerCertificate;
  files = Object.fromEntries(await Promise.all(['pdf', 'ofd', 'json'].map(async (format) => [format, await download(good.identifier, format)])));
  face = await picture(files.pdf);
  revoked = await change('revokeCertificate', 'LabourDispatchLicence');
  suspended = await change('suspendCertificate', 'MedicalInstitutionLicence');
});
after(async () => {
  await browser?.close();
  await hub?.stop();
});

const visit = (path, act, options) => visitWith({ browser, hub }, path, act, options);

async function download(identifier, format) {
  const headers = { Authorization: `Bearer ${hub.tokens.department}`, 'X-Purpose': '%7B%22useFor%22%3A%22test%22%7D' };
  const response = await fetch(hub.url(`/certificates/${encodeURIComponent(identifier)}.${format}`), { headers });
  assert.equal(response.status, 200, format);
  return Buffer.from(await response.arrayBuffer());
}

async function change(command, type) {
  const { identifier } = hub.examples[type];
  const { errors } = await hub.graphql({ token: hub.tokens.issuer, query: `mutation($id: ID!) { ${command}(id: $id, reason: "测试") { status } }`, variables: { id: identifier } });
  // A hub that runs already (HUB) may have been asked before.
  assert.ok(!errors || errors[0].extensions.code === 'CONFLICT', JSON.stringify(errors));
  return identifier;
}

async function picture(pdf) {
  const folder = await mkdtemp(join(tmpdir(), 'zhengzhao-face-'));
  try {
    await writeFile(join(folder, 'face.pdf'), pdf);
    await run('pdftoppm', ['-r', '300', '-png', '-singlefile', join(folder, 'face.pdf'), join(folder, 'face')]);
    return await readFile(join(folder, 'face.png'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The face as a phone would photograph it: turned, out of focus, in poor light, on a table. */
async function photograph(page, { turn = 0, blur = 0, light = 1, contrast = 1 }) {
  const data = await page.evaluate(async ([png, turn, blur, light, contrast]) => {
    const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = document.createElement('canvas');
    const side = Math.hypot(image.width, image.height);
    canvas.width = canvas.height = side;
    const context = canvas.getContext('2d');
    context.fillStyle = '#6b5a48';
    context.fillRect(0, 0, side, side);
    context.filter = `blur(${blur}px) brightness(${light}) contrast(${contrast})`;
    context.translate(side / 2, side / 2);
    context.rotate((turn * Math.PI) / 180);
    context.drawImage(image, -image.width / 2, -image.height / 2);
    return canvas.toDataURL('image/jpeg', 0.8).split(',')[1];
  }, [face.toString('base64'), turn, blur, light, contrast]);
  return Buffer.from(data, 'base64');
}

/** A code that says `text`, as a picture. */
async function codePicture(page, text) {
  const data = await page.evaluate((rows) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = rows.length * 6;
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = '#000';
    rows.forEach((row, y) => row.forEach((dark, x) => dark && context.fillRect(x * 6, y * 6, 6, 6)));
    return canvas.toDataURL('image/png').split(',')[1];
  }, encodeQR(text, 'raw', { border: 4 }));
  return Buffer.from(data, 'base64');
}

async function scanPicture(page, buffer, name = 'photo.jpg', mimeType = 'image/jpeg') {
  await choose(page, 'scan');
  await element(page).locator('input[type="file"]').setInputFiles({ name, mimeType, buffer });
}

async function fillPrinted(page, { type, number, name, code }) {
  await choose(page, 'printed');
  await element(page).locator(`#type option[value="${type}"]`).waitFor({ state: 'attached' });
  await element(page).locator('#type').selectOption(type);
  if (number) await element(page).locator('#number').fill(number);
  if (name) await element(page).locator('#holderName').fill(name);
  if (code) await element(page).locator('#holderCode').fill(code);
  await element(page).locator('button[type="submit"]').click();
}

const text = (card) => card.innerText();

/** The signed data with one character of the holder's name changed. */
function forged(json) {
  const changed = json.toString('utf8').replace('测试甲', '测试乙');
  assert.notEqual(changed, json.toString('utf8'));
  return changed;
}

// ---- each way of asking

test('by identifier, and the answer says what, when, and whose it is', () =>
  visit('/', async (page) => {
    await askIdentifier(page, ` ${good.identifier} `);
    const card = await answered(page, 'passed');
    assert.match(await text(card), /有效[\s\S]*现在可以使用[\s\S]*测试省住房和城乡建设厅[\s\S]*答复者：127\.0\.0\.1[\s\S]*状态截至/);
    assert.doesNotMatch(await text(card), /测试甲/, 'names are masked');
    await card.locator('summary').click();
    assert.equal(await card.locator('[data-check="signature"]').getAttribute('data-outcome'), 'OK');
  }));

test('by what is printed', () =>
  visit('/', async (page) => {
    await fillPrinted(page, { type: 'SafetyOfficerCertificate', number: good.number, name: '测试甲' });
    await answered(page, 'passed');
    await fillPrinted(page, { type: 'SafetyOfficerCertificate', number: good.number, name: '测试丙' });
    await becomes(page, 'forged');
    assert.match(await text(element(page).locator('.card')), /信息不一致/);
  }));

for (const format of ['pdf', 'ofd', 'json']) {
  test(`by its file: ${format}`, () =>
    visit('/', async (page) => {
      await upload(page, `certificate.${format}`, 'application/octet-stream', files[format]);
      await answered(page, 'passed');
    }));
}

test('by a file that is dropped, and by one that is pasted', () =>
  visit('/', async (page) => {
    await choose(page, 'upload');
    const event = (name, member) => page.evaluate(([name, member, json]) => {
      const data = new DataTransfer();
      data.items.add(new File([json], 'certificate.json', { type: 'application/json' }));
      const root = document.querySelector('certificate-verify').shadowRoot;
      const target = name === 'drop' ? root.querySelector('.drop') : document.body;
      const Kind = name === 'drop' ? DragEvent : ClipboardEvent;
      target.dispatchEvent(new Kind(name, { bubbles: true, cancelable: true, composed: true, [member]: data }));
    }, [name, member, files.json.toString('utf8')]);
    await event('drop', 'dataTransfer');
    await answered(page, 'passed');
    await element(page).getByRole('button', { name: '再验一份' }).click();
    assert.equal(await element(page).locator('.card').count(), 0);
    await event('paste', 'clipboardData');
    await answered(page, 'passed');
  }));

for (const [how, photo] of Object.entries({
  straight: {},
  'on its head': { turn: 180 },
  'turned, blurred and dimmed': { turn: 17, blur: 1.5, light: 0.5, contrast: 0.7 },
  'turned the other way, more blurred, in worse light': { turn: -33, blur: 2, light: 0.35, contrast: 0.6 },
})) {
  test(`by a photograph of its code: ${how}`, () =>
    visit('/', async (page) => {
      await scanPicture(page, await photograph(page, photo));
      const card = await answered(page, 'passed');
      await card.locator('summary').click();
      assert.equal(await card.locator('[data-check="code-signature"]').getAttribute('data-outcome'), 'OK', 'what stands in the code was verified too');
    }));
}

test('a picture without a code is told so', () =>
  visit('/', async (page) => {
    const blank = await page.evaluate(() => Object.assign(document.createElement('canvas'), { width: 300, height: 200 }).toDataURL('image/png').split(',')[1]);
    await scanPicture(page, Buffer.from(blank, 'base64'));
    await element(page).locator('[role="alert"]', { hasText: '没有找到二维码' }).waitFor();
  }));

test('by the camera', async () => {
  const camera = await browser.browserType().launch({
    executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
  try {
    await visitWith({ browser: camera, hub }, '/', async (page) => {
      const code = await codePicture(page, `${hub.url('/')}verify/${good.identifier}`);
      // The made-up camera shows a ball: the element is given a picture that moves instead.
      await page.evaluate(async (png) => {
        const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
        const image = await createImageBitmap(new Blob([bytes]));
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
        const context = canvas.getContext('2d');
        const draw = () => {
          context.fillStyle = '#bbb';
          context.fillRect(0, 0, 640, 480);
          context.drawImage(image, 120, 40, 400, 400);
          requestAnimationFrame(draw);
        };
        draw();
        navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
      }, code.toString('base64'));
      await element(page).getByRole('button', { name: '打开摄像头' }).click();
      await answered(page, 'passed');
      assert.equal(await element(page).locator('video').count(), 0, 'the camera is let go');
    });
  } finally {
    await camera.close();
  }
});

// ---- each answer; none looks like another

test('revoked, suspended, unknown, forged, unreadable, another site, unreachable: each in a look and words of its own', async () => {
  const seen = new Map();
  const keep = async (name, card) => {
    const look = await card.getAttribute('data-look');
    const title = await card.locator('.title').innerText();
    const sign = await card.locator('.band .sign').innerHTML();
    const paint = await card.locator('.band').evaluate((band) => `${getComputedStyle(band).backgroundColor} ${getComputedStyle(band.parentElement).borderTopStyle} ${getComputedStyle(band.parentElement).borderTopWidth}`);
    seen.set(name, { look, title, sign, paint });
  };
  await visit('/', async (page) => {
    await askIdentifier(page, good.identifier);
    await keep('passed', await answered(page, 'passed'));
    await askIdentifier(page, revoked);
    await keep('revoked', await becomes(page, 'unusable'));
    await askIdentifier(page, suspended);
    await element(page).locator('.title', { hasText: '已暂扣' }).waitFor();
    await keep('suspended', await becomes(page, 'unusable'));
    await askIdentifier(page, '1.2.156.3005.2.11990000000000GX2C999.11990000000000GX2C.00000000.001.0');
    await keep('unknown', await becomes(page, 'unknown'));
    await upload(page, 'certificate.json', 'application/json', forged(files.json));
    await keep('forged', await becomes(page, 'forged'));
    await upload(page, 'notes.txt', 'text/plain', 'no certificate');
    await element(page).locator('.card[data-kind="unreadable"]').waitFor();
    await keep('unreadable', element(page).locator('.card'));
  });
  await visit('/', async (page, context) => {
    await element(page).locator('.tab').first().waitFor();
    await context.setOffline(true);
    await askIdentifier(page, good.identifier);
    await keep('unreachable', await answered(page, 'unreachable'));
    assert.match(await text(element(page).locator('.card')), /不表示证照有问题/);
  }, { excused: OFFLINE });

  const title = (name) => seen.get(name).title;
  assert.match(title('revoked'), /已吊销/);
  assert.match(title('suspended'), /已暂扣/);
  assert.match(title('unknown'), /查无此证/);
  assert.match(title('forged'), /不可信/);
  assert.match(title('unreadable'), /不是证照/);
  assert.match(title('unreachable'), /连不上/);
  const distinct = ['passed', 'revoked', 'unknown', 'forged', 'unreachable'];
  for (const member of ['look', 'title', 'sign', 'paint']) {
    assert.equal(new Set(distinct.map((name) => seen.get(name)[member])).size, distinct.length, `${member}: ${JSON.stringify([...seen])}`);
  }
});

test('a code that points to another site is refused by its name, and nobody is asked', () =>
  visit('/', async (page) => {
    const asked = [];
    page.on('request', (request) => request.url().endsWith('/graphql') && asked.push(request.url()));
    await scanPicture(page, await codePicture(page, `https://zhengzhao.evil.test/verify/${good.identifier}`), 'code.png', 'image/png');
    const card = await answered(page, 'forged');
    assert.match(await text(card), /zhengzhao\.evil\.test[\s\S]*官方网站是：127\.0\.0\.1/);
    assert.deepEqual(asked, []);
  }));

test('too little is no verdict, and says what is missing', () =>
  visit('/', async (page) => {
    await choose(page, 'printed');
    await element(page).locator('button[type="submit"]').click();
    await element(page).locator('[role="alert"]', { hasText: '请先选择证照种类' }).waitFor();
    await fillPrinted(page, { type: 'SafetyOfficerCertificate', code: good.holderCode });
    const card = element(page).locator('.card');
    await card.waitFor();
    assert.notEqual(await card.getAttribute('data-look'), 'passed');
  }));

test('the receipt that is saved says who was asked what, and what came of it', () =>
  visit('/', async (page) => {
    await upload(page, 'certificate.json', 'application/json', files.json);
    const card = await answered(page, 'passed');
    const [saved] = await Promise.all([page.waitForEvent('download'), card.getByRole('button', { name: '保存回执' }).click()]);
    const kept = JSON.parse(await readFile(await saved.path(), 'utf8'));
    assert.equal(kept.answer.result, 'PASSED');
    assert.equal(kept.hub, new URL(hub.url('/')).origin);
    assert.deepEqual([kept.question.kind, kept.question.size], ['file', files.json.length]);
    assert.match(kept.question.sha256, /^[0-9a-f]{64}$/);
  }));

// ---- without the network, and back

test('signed data and printed codes are verified without the network, as of when, and asked about once it is back', () =>
  visit('/', async (page, context) => {
    const verifier = page.waitForResponse((response) => response.url().endsWith('/verify.wasm'));
    await askIdentifier(page, good.identifier);
    await answered(page, 'passed');
    await (await verifier).finished();

    await context.setOffline(true);
    await upload(page, 'certificate.json', 'application/json', files.json);
    const data = await becomes(page, 'offline');
    assert.match(await text(data), /签名真实[\s\S]*状态截至 \d{4}-\d\d-\d\d[\s\S]*此后未查询[\s\S]*未联网询问/);

    await upload(page, 'certificate.json', 'application/json', forged(files.json));
    const bad = await becomes(page, 'forged');
    assert.match(await text(bad), /离线/);

    await context.setOffline(false);
    await element(page).locator('.whose', { hasText: '答复者' }).waitFor({ timeout: 40_000 });
    await becomes(page, 'forged');

    await context.setOffline(true);
    await upload(page, 'certificate.json', 'application/json', files.json);
    await becomes(page, 'offline');
    await context.setOffline(false);
    await becomes(page, 'passed');
  }, { excused: OFFLINE }));

test('a code that was scanned without the network: genuinely signed, its status not asked', () =>
  visit('/', async (page, context) => {
    const photo = await photograph(page, { turn: 5 });
    const verifier = page.waitForResponse((response) => response.url().endsWith('/verify.wasm'));
    await scanPicture(page, photo); // the decoder is loaded now
    await answered(page, 'passed');
    await (await verifier).finished();
    await context.setOffline(true);
    await scanPicture(page, photo);
    const card = await becomes(page, 'offline');
    assert.match(await text(card), /签名真实，状态未查询/);
    await context.setOffline(false);
    await becomes(page, 'passed');
  }, { excused: OFFLINE }));

// ---- for everybody

for (const [lang, size] of [['zh-CN', PHONE], ['zh-CN', DESK], ['en', PHONE], ['en', DESK]]) {
  test(`axe finds nothing, and nothing is wider than the screen: ${lang}, ${size.width} px`, () =>
    visit('/', async (page) => {
      const sound = async (what) => {
        assert.deepEqual(await accessibilityFaults(page), [], what);
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= size.width, `${what} fits`);
      };
      for (const mode of ['scan', 'upload', 'printed', 'identifier']) {
        await choose(page, mode);
        if (mode === 'printed') await element(page).locator('#type option[value="SafetyOfficerCertificate"]').waitFor({ state: 'attached' });
        await sound(mode);
      }
      for (const [identifier, look] of [[good.identifier, 'passed'], [revoked, 'unusable'], ['1.2.156.3005.2.x', 'unknown']]) {
        await askIdentifier(page, identifier);
        await becomes(page, look);
        await element(page).locator('summary').first().click().catch(() => undefined);
        await sound(look);
      }
      await upload(page, 'certificate.json', 'application/json', forged(files.json));
      await becomes(page, 'forged');
      await sound('forged');
      await element(page).locator('.large').click();
      await sound('large text');
    }, { locale: lang, viewport: size }));
}

test('in English, down to the reasons', () =>
  visit('/', async (page) => {
    await askIdentifier(page, revoked);
    const card = await answered(page, 'unusable');
    assert.match(await text(card), /Revoked[\s\S]*It was genuine[\s\S]*The certificate has been revoked[\s\S]*Answered by/);
    assert.doesNotMatch(await card.locator('.band').innerText(), /[\u4e00-\u9fff]/);
  }, { locale: 'en' }));

test('by keyboard alone, to the answer and to another question', () =>
  visit('/', async (page) => {
    const focused = () => page.evaluate(() => {
      const { activeElement } = document;
      const inner = activeElement?.shadowRoot?.activeElement ?? activeElement;
      return inner?.id || inner?.textContent?.trim() || '';
    });
    const tabTo = async (wanted) => {
      for (let pressed = 0; pressed < 40; pressed += 1) {
        if ((await focused()).includes(wanted)) return;
        await page.keyboard.press('Tab');
      }
      assert.fail(`Tab never came to ${wanted}`);
    };
    await element(page).locator('.tab').first().waitFor();
    await tabTo('tab-scan');
    await page.keyboard.press('End');
    assert.equal(await focused(), 'tab-identifier');
    await tabTo('identifier');
    await page.keyboard.press('Tab');
    await page.keyboard.type(revoked);
    await page.keyboard.press('Enter');
    await answered(page, 'unusable');
    assert.equal(await focused(), 'title', 'the answer is read out');
    await tabTo('再验一份');
    await page.keyboard.press('Enter');
    assert.equal(await focused(), 'tab-identifier');
  }));

test('large text is larger', () =>
  visit('/', async (page) => {
    const size = () => element(page).locator('.tab').first().evaluate((tab) => parseFloat(getComputedStyle(tab).fontSize));
    const before = await size();
    await element(page).getByRole('button', { name: '大字版' }).click();
    assert.ok((await size()) >= before * 1.3);
    assert.equal(await element(page).getByRole('button', { name: '大字版' }).getAttribute('aria-pressed'), 'true');
  }, { viewport: PHONE }));
