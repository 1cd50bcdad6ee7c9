// Opens the page in Chromium, does what a user does, and writes what came of it to standard output as one JSON object. It judges nothing:
// that is for who started it.
// usage: node browser.mjs PLAN.json, the plan being { url, chromium, photos, bad: [{ name, path }], badModel }
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const plan = JSON.parse(await readFile(process.argv[2], 'utf8'));
const requests = [];
const complaints = [];
const browser = await chromium.launch({ executablePath: plan.chromium, args: ['--no-sandbox', '--disable-dev-shm-usage', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] });
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  context.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(plan.url);
  await page.waitForFunction(() => document.getElementById('model-name').textContent.includes('joints'));

  const result = {
    model: await page.textContent('#model-name'),
    isolated: await page.evaluate(() => crossOriginIsolated),
    groups: await page.locator('#groups label').allTextContents(),
  };

  // One person who fills each photo.
  await page.setInputFiles('#photo-input', plan.photos);
  await idle(page, plan.photos.length);
  result.whole = await saved(page, '#save-json');
  result.label = await page.getAttribute('#canvas', 'aria-label');
  result.status = await page.textContent('#status');

  // A box by keyboard alone.
  await page.locator('#strip button').first().click();
  await page.focus('input[name=mode][value=boxes]');
  await page.keyboard.press('Space');
  await page.waitForSelector('#box-tools:not([hidden])');
  await idle(page, 0);
  await page.focus('[data-do=add-box]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.box:focus');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowDown');
  await idle(page, 0);
  result.boxes = await saved(page, '#save-json');

  // Joints by origin: what is taken away is not on the canvas any more.
  await page.uncheck('#groups input >> nth=0');
  result.labelWithout = await page.getAttribute('#canvas', 'aria-label');
  await page.check('#groups input >> nth=0');

  // Drawn into a picture of the photo's own size.
  const [picture] = await Promise.all([page.waitForEvent('download'), page.click('#save-png')]);
  const png = await readFile(await picture.path());
  result.picture = [png.readUInt32BE(16), png.readUInt32BE(20)];

  result.unnamed = await page.evaluate(unnamedControls);
  await page.click('[data-do=clear]');

  // Files that are none, break off, or are too large: a sentence, and the page goes on.
  result.bad = {};
  await page.check('input[name=mode][value=whole]');
  for (const { name, path } of plan.bad) {
    const began = Date.now();
    await page.setInputFiles('#photo-input', path);
    await page.waitForSelector('#alert:not([hidden])');
    result.bad[name] = { says: await page.textContent('#alert'), ms: Date.now() - began };
    await page.click('[data-do=clear]');
  }

  await page.setInputFiles('#model-input', plan.badModel);
  await page.waitForSelector('#alert:not([hidden])');
  result.badModel = await page.textContent('#alert');
  result.modelAfter = await page.textContent('#model-name');
  await page.setInputFiles('#photo-input', plan.photos[0]);
  await page.waitForFunction(() => document.getElementById('count').textContent === '1');
  result.after = await saved(page, '#save-json');

  // The camera, by Chromium's made-up one.
  await page.click('#camera-button');
  await page.waitForFunction(() => /people|person/.test(document.getElementById('canvas').getAttribute('aria-label')) && document.getElementById('camera-button').getAttribute('aria-pressed') === 'true');
  await page.waitForFunction(() => document.getElementById('parts').textContent.includes('network'));
  result.camera = await page.textContent('#readouts');
  await page.click('#camera-button');
  result.cameraAfter = await page.getAttribute('#camera-button', 'aria-pressed');

  const own = new URL(plan.url).origin;
  result.foreign = requests.filter((address) => !/^(blob|data):/.test(address) && new URL(address).origin !== own);
  result.complaints = complaints;
  process.stdout.write(JSON.stringify(result));
} finally {
  await browser.close();
}

/** Waits until nothing is worked on and as many photos as given have their result. */
async function idle(page, photos) {
  await page.waitForTimeout(50);
  await page.waitForFunction((wanted) => document.getElementById('busy').hidden && document.querySelectorAll('#strip canvas').length >= wanted, photos);
}

async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return JSON.parse(await readFile(await download.path(), 'utf8'));
}

/** Controls that a screen reader could not name. */
function unnamedControls() {
  return [...document.querySelectorAll('button, input:not([type=file]), select, summary, canvas:not([aria-hidden])')]
    .filter((e) => e.getClientRects().length > 0)
    .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.[0]?.textContent.trim()))
    .map((e) => e.outerHTML);
}
