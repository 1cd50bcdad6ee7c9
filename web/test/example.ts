// The example of docs/browser.md; the compiler checks that it fits the package and onnxruntime-web.
import * as ort from 'onnxruntime-web/wasm';
import { PoseEstimator, type Person } from '../src/index.ts';

export async function poses(photo: Blob): Promise<Person[]> {
  const file = await fetch('models/body21-t.onnx');
  const estimator = await PoseEstimator.create(ort, new Uint8Array(await file.arrayBuffer()));
  const bitmap = await createImageBitmap(photo);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  const image = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const whole = { x: 0, y: 0, width: image.width, height: image.height };
  const { people } = await estimator.estimate(image, [{ box: whole, score: 1 }]);
  return people;
}
