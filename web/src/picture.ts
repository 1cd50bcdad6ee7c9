import { SinewError } from './errors.ts';

/** What a picture file's header says. */
export interface PictureHeader {
  readonly format: 'jpeg' | 'png' | 'webp';
  /** As stored; a photograph may be turned when it is shown. */
  readonly width: number;
  readonly height: number;
}

/** What is decoded at most, checked before anything is. */
export interface PictureLimits {
  readonly bytes: number;
  readonly pixels: number;
}

/** 64 MB, and 100 million pixels: what a browser's tab can hold. */
export const DEFAULT_LIMITS: PictureLimits = { bytes: 64 * 1024 * 1024, pixels: 100_000_000 };

/**
 * Reads the size of a JPEG, PNG or WebP file from its header.
 * @throws SinewError where it is none of these, breaks off, or is larger than the limits allow.
 */
export function readPictureHeader(file: Uint8Array, limits: PictureLimits = DEFAULT_LIMITS): PictureHeader {
  if (file.length === 0) throw new SinewError('the file is empty');
  if (file.length > limits.bytes) throw tooLarge(file.length, limits);
  const header = readJpeg(file) ?? readPng(file) ?? readWebP(file);
  if (header === null) throw new SinewError('not a JPEG, PNG or WebP picture; convert it to one of these');
  if (!(header.width > 0) || !(header.height > 0)) throw new SinewError('a picture without pixels; it is damaged');
  if (header.width * header.height > limits.pixels) {
    throw new SinewError(`${header.width} × ${header.height} pixels are more than the ${Math.floor(limits.pixels / 1e6)} million that are decoded here; make the picture smaller`);
  }

  return header;
}

/** The error for a file of too many bytes, for those who know the size before they have read it. */
export function tooLarge(bytes: number, limits: PictureLimits = DEFAULT_LIMITS): SinewError {
  return new SinewError(`${Math.ceil(bytes / 1024 / 1024)} MB are more than the ${Math.floor(limits.bytes / 1024 / 1024)} MB that are read here; make the picture smaller`);
}

function readJpeg(file: Uint8Array): PictureHeader | null {
  if (file[0] !== 0xff || file[1] !== 0xd8 || file[2] !== 0xff) return null;
  let at = 2;
  while (at + 9 < file.length) {
    if (file[at] !== 0xff) break;
    const marker = file[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }

    if (isFrame(marker)) return { format: 'jpeg', width: big16(file, at + 7), height: big16(file, at + 5) };
    // Scans come after the frame; markers without a length do not stand before it.
    if (marker === 0xda || marker === 0xd9) break;
    at += 2 + Math.max(2, big16(file, at + 2));
  }

  throw new SinewError('a JPEG file without a picture in it; it is damaged or broke off');
}

/** SOF0 to SOF15, without the tables (DHT, DAC) and JPG among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function readPng(file: Uint8Array): PictureHeader | null {
  if (![0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, i) => file[i] === byte)) return null;
  if (file.length < 33 || ascii(file, 12) !== 'IHDR') throw new SinewError('a PNG file without a picture in it; it is damaged or broke off');
  return { format: 'png', width: big32(file, 16), height: big32(file, 20) };
}

function readWebP(file: Uint8Array): PictureHeader | null {
  if (file.length < 12 || ascii(file, 0) !== 'RIFF' || ascii(file, 8) !== 'WEBP') return null;
  if (file.length >= 30) {
    switch (ascii(file, 12)) {
      case 'VP8X':
        return { format: 'webp', width: little(file, 24, 3) + 1, height: little(file, 27, 3) + 1 };
      case 'VP8 ':
        return { format: 'webp', width: little(file, 26, 2) & 0x3fff, height: little(file, 28, 2) & 0x3fff };
      case 'VP8L': {
        const bits = little(file, 21, 4);
        return { format: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
      }
    }
  }

  throw new SinewError('a WebP file without a picture in it; it is damaged or broke off');
}

function ascii(file: Uint8Array, at: number): string {
  return String.fromCharCode(...file.subarray(at, at + 4));
}

function big16(file: Uint8Array, at: number): number {
  return file[at]! * 256 + file[at + 1]!;
}

function big32(file: Uint8Array, at: number): number {
  return big16(file, at) * 65_536 + big16(file, at + 2);
}

function little(file: Uint8Array, at: number, bytes: number): number {
  let value = 0;
  for (let i = bytes - 1; i >= 0; i--) value = value * 256 + file[at + i]!;
  return value;
}
