import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPictureHeader, SinewError } from '../src/index.ts';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];
const big32 = (value: number): number[] => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const png = (width: number, height: number): Uint8Array => Uint8Array.from([...PNG, ...big32(width), ...big32(height), 8, 2, 0, 0, 0, 0, 0, 0, 0]);
const ascii = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));

// SOI, a comment, tables, then a progressive frame of 300 × 200
const JPEG = Uint8Array.from([0xff, 0xd8, 0xff, 0xfe, 0, 4, 65, 66, 0xff, 0xc4, 0, 3, 0, 0xff, 0xff, 0xc2, 0, 17, 8, 0, 200, 1, 44, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);

test('sizes are read from headers', () => {
  assert.deepEqual(readPictureHeader(JPEG), { format: 'jpeg', width: 300, height: 200 });
  assert.deepEqual(readPictureHeader(png(70_000, 3)), { format: 'png', width: 70_000, height: 3 });
  const lossy = Uint8Array.from([...ascii('RIFF'), 0, 0, 0, 0, ...ascii('WEBPVP8 '), 0, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xf0, 0]);
  assert.deepEqual(readPictureHeader(lossy), { format: 'webp', width: 320, height: 240 });
  const extended = Uint8Array.from([...ascii('RIFF'), 0, 0, 0, 0, ...ascii('WEBPVP8X'), 10, 0, 0, 0, 0, 0, 0, 0, 0x3f, 1, 0, 0xef, 0, 0]);
  assert.deepEqual(readPictureHeader(extended), { format: 'webp', width: 320, height: 240 });
  const bits = (319 | (239 << 14)) >>> 0;
  const lossless = Uint8Array.from([...ascii('RIFF'), 0, 0, 0, 0, ...ascii('WEBPVP8L'), 0, 0, 0, 0, 0x2f, bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, bits >>> 24, 0, 0, 0, 0, 0]);
  assert.deepEqual(readPictureHeader(lossless), { format: 'webp', width: 320, height: 240 });
});

test('what is too large is refused before it is decoded', () => {
  assert.throws(() => readPictureHeader(png(60_000, 60_000)), /60000 × 60000 pixels are more than the 100 million/);
  assert.throws(() => readPictureHeader(JPEG, { bytes: 20, pixels: 1e9 }), /more than/);
  assert.throws(() => readPictureHeader(png(0, 10)), /without pixels/);
});

test('every beginning of a picture is a picture or an error to mend', () => {
  for (const file of [JPEG, png(100, 100)]) {
    for (let length = 0; length < file.length; length++) {
      try {
        readPictureHeader(file.subarray(0, length));
      } catch (error) {
        assert.ok(error instanceof SinewError, String(error));
      }
    }
  }

  assert.throws(() => readPictureHeader(Uint8Array.from(ascii('GIF89a, not one of them'))), /not a JPEG, PNG or WebP/);
});
