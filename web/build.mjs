// Builds the package and the page into dist/, or into the folder that --out names; with --tests, the tests too.
import { build } from 'esbuild';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const flag = process.argv.indexOf('--out');
const out = flag >= 0 ? resolve(process.argv[flag + 1]) : join(root, 'dist');
const common = { bundle: true, format: 'esm', target: 'es2022', legalComments: 'none', logLevel: 'warning', absWorkingDir: root };

if (process.argv.includes('--tests')) {
  const tests = readdirSync(join(root, 'test')).filter((name) => name.endsWith('.test.ts'));
  await build({ ...common, entryPoints: tests.map((name) => join('test', name)), outdir: flag >= 0 ? out : join(root, 'dist', 'tests'), outExtension: { '.js': '.mjs' }, platform: 'node' });
} else {
  await rm(out, { recursive: true, force: true });
  await mkdir(join(out, 'ort'), { recursive: true });
  await mkdir(join(out, 'models'));
  await build({ ...common, entryPoints: ['page/main.ts', 'page/worker.ts'], outdir: out, minify: true });
  await build({ ...common, entryPoints: ['page/style.css'], outdir: out, minify: true, bundle: false });
  await build({ ...common, entryPoints: ['src/index.ts'], outfile: join(out, 'sinew-web.js'), minify: false });
  const settings = ['--ignoreConfig', '--emitDeclarationOnly', '--declaration', '--allowImportingTsExtensions', '--strict', '--skipLibCheck', '--target', 'ES2022', '--module', 'ESNext', '--moduleResolution', 'bundler', '--lib', 'ES2022,DOM', '--types', ''];
  execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...settings, '--rootDir', 'src', '--outDir', join(out, 'types'), 'src/index.ts'], { cwd: root, stdio: 'inherit' });
  for (const name of ['index.html', 'icon.svg', 'example.jpg']) await cp(join(root, 'page', name), join(out, name));
  const runtime = join(root, 'node_modules', 'onnxruntime-web', 'dist');
  // For the processor alone; and, twice as large, for WebGPU.
  for (const name of ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm', 'ort.webgpu.min.mjs', 'ort-wasm-simd-threaded.asyncify.mjs', 'ort-wasm-simd-threaded.asyncify.wasm']) {
    await cp(join(runtime, name), join(out, 'ort', name));
  }
  await cp(join(root, 'node_modules', 'onnxruntime-web', 'package.json'), join(out, 'ort', 'package.json'));
  await cp(join(root, '..', 'models', 'body21-t.onnx'), join(out, 'models', 'body21-t.onnx'));
  await writeFile(join(out, 'models', 'manifest.json'), '{ "pose": "body21-t.onnx" }\n');
}
