/** Bits of one element, by the names that safetensors headers use. */
const BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  F64: 64,
  I64: 64,
  U64: 64,
  C64: 64,
};

export function bitsOf(dtype: string): number | undefined {
  return Object.hasOwn(BITS, dtype) ? BITS[dtype] : undefined;
}

/** Undefined when the product is no longer an exact number. */
export function elementsOf(shape: readonly number[]): number | undefined {
  let product = 1;
  for (const extent of shape) {
    product *= extent;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return product;
}

export interface DtypeTotal {
  dtype: string;
  tensors: number;
  parameters: number;
  bytes: number;
}

export interface TensorInfo {
  name: string;
  dtype: string;
  shape: number[];
  parameters: number;
  bytes: number;
}

/** Largest first. */
export function totalsByDtype(tensors: readonly TensorInfo[]): DtypeTotal[] {
  const totals = new Map<string, DtypeTotal>();
  for (const tensor of tensors) {
    const total = totals.get(tensor.dtype) ?? { dtype: tensor.dtype, tensors: 0, parameters: 0, bytes: 0 };
    total.tensors += 1;
    total.parameters += tensor.parameters;
    total.bytes += tensor.bytes;
    totals.set(tensor.dtype, total);
  }
  return [...totals.values()].sort((a, b) => b.bytes - a.bytes);
}
