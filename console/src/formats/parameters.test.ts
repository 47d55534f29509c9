// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { repoParameters, type RepoFile } from './parameters';
import { MemoryReader } from './range-reader';
import { fixture } from './testing';

function shard(elements: number): Uint8Array {
  const json = new TextEncoder().encode(
    JSON.stringify({ w: { dtype: 'BF16', shape: [elements], data_offsets: [0, elements * 2] } }),
  );
  const bytes = new Uint8Array(8 + json.length + elements * 2);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function repo(files: Record<string, Uint8Array | string>) {
  const bytes = new Map(
    Object.entries(files).map(([path, body]) => [
      path,
      typeof body === 'string' ? new TextEncoder().encode(body) : body,
    ]),
  );
  const list: RepoFile[] = [...bytes].map(([path, body]) => ({ path, size: body.length }));
  return repoParameters(list, (file) => new MemoryReader(bytes.get(file.path) ?? new Uint8Array()));
}

describe('repoParameters', () => {
  it('reads a single file', async () => {
    const found = await repo({
      'config.json': '{}',
      'model.safetensors': fixture('small.safetensors'),
      'x.safetensors': shard(9),
    });
    expect(found).toMatchObject({
      source: 'safetensors',
      files: ['model.safetensors'],
      parameters: 48,
      estimated: false,
    });
    expect(found?.dtypes[0]).toMatchObject({ dtype: 'F32', parameters: 25 });
  });

  it('reads the shards that the index names, and no others', async () => {
    const index = {
      weight_map: {
        a: 'model-00001-of-00002.safetensors',
        b: 'model-00002-of-00002.safetensors',
        c: 'model-00001-of-00002.safetensors',
      },
    };
    const found = await repo({
      'model.safetensors.index.json': JSON.stringify(index),
      'model-00001-of-00002.safetensors': shard(10),
      'model-00002-of-00002.safetensors': shard(20),
      'adapter.safetensors': shard(1000),
    });
    expect(found).toMatchObject({ parameters: 30, dtypes: [{ dtype: 'BF16', tensors: 2 }] });
  });

  it('estimates when there are very many shards', async () => {
    const names = Array.from({ length: 128 }, (_, i) => `m-${i}.safetensors`);
    const files: Record<string, Uint8Array | string> = Object.fromEntries(
      names.map((name) => [name, shard(50)]),
    );
    files['m.safetensors.index.json'] = JSON.stringify({
      weight_map: Object.fromEntries(names.map((name) => [name, name])),
    });
    expect(await repo(files)).toMatchObject({ parameters: 6400, estimated: true });
  });

  it('takes the smallest GGUF where there is no safetensors file', async () => {
    const found = await repo({ 'q4.gguf': fixture('small.gguf'), 'f16.gguf': new Uint8Array(100_000) });
    expect(found).toMatchObject({ source: 'gguf', files: ['q4.gguf'], parameters: 3072 });
  });

  it('tells when there is neither', async () => {
    expect(await repo({ 'README.md': '# x' })).toBeUndefined();
    expect(await repo({ 'model.safetensors.index.json': '{"weight_map": []}' })).toBeUndefined();
  });
});
